"""The sandbox's own execution of queries is held to graphql-core's: the same data and errors."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from graphql import GraphQLError, build_schema, execute_sync, parse
from support.loops import CI_GRACE

from afk.types import Forge
from afk_sandbox.github import graphql_errors, graphql_execution
from afk_sandbox.github.connection import Refusal
from afk_sandbox.github.graphql import Query, query_of, schema
from afk_sandbox.github.graphql_execution import Plan, Result, Table
from afk_sandbox.github.nodes import Asker, typename
from afk_sandbox.github.quota import Spent
from afk_sandbox.github.resolvers import TABLES
from afk_sandbox.in_process import NETWORK, InProcess
from afk_sandbox.world import World, world


@dataclass
class Overheard(httpx.BaseTransport):
    """Lets every request through, and keeps the queries."""

    behind: InProcess
    asked: list[dict[str, Any]] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/graphql"):
            self.asked.append(json.loads(request.read()))
        return self.behind.handle_request(request)


def asker(here: World) -> Asker:
    """Return afk as whoever asks."""
    moment = datetime(2026, 3, 2, 10, tzinfo=UTC)
    spent = Spent(resource="graphql", limit=5000, used=1, reset=moment)
    root = "http://127.0.0.1:3000"
    return Asker(model=here.forge, caller=here.bot, root=root, spent=spent, cost=1, nodes=1)


def by_the_library(query: Query, variables: dict[str, Any], who: Asker) -> Result:
    """Execute with graphql-core's own executor."""

    def resolve(source: Any, info: Any, **args: Any) -> Any:
        if isinstance(source, dict):
            return source[info.field_name]
        return TABLES[info.parent_type.name][info.field_name](source, info, **args)

    done = execute_sync(
        schema(),
        query.document,
        context_value=who,
        variable_values=variables,
        field_resolver=resolve,
        type_resolver=lambda value, *_: typename(value),
    )
    errors = done.errors or []
    return Result(done.data, errors, refused=any(not error.path for error in errors))


def told(result: Result) -> Any:
    """Return what an answer says of it; a mistake in the sandbox by its text alone."""

    def entry(error: GraphQLError) -> Any:
        if result.refused:
            return graphql_errors.validation_error(error)
        known = isinstance(error.original_error, Refusal)
        return graphql_errors.refusal(error) if known else (error.path, type(error.original_error))

    return result.data, [entry(error) for error in result.errors]


def assert_alike(here: World, text: str, variables: dict[str, Any]) -> None:
    query = query_of(text, frozenset())
    assert isinstance(query, Query)
    ours = query.plan.execute(asker(here), variables)
    theirs = by_the_library(query, variables, asker(here))
    assert told(ours) == told(theirs)
    assert json.dumps(ours.data) == json.dumps(theirs.data), "in another order"


@pytest.mark.parametrize("landing", ["push", "pull-request"])
def test_execution__all_that_a_run_asks__is_answered_as_the_library_answers(landing: str) -> None:
    token = NETWORK.set(InProcess())
    try:
        with world(Forge.GITHUB, t3_version="0.0.32") as here:
            network = NETWORK.get()
            assert network is not None
            heard = Overheard(network)
            here.network, here.threads = network, False
            here.settings |= {"landing": landing, "merge": "green"} if landing != "push" else {}
            repo = here.repository("shop", **CI_GRACE)
            issue = here.issue(repo, "Add a till", "[[push=red,green]]")
            for _ in range(12):
                here.clock.sleep(120)
                here.t3.advance()
                here.run("tick", transport=heard)
            assert not issue.open
            reads = {
                one["query"]: one.get("variables") or {}
                for one in heard.asked
                if not one["query"].startswith("mutation")
            }
            assert len(reads) > 5
            for text, variables in reads.items():
                assert_alike(here, text, variables)
    finally:
        NETWORK.reset(token)


