"""Whole issues: their timeline, and what happens when a part is missing."""

import json
from typing import Any

import httpx
import pytest
from support.cassettes import replay
from support.forgejo import (
    API,
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

from afk.adapters.forgejo.wire import ISSUE, WireIssue
from afk.errors import NotFound, RepositoryMoved, TokenError, Unreachable
from afk.model.forge import IssueHead
from afk.types import EventKind, Issue, IssueKey

MAIN = "owner/api-main"
ISSUES = f"{API}/repos/{MAIN}/issues"


def _get(path: str, **params: Any) -> str:
    return question("GET", path, **params)


def _item(version: str, number: int, **changes: Any) -> WireIssue:
    """Return a recorded issue under another number, body or state."""
    body = json.loads(json.dumps(body_of(version, "103-issue-locked")))
    return ISSUE.validate_python({**body, "number": number, **changes})


def _head(item: WireIssue) -> IssueHead:
    return IssueHead(item.key, ready=True, in_progress=False, handle=item)


def _read(table: Table, *items: WireIssue, max_body: int = 8 * 1024 * 1024) -> list[Issue]:
    read = tracker(table, max_body=max_body).read([_head(item) for item in items])
    assert list(read) == [issue.key for issue in read.values()]
    return list(read.values())


@pytest.mark.parametrize("version", VERSIONS)
def test_read__listed_head__costs_its_timeline_only(version: str) -> None:
    with replay(recording(version, "047-timeline-full")) as cassette:
        read = tracker().read([_head(_item(version, 7))], branches={IssueKey(MAIN, 7): "main"})
    issue = read[IssueKey(MAIN, 7)]
    assert len(issue.events) == 7
    assert [event.order for event in issue.events] == sorted(e.order for e in issue.events)
    assert cassette.all_played
    assert cassette.play_count == 1


def test_read__nothing__costs_nothing() -> None:
    table = Table({})
    assert tracker(table).read([]) == {}
    assert table.asked == []


@pytest.mark.parametrize("version", VERSIONS)
def test_read__head_without_handle__reads_the_issue_first(version: str) -> None:
    """An issue is read before its comments."""
    table = Table(
        {
            _get(f"{ISSUES}/25"): recorded(version, "103-issue-locked"),
            _get(f"{ISSUES}/25/timeline"): recorded(version, "121-timeline-deleted-actor"),
        }
    )
    head = IssueHead(IssueKey(MAIN, 25), ready=True, in_progress=False)
    issue = tracker(table).read([head])[head.key]
    assert issue.locked
    assert [comment.body for comment in issue.comments] == ["by ghost"]
    assert table.asked == [_get(f"{ISSUES}/25"), _get(f"{ISSUES}/25/timeline")]


@pytest.mark.parametrize("version", VERSIONS)
def test_read__empty_timeline__is_null_and_no_error(version: str) -> None:
    with replay(recording(version, "035-timeline-empty")):
        (issue,) = tracker().read([_head(_item(version, 7))]).values()
    assert (issue.events, issue.comments, issue.blockers) == ((), (), ())


@pytest.mark.parametrize("version", VERSIONS)
def test_read__hidden_references__leave_no_hole(version: str) -> None:
    """With ``page`` the label event of this timeline stands behind null pages (099)."""
    with replay(recording(version, "098-timeline-hidden-references")) as cassette:
        (issue,) = tracker().read([_head(_item(version, 51))]).values()
    assert [event.kind for event in issue.events] == [EventKind.LABELED, EventKind.LABELED]
    assert cassette.requests[0].query == []


@pytest.mark.parametrize("version", VERSIONS)
def test_read__gone_since_the_listing__is_absent(version: str) -> None:
    gone = recorded(version, "119-issue-deleted-get")
    table = Table(
        {
            _get(f"{ISSUES}/29/timeline"): gone,
            _get(f"{ISSUES}/30"): gone,
            _get(f"{ISSUES}/31"): Reply(410),
            _get(f"{ISSUES}/7/timeline"): recorded(version, "035-timeline-empty"),
        }
    )
    heads = [
        _head(_item(version, 29)),
        IssueHead(IssueKey(MAIN, 30), ready=True, in_progress=False),
        IssueHead(IssueKey(MAIN, 31), ready=True, in_progress=False),
        _head(_item(version, 7)),
    ]
    assert list(tracker(table).read(heads)) == [IssueKey(MAIN, 7)]


@pytest.mark.parametrize("version", VERSIONS)
def test_read__timeline_past_the_bound__is_oversized_and_the_others_are_read(version: str) -> None:
    """What the oversized one waits for is not asked."""
    null = recorded(version, "035-timeline-empty")
    pages = {_get(f"{ISSUES}/1/timeline", limit=50, page=number): null for number in range(1, 11)}
    table = Table(
        {
            _get(f"{ISSUES}/1/timeline"): reply([{"type": "comment", "body": "x" * 5_000}]),
            **pages,
            _get(f"{ISSUES}/7/timeline"): null,
        }
    )
    waiting = _item(version, 1, body="Blocked by #2")
    one, other = _read(table, waiting, _item(version, 7), max_body=4_000)
    assert one.oversized == "its timeline exceeds 4000 bytes"
    assert (one.title, one.events, one.comments, one.blockers) == ("comments", (), (), ())
    assert other.oversized == ""


@pytest.mark.parametrize("version", VERSIONS)
def test_read__text_past_the_bound__is_oversized_with_its_timeline(version: str) -> None:
    """Whoever opened the issue may write megabytes into it; the record is found as ever."""
    table = Table({_get(f"{ISSUES}/1/timeline"): recorded(version, "121-timeline-deleted-actor")})
    (issue,) = _read(table, _item(version, 1, body="Blocked by #2 " * 20_000))
    assert issue.oversized == "its text exceeds 262144 characters"
    assert (issue.body, issue.blockers, len(issue.comments)) == ("", (), 1)
    assert len(table.asked) == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_read__server_down__is_raised(version: str) -> None:
    table = Table({_get(f"{ISSUES}/1/timeline"): Reply(error=httpx.ConnectError("no"))})
    with pytest.raises(Unreachable):
        _read(table, _item(version, 1))


@pytest.mark.parametrize("version", VERSIONS)
def test_read__scope_taken_away__is_a_token_error(version: str) -> None:
    table = Table({_get(f"{ISSUES}/1/timeline"): recorded(version, "178-scope-missing-read-issue")})
    with pytest.raises(TokenError, match="read:issue"):
        _read(table, _item(version, 1))


@pytest.mark.parametrize("version", VERSIONS)
def test_reread__present__is_read_afresh_issue_first(version: str) -> None:
    """063: the issue, then its timeline, which a stranger labelled through the web form."""
    with replay(recording(version, "063-seq-stranger-labels-by-web-form")) as cassette:
        issue = tracker().reread(IssueKey(MAIN, 11))
    assert issue is not None
    assert {event.actor.login for event in issue.events} == {"stranger"}
    assert issue.has_label("agent-in-progress")
    assert cassette.play_count == 2


@pytest.mark.parametrize("version", VERSIONS)
def test_reread__closed_by_a_push__shows_reference_and_close(version: str) -> None:
    with replay(recording(version, "188-seq-closed-by-push-then-reopened")):
        issue = tracker().reread(IssueKey(MAIN, 58))
    assert issue is not None
    assert not issue.open
    assert [event.kind for event in issue.events] == [EventKind.REFERENCED, EventKind.CLOSED]


@pytest.mark.parametrize("version", VERSIONS)
def test_reread__deleted__is_none_once_the_repository_answers(version: str) -> None:
    names = ("119-issue-deleted-get", "013-repo")
    with replay(*(recording(version, name) for name in names)) as cassette:
        assert tracker().reread(IssueKey(MAIN, 29)) is None
    assert cassette.all_played


@pytest.mark.parametrize("version", VERSIONS)
def test_reread__repository_gone_too__is_not_a_deleted_issue(version: str) -> None:
    gone = recorded(version, "007-no-such-repo")
    table = Table({_get(f"{ISSUES}/29"): gone, _get(f"{API}/repos/{MAIN}"): gone})
    with pytest.raises(NotFound, match="owner/api-main"):
        tracker(table).reread(IssueKey(MAIN, 29))


@pytest.mark.parametrize("version", VERSIONS)
def test_reread__transferred_repository__names_both(version: str) -> None:
    with (
        replay(recording(version, "125-transferred-repo-issue")),
        pytest.raises(RepositoryMoved) as caught,
    ):
        tracker().reread(IssueKey("owner/api-renamed", 1))
    assert (caught.value.old, caught.value.new) == ("owner/api-renamed", "apiorg/api-renamed")


@pytest.mark.parametrize("version", VERSIONS)
def test_reread__another_repository_answers__is_a_move(version: str) -> None:
    """Names are looked up in any case, but compared exactly everywhere in afk."""
    path = f"{API}/repos/owner/API-main/issues/25"
    table = Table({_get(path): recorded(version, "103-issue-locked")})
    with pytest.raises(RepositoryMoved) as caught:
        tracker(table).reread(IssueKey("owner/API-main", 25))
    assert caught.value.new == MAIN
    assert len(table.asked) == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_reread__gone_between_issue_and_timeline__is_none(version: str) -> None:
    table = Table(
        {
            _get(f"{ISSUES}/25"): recorded(version, "103-issue-locked"),
            _get(f"{ISSUES}/25/timeline"): recorded(version, "119-issue-deleted-get"),
            _get(f"{API}/repos/{MAIN}"): recorded(version, "013-repo"),
        }
    )
    assert tracker(table).reread(IssueKey(MAIN, 25)) is None
    assert len(table.asked) == 3
