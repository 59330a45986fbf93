"""GraphQL's envelope: what is data, what is absent, what makes an answer worthless."""

import json
from typing import Any

import pytest
from support.cassettes import HOST
from support.github import answer, data, problem

from afk.adapters.github.graphql_reply import Exhausted, read
from afk.adapters.http import Answer
from afk.errors import AfkError, NotFound, RateLimited, Refused, ServerFault, TokenError


def _answered(body: Any, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    kept = {"content-type": "application/json", **named}
    return Answer("POST", f"{HOST}/graphql", 200, kept, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("name", "alias"),
    [
        ("141-graphql-query-node-id", "repository"),
        ("142-graphql-enable-auto-merge", "enablePullRequestAutoMerge"),
        ("144-graphql-mark-ready-2026", "markPullRequestReadyForReview"),
    ],
)
def test_read__recorded_success__has_data(name: str, alias: str) -> None:
    assert isinstance(read(answer(name)).get(alias), dict)


def test_read__recorded_refusal_of_one_field__is_raised_by_whoever_asks_for_it() -> None:
    reply = read(answer("143-graphql-unprocessable-auto-merge"))
    with pytest.raises(Refused, match="verified email"):
        reply.get("enablePullRequestAutoMerge")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("152-graphql-401", TokenError),
        ("153-graphql-400-malformed-json", Refused),
        ("154-graphql-parse-error", Refused),
        ("155-graphql-missing-variable", Refused),
        ("118-limit-secondary-403-text-only", RateLimited),
    ],
)
def test_read__recorded_answer_without_data__is_raised(name: str, kind: type[AfkError]) -> None:
    with pytest.raises(AfkError) as raised:
        read(answer(name))
    assert type(raised.value) is kind


@pytest.mark.parametrize("kind", ["RATE_LIMITED", "RATE_LIMIT", ""])
@pytest.mark.parametrize(("remaining", "known"), [("0", True), ("7", False)])
def test_read__rate_limit_in_a_200__is_a_rate_limit(
    kind: str, remaining: str, *, known: bool
) -> None:
    """Both spellings of the type have been seen, and texts without one."""
    body = {"errors": [{"type": kind, "message": "API rate limit exceeded for user ID 1."}]}
    headers = {"x_ratelimit_remaining": remaining, "x_ratelimit_reset": "1581014020"}
    with pytest.raises(RateLimited) as raised:
        read(_answered(body, **headers))
    assert (raised.value.retry_at is not None) is known
    assert ("primary" if known else "secondary") in str(raised.value)


@pytest.mark.parametrize(
    "body",
    [
        {"data": None, "errors": [{"message": "Something went wrong while executing"}]},
        {"data": {"i0": None}, "errors": [{"message": "Something went wrong while executing"}]},
        {"data": {"i0": {}}, "errors": [problem("INTERNAL", "i0", "issue", "comments")]},
        {"data": {"i0": {}}, "errors": ["not even an object"]},
        {"data": None},
        {},
        [],
    ],
)
def test_read__partial_or_empty_answer__is_a_fault_of_the_server(body: Any) -> None:
    """Nothing in an answer that broke off is believed, absence least of all."""
    with pytest.raises(ServerFault):
        read(_answered(body))


@pytest.mark.parametrize(
    "entry",
    [
        problem("RESOURCE_LIMITS_EXCEEDED", "i0"),
        problem("MAX_NODE_LIMIT_EXCEEDED"),
        problem("", "i0", message="Resource limits for this query exceeded."),
    ],
)
def test_read__query_too_big__is_exhausted(entry: dict[str, Any]) -> None:
    for body in ({"data": {"i0": None}, "errors": [entry]}, {"errors": [entry]}):
        with pytest.raises(Exhausted):
            read(_answered(body))


def test_read__missing_permission_for_everything__is_a_token_error() -> None:
    body = {"data": None, "errors": [{"type": "FORBIDDEN", "message": "Resource not accessible"}]}
    with pytest.raises(TokenError):
        read(_answered(body))


def test_get__absent_thing__is_none() -> None:
    body = data(r0=None, i0={"issue": None}, i1={"issue": {"number": 1}})
    body["errors"] = [problem("NOT_FOUND", "r0"), problem("NOT_FOUND", "i0", "issue")]
    reply = read(_answered(body))
    assert reply.get("r0") is None
    assert reply.get("i0") == {"issue": None}
    assert reply.get("i1") == {"issue": {"number": 1}}
    assert reply.get("never asked") is None


@pytest.mark.parametrize(
    ("path", "permission"),
    [
        (("c0", "object", "statusCheckRollup", "contexts", "nodes", 0), "checks: read"),
        (("c0", "object", "checkSuites", "nodes", 0, "workflowRun"), "actions: read"),
        (("c0", "object", "deployments"), "deployments: read"),
        (("c0", "issue"), "issues: read"),
        (("c0", "elsewhere"), "a right"),
    ],
)
def test_get__field_the_token_may_not_read__names_the_permission(
    path: tuple[str | int, ...], permission: str
) -> None:
    body = {**data(c0={}, c1={"id": "1"}), "errors": [problem("FORBIDDEN", *path)]}
    reply = read(_answered(body))
    with pytest.raises(TokenError, match=permission):
        reply.get("c0")
    assert reply.get("c1") == {"id": "1"}


@pytest.mark.parametrize("kind", ["FORBIDDEN", "NOT_FOUND"])
@pytest.mark.parametrize("name", ["actor", "author", "editor", "closer", "commit", "blockedBy"])
def test_get__hidden_detail__is_tolerated(kind: str, name: str) -> None:
    """Null there convinces nobody: no approval, no own commit, an open blocker."""
    entry = problem(kind, "i0", "issue", "timelineItems", "nodes", 3, name)
    reply = read(_answered({**data(i0={"x": 1}), "errors": [entry]}))
    assert reply.get("i0") == {"x": 1}


def test_get__hidden_detail_that_decides__is_raised() -> None:
    entry = problem("NOT_FOUND", "i0", "issue", "timelineItems", "nodes", 3)
    with pytest.raises(NotFound):
        read(_answered({**data(i0={}), "errors": [entry]})).get("i0")


def test_get__fault_in_a_tolerated_place__is_raised() -> None:
    entry = problem("UNPROCESSABLE", "i0", "issue", "author")
    with pytest.raises(Refused):
        read(_answered({**data(i0={}), "errors": [entry]})).get("i0")


def test_get__what_the_caller_can_do_without__is_tolerated_for_them_only() -> None:
    entry = problem("FORBIDDEN", "c0", "object", "deployments")
    reply = read(_answered({**data(c0={"x": 1}), "errors": [entry]}))
    assert reply.get("c0", without={"deployments"}) == {"x": 1}
    with pytest.raises(TokenError):
        reply.get("c0")


def test_get__unknown_kind_on_the_alias_itself__spoils_that_alias_only() -> None:
    body = {**data(r0=None, r1={"id": "1"}), "errors": [problem("RENAMED", "r0")]}
    reply = read(_answered(body))
    assert reply.get("r1") == {"id": "1"}
    with pytest.raises(ServerFault):
        reply.get("r0")
