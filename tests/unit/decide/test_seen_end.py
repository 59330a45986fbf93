"""What the timeline shows of a run's end, whatever the record says."""

from dataclasses import replace
from typing import Any

import pytest
from support.factories import (
    AFK,
    HUMAN,
    IN_PROGRESS,
    MARA,
    NOW,
    OWN,
    PUSHED,
    READY,
    approval,
    config,
    event,
    issue,
    record,
)

from afk.decide.seen_end import SeenEnd, seen_end
from afk.record.groups import SeenVerdict
from afk.record.landing import Landing
from afk.record.state import RunRecord
from afk.types import GHOST, Account, CIStatus, Event, EventKind, Reason, Verdict

OFF = EventKind.UNLABELED
LOST, LANDED = Reason.RECORD_OVERWRITTEN, Reason.LANDED
STOPPED = SeenEnd(Verdict.STOPPED, LOST, complete=False, settled=True)


def by_afk(kind: EventKind, label: str = "", order: int = 5, **changes: Any) -> Event:
    return event(kind, order=order, label=label, **{"actor": AFK, **changes})


def ran(status: CIStatus | None = None, **changes: Any) -> RunRecord:
    """Return a run of which this was CI's last word."""
    verdict = SeenVerdict(sha=PUSHED, status=status, at=NOW) if status else None
    return record(seen_verdict=verdict, **changes)


def seen(*events: Event, of: RunRecord | None = None, first: Event | None = None) -> SeenEnd | None:
    here = issue(events=(first or event(), *events))
    return seen_end(here, of or record(), config(), OWN)


READY_OFF = by_afk(OFF, READY)


@pytest.mark.parametrize(
    ("before", "of", "verdict", "reason", "settled"),
    [
        ([], ran(), Verdict.STOPPED, LOST, True),
        ([], ran(CIStatus.RED), Verdict.STOPPED, LOST, True),
        ([], ran(CIStatus.GREEN), Verdict.DONE, LANDED, False),
        ([by_afk(EventKind.CLOSED, order=4)], ran(), Verdict.DONE, LANDED, True),
        (
            [by_afk(EventKind.LABELED, HUMAN, order=4)],
            ran(CIStatus.GREEN),
            Verdict.NEEDS_HUMAN,
            LOST,
            True,
        ),
        (
            [by_afk(EventKind.LABELED, HUMAN, order=4)],
            ran(pushed=(PUSHED,)),
            Verdict.FROZEN,
            LOST,
            True,
        ),
        ([by_afk(OFF, HUMAN, order=4)], ran(), Verdict.STOPPED, LOST, True),
        (
            [by_afk(EventKind.LABELED, HUMAN, order=4, actor=MARA)],
            ran(),
            Verdict.STOPPED,
            LOST,
            True,
        ),
        ([by_afk(EventKind.CLOSED, order=4, actor=MARA)], ran(), Verdict.STOPPED, LOST, True),
    ],
    ids=range(9),
)
def test_seen_end__ready_label_taken_off_by_afk__reads_the_verdict_off_what_afk_did(
    before: list[Event], of: RunRecord, verdict: Verdict, reason: Reason, settled: bool
) -> None:
    expected = SeenEnd(verdict, reason, complete=False, settled=settled)
    assert seen(*before, READY_OFF, of=of) == expected


@pytest.mark.parametrize(
    "events",
    [
        [],
        [by_afk(OFF, IN_PROGRESS)],
        [by_afk(EventKind.LABELED, IN_PROGRESS)],
        [by_afk(OFF, READY, actor=MARA)],
        [by_afk(OFF, READY, order=0)],
        [by_afk(OFF, READY, order=1)],
        [event(order=3), READY_OFF],
        [by_afk(EventKind.LABELED, READY), READY_OFF],
    ],
    ids=range(8),
)
def test_seen_end__label_stands_or_somebody_else_did_it__shows_none(events: list[Event]) -> None:
    assert seen(*events) is None


