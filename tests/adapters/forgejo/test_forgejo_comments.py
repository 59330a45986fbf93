"""Comments, closing and reopening."""

from typing import Any

import pytest
from support.cassettes import replay
from support.forgejo import (
    API,
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

from afk.adapters.forgejo import mapping
from afk.adapters.forgejo.wire import ISSUE, ITEM
from afk.errors import (
    NotFound,
    Refused,
    ServerFault,
)
from afk.ports import CloseResult
from afk.types import Account, Comment, Issue

MAIN = "owner/api-main"
REPO = f"{API}/repos/{MAIN}"


def _issue(number: int, *, repo: str = MAIN, **changes: Any) -> Issue:
    body = {**body_of("14.0.0", "103-issue-locked"), "number": number, **changes}
    body["repository"] = {"id": 2, "full_name": repo}
    return mapping.issue(ISSUE.validate_python(body))


def _get(name: str) -> str:
    return question("GET", f"{API}/repos/{name}")


def _comment(version: str, name: str = "090-comment-create") -> Comment:
    return mapping.comment(ITEM.validate_python(body_of(version, name)))


@pytest.mark.parametrize("version", VERSIONS)
def test_read_comment__edited_by_somebody_else__is_read_as_it_stands(version: str) -> None:
    """A writer may edit anybody's comment; nothing names the editor (092)."""
    comment = _comment(version)
    forged = reply(body_of(version, "092-comment-edit-by-other-writer"))
    table = Table({f"GET {REPO}/issues/comments/{comment.id}": forged})
    now = tracker(table).read_comment(_issue(25), comment)
    assert now is not None
    assert (now.id, now.author, now.body) == (
        comment.id,
        comment.author,
        "forged by another writer",
    )
    assert now.edited_by is None
    assert now.updated_at >= comment.updated_at
    assert len(table.asked) == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_read_comment__deleted__is_none_once_the_repository_answers(version: str) -> None:
    comment = _comment(version)
    path = f"GET {REPO}/issues/comments/{comment.id}"
    gone = recorded(version, "120-comment-of-deleted-issue")
    table = Table({path: gone, _get(MAIN): recorded(version, "013-repo")})
    assert tracker(table).read_comment(_issue(25), comment) is None
    table = Table({path: gone, _get(MAIN): recorded(version, "007-no-such-repo")})
    with pytest.raises(NotFound):
        tracker(table).read_comment(_issue(25), comment)


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


@pytest.mark.parametrize("version", VERSIONS)
def test_close__archived_repository__is_not_refused(version: str) -> None:
    """Archived is half open: a comment gets 423 (129), closing works."""
    with replay(recording(version, "131-archived-close")):
        assert tracker().close(_issue(1, repo="owner/api-arch")) is CloseResult.CLOSED
