"""Pull requests that GitHub is still computing when they are read."""

from typing import Any

from support.github import (
    KEY,
    Data,
    Hub,
    data,
)
from support.github_pulls import (
    BY_NUMBER,
    HEAD,
    numbered,
    pulls,
    shown,
)

from afk.model.forge import IssueHead
from afk.model.pull import Mergeability, Pull, PullState

ISSUE_HEAD = IssueHead(KEY, ready=False, in_progress=True)
NOW_TEXT = "2026-05-01T10:00:00Z"


def read(one: Data, *further: Any) -> Pull:
    hub = Hub([data(**numbered(one)), *further])
    (found,) = pulls(hub).read([BY_NUMBER])[BY_NUMBER]
    assert hub.graphql == [], "everything prepared was asked for"
    return found


def standing(**changes: Any) -> Data:
    fields = {"id": "PR_9", "headRefOid": HEAD, "mergeable": "MERGEABLE", "reviewDecision": None}
    return {**fields, "mergeStateStatus": "CLEAN", **changes}


UNKNOWN: Data = {"mergeable": "UNKNOWN", "mergeStateStatus": "UNKNOWN"}


def test_read__still_computing__is_asked_again_until_it_is_told() -> None:
    found = read(
        shown(**UNKNOWN),
        data(nodes=[standing(**UNKNOWN)]),
        data(nodes=[standing(mergeable="CONFLICTING", mergeStateStatus="DIRTY")]),
    )
    assert (found.mergeability, found.can_merge, found.blocked_by) == (
        Mergeability.CONFLICT,
        False,
        "dirty",
    )


def test_read__computing_for_long__stays_unknown() -> None:
    found = read(shown(**UNKNOWN), *(data(nodes=[standing(**UNKNOWN)]) for _ in range(2)))
    assert (found.mergeability, found.can_merge) == (Mergeability.UNKNOWN, None)


def test_read__head_moved_meanwhile__stays_unknown() -> None:
    """What is told then is about another head."""
    found = read(shown(**UNKNOWN), data(nodes=[standing(headRefOid="b" * 40)]))
    assert found.mergeability is Mergeability.UNKNOWN


def test_read__closed__is_not_asked_again() -> None:
    assert read(shown(state="CLOSED", closedAt=NOW_TEXT, **UNKNOWN)).state is PullState.CLOSED
