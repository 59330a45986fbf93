"""What an issue waits for: dependencies, and issues that its text names."""

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

from afk.adapters.forgejo.mapping import HIDDEN
from afk.adapters.forgejo.wire import ISSUE, WireIssue
from afk.decide import blockers
from afk.model.forge import IssueHead
from afk.types import Blocker, EventKind, Issue

MAIN = "owner/api-main"
ISSUES = f"{API}/repos/{MAIN}/issues"


def _get(path: str, **params: Any) -> str:
    return question("GET", path, **params)


def _item(version: str, number: int, **changes: Any) -> WireIssue:
    """Return a recorded issue under another number, body or state."""
    body = json.loads(json.dumps(body_of(version, "103-issue-locked")))
    return ISSUE.validate_python({**body, "number": number, **changes})


def _wire(version: str, number: int, **changes: Any) -> Reply:
    return reply({**body_of(version, "103-issue-locked"), "number": number, **changes})


def _head(item: WireIssue) -> IssueHead:
    return IssueHead(item.key, ready=True, in_progress=False, handle=item)


def _read(table: Table, *items: WireIssue, max_body: int = 8 * 1024 * 1024) -> list[Issue]:
    read = tracker(table, max_body=max_body).read([_head(item) for item in items])
    assert list(read) == [issue.key for issue in read.values()]
    return list(read.values())


@pytest.mark.parametrize("version", VERSIONS)
def test_read__no_dependency_event__dependencies_are_not_asked_for(version: str) -> None:
    with replay(recording(version, "133-timeline-closed-by-commit")) as cassette:
        tracker().read([_head(_item(version, 36))])
    assert cassette.play_count == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_read__dependencies__every_state_but_closed_is_open(version: str) -> None:
    names = ("113-timeline-dependencies", "110-dependencies")
    with replay(*(recording(version, name) for name in names)) as cassette:
        (issue,) = tracker().read([_head(_item(version, 26))]).values()
    listed = body_of(version, "110-dependencies")
    assert len(issue.blockers) == len(listed)
    assert [blocker.closed for blocker in issue.blockers] == [
        one["state"] == "closed" for one in listed
    ]
    assert Blocker(f"{MAIN}#27", closed=False) in issue.blockers
    assert cassette.all_played
    assert cassette.play_count == 2


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "name", ["111-dependencies-hidden-blocker", "112-dependencies-hidden-blocker-writer"]
)
def test_read__hidden_blocker__is_open(version: str, name: str) -> None:
    """One row is hidden, the other a closed issue: the hidden one keeps the issue waiting."""
    table = Table(
        {
            _get(f"{ISSUES}/26/timeline"): recorded(version, "113-timeline-dependencies"),
            _get(f"{ISSUES}/26/dependencies"): recorded(version, name),
        }
    )
    (issue,) = _read(table, _item(version, 26))
    assert issue.blockers[0] == Blocker(HIDDEN, closed=False)
    assert issue.blockers[1].closed
    assert len(table.asked) == 2


@pytest.mark.parametrize("version", VERSIONS)
def test_read__the_blockers_side_of_a_dependency__has_no_blockers(version: str) -> None:
    """The event stands on both issues; only the list says which one waits."""
    table = Table(
        {
            _get(f"{ISSUES}/27/timeline"): recorded(version, "114-timeline-blocker"),
            _get(f"{ISSUES}/27/dependencies"): recorded(version, "107-dependencies-empty"),
        }
    )
    (issue,) = _read(table, _item(version, 27))
    assert issue.blockers == ()
    assert [event.kind for event in issue.events] == [EventKind.DEPENDENCY]


@pytest.mark.parametrize("version", VERSIONS)
def test_read__dependencies_switched_off__block_nothing(version: str) -> None:
    table = Table(
        {
            _get(f"{ISSUES}/27/timeline"): recorded(version, "114-timeline-blocker"),
            _get(f"{ISSUES}/27/dependencies"): recorded(version, "117-dependencies-disabled"),
        }
    )
    (issue,) = _read(table, _item(version, 27))
    assert issue.blockers == ()


def _dependency_events(count: int) -> Reply:
    at = "2026-11-23T04:00:00Z"
    return reply(
        [
            {"id": number, "type": "add_dependency", "created_at": at, "updated_at": at}
            for number in range(count)
        ]
    )


def _blocker(number: int, state: str) -> dict[str, Any]:
    return {"number": number, "state": state, "repository": {"id": 2, "full_name": MAIN}}


@pytest.mark.parametrize("version", VERSIONS)
def test_read__a_page_of_closed_blockers__is_not_believed_alone(version: str) -> None:
    """There is no total: where the timeline added more, the next page is asked for."""
    path = f"{ISSUES}/26/dependencies"
    table = Table(
        {
            _get(f"{ISSUES}/26/timeline"): _dependency_events(3),
            _get(path): reply([_blocker(1, "closed"), _blocker(2, "closed")]),
            _get(path, page=2): reply([_blocker(3, "open")]),
        }
    )
    (issue,) = _read(table, _item(version, 26))
    assert [blocker.closed for blocker in issue.blockers] == [True, True, False]
    assert len(table.asked) == 3


@pytest.mark.parametrize("version", VERSIONS)
def test_read__closed_blockers_without_end__stay_open(version: str) -> None:
    path = f"{ISSUES}/26/dependencies"
    page = reply([_blocker(1, "closed")])
    rows = {_get(path, page=number): page for number in range(2, 21)}
    table = Table({_get(f"{ISSUES}/26/timeline"): _dependency_events(99), _get(path): page, **rows})
    (issue,) = _read(table, _item(version, 26))
    assert len(table.asked) == 21
    assert not issue.blockers[-1].closed


