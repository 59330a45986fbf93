"""The search over an owner with a long queue: what moved is listed, and the rest is counted."""

from datetime import UTC, datetime, timedelta

import pytest
from support.forgejo import VERSIONS, Reply, Table, reply, tracker
from support.forgejo_listing import MAIN, item, keys, search

NOON = "Thu, 26 Nov 2026 12:00:00 GMT"


def _long(version: str, tracked: int) -> Table:
    """400 issues are ready, one that moved is not tracked yet, so many others are."""
    ready, followed = "ready-for-agent", "agent-tracked"
    both = item(version, MAIN, 1, labels=(ready, followed))
    new = item(version, MAIN, 400, labels=(ready,))
    busy = item(version, MAIN, 7, labels=("agent-in-progress",))
    closed = item(version, MAIN, 8, labels=(followed,), state="closed")
    since = "2026-11-26T10:00:00Z"

    def total(labels: str, count: int) -> tuple[str, Reply]:
        return search(labels=labels, state="open", limit=1), reply([both], x_total_count=str(count))

    return Table(
        {
            search(): reply([both], x_total_count="402", date=NOON),
            **dict([total(ready, 400), total(followed, tracked)]),
            **dict([total(f"{ready},{followed}", 400)]),
            search(labels="agent-in-progress"): reply([busy], x_total_count="1"),
            search(labels=followed, state="closed"): reply([closed], x_total_count="1"),
            search(labels=f"{ready},{followed}", since=since): reply([new], x_total_count="1"),
            **{search(page=n): reply([both], x_total_count="402") for n in range(2, 403)},
        }
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_listing__a_long_queue__shows_what_moved_and_counts_the_others(version: str) -> None:
    table = _long(version, tracked=399)
    listing = tracker(table).listing([MAIN], quiet=timedelta(hours=2))
    assert keys(listing) == [f"{MAIN}#{number}" for number in (1, 7, 8, 400)]
    assert (listing.left_out, listing.short) == (399, frozenset({MAIN}))
    assert listing.at == datetime(2026, 11, 26, 12, tzinfo=UTC)
    assert len(table.asked) == 7


@pytest.mark.parametrize("version", VERSIONS)
def test_listing__a_long_queue_that_may_hide_something__is_listed_whole(version: str) -> None:
    """One more is not tracked, and has not moved for long: nobody has written it down yet."""
    table = _long(version, tracked=398)
    listing = tracker(table).listing([MAIN], quiet=timedelta(hours=2))
    assert (listing.left_out, listing.short) == (0, frozenset())
    assert search(page=2) in table.asked


@pytest.mark.parametrize("version", VERSIONS)
def test_listing__a_long_queue_nobody_may_leave_out__is_listed_whole(version: str) -> None:
    table = _long(version, tracked=399)
    assert tracker(table).listing([MAIN]).left_out == 0
    assert search(page=2) in table.asked
    assert search(labels="agent-in-progress") not in table.asked
