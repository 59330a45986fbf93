"""How the GitHub adapter sends: what is repeated, what is remembered, what is never shown."""

import httpx
import pytest
from support.github import REPO, TOKEN, Hub, an_issue, api, data, recorded, reply, tracker

from afk.adapters.forge import Quota
from afk.adapters.github.issue_queries import LABEL, VIEWER
from afk.adapters.github.query_builder import Query
from afk.errors import RateLimited, ServerFault, Unreachable

ME = data(viewer={"login": "ann", "databaseId": 1})
BROKEN = httpx.ConnectError("refused")


def test_query__broken_connection_and_5xx__are_tried_again() -> None:
    hub = Hub([BROKEN, recorded("131-html-503"), ME])
    assert api(hub).query(VIEWER).get("viewer")["login"] == "ann"
    assert hub.requests == 3


def test_mutate__broken_connection__is_not_tried_again() -> None:
    """Whether it had an effect is unknown."""
    hub = Hub([BROKEN])
    with pytest.raises(Unreachable) as raised:
        api(hub).mutate(Query(LABEL, {"issue": "I_7", "add": [], "remove": []}))
    assert hub.requests == 1
    assert TOKEN not in str(raised.value)


def test_rest__write_answered_5xx__is_not_tried_again() -> None:
    hub = Hub(rest={f"PATCH /repos/{REPO}/issues/7": recorded("131-html-503")})
    with pytest.raises(ServerFault):
        tracker(hub).close(an_issue())
    assert hub.requests == 1


def test_query__every_request__carries_token_and_version() -> None:
    hub = Hub([ME])
    api(hub).query(VIEWER)
    (headers,) = hub.headers
    assert headers["authorization"] == f"Bearer {TOKEN}"
    assert headers["accept"] == "application/vnd.github+json"
    assert headers["x-github-api-version"] == "2022-11-28"


def test_quotas__answers__keep_the_last_seen_by_resource() -> None:
    """141 is GraphQL's, 137 does not name its resource; a limit of 0 left is kept as well."""
    hub = Hub(
        [recorded("141-graphql-query-node-id")],
        {
            "GET /repos/acme/app": recorded("137-repo-archived"),
            "GET /repos/acme/limited": recorded("115-limit-primary-403"),
        },
    )
    github = api(hub)
    github.query(VIEWER)
    github.send("GET", "/repos/acme/app")
    assert github.quotas == {"graphql": Quota(5000, 4923), "core": Quota(5000, 4986)}
    with pytest.raises(RateLimited):
        github.rest("GET", "", repo="acme/limited")
    assert github.quotas["core"] == Quota(5000, 0)


def test_quotas__server_without_limits__stay_empty() -> None:
    """GitHub Enterprise Server may have them switched off."""
    github = api(Hub([ME]))
    github.query(VIEWER)
    assert github.quotas == {}


def test_rest_list__list_without_end__stops() -> None:
    more = '<https://h/x>; rel="next"'
    path = f"GET /repos/{REPO}/labels?per_page=100&page="
    hub = Hub(rest={f"{path}{page}": reply([page], link=more) for page in range(1, 12)})
    assert api(hub).rest_list("/labels", repo=REPO) == list(range(1, 11))
    assert hub.requests == 10


def test_rest_list__redirected__never_follows_an_address() -> None:
    """The token would go along: only the repository's id is taken from a redirect."""
    away = httpx.Response(301, headers={"location": "https://evil.example/repositories/9"})
    hub = Hub(
        rest={
            f"GET /repos/{REPO}/labels?per_page=100&page=1": away,
            "GET /repositories/9": reply({"id": 9, "full_name": "acme/new"}),
        }
    )
    with pytest.raises(Exception, match="acme/new"):
        api(hub).rest_list("/labels", repo=REPO)
    assert [headers["host"] for headers in hub.headers] == ["recorded.test"] * 2