@pytest.mark.parametrize("version", VERSIONS)
def test_read__removed_and_added_again__stops_at_the_empty_page(version: str) -> None:
    path = f"{ISSUES}/26/dependencies"
    table = Table(
        {
            _get(f"{ISSUES}/26/timeline"): _dependency_events(3),
            _get(path): reply([_blocker(1, "closed")]),
            _get(path, page=2): recorded(version, "107-dependencies-empty"),
        }
    )
    (issue,) = _read(table, _item(version, 26))
    assert issue.blockers == (Blocker(f"{MAIN}#1", closed=True),)


@pytest.mark.parametrize("version", VERSIONS)
def test_read__text_blockers__are_each_read_once_and_open_unless_closed(version: str) -> None:
    empty = recorded(version, "035-timeline-empty")
    table = Table(
        {
            _get(f"{ISSUES}/1/timeline"): empty,
            _get(f"{ISSUES}/2/timeline"): empty,
            _get(f"{ISSUES}/26"): _wire(version, 26, state="closed"),
            _get(f"{ISSUES}/27"): _wire(version, 27),
            _get(f"{API}/repos/secret/app/issues/9"): recorded(
                version, "006-private-issues-stranger"
            ),
            _get(f"{API}/repos/owner/api-ren/issues/1"): recorded(
                version, "125-transferred-repo-issue"
            ),
        }
    )
    one, two = _read(
        table,
        _item(version, 1, body="Blocked by #26, #27 and secret/app#9"),
        _item(version, 2, body="blocked by owner/api-main#26\nBlocked by owner/api-ren#1"),
    )
    assert one.blockers == (
        Blocker(f"{MAIN}#26", closed=True),
        Blocker(f"{MAIN}#27", closed=False),
        Blocker("secret/app#9", closed=False),
    )
    assert two.blockers == (
        Blocker(f"{MAIN}#26", closed=True),
        Blocker("owner/api-ren#1", closed=False),
    )
    assert len(table.asked) == 6


@pytest.mark.parametrize("version", VERSIONS)
def test_read__text_blocker_that_is_a_dependency_too__is_not_read_again(version: str) -> None:
    names = ("113-timeline-dependencies", "110-dependencies")
    with replay(*(recording(version, name) for name in names)) as cassette:
        item = _item(version, 26, body="Blocked by #27")
        (issue,) = tracker().read([_head(item)]).values()
    assert [blocker.ref for blocker in issue.blockers].count(f"{MAIN}#27") == 1
    assert cassette.play_count == 2


@pytest.mark.parametrize("version", VERSIONS)
def test_read__server_fails_on_a_text_blocker__it_is_open(version: str) -> None:
    table = Table(
        {
            _get(f"{ISSUES}/1/timeline"): recorded(version, "035-timeline-empty"),
            _get(f"{ISSUES}/26"): Reply(error=httpx.ReadTimeout("slow")),
            _get(f"{ISSUES}/27"): reply({"state": "closed"}),
        }
    )
    (issue,) = _read(table, _item(version, 1, body="Blocked by #26 #27"))
    assert [blocker.closed for blocker in issue.blockers] == [False, False]


@pytest.mark.parametrize("version", VERSIONS)
def test_read__bodies_that_name_very_many__are_looked_up_in_turn(version: str) -> None:
    """Anybody can open issues that name many: each body's first ones come first, 100 in all."""
    far = range(1_000, 1_000 + 4 * 50)
    answer = {_get(f"{ISSUES}/{one}"): _wire(version, one, state="closed") for one in (*far, 7, 8)}
    empty = recorded(version, "035-timeline-empty")
    timelines = {_get(f"{ISSUES}/{number}/timeline"): empty for number in range(1, 6)}
    table = Table({**answer, **timelines})
    crowd = [
        _item(version, number, body="Blocked by " + " ".join(f"#{one}" for one in far[start:][:50]))
        for number, start in ((1, 0), (2, 50), (3, 100), (4, 150))
    ]
    *crowded, mine = _read(table, *crowd, _item(version, 5, body="Blocked by #7 and #8"))
    assert len(table.asked) == 5 + 100
    assert mine.blockers == (Blocker(f"{MAIN}#7", closed=True), Blocker(f"{MAIN}#8", closed=True))
    for issue in crowded:
        unread = [one for one in issue.blockers if not one.closed]
        assert len(issue.blockers) == 50
        assert len(unread) in (25, 26)
        assert all("not looked up" in one.ref for one in unread)


@pytest.mark.parametrize("version", VERSIONS)
def test_read__dependencies_past_the_bound__are_open(version: str) -> None:
    """They come with their texts, which whoever opened them may have made huge."""
    huge = reply([{**_blocker(1, "closed"), "body": "x" * 5_000}])
    table = Table(
        {
            _get(f"{ISSUES}/26/timeline"): _dependency_events(1),
            _get(f"{ISSUES}/26/dependencies"): huge,
        }
    )
    (issue,) = _read(table, _item(version, 26), max_body=4_000)
    assert issue.oversized == ""
    assert [one.closed for one in issue.blockers] == [False]


@pytest.mark.parametrize("version", VERSIONS)
def test_read__more_text_blockers_than_are_read__waits(version: str) -> None:
    count = blockers.LIMIT + 5
    rows = {
        _get(f"{ISSUES}/{number}"): _wire(version, number, state="closed")
        for number in range(100, 100 + count)
    }
    table = Table({_get(f"{ISSUES}/1/timeline"): recorded(version, "035-timeline-empty"), **rows})
    body = "Blocked by " + " ".join(f"#{number}" for number in range(100, 100 + count))
    (issue,) = _read(table, _item(version, 1, body=body))
    assert len(table.asked) == 1 + blockers.LIMIT
    assert [blocker.closed for blocker in issue.blockers].count(False) == 1
