"""Long queues in a listing: what moved is shown, the others are counted."""

from datetime import timedelta

import httpx
import pytest
from support.github import REPO, Data, Hub, Prepared, data, page, problem, reply, tracker
from support.github_listing import answered, listed, listed_repo

from afk.errors import RateLimited
from afk.model.forge import Listing, RepositoryTrouble

NOON = "Thu, 26 Nov 2026 12:00:00 GMT"
QUIET = timedelta(hours=2)


def queue(**totals: int) -> Data:
    """What moved of a long queue: one that is not tracked yet."""
    counted = {"allReady": 60, "allTracked": 59, "both": 60, **totals}
    return {
        "ready": page(listed(60)),
        "tracked": page(listed(8, state="CLOSED")),
        "closed": page(listed(8, state="CLOSED"), listed(9, state="CLOSED")),
        **{name: {"totalCount": count} for name, count in counted.items()},
    }


def long_repo(name: str = REPO) -> Data:
    """A repository with a page of ready issues of many."""
    first = page(listed(1), more="c1")
    return listed_repo(name, ready=first, tracked=first, id=f"R_{name}")


def long_queue(**totals: int) -> Hub:
    """What its listing asks for, and then the pages, if it reads them."""

    def rest(variables: Data) -> Data:
        assert variables["after"] == "c1"
        return data(node={"issues": page(listed(2))})

    first = reply(answered(long_repo()), date=NOON)
    return Hub([first, data(r0=queue(**totals)), rest, rest])


@pytest.mark.parametrize("both", [60, 59])
def test_listing__a_long_queue__shows_what_moved_and_counts_the_others(both: int) -> None:
    """Whether two labels in a filter mean either or both."""
    hub = long_queue(both=both)
    listing = tracker(hub).listing([REPO], quiet=QUIET)
    shown = [(one.key.number, one.ready, one.tracked, one.open) for one in listing.heads]
    assert shown == [(60, True, False, True), (8, False, True, False), (9, False, True, False)]
    assert (listing.left_out, listing.short) == (59, frozenset({REPO}))
    assert hub.requests == 2
    assert "2026-11-26T10:00:00Z" in hub.queries[1]["variables"].values()


@pytest.mark.parametrize("totals", [{"allTracked": 58}, {"both": 61}, {"allReady": 59}])
def test_listing__a_long_queue_that_may_hide_something__is_listed_whole(
    totals: dict[str, int],
) -> None:
    hub = long_queue(**totals)
    listing = tracker(hub).listing([REPO], quiet=QUIET)
    assert [one.key.number for one in listing.heads] == [1, 2]
    assert (listing.left_out, hub.requests) == (0, 4)


def test_listing__a_long_queue_nobody_may_leave_out__is_listed_whole() -> None:
    hub = long_queue()
    del hub.graphql[1]
    assert tracker(hub).listing([REPO]).left_out == 0
    assert hub.requests == 3


NAMES = ["acme/one", "acme/two", "acme/three"]


def several(*answers: Prepared) -> tuple[Hub, Listing]:
    """List three repositories with long queues."""
    hub = Hub([reply(answered(*map(long_repo, NAMES)), date=NOON), *answers])
    return hub, tracker(hub).listing(NAMES, quiet=QUIET)


def test_listing__several_long_queues__cost_one_request_more() -> None:
    hub, listing = several(data(r0=queue(), r1=queue(), r2=queue()))
    assert (hub.requests, listing.left_out, listing.short) == (2, 3 * 59, frozenset(NAMES))
    assert {f"R_{name}" for name in NAMES} <= set(map(str, hub.queries[1]["variables"].values()))


def test_listing__one_of_several_long_queues_refused__leaves_the_others_as_they_are() -> None:
    refused = {**data(r0=queue(), r1=None, r2=queue()), "errors": [problem("FORBIDDEN", "r1")]}
    hub, listing = several(refused)
    assert (hub.requests, listing.short) == (2, frozenset({NAMES[0], NAMES[2]}))
    (trouble,) = listing.troubles
    assert (trouble.repo, trouble.kind) == (NAMES[1], RepositoryTrouble.UNREADABLE)


def test_listing__long_queues_over_which_github_fails__are_asked_for_one_by_one() -> None:
    """What it fails over may be one of them alone."""

    def alone(variables: Data) -> Data | httpx.Response:
        asked = [str(one) for one in variables.values() if str(one).startswith("R_")]
        return data(r0=queue()) if len(asked) == 1 and asked != [f"R_{NAMES[1]}"] else bad

    bad = reply({"message": "Something went wrong"}, status=502)
    hub, listing = several(*[alone] * 8)
    assert listing.short == frozenset({NAMES[0], NAMES[2]})
    (trouble,) = listing.troubles
    assert (trouble.repo, trouble.kind) == (NAMES[1], RepositoryTrouble.UNREADABLE)
    assert hub.graphql == [], "each failure is asked for again, as any is"


def test_listing__a_limit_while_long_queues_are_asked_for__asks_no_more() -> None:
    limit = {"data": None, "errors": [problem("RATE_LIMITED", message="API rate limit exceeded")]}
    with pytest.raises(RateLimited):
        several(limit)


def test_listing__a_long_queue_that_is_gone_meanwhile__is_read_as_it_stands() -> None:
    hub, listing = several(data(r0=queue(), r1=None, r2=queue()), data(node=None))
    assert listing.short == frozenset({NAMES[0], NAMES[2]})
    assert hub.graphql == []


def test_listing__a_long_queue_of_which_too_much_moved__is_listed_whole() -> None:
    hub = long_queue()
    hub.graphql[1] = data(r0={**queue(), "ready": page(listed(60), more="c2")})
    listing = tracker(hub).listing([REPO], quiet=QUIET)
    assert [one.key.number for one in listing.heads] == [1, 2]
    assert (listing.left_out, hub.requests) == (0, 4)