REFUSED = [
    ('{ repository(owner: "owner", name: "none") { id } viewer { login } }', {}),
    (
        "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Repository { name: id } } }",
        {"ids": ["R_kgAB", "nonsense"]},
    ),
    ("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": 7.5}),
    ('{ repository(owner: "owner", name: "shop") { issues { totalCount } } }', {}),
    (
        """{ one: repository(owner: "owner", name: "shop") { ...a ...a id }
             two: repository(owner: "owner", name: "shop") { other: issue(number: 9) { id } ...a } }
           fragment a on Repository { id owner: nameWithOwner issue(number: 1) { title } }""",
        {},
    ),
]


@pytest.mark.parametrize(("text", "variables"), REFUSED, ids=range(len(REFUSED)))
def test_execution__of_what_is_refused__is_told_as_the_library_tells_it(
    text: str, variables: dict[str, Any]
) -> None:
    with world(Forge.GITHUB, t3_version="0.0.32") as here:
        here.issue(here.repository("shop"), "Add a till", "Do it.")
        assert_alike(here, text, variables)


SMALL = build_schema("""
    type Query { must: Part! may: Part parts: [Part!] holes: [Part] sure: [Part]! words: [Word!]! }
    type Part { name: String! part: Part kind: Kind must: Part! }
    enum Kind { ONE TWO }
    union Word = Part
""")
GOOD: dict[str, Any] = {"name": "good", "part": None, "kind": "ONE", "must": {"name": "inner"}}
BAD: dict[str, Any] = {"name": None, "part": None, "kind": "THREE", "must": None}


@pytest.mark.parametrize(
    "text",
    [
        "{ must { name } }",
        "{ may { name } parts { name } }",
        "{ holes { name kind } sure { name } }",
        "{ may { part { name } must { must { name } } } }",
        "{ words { __typename ... on Part { name } } }",
    ],
)
@pytest.mark.parametrize("value", [GOOD, BAD, None, LookupError("gone")], ids=range(4))
def test_execution__nothing_where_something_must_be__goes_as_far_out_as_it_has_to(
    text: str, value: Any
) -> None:
    some = [GOOD, value, GOOD]
    root = {"must": value, "may": value, **dict.fromkeys(("parts", "holes", "sure", "words"), some)}
    table = Table(
        resolvers={"Query": {name: lambda *_, name=name: root[name] for name in root}},
        typename=lambda _: "Part",
    )
    ours = Plan(SMALL, table, parse(text)).execute(None, {})
    theirs = execute_sync(
        SMALL,
        parse(text),
        field_resolver=lambda source, info: (source or root)[info.field_name],
        type_resolver=lambda *_: "Part",
    )

    assert ours.data == theirs.data
    assert [one.path for one in ours.errors] == [one.path for one in theirs.errors or ()]


def test_execution__of_a_directive__is_not_served() -> None:
    with world(Forge.GITHUB, t3_version="0.0.32") as here:
        query = query_of("{ viewer { login @skip(if: true) } }", frozenset())
        assert isinstance(query, Query)
        (error,) = query.plan.execute(asker(here), {}).errors
        assert "no directives" in str(error.original_error)


@pytest.mark.parametrize("more", [0, graphql_execution.MOST + 3])
def test_execution__with_other_variables__is_answered_anew_each_time(more: int) -> None:
    """What they came to is remembered; 1 and true are the same key of a dictionary, not here."""
    text = """query ($number: Int!, $first: Int = 1, $after: String) {
        repository(owner: "owner", name: "shop") {
            issue(number: $number) { title } other: issue(number: $number) { id }
            issues(first: $first, after: $after) { nodes { title } } } }"""
    given: list[dict[str, Any]] = [
        {"number": 1},
        {"number": 2, "first": 2},
        {"number": 1, "after": "nonsense"},
        {"number": True},
        {"number": 1.0},
        {"number": 1, "after": None},
        *({"number": 1, "first": number} for number in range(more)),
        {"number": 1},
        {"number": None},
        {"number": 2, "first": 2},
    ]
    with world(Forge.GITHUB, t3_version="0.0.32") as here:
        repo = here.repository("shop")
        here.issue(repo, "Add a till", "Do it.")
        here.issue(repo, "Add a door", "Do it.")
        for _ in range(2):
            for variables in given:
                assert_alike(here, text, variables)
