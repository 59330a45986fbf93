"""What GitHub's headers and lists show of an installation, where no sandbox has it."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from afk.adapters.github.api import GitHubApi
from afk.adapters.github.installation import GitHubInstallation, meant
from afk.adapters.http import Http
from afk.errors import RateLimited, RepositoryMoved, ServerFault
from afk.model.installation import WaitingRun

RUN = {"name": "afk", "status": "queued", "created_at": "2026-11-23T12:00:00Z"}


def installation(
    body: Any, status: int = 200, headers: dict[str, str] | None = None
) -> GitHubInstallation:
    """Return one behind which everything is answered alike."""
    answer = httpx.MockTransport(lambda _: httpx.Response(status, json=body, headers=headers))
    http = Http(
        client=httpx.Client(transport=answer),
        base_url="https://api.github.com",
        name="github",
        authorize=dict,
        sleep=lambda _: None,
    )
    return GitHubInstallation(
        api=GitHubApi(http=http, graphql_url="https://api.github.com/graphql")
    )


VIEWER = {"data": {"viewer": {"login": "mara", "databaseId": 7}}}
APP = {"data": {"viewer": {"login": "afk[bot]", "databaseId": 8}}}
ENDS = "github-authentication-token-expiration"


@pytest.mark.parametrize(
    ("body", "headers", "kind", "scopes", "lacks"),
    [
        (VIEWER, {"x-oauth-scopes": "repo, user:email"}, "a classic", ("repo", "user:email"), ()),
        (VIEWER, {"x-oauth-scopes": "public_repo"}, "a classic", ("public_repo",), ()),
        (VIEWER, {"x-oauth-scopes": ""}, "a classic", (), ("repo",)),
        (VIEWER, {}, "a fine-grained", None, ()),
        (APP, {}, "an app's", None, ()),
        (APP, {"x-oauth-scopes": ""}, "an app's", None, ()),
    ],
)
def test_token__by_its_headers__shows_kind_and_scopes(
    body: Any,
    headers: dict[str, str],
    kind: str,
    scopes: tuple[str, ...] | None,
    lacks: tuple[str, ...],
) -> None:
    token = installation(body, headers=headers).token()
    assert token.kind.startswith(kind)
    assert (token.scopes, token.lacks) == (scopes, lacks)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2025-02-25 04:28:56 UTC", datetime(2025, 2, 25, 4, 28, 56, tzinfo=UTC)),
        ("2024-07-31 10:13:04 +0200", datetime(2024, 7, 31, 8, 13, 4, tzinfo=UTC)),
        ("2024-02-08 10:25:04 +0000", datetime(2024, 2, 8, 10, 25, 4, tzinfo=UTC)),
        ("soon", None),
        ("", None),
    ],
)
def test_token__its_end__is_read_in_every_recorded_form(text: str, at: datetime | None) -> None:
    """Recordings 133, 134 and 135."""
    assert installation(VIEWER, headers={ENDS: text}).token().expires_at == at


def test_repository__under_another_name__has_moved() -> None:
    with pytest.raises(RepositoryMoved, match="acme/App"):
        installation({"full_name": "acme/App"}).repository("acme/app")


def test_repository__rights_not_shown__are_unknown() -> None:
    assert installation({"full_name": "acme/app"}).repository("acme/app").may_write is None


@pytest.mark.parametrize("status", [403, 404, 410])
def test_waiting__not_for_this_token__cannot_be_told(status: int) -> None:
    assert installation({"message": "no"}, status).waiting("acme/app") is None


def test_waiting__only_queued_runs__are_returned() -> None:
    runs = [RUN, {**RUN, "status": "completed"}, {**RUN, "name": None}]
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    found = installation({"workflow_runs": runs}).waiting("acme/app")
    assert found == (WaitingRun("afk", at), WaitingRun("", at))


def test_waiting__limited_or_failed__is_raised() -> None:
    with pytest.raises(RateLimited):
        installation({"message": "x"}, 403, {"retry-after": "1"}).waiting("acme/app")
    with pytest.raises(ServerFault):
        installation({}, 500).waiting("acme/app")


def test_names_like__owner_that_is_not_there__shows_the_viewers() -> None:
    node = {"repositories": {"nodes": [{"nameWithOwner": "acme/app"}, None]}}
    one = installation({"data": {"repositoryOwner": None, "viewer": node}})
    assert one.names_like("acne/app") == ("acme/app",)
    assert meant(one.api, "acne/app") == "acme/app"
    assert meant(one.api, "zzz") == ""
    assert meant(installation({}, 500).api, "acme/ap") == ""
