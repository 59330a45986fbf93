"""What proves each operation: found in cassettes, recordings and tests, never claimed by hand.

Four columns, each a set of statuses that the operation was seen to be answered with:

* *cassette*: recorded from a real server through afk's own client, or in a recording that a
  test of the adapters names;
* *conformance*: in a recording that the sandbox is held to;
* *contract*: answered by a sandbox to the contract suite (`support.sent`);
* *schema*: names instead of statuses: the descriptions and the other clients' models that the
  sandbox is held to in this operation.
"""

import ast
import importlib.util
import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from types import ModuleType
from typing import Any, Final

import yaml
from support import calls
from support.calls import taped_calls
from support.cassettes import CASSETTES, RECORDINGS, TESTS, exchanges
from support.operation_tables import OPERATIONS
from support.operations import Asked, Operation, Proof, Server, asked
from support.sent import read

from afk_sandbox.github.endpoints import ENDPOINTS

Statuses = Mapping[str, Collection[str]]

FOLDERS: Final = {
    "forgejo": Server.FORGEJO,
    "forgejo-actions": Server.FORGEJO,
    "github": Server.GITHUB,
    "t3": Server.T3,
    "ntfy": Server.NTFY,
}
"""The folders of recordings, and of cassettes up to the version, by who answered."""

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def which(request: Asked) -> Operation | None:
    """Return the operation that a request is, None where afk sends no such request."""
    return next((one for one in OPERATIONS if one.fits(request)), None)


def tape(path: Any) -> list[dict[str, Any]]:
    """Return the exchanges of a cassette as vcrpy wrote them."""
    found: list[dict[str, Any]] = yaml.load(path.read_text(encoding="utf-8"), _LOADER)[  # noqa: S506  # a safe one
        "interactions"
    ]
    return found


