"""The tracker itself: its account, repositories asked for by name, and edits of a body."""

from typing import Any

import pytest
from support.cassettes import replay
from support.forgejo import (
    API,
    TOKEN,
    VERSIONS,
    Reply,
    Table,
    body_of,
    question,
    recorded,
    recording,
    reply,
    tracker,
)

from afk.adapters.forgejo import mapping
from afk.adapters.forgejo.wire import ISSUE
from afk.config import Config
from afk.errors import (
    AfkError,
    NotFound,
    RateLimited,
    RepositoryMoved,
    ServerFault,
    TokenError,
)
from afk.ports import Tracker
from afk.types import GHOST, Account, AccountKind, Forge, Issue, Repository

MAIN = "owner/api-main"
REPO = f"{API}/repos/{MAIN}"


def _issue(number: int, *, repo: str = MAIN, **changes: Any) -> Issue:
    body = {**body_of("14.0.0", "103-issue-locked"), "number": number, **changes}
    body["repository"] = {"id": 2, "full_name": repo}
    return mapping.issue(ISSUE.validate_python(body))


def _get(name: str) -> str:
    return question("GET", f"{API}/repos/{name}")


def test_tracker__is_what_the_loops_ask_for() -> None:
    ours: Tracker = tracker()
    assert (ours.forge, ours.host) == (Forge.FORGEJO, "recorded.test")
    assert ours.web == "http://recorded.test"


@pytest.mark.parametrize("version", VERSIONS)
def test_me__asked_twice__costs_one_request(version: str) -> None:
    with replay(recording(version, "003-user-self")) as cassette:
        ours = tracker()
        assert ours.me() == ours.me() == Account(6, "bot", AccountKind.USER)
    assert cassette.play_count == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_me__without_the_scope__names_both_ways_out(version: str) -> None:
    with (
        replay(recording(version, "182-scope-missing-read-user")),
        pytest.raises(TokenError) as caught,
    ):
        tracker().me()
    assert "read:user" in str(caught.value)
    assert "own_accounts" in str(caught.value)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("own", "expected"),
    [((6, 4), Account(6, "")), ((-2,), Account(-2, "", AccountKind.BOT)), ((-1,), GHOST)],
)
def test_me__without_the_scope_but_configured__is_the_first_of_own_accounts(
    version: str, own: tuple[int, ...], expected: Account
) -> None:
    with replay(recording(version, "182-scope-missing-read-user")):
        assert tracker(config=Config(own_accounts=own)).me() == expected


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["004-bad-token", "005-no-token"])
def test_me__token_refused__is_asked_once_more_then_said(version: str, name: str) -> None:
    """A busy server has answered 401 to a good token; a configured account is no way around."""
    table = Table({f"GET {API}/user": recorded(version, name)})
    with pytest.raises(TokenError) as caught:
        tracker(table, config=Config(own_accounts=(6,))).me()
    assert len(table.asked) == 2
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("version", VERSIONS)
def test_repository__asked_twice__costs_one_request(version: str) -> None:
    with replay(recording(version, "013-repo")) as cassette:
        ours = tracker()
        assert ours.repository(MAIN) == Repository(2, MAIN, "main", archived=False)
        assert ours.repository(MAIN) == ours.repository(MAIN)
    assert cassette.play_count == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_repository__archived__says_so(version: str) -> None:
    with replay(recording(version, "132-archived-repo")):
        assert tracker().repository("owner/api-arch").archived


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("123-renamed-repo-issues", "owner/api-ren", "owner/api-renamed"),
        ("125-transferred-repo-issue", "owner/api-renamed", "apiorg/api-renamed"),
    ],
)
def test_repository__moved__names_both(version: str, name: str, old: str, new: str) -> None:
    """301 in 14, 307 in 11; the new name is confirmed by asking for it."""
    present = reply({**body_of(version, "013-repo"), "full_name": new})
    table = Table({_get(old): recorded(version, name), _get(new): present})
    with pytest.raises(RepositoryMoved) as caught:
        tracker(table).repository(old)
    assert (caught.value.old, caught.value.new) == (old, new)
    assert table.asked == [_get(old), _get(new)]


@pytest.mark.parametrize("version", VERSIONS)
def test_repository__moved_twice__is_followed_one_step_further(version: str) -> None:
    """A renamed owner's redirect keeps the repository's old name."""
    table = Table(
        {
            _get("old/api-ren"): Reply(307, b"", {"location": "/api/v1/repos/owner/api-ren"}),
            _get("owner/api-ren"): recorded(version, "123-renamed-repo-issues"),
        }
    )
    with pytest.raises(RepositoryMoved) as caught:
        tracker(table).repository("old/api-ren")
    assert caught.value.new == "owner/api-renamed"


@pytest.mark.parametrize("version", VERSIONS)
def test_repository__moved_out_of_sight__still_names_the_new_one(version: str) -> None:
    table = Table(
        {
            _get("owner/api-ren"): recorded(version, "123-renamed-repo-issues"),
            _get("owner/api-renamed"): recorded(version, "007-no-such-repo"),
        }
    )
    with pytest.raises(RepositoryMoved) as caught:
        tracker(table).repository("owner/api-ren")
    assert caught.value.new == "owner/api-renamed"


