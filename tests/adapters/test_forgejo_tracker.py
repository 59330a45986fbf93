"""The tracker itself: its account, repositories, edits, comments, closing and reopening."""

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
    exchange,
    question,
    recorded,
    recording,
    reply,
    tracker,
)

from afk.adapters import forgejo_mapping as mapping
from afk.adapters.forgejo_wire import ISSUE, ITEM
from afk.config import Config
from afk.errors import (
    AfkError,
    NotFound,
    RateLimited,
    Refused,
    RepositoryMoved,
    ServerFault,
    TokenError,
)
from afk.ports import CloseResult, Tracker
from afk.types import GHOST, Account, AccountKind, Comment, Forge, Issue, Repository

MAIN = "owner/api-main"
REPO = f"{API}/repos/{MAIN}"


def _issue(number: int, *, repo: str = MAIN, **changes: Any) -> Issue:
    body = {**body_of("14.0.0", "103-issue-locked"), "number": number, **changes}
    body["repository"] = {"id": 2, "full_name": repo}
    return mapping.issue(ISSUE.validate_python(body))


def _comment(version: str, name: str = "090-comment-create") -> Comment:
    return mapping.comment(ITEM.validate_python(body_of(version, name)))


def _get(name: str) -> str:
    return question("GET", f"{API}/repos/{name}")


def test_tracker__is_what_the_loops_ask_for() -> None:
    ours: Tracker = tracker()
    assert (ours.forge, ours.host) == (Forge.FORGEJO, "recorded.test")


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


def _history(body: object, **headers: str) -> Table:
    path = f"/{MAIN}/issues/7/content-history/list"
    return Table({question("GET", path, comment_id=0): reply(body, **headers)})


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