@pytest.mark.parametrize(
    ("lock", "complete"),
    [
        (by_afk(OFF, IN_PROGRESS, order=6), True),
        (by_afk(OFF, IN_PROGRESS, order=5), False),
        (by_afk(OFF, IN_PROGRESS, order=4), False),
        (by_afk(OFF, IN_PROGRESS, order=6, actor=MARA), False),
        (by_afk(EventKind.LABELED, IN_PROGRESS, order=6), False),
        (by_afk(OFF, HUMAN, order=6), False),
    ],
)
def test_seen_end__lock_taken_off_after_it__nobody_has_to_be_told_again(
    lock: Event, complete: bool
) -> None:
    found = seen(READY_OFF, lock)
    assert found is not None
    assert found.complete is complete


def test_seen_end__handed_over_again_after_the_lock__had_been_told_by_then() -> None:
    over = by_afk(EventKind.LABELED, HUMAN, order=6)
    unlocked = by_afk(OFF, IN_PROGRESS, order=7)
    again = by_afk(EventKind.LABELED, HUMAN, order=8)
    found = seen(READY_OFF, over, unlocked, again)
    assert found is not None
    assert found.complete


def test_seen_end__closed_by_a_merge_of_afk_s__whether_anybody_was_told_is_not_known() -> None:
    """The forge closes it with the merge, however the run ended after that: a stop rings nobody."""
    closed, unlocked = by_afk(EventKind.CLOSED, order=4), by_afk(OFF, IN_PROGRESS, order=6)
    by_pull = config(landing="pull-request")
    history = issue(events=(event(), closed, READY_OFF, unlocked))

    pushed = seen_end(history, record(), config(), OWN)
    now_by_pull = seen_end(history, record(), by_pull, OWN)
    begun_by_pull = seen(closed, READY_OFF, unlocked, of=record(landing=Landing(branch="afk/7")))
    handed = seen_end(
        replace(
            history,
            events=(event(), by_afk(EventKind.LABELED, HUMAN, order=4), READY_OFF, unlocked),
        ),
        record(),
        by_pull,
        OWN,
    )

    assert [one.complete for one in (pushed, handed) if one] == [True, True]
    assert [one.complete for one in (now_by_pull, begun_by_pull) if one] == [False, False]


@pytest.mark.parametrize(("who", "settled"), [(AFK, False), (MARA, True)])
def test_seen_end__handed_over_and_that_taken_back__is_put_on_again_where_afk_took_it_off(
    who: Account, settled: bool
) -> None:
    """Another tick took it off for a retry that it heard of meanwhile."""
    handed, taken = (
        by_afk(kind, HUMAN, order=order, actor=actor)
        for kind, order, actor in ((EventKind.LABELED, 3, AFK), (OFF, 4, who))
    )

    found = seen(handed, taken, READY_OFF)

    assert found is not None
    assert (found.verdict, found.settled) == (Verdict.NEEDS_HUMAN, settled)


def test_seen_end__approved_again_since__tells_of_the_first_run_alone() -> None:
    closed = by_afk(EventKind.CLOSED, order=9)
    assert seen(READY_OFF, event(order=8, at=NOW), closed) == STOPPED
    assert seen(READY_OFF, event(order=8, at=NOW), event(order=12, at=NOW), closed) == STOPPED
    assert seen(READY_OFF, event(order=9, at=NOW), closed) == STOPPED


def test_seen_end__approver_deleted_since__is_the_same_run() -> None:
    assert seen(READY_OFF, first=event(actor=GHOST)) == STOPPED
    other = record(approval=approval(event="another"))
    assert seen(READY_OFF, of=other) is None
    assert seen(READY_OFF, first=event(actor=GHOST), of=other) is None


@pytest.mark.parametrize(("order", "complete"), [(6, False), (8, True)])
def test_seen_end__lock_taken_off_before_the_hand_over__was_another_tick_s_end(
    order: int, complete: bool
) -> None:
    """Which stopped the run and told nobody; whoever hands it over has yet to tell."""
    handed = by_afk(EventKind.LABELED, HUMAN, order=7)
    unlocked = by_afk(OFF, IN_PROGRESS, order=order)

    found = seen(*sorted([READY_OFF, handed, unlocked], key=lambda one: one.order))

    assert found is not None
    assert (found.verdict, found.complete) == (Verdict.NEEDS_HUMAN, complete)