@pytest.mark.parametrize("version", VERSIONS)
def test_repository__another_case__is_a_move(version: str) -> None:
    """Names are looked up in any case; an allowlist entry in another case would never match."""
    table = Table({_get("Owner/Api-Main"): recorded(version, "013-repo")})
    with pytest.raises(RepositoryMoved) as caught:
        tracker(table).repository("Owner/Api-Main")
    assert caught.value.new == MAIN


def test_repository__redirected_to_itself__is_no_move() -> None:
    """A proxy from http to https: the address is wrong, not the repository."""
    there = Reply(301, b"", {"location": f"https://forge.example{API}/repos/{MAIN}"})
    with pytest.raises(ServerFault, match="redirect"):
        tracker(Table({_get(MAIN): there})).repository(MAIN)


@pytest.mark.parametrize("version", VERSIONS)
def test_repository__unknown__hints_at_token_and_name(version: str) -> None:
    table = Table({_get("owner/no"): recorded(version, "007-no-such-repo")})
    with pytest.raises(NotFound) as caught:
        tracker(table).repository("owner/no")
    assert "owner/no" in str(caught.value)
    assert "collaborator" in caught.value.next_step


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("name", "number", "rows"),
    [
        ("070-content-history-list-anonymous", 11, 2),
        ("074-content-history-edited-in-label-second", 18, 2),
        ("078-content-history-list-after-soft-delete", 18, 2),
    ],
)
def test_body_edits__public__are_read_without_the_token(
    version: str, name: str, number: int, rows: int
) -> None:
    with replay(recording(version, name)) as cassette:
        times = tracker().body_edits(_issue(number))
    assert times is not None
    assert len(times) == rows
    assert "authorization" not in cassette.requests[0].headers


def _history(body: object) -> Table:
    path = f"/{MAIN}/issues/7/content-history/list"
    return Table({question("GET", path, comment_id=0): reply(body)})


def test_body_edits__never_edited__are_none_of_them() -> None:
    """``{"results":null}``, as `forgejo.md` has it; no recording shows this answer's body."""
    table = _history({"results": None})
    assert tracker(table).body_edits(_issue(7)) == ()
    assert "authorization" not in table.headers[0]


@pytest.mark.parametrize("version", VERSIONS)
def test_body_edits__private__cannot_be_read(version: str) -> None:
    path = "/owner/api-priv/issues/2/content-history/list"
    page = recorded(version, "071-content-history-private-token")
    assert page.status == 404
    table = Table({question("GET", path, comment_id=0): page})
    assert tracker(table).body_edits(_issue(2, repo="owner/api-priv")) is None


@pytest.mark.parametrize(
    "given", [Reply(200, b"<html>", {"content-type": "text/html"}), Reply(303)]
)
def test_body_edits__a_page_or_a_login__cannot_be_read(given: Reply) -> None:
    table = _history(None)
    table.rows = dict.fromkeys(table.rows, given)
    assert tracker(table).body_edits(_issue(7)) is None


@pytest.mark.parametrize(("status", "told"), [(502, ServerFault), (429, RateLimited)])
def test_body_edits__a_server_that_is_not_well__is_not_taken_for_a_private_one(
    status: int, told: type[Exception]
) -> None:
    table = _history(None)
    table.rows = dict.fromkeys(table.rows, Reply(status, b"<html>", {"content-type": "text/html"}))
    with pytest.raises(told):
        tracker(table).body_edits(_issue(7))


@pytest.mark.parametrize("body", [{"error": "sign in first"}, {}, []])
def test_body_edits__json_of_somebody_else__proves_nothing(body: object) -> None:
    """A gateway that wants a login answers the anonymous request itself, with 200."""
    with pytest.raises(ServerFault):
        tracker(_history(body)).body_edits(_issue(7))


def test_body_edits__a_row_without_time__cannot_be_read() -> None:
    assert (
        tracker(_history({"results": [{"name": "edited just now"}]})).body_edits(_issue(7)) is None
    )


def test_any_request__too_many__says_until_when() -> None:
    """Forgejo has no limits; a proxy before it may."""
    headers = {"retry-after": "60", "date": "Mon, 23 Nov 2026 04:02:22 GMT"}
    with pytest.raises(RateLimited) as caught:
        tracker(Table({_get(MAIN): Reply(429, b"", headers)})).repository(MAIN)
    assert caught.value.retry_at is not None
    assert caught.value.retry_at.isoformat() == "2026-11-23T04:03:22+00:00"


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 405, 409, 412, 422, 423, 429, 500])
def test_errors__of_any_status__never_hold_the_token(status: int) -> None:
    table = Table({_get(MAIN): reply({"message": "no"}, status)})
    with pytest.raises(AfkError) as caught:
        tracker(table).repository(MAIN)
    assert TOKEN not in repr(caught.value) + str(caught.value)
    assert table.headers[0]["authorization"] == f"token {TOKEN}"
