"""The table of edges: every request that afk can send is in it, every cell is true."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.calls import protocol_of, spoken_in, taped_calls
from support.cassettes import CASSETTES, TESTS
from support.evidence import FOLDERS, answered, contract, found, tape, taped, which
from support.operation_tables import ERRORS, OPERATIONS
from support.operations import Proof, Server, asked
from support.sent import read

from docs.edges import PAGE, rendered

ADAPTERS = TESTS.parent / "afk" / "adapters"

SENDING = re.compile(
    r"""(^|\.)_?http\.(get|send|tail)$                   # the transport
    | (^|\.)_?api\.(pages|query|headed|ask|mutate|send|rest|rest_list)$
    | ^self\.(query|mutate|send|rest|rest_list|_graphql)$         # of GitHubApi
    | ^self\.(_issue|_post|_dispatch|_command|_settle|_write|_send)$  # others' own helpers
    | ^self\.(rpc\.call|_dispatched|_respond)$                    # over T3's socket""",
    re.VERBOSE,
)
"""Calls that send a request."""

TOLD_WHAT_TO_SEND = {
    "forgejo.api.ForgejoApi.pages",
    "github.api.GitHubApi._graphql",
    "github.api.GitHubApi.ask",
    "github.api.GitHubApi.headed",
    "github.api.GitHubApi.mutate",
    "github.api.GitHubApi.query",
    "github.api.GitHubApi.rest",
    "github.api.GitHubApi.rest_list",
    "github.api.GitHubApi.send",
    "github.merging.GitHubMerging._send",
    "github.pulls.GitHubPulls._write",
    "github.writes.GitHubWrites._issue",
    "t3.protocol1.Protocol1._command",
    "t3.protocol1.Protocol1._dispatch",
    "t3.protocol1.Protocol1._post",
    "t3.protocol1.Protocol1._settle",
    "t3.protocol2.Protocol2._command",
    "t3.protocol2.Protocol2._dispatched",
    "t3.protocol2.Protocol2._respond",
}
"""What sends whatever its caller says; the callers are the senders."""


# --- the operations are those of the code


def functions(tree: ast.AST, name: str) -> Iterator[tuple[str, ast.AST]]:
    """Yield functions and methods by their names; one within another belongs to the outer one."""
    for one in ast.iter_child_nodes(tree):
        if isinstance(one, ast.ClassDef):
            yield from functions(one, f"{name}.{one.name}")
        elif isinstance(one, ast.FunctionDef):
            yield f"{name}.{one.name}", one


