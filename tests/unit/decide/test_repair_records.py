"""Records that are not believed or lost, and labels that stand for nothing: what mends them."""

from dataclasses import replace
from typing import Any

import pytest
from support.factories import (
    ENVIRONMENT,
    IN_PROGRESS,
    NOW,
    READY,
    changed,
    config,
    event,
    issue,
    record,
    turn,
)
from support.sights import (
    BLANK,
    HELD_STRAY,
    KEY,
    OTHER_RUN,
    OWN_LOCK,
    THEIR_LOCK,
    approved,
    ended,
    flawed,
    locked,
    parked,
    recorded,
    said,
    shown,
    sight,
)

from afk.decide.approval import Standing
from afk.decide.repair import diagnose
from afk.decide.sight import (
    Diagnosis,
    Park,
    Rebuild,
    RefuseLabel,
    ShownThread,
    StopThread,
    TakeLabelOff,
)
from afk.model.agent import Presence
from afk.record.codec import Flaw, Records
from afk.record.state import IN_FLIGHT, Purpose, Stage
from afk.types import EventKind, Reason


@pytest.mark.parametrize("flaw", [Flaw.BAD_MAC, Flaw.EDITED, Flaw.MALFORMED, Flaw.UNSIGNED])
def test_diagnose__record_not_believed__parked_under_a_fresh_one(flaw: Flaw) -> None:
    """The newest flaw is named; without a thread nothing is held."""
    seen = sight(records=flawed(Flaw.UNKNOWN_KEY, flaw))

    assert diagnose(seen, config()) == Diagnosis((parked(None, Reason.RECORD_EDITED, flaw.value),))


def test_diagnose__record_not_believed_and_agents_at_work__newest_named_others_stopped() -> None:
    old, new = shown(said(), attempt=1), shown(said(attempt=2), attempt=2)
    seen = sight(records=flawed(Flaw.BAD_MAC), threads=(old, new))

    assert diagnose(seen, config()) == Diagnosis(
        (
            StopThread(old.thread.id, "its record is not believed"),
            parked(new, Reason.RECORD_EDITED, Flaw.BAD_MAC.value),
        ),
        hold_unmended=HELD_STRAY,
    )


@pytest.mark.parametrize(("threads", "seen"), [((shown(said()),), 7), ((), 0)])
def test_diagnose__record_not_believed__the_fresh_one_knows_how_far_t3_was_read(
    threads: tuple[ShownThread, ...], seen: int
) -> None:
    """Only where a thread is named: what is read later must not be older."""
    spoilt = replace(sight(records=flawed(Flaw.BAD_MAC), threads=threads), sequence=7)

    (park,) = diagnose(spoilt, config()).repairs

    assert isinstance(park, Park)
    assert park.record.thread.seen_sequence == seen


def test_diagnose__record_not_believed_while_t3_is_down__held_and_nothing_is_ended() -> None:
    seen = sight(records=flawed(Flaw.BAD_MAC), environment_id="")

    assert diagnose(seen, config()) == Diagnosis(hold=f"{KEY}: T3 was not read")


def test_diagnose__record_not_believed_beside_a_run_in_flight__the_run_is_followed() -> None:
    other = record(run_id=OTHER_RUN)
    records = Records(recorded(other).runs, flawed=flawed(Flaw.BAD_MAC).flawed)

    assert diagnose(sight(records=records), config()) == Diagnosis()


@pytest.mark.parametrize("attempt", [1, 5])
@pytest.mark.parametrize("again", [1, 2, 5])
def test_diagnose__record_lost__rebuilt_from_the_ids_and_gets_no_further_turns(
    attempt: int, again: int
) -> None:
    stray = shown(said(1, again), "a-persons", said(2), said(4), attempt=attempt)

    found = diagnose(sight(threads=(stray,)), config())

    assert found.hold_unmended == HELD_STRAY
    (rebuild,) = found.repairs
    assert isinstance(rebuild, Rebuild)
    expected = changed(
        BLANK,
        stage=Stage.RUNNING,
        environment_id=ENVIRONMENT,
        thread_id=stray.thread.id,
        attempt=attempt,
        claimed_at=NOW,
        started_at=NOW,
        rebuilt=True,
        turns=(
            turn(message_id=said(1, again), attempt=again, thread=attempt, sent_at=NOW),
            turn(2, Purpose.FIX_FORWARD, message_id=said(2), thread=attempt, sent_at=NOW),
            turn(4, Purpose.FIX_FORWARD, message_id=said(4), thread=attempt, sent_at=NOW),
        ),
        branch="main",
    )
    assert rebuild.record == expected


@pytest.mark.parametrize(
    "stray",
    [shown("a-persons"), shown(said(), body=False)],
    ids=["nothing of ours was sent", "not to be read"],
)
def test_diagnose__record_lost_and_the_thread_is_not_this_approvals__parked(
    stray: ShownThread,
) -> None:
    expected = Diagnosis((parked(stray, Reason.RECORD_LOST),), hold_unmended=HELD_STRAY)

    assert diagnose(sight(threads=(stray,)), config()) == expected


def test_diagnose__thread_only_titled_like_one_of_ours__left_alone() -> None:
    """Anybody can write a title: nothing is stopped for it, parked for it, or held."""
    assert diagnose(sight(threads=(shown(said(), run=OTHER_RUN),)), config()) == Diagnosis()