def test_body_edits__a_row_without_time__cannot_be_read() -> None:
    assert (
        tracker(_history({"results": [{"name": "edited just now"}]})).body_edits(_issue(7)) is None
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_create_comment__created__comes_back_whole(version: str) -> None:
    text = exchange(version, "090-comment-create")["request"]["body"]["body"]
    with replay(recording(version, "090-comment-create")) as cassette:
        comment = tracker().create_comment(_issue(25), text)
    assert (comment.body, comment.author) == (text, Account(6, "bot"))
    assert cassette.play_count == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_create_comment__archived_repository__is_refused(version: str) -> None:
    issue = _issue(1, repo="owner/api-arch")
    with replay(recording(version, "129-archived-comment")), pytest.raises(Refused) as caught:
        tracker().create_comment(issue, "x")
    assert caught.value.status == 423
    assert "archived" in str(caught.value)


@pytest.mark.parametrize("given", [Reply(500), Reply(502, b"<html>")])
def test_create_comment__server_in_trouble__is_not_repeated(given: Reply) -> None:
    """Two comments would be two records."""
    table = Table({f"POST {REPO}/issues/7/comments": given})
    with pytest.raises(ServerFault):
        tracker(table).create_comment(_issue(7), "x")
    assert len(table.asked) == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_create_comment__locked_issue__is_taken_from_a_writer(version: str) -> None:
    with replay(recording(version, "104-comment-locked-writer")):
        assert tracker().create_comment(_issue(25), "on a locked issue").id


@pytest.mark.parametrize("version", VERSIONS)
def test_edit_comment__ours__has_the_new_text_and_no_editor(version: str) -> None:
    request = exchange(version, "091-comment-edit")["request"]
    with replay(recording(version, "091-comment-edit")) as cassette:
        edited = tracker().edit_comment(_issue(25), _comment(version), request["body"]["body"])
    assert edited.body == request["body"]["body"]
    assert edited.edited_by is None
    assert cassette.play_count == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_edit_comment__deleted__is_not_found(version: str) -> None:
    comment = _comment(version)
    path = f"PATCH {REPO}/issues/comments/{comment.id}"
    table = Table({path: recorded(version, "120-comment-of-deleted-issue")})
    with pytest.raises(NotFound):
        tracker(table).edit_comment(_issue(25), comment, "x")


@pytest.mark.parametrize("version", VERSIONS)
def test_delete_comment__there_or_gone__is_no_error(version: str) -> None:
    comment = _comment(version)
    with replay(recording(version, "101-comment-delete")) as cassette:
        tracker().delete_comment(_issue(25), comment)
    assert cassette.play_count == 1
    path = f"DELETE {REPO}/issues/comments/{comment.id}"
    tracker(Table({path: recorded(version, "120-comment-of-deleted-issue")})).delete_comment(
        _issue(25), comment
    )


def test_delete_comment__refused__is_raised() -> None:
    comment = _comment("14.0.0")
    table = Table({f"DELETE {REPO}/issues/comments/{comment.id}": Reply(403)})
    with pytest.raises(Refused, match="deleting a comment"):
        tracker(table).delete_comment(_issue(25), comment)


@pytest.mark.parametrize("version", VERSIONS)
def test_close__open__answers_201(version: str) -> None:
    with replay(recording(version, "105-close")) as cassette:
        assert tracker().close(_issue(26)) is CloseResult.CLOSED
    assert cassette.play_count == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_close__open_blocker__is_blocked(version: str) -> None:
    with replay(recording(version, "115-close-with-open-blockers")):
        assert tracker().close(_issue(26)) is CloseResult.BLOCKED


@pytest.mark.parametrize("version", VERSIONS)
def test_close__blocked_then_unblocked__closes(version: str) -> None:
    """187: 412 while the blocker is open, 201 once it is closed."""
    with replay(recording(version, "187-seq-blocked-close")):
        ours = tracker()
        assert ours.close(_issue(56)) is CloseResult.BLOCKED
        assert ours.close(_issue(57)) is CloseResult.CLOSED
        assert ours.close(_issue(56)) is CloseResult.CLOSED


def test_close_and_reopen__as_wanted_already__cost_nothing() -> None:
    table = Table({})
    assert tracker(table).close(_issue(7, state="closed")) is CloseResult.CLOSED
    tracker(table).reopen(_issue(7))
    assert table.asked == []


@pytest.mark.parametrize("version", VERSIONS)
def test_reopen__closed__is_open_again(version: str) -> None:
    with replay(recording(version, "188-seq-closed-by-push-then-reopened")) as cassette:
        tracker().reopen(_issue(58, state="closed"))
    assert cassette.play_count == 1


def test_close__answer_still_open__is_refused() -> None:
    """Forgejo ignores fields it does not take, with 201."""
    body = {**body_of("14.0.0", "105-close"), "state": "open"}
    with pytest.raises(Refused, match="it is open"):
        tracker(Table({f"PATCH {REPO}/issues/26": reply(body, 201)})).close(_issue(26))


@pytest.mark.parametrize("version", VERSIONS)
def test_close__not_allowed__is_refused(version: str) -> None:
    with replay(recording(version, "067-close-by-reader-refused")), pytest.raises(Refused):
        tracker().close(_issue(11))


def test_any_request__too_many__says_until_when() -> None:
    """Forgejo has no limits; a proxy before it may."""
    headers = {"retry-after": "60", "date": "Mon, 23 Nov 2026 04:02:22 GMT"}
    with pytest.raises(RateLimited) as caught:
        tracker(Table({_get(MAIN): Reply(429, b"", headers)})).repository(MAIN)
    assert caught.value.retry_at is not None
    assert caught.value.retry_at.isoformat() == "2026-11-23T04:03:22+00:00"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_whole_run__as_recorded__plays_through(version: str) -> None:
    """185: label, claim, lock, edits, close, in the adapter's own requests."""
    name = "185-seq-run-lifecycle"
    texts = [
        step["request"]["body"]["body"]
        for step in (exchange(version, name, index) for index in (5, 8, 13))
    ]
    with replay(recording(version, name)) as cassette:
        ours = tracker()
        ours.label(_issue(73), add=["ready-for-agent"])
        comment = ours.create_comment(_issue(73), texts[0])
        ours.label(_issue(73), add=["agent-in-progress"])
        ours.edit_comment(_issue(73), comment, texts[1])
        ours.edit_comment(_issue(73), comment, texts[2])
        assert ours.close(_issue(73)) is CloseResult.CLOSED
        issue = ours.reread(_issue(73).key)
    assert issue is not None
    assert not issue.open
    assert cassette.play_count == 8


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 405, 409, 412, 422, 423, 429, 500])
def test_errors__of_any_status__never_hold_the_token(status: int) -> None:
    table = Table({_get(MAIN): reply({"message": "no"}, status)})
    with pytest.raises(AfkError) as caught:
        tracker(table).repository(MAIN)
    assert TOKEN not in repr(caught.value) + str(caught.value)
    assert table.headers[0]["authorization"] == f"token {TOKEN}"
