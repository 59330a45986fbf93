"""The sandbox's GitHub when too much is asked of it: quotas, costs, and limits as faults."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.cassettes import RECORDINGS
from support.github_world import LATEST, World, github_world

from afk_sandbox.faults import Fault
from afk_sandbox.github import faults
from afk_sandbox.github.answers import JSON


def _told(number: str) -> dict[str, Any]:
    path = next((RECORDINGS / "github").glob(f"{number}-*.json"))
    response: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["response"]
    return response


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("115", faults.primary(LATEST)),
        ("116", faults.secondary(LATEST, after="30")),
        ("118", faults.secondary(LATEST, after="")),
        ("119", faults.secondary(LATEST, after="8", status=429)),
        (
            "120",
            faults.secondary(
                datetime(2020, 2, 6, 18, 33, 37, tzinfo=UTC),
                after="Thu, 06 Feb 2020 18:33:45 GMT",
                status=429,
            ),
        ),
    ],
)
def test_limit__as_a_fault__is_told_as_in_the_recording(number: str, fault: Fault) -> None:
    """The status, ``retry-after`` or an empty quota, and a message; nothing reaches the forge."""
    told = _told(number)
    with github_world(faults=lambda *_: fault) as world:
        answer = world.client.get("/api/v3/user")
    assert answer.status_code == told["status"]
    assert answer.headers.get("retry-after") == told["headers"].get("retry-after")
    spent = told["headers"].get("x-ratelimit-remaining") == "0"
    assert (answer.headers.get("x-ratelimit-remaining") == "0") is spent
    assert set(told["body"]) <= set(answer.json())
    assert "rate limit" in answer.json()["message"]


@pytest.mark.parametrize("number", ["117", "121"])
def test_limit__told_by_a_header_of_its_own__is_a_fault_with_that_header(number: str) -> None:
    told = _told(number)
    named = {"gh-limited-by": told["headers"]["gh-limited-by"]}
    fault = Fault("before", told["status"], json.dumps(told["body"]).encode(), JSON, named)
    with github_world(faults=lambda *_: fault) as world:
        answer = world.client.get("/api/v3/user")
    assert (answer.status_code, answer.json()) == (told["status"], told["body"])
    assert answer.headers["gh-limited-by"] == told["headers"]["gh-limited-by"]


def test_graphql_limit__as_a_fault__is_http_200_with_an_error_and_nothing_left() -> None:
    fault = faults.graphql(LATEST)
    with github_world(faults=lambda *_: fault) as world:
        answer = world.client.post("/api/graphql", json={"query": "{ viewer { login } }"})
    assert answer.status_code == 200
    assert [one["type"] for one in answer.json()["errors"]] == ["RATE_LIMITED"]
    assert "data" not in answer.json()
    assert answer.headers["x-ratelimit-remaining"] == "0"


def _ask(world: World, token: str) -> list[Any]:
    named = {"authorization": f"bearer {token}"} if token else {}
    rest = world.client.get("/api/v3/repos/owner/shop", headers=named)
    graphql = world.client.post(
        "/api/graphql", json={"query": "{ viewer { login } }"}, headers=named
    )
    return [
        (one.status_code, one.headers.get("x-ratelimit-remaining"), "errors" in one.json())
        for one in (rest, graphql)
    ]


def test_quota__spent__refuses_until_the_hour_is_over() -> None:
    """REST and GraphQL count apart, and accounts count apart."""
    with github_world(hourly=2) as world:
        world.repo("owner/shop")
        token = world.forge.token_for(world.account("owner"))
        other = world.forge.token_for(world.account("other"))
        assert _ask(world, token) == [(200, "1", False), (200, "1", False)]
        assert _ask(world, token) == [(200, "0", False), (200, "0", False)]
        assert _ask(world, token) == [(403, "0", False), (200, "0", True)]
        assert _ask(world, other) == [(200, "1", False), (200, "1", False)]
        world.now[0] += timedelta(hours=1)
        assert _ask(world, token) == [(200, "1", False), (200, "1", False)]


def test_quota__nobody__has_sixty_requests_and_no_graphql() -> None:
    with github_world() as world:
        world.repo("owner/shop")
        assert _ask(world, "") == [(200, "59", False), (401, None, False)]


def test_rate_limit_field__tells_what_the_query_cost() -> None:
    """101 connections make 1 point; past the bound on nodes nothing is answered."""
    issues = "issues(first: 100) { nodes { labels(first: 5) { totalCount } } }"
    asked = f'repository(owner: "a", name: "b") {{ {issues} }}'
    query = f"{{ rateLimit {{ cost nodeCount used }} {asked} }}"
    with github_world() as world:
        named = {"authorization": f"token {world.forge.token_for(world.account('owner'))}"}
        told = world.client.post("/api/graphql", json={"query": query}, headers=named).json()
        wide = query.replace("labels(first: 5)", "comments(first: 100)").replace(
            "{ totalCount }", "{ nodes { userContentEdits(first: 100) { totalCount } } }"
        )
        refused = world.client.post("/api/graphql", json={"query": wide}, headers=named).json()
    assert told["data"]["rateLimit"] == {"cost": 1, "nodeCount": 600, "used": 1}
    assert [one["type"] for one in refused["errors"]] == ["MAX_NODE_LIMIT_EXCEEDED"]
    assert "data" not in refused