def test_diagnose__records_of_two_threads_lost__parked_under_the_newest() -> None:
    """Which of them had the lock cannot be told."""
    old, new = shown(said(), attempt=1), shown(said(), attempt=2)

    assert diagnose(sight(threads=(old, new)), config()) == Diagnosis(
        (
            StopThread(old.thread.id, "its record is not believed"),
            parked(new, Reason.RECORD_LOST),
        ),
        hold_unmended=HELD_STRAY,
    )


def test_diagnose__record_lost_and_label_off__stopped_and_the_repository_is_held() -> None:
    strays = (shown(said()), shown(said(), attempt=2))
    seen = sight(threads=strays, blank=None, issue=issue(labels=()))

    assert diagnose(seen, config()) == Diagnosis(
        tuple(StopThread(one.thread.id, "its record is gone") for one in strays),
        hold="a session without a record is being stopped",
    )


@pytest.mark.parametrize("stage", [Stage.APPROVED, Stage.ENDED])
def test_diagnose__record_lost_and_a_later_approval_has_its_own__just_stopped(stage: Stage) -> None:
    """What is approved by now is not ended for what an earlier approval left behind."""
    stray = shown(said(), run=OTHER_RUN)
    seen = sight(
        records=recorded(record(stage=stage)),
        threads=(stray,),
        of_runs=frozenset({stray.thread.id}),
    )

    assert diagnose(seen, config()) == Diagnosis(
        (StopThread(stray.thread.id, "its record is gone"),),
        hold="a session without a record is being stopped",
    )


@pytest.mark.parametrize("archived", [True, False])
def test_diagnose__record_lost_of_an_archived_thread__taken_back_to_be_stopped(
    *, archived: bool
) -> None:
    stray = shown(said())
    where = Presence.ARCHIVED if archived else Presence.PRESENT
    stray = replace(stray, thread=replace(stray.thread, presence=where))
    seen = sight(threads=(stray,), blank=None, issue=issue(labels=()))

    assert diagnose(seen, config()).repairs == (
        StopThread(stray.thread.id, "its record is gone", archived=archived),
    )


@pytest.mark.parametrize("stage", sorted(IN_FLIGHT))
def test_diagnose__stray_beside_a_run_in_flight__waits_for_its_end(stage: Stage) -> None:
    seen = sight(records=recorded(record(stage=stage)), threads=(shown(said(), run=OTHER_RUN),))

    assert diagnose(seen, config()) == Diagnosis()


def test_diagnose__the_approvals_run_has_ended__its_ready_label_comes_off() -> None:
    seen = sight(records=recorded(ended()))

    assert diagnose(seen, config()) == Diagnosis((TakeLabelOff(READY, "its run has ended"),))


def test_diagnose__an_older_approvals_run_has_ended__the_new_label_stays() -> None:
    assert diagnose(sight(records=recorded(ended(OTHER_RUN))), config()) == Diagnosis()


@pytest.mark.parametrize("flag", [True, False], ids=["with T3", "T3 down, but on record"])
def test_diagnose__own_lock_without_a_run__comes_off(flag: bool) -> None:
    records = Records() if flag else recorded(approved())
    seen = sight(
        issue=locked(OWN_LOCK), records=records, environment_id=ENVIRONMENT if flag else ""
    )

    assert diagnose(seen, config()) == Diagnosis((TakeLabelOff(IN_PROGRESS, "no run"),))


def test_diagnose__own_lock_without_record_while_t3_is_down__held() -> None:
    """An agent may be at work whose record was deleted."""
    seen = sight(issue=locked(OWN_LOCK), environment_id="")

    assert diagnose(seen, config()) == Diagnosis(hold=f"{KEY}: T3 was not read")


@pytest.mark.parametrize("locker", [None, *Standing])
@pytest.mark.parametrize("events", [(THEIR_LOCK,), ()], ids=["somebody's", "nobody knows whose"])
def test_diagnose__anothers_lock__is_theirs_unless_they_may_not_write(
    locker: Standing | None, events: tuple[Any, ...]
) -> None:
    refused = Diagnosis((RefuseLabel(IN_PROGRESS),))
    held = Diagnosis(hold=f"{KEY} carries {IN_PROGRESS}")

    found = diagnose(sight(issue=locked(*events), locker=locker), config())

    assert found == (refused if locker is Standing.REFUSED else held)


def test_diagnose__an_older_lock_event__the_newest_decides() -> None:
    earlier = replace(THEIR_LOCK, order=1)
    removed = event(EventKind.UNLABELED, label=IN_PROGRESS, order=2)
    seen = sight(issue=locked(earlier, removed, replace(OWN_LOCK, order=3)))

    assert diagnose(seen, config()).repairs == (TakeLabelOff(IN_PROGRESS, "no run"),)


def test_diagnose__record_lost_and_the_agent_done__rebuilt_while_the_label_stands() -> None:
    """Its run has begun and must not begin again; without the label nobody asks for it."""
    done = (shown(said(), live=False, done=True),)
    asked_for = sight(threads=done, ready_label=READY)
    not_asked_for = sight(threads=done, ready_label=READY, issue=issue(labels=()))
    another = sight(threads=(shown(said(), run=OTHER_RUN, live=False, done=True),))
    cut_short = sight(threads=(shown(said(), live=False),), ready_label=READY)

    assert [type(one) for one in diagnose(asked_for, config()).repairs] == [Rebuild]
    assert diagnose(not_asked_for, config()).repairs == ()
    assert diagnose(another, config()).repairs == ()
    assert diagnose(cut_short, config()).repairs == ()
