"""The sandbox's GitHub against GitHub's own descriptions of its API.

``AFK_ORACLES`` names a folder of npm packages (a ``node_modules``) with ``@octokit/openapi`` and
``@octokit/graphql-schema``; without it these tests are skipped. Every answer of every REST
endpoint is held to its schema, no key too many, and the cut of the GraphQL schema to the whole.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import (
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    UnionTypeDefinitionNode,
    parse,
    print_ast,
)
from starlette.routing import compile_path
from support import github_openapi
from support.github_shop import Shop

from afk_sandbox.github.answers import DOCS
from afk_sandbox.github.endpoints import ENDPOINTS
from afk_sandbox.github.graphql import schema_text
from afk_sandbox.github.routes import github_app
from afk_sandbox.serving import serve

NEWER = {"IssueDependenciesSummary"}
"""Types that the package does not have yet; marked in the cut."""


def oracle(path: str) -> Path:
    """Return a file of an npm package; skips where there is none."""
    folder = os.environ.get("AFK_ORACLES", "")
    if not folder:
        pytest.skip("AFK_ORACLES names no folder with GitHub's API descriptions")
    found = Path(folder) / path
    if not found.exists():
        pytest.skip(f"AFK_ORACLES has no {path}")
    return found


# REST


def _pages() -> dict[tuple[str, str], tuple[re.Pattern[str], str]]:
    """Return (method, path) -> how the path matches, and the documentation's page."""
    return {
        (method, path): (compile_path(path)[0], f"{DOCS}/{page}#{anchor}")
        for page, entries in ENDPOINTS.items()
        for method, path, _, anchor, _ in entries
    }


def _operation(spec: github_openapi.Spec, method: str, page: str) -> Any:
    """Return the operation that a page of the documentation is about."""
    for operations in spec.paths.values():
        one = operations.get(method.lower(), {})
        if one.get("externalDocs", {}).get("url") == page:
            return one
    raise AssertionError(f"no operation on {page}")


def test_rest__every_endpoint__answers_as_the_description_says() -> None:
    """Status and body of each; no endpoint is left out, each names its own page."""
    spec = github_openapi.load(oracle("@octokit/openapi/generated/api.github.com.json"))
    shop, pages, asked, problems = Shop(), _pages(), set(), []
    token = shop.forge.token_for(shop.ann)
    with (
        serve(github_app(shop.forge)) as url,
        httpx.Client(base_url=url, headers={"authorization": f"token {token}"}) as client,
    ):
        for method, path, body in shop.requests():
            bare = path.partition("?")[0]
            key = next(k for k, (match, _) in pages.items() if k[0] == method and match.match(bare))
            asked.add(key)
            operation = _operation(spec, method, pages[key][1])
            answer = client.request(method, f"/api/v3{path}", json=body)
            problems += [
                f"{method} {path} {answer.status_code}: {one}"
                for one in spec.problems(operation, answer)
            ]
    assert not problems, "\n".join(problems)
    assert asked == set(pages)


# GraphQL


def _fields(document: DocumentNode) -> Mapping[str, Any]:
    """Return type -> its parts, each as text, in a form that can be compared part by part."""
    found: dict[str, Any] = {}
    for one in document.definitions:
        if isinstance(one, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
            parts = {name: kind for field in one.fields or () for name, kind in _field(field)}
            parts |= {f"implements {print_ast(i)}": "" for i in one.interfaces or ()}
        elif isinstance(one, EnumTypeDefinitionNode):
            parts = {value.name.value: "" for value in one.values or ()}
        elif isinstance(one, InputObjectTypeDefinitionNode):
            parts = {field.name.value: print_ast(field.type) for field in one.fields or ()}
        elif isinstance(one, UnionTypeDefinitionNode):
            parts = {print_ast(member): "" for member in one.types or ()}
        else:
            continue
        found[one.name.value] = parts
    return found


def _field(field: FieldDefinitionNode) -> list[tuple[str, str]]:
    """Return a field's type, and each of its arguments' types with their defaults."""
    name = field.name.value
    arguments = [
        (
            f"{name}({one.name.value})",
            print_ast(one.type) + (print_ast(one.default_value) if one.default_value else ""),
        )
        for one in field.arguments or ()
    ]
    return [(name, print_ast(field.type)), *arguments]


def test_graphql__cut_of_the_schema__is_contained_in_the_whole() -> None:
    """Types, fields, arguments, defaults, values, members: nothing differs, nothing is made up."""
    path = oracle("@octokit/graphql-schema/schema.graphql")
    whole = _fields(parse(path.read_text(encoding="utf-8")))
    cut = _fields(parse(schema_text()))
    assert set(cut) - set(whole) == NEWER
    differing = [
        f"{name}.{part}"
        for name, parts in cut.items()
        if name not in NEWER
        for part, kind in parts.items()
        if whole[name].get(part) != kind
    ]
    assert differing == []
    assert len(cut) > 50