@cache
def taped() -> Mapping[str, Mapping[str, Collection[str]]]:
    """Return operation -> folder of cassettes -> statuses."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for path in sorted(CASSETTES.rglob("*.yaml")):
        folder = path.parent.name
        server = FOLDERS[folder.partition("-")[0]]
        for one in tape(path):
            sent = one["request"]
            kind = which(asked(server, sent["method"], sent["uri"], "", sent["body"]))
            assert kind is not None, f"{path}: {sent['method']} {sent['uri']} is no operation"
            found[kind.key][folder].add(str(one["response"]["status"]["code"]))
        for request, status in taped_calls(path):
            kind = which(request)
            assert kind is not None, f"{path}: {request} is no operation"
            found[kind.key][folder].add(str(status))
    return found


def _recorded(folder: str) -> Iterator[tuple[str, int, str, str]]:
    """Yield file, place in it, operation and status of each recorded exchange of afk's kind."""
    places: dict[str, int] = defaultdict(int)
    for name, one in exchanges(folder):
        place = places[name]
        places[name] += 1
        sent, query = one["request"], one["request"].get("query") or ""
        query = "&".join(query) if isinstance(query, dict) else query
        kind = which(asked(FOLDERS[folder], sent["method"], sent["path"], query, sent.get("body")))
        if kind is not None:
            yield name, place, kind.key, str(one["response"]["status"])
    for path in sorted((RECORDINGS / folder).rglob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(data, dict) and "frames" in data:
            name = path.relative_to(RECORDINGS).with_suffix("").as_posix()
            for request, status in calls.exchanges(data["frames"]):
                kind = which(request)
                if kind is not None:
                    yield name, 0, kind.key, str(status)


@cache
def _named() -> frozenset[str]:
    """Return the last parts of all texts in the adapters' tests: names of recordings, too."""
    words: set[str] = set()
    for path in (TESTS / "adapters").rglob("test_*.py"):
        if "sandbox" not in path.name:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            texts = [one.value for one in ast.walk(tree) if isinstance(one, ast.Constant)]
            words |= {text.rpartition("/")[2] for text in texts if isinstance(text, str)}
    return frozenset(words)


@cache
def recorded() -> Statuses:
    """Return operation -> statuses of the recordings that the adapters' tests name."""
    found: dict[str, set[str]] = defaultdict(set)
    for folder in FOLDERS:
        for name, _, key, status in _recorded(folder):
            if name.rpartition("/")[2] in _named():
                found[key].add(status)
    return found


def answered(server: Server) -> Collection[str]:
    """Return every status of a server's that cassettes or the adapters' recordings have.

    Whatever was asked: afk's table of a server's errors is the same for all requests.
    """
    kinds = {one.key for one in OPERATIONS if one.server is server}
    found = {status for key in kinds for some in taped().get(key, {}).values() for status in some}
    for folder, owner in FOLDERS.items():
        found |= {
            str(one["response"]["status"])
            for name, one in (exchanges(folder) if owner is server else ())
            if name.rpartition("/")[2] in _named()
        }
    return found


def _test(name: str) -> ModuleType:
    """Return a module of tests, for the lists that stand in it."""
    path = TESTS / "adapters" / "sandbox" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def conformance() -> Statuses:
    """Return operation -> statuses of the recordings that the sandbox is held to."""
    forgejo = _test("test_sandbox_forgejo_conformance")
    github = _test("test_sandbox_github_conformance")
    t3 = _test("test_sandbox_t3_conformance")
    pulls = _test("test_sandbox_forgejo_pulls_conformance")
    left_out: dict[str, Callable[[str, int], object]] = {
        "forgejo": lambda stem, place: {stem, f"{stem}#{place}"} & set(forgejo.NOT_COVERED),
        "forgejo-actions": lambda stem, _: forgejo.ACTIONS_NOT_REPLAYED.get(stem),
        "github": lambda stem, _: stem[:3] in github.NOT_COVERED,
        "t3": lambda stem, _: stem[:2] in t3.NOT_SERVED,
    }
    second = _test("test_sandbox_t3_protocol_2_conformance")
    versions = {*forgejo.VERSIONS, *t3.VERSIONS, pulls.FOLDER}
    found: dict[str, set[str]] = defaultdict(set)
    for folder, skip in left_out.items():
        for name, place, key, status in _recorded(folder):
            version, _, stem = name.removeprefix(f"{folder}/").rpartition("/")
            if version == pulls.FOLDER and stem not in pulls.REPLAYED:
                continue
            if version == second.FOLDER.name:
                if stem in second.ORDER.split():
                    found[key].add(status)
            elif (not version or version in versions) and not skip(stem, place):
                found[key].add(status)
    return found


@cache
def contract() -> Statuses:
    """Return operation -> statuses that a sandbox answered to the contract suite."""
    found: dict[str, set[str]] = defaultdict(set)
    for tests in read().values():
        for lines in tests.values():
            for line in lines:
                status, _, key = line.partition(" ")
                found[key].add(status)
    return found


def schema(one: Operation) -> Collection[str]:
    """Return what describes an operation, and is held to by the sandbox that answers it.

    OpenAPI: an endpoint of the sandbox, each of which `test_sandbox_github_oracles` holds to
    GitHub's description. GraphQL: a text that `test_sandbox_github_texts` holds to the cut of
    GitHub's schema and has the sandbox execute.
    """
    found = {one.models} if one.models else set()
    if one.server is Server.GITHUB and any(
        _same_path(one, method, path)
        for entries in ENDPOINTS.values()
        for method, path, *_ in entries
    ):
        found.add("OpenAPI")
    texts = _texts() if one.server is Server.GRAPHQL else ()
    if any(one.fits(asked(one.server, "POST", "/graphql", "", {"query": text})) for text in texts):
        found.add("GraphQL")
    return found


@cache
def _texts() -> tuple[str, ...]:
    return tuple(text for text, _ in _test("test_sandbox_github_texts")._texts().values())


def _same_path(one: Operation, method: str, path: str) -> bool:
    bare = one.request.partition("?")[0]
    return re.sub(r"\{.*?\}", "{}", bare) == f"{method} {re.sub(r'{.*?}', '{}', path)}"


def found(one: Operation, proof: Proof) -> list[str]:
    """Return what one cell of the table says, nothing for an empty one."""
    by_folder = taped().get(one.key, {})
    sets: Mapping[Proof, Collection[str]] = {
        Proof.CASSETTE: {*recorded().get(one.key, ()), *(s for v in by_folder.values() for s in v)},
        Proof.CONFORMANCE: conformance().get(one.key, ()),
        Proof.CONTRACT: contract().get(one.key, ()),
        Proof.SCHEMA: schema(one),
    }
    return sorted(sets[proof])