def senders(path: Path, below: Path = ADAPTERS) -> set[str]:
    """Return the functions of a module that send."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    dotted = ".".join(path.relative_to(below).with_suffix("").parts)
    return {
        name
        for name, function in functions(tree, dotted)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and SENDING.search(ast.unparse(call.func))
    }


def test_operations__senders__are_the_functions_that_send() -> None:
    """Nothing of the adapters sends without an operation, and no operation has lost its sender."""
    modules = [path for path in ADAPTERS.rglob("*.py") if path.stem != "http"]
    sending = {name for path in modules for name in senders(path)}
    assert sending >= TOLD_WHAT_TO_SEND
    assert sending - TOLD_WHAT_TO_SEND == {name for one in OPERATIONS for name in one.senders}


def test_senders__one_more__is_found(tmp_path: Path) -> None:
    module = tmp_path / "new.py"
    module.write_text(
        "class New:\n"
        "    def ask(self):\n"
        "        def again():\n"
        "            return self._api.http.get('/new')\n"
        "        return again()\n"
        "    def look(self):\n"
        "        return self.headers.get('link')\n",
        encoding="utf-8",
    )
    assert senders(module, tmp_path) == {"new.New.ask"}


# --- the cells


def test_cells__of_every_operation__are_proven_or_have_a_reason() -> None:
    """And no reason has outlived its use."""
    wrong = [
        (one.key, proof.value)
        for one in OPERATIONS
        for proof in Proof
        if bool(found(one, proof)) == bool(one.reasons.get(proof))
    ]
    assert wrong == []


def test_statuses__that_an_operation_tells_apart__were_recorded() -> None:
    """Or the table says why not."""
    for one in OPERATIONS:
        recorded = {*found(one, Proof.CASSETTE), *found(one, Proof.CONFORMANCE)}
        unseen = {status for status in one.told if str(status) not in recorded}
        assert unseen == set(one.unseen), one.key


def test_errors__that_a_server_tells_apart__were_recorded() -> None:
    for server, errors in ERRORS.items():
        unseen = {status for status in errors if str(status) not in answered(server)}
        assert unseen == {status for status, why in errors.items() if why}, server


def test_cassettes__of_every_operation__are_of_every_version() -> None:
    for one in OPERATIONS:
        folders = {path.name for path in CASSETTES.iterdir() if FOLDERS[_kind(path)] is one.server}
        if one.server is Server.T3:
            spoken = spoken_in(one.request)
            folders = {name for name in folders if protocol_of(name) in spoken}
            # What is asked before anything was read is asked in protocol 1 first.
            extra = {name for name in taped().get(one.key, ()) if protocol_of(name) not in spoken}
            folders |= extra if spoken == {1} else set()
        # What the contract suite does not send has no cassette, at most a recording.
        none = one.reasons.get(Proof.CASSETTE) or one.reasons.get(Proof.CONTRACT)
        asked_of = set() if none else folders - set(one.absent)
        assert set(taped().get(one.key, ())) == asked_of, one.key


def _kind(folder: Path) -> str:
    return folder.name.partition("-")[0]


# --- what the contract suite sent


OVER_OR_NOT = {f"{status} T3 Code: POST /ws + run.interrupt" for status in (200, 500)}
CREATED_BEFORE = {
    "200 T3 Code: POST /api/orchestration/dispatch + project.create",
    "200 T3 Code: POST /ws + project.create",
    "200 T3 Code: POST /api/auth/websocket-ticket",
}
"""The workspace's project, which on a real server an earlier test has created."""


@pytest.mark.parametrize("folder", sorted(path.name for path in CASSETTES.iterdir()))
def test_contract__same_test__real_server_and_sandbox_answer_alike(folder: str) -> None:
    """Each test sends the same operations to both, and both answer with the same statuses."""
    server, differing = FOLDERS[folder.partition("-")[0]], []
    for test, lines in read()[f"sandbox-{folder.replace('t3-v2', 't3')}"].items():
        path = CASSETTES / folder / f"{test}.yaml"
        real = set()
        for one in tape(path) if path.exists() else ():
            sent = one["request"]
            kind = which(asked(server, sent["method"], sent["uri"], "", sent["body"]))
            assert kind is not None
            real.add(f"{one['response']['status']['code']} {kind.key}")
        for request, status in taped_calls(path):
            kind = which(request)
            assert kind is not None
            real.add(f"{status} {kind.key}")
        missing = real - set(lines)
        further = set(lines) - real - CREATED_BEFORE
        if any("run.interrupt" in line for line in lines):
            # Whether a run is over by the time it is stopped is a matter of milliseconds.
            missing, further = missing - OVER_OR_NOT, further - OVER_OR_NOT
        differing += [(test, sorted(missing), sorted(further))] if missing or further else []
    assert differing == []


def test_sent__lines__are_of_operations_and_tests_that_exist() -> None:
    texts = [one.read_text(encoding="utf-8") for one in (TESTS / "contract").glob("test_*.py")]
    tests = set(re.findall(r"^def (test_\w+)\(", "".join(texts), re.MULTILINE))
    assert {name for some in read().values() for name in some} == tests
    assert set(contract()) <= {one.key for one in OPERATIONS}


# --- the page


def test_page__is_as_the_evidence_has_it() -> None:
    assert PAGE.read_text(encoding="utf-8") == rendered(), "run `make docs`"


def test_operations__every_one__has_a_name_of_its_own() -> None:
    keys = [one.key for one in OPERATIONS]
    assert len(set(keys)) == len(keys)
    assert {one.server for one in OPERATIONS} == set(Server)
