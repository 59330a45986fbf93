"""The run's clocks: what stands still while a limit is waited out or T3 is out of sight."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import NOW, STARTED, config, record, turn
from support.run_factories import LIMIT_TEXT, OTHER_SERVER, UNSEEN, ended, facts, observed

from afk.decide.observation import note
from afk.record.state import Keys, Outcome, Purpose, RunRecord, Stop
from afk.types import ThreadStatus


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


# --- out of sight ------------------------------------------------------------------------------


@pytest.mark.parametrize("thread", [UNSEEN, OTHER_SERVER])
def test_note__t3_out_of_sight__since_the_first_tick_that_missed_it(thread: object) -> None:
    first = note(observed(record(), thread=thread), config())
    second = note(observed(first, thread=thread, now=at(5)), config())

    assert (first.pauses.unseen_at, second.pauses.unseen_at) == (NOW, NOW)
    assert second.thread.started_at == STARTED


def test_note__t3_back_in_sight__start_budget_and_corrective_budget_move_on() -> None:
    before = record(unseen_at=at(-20), first_red_at=at(-25), pushed_at=at(-40))

    noted = note(observed(before), config())

    assert noted.pauses.unseen_at is None
    assert noted.pauses.unseen_seconds == 20 * 60
    assert noted.thread.started_at == STARTED + timedelta(minutes=20)
    assert noted.commits.first_red_at == at(-5)
    assert noted.dialogue.turns[0].sent_at == STARTED + timedelta(minutes=20)


def test_seen_again__wait_for_ci__went_on_counting() -> None:
    assert record(unseen_at=at(-20), pushed_at=at(-40)).seen_again(NOW).commits.pushed_at == at(-40)


def test_seen_again__what_began_out_of_sight__moves_by_its_own_share_only() -> None:
    """A red seen an hour into the gap has not waited for longer than since then."""
    before = record(unseen_at=at(-120), first_red_at=at(-60), started_at=at(-60))

    again = before.seen_again(NOW)

    assert (again.commits.first_red_at, again.thread.started_at) == (NOW, NOW)


def test_seen_again__turn_that_ended_or_was_never_sent__keeps_its_times() -> None:
    for last in (ended(turn()), turn(sent_at=None)):
        before = record(unseen_at=at(-20), turns=(last,))
        assert before.seen_again(NOW).dialogue.turns == (last,)
    assert record(unseen_at=at(-20), turns=()).seen_again(NOW).dialogue.turns == ()


def test_seen_again__turn_with_a_stop__keeps_its_time() -> None:
    """Else the stop would seem to be an earlier turn's."""
    before = record(unseen_at=at(-20), stops=(Stop(at=at(-25), rule="zombie"),))

    assert before.seen_again(NOW).dialogue.turns == before.dialogue.turns


def test_seen_again__stop_of_an_earlier_turn__does_not_hold_the_time() -> None:
    before = record(
        unseen_at=at(-20),
        stops=(Stop(at=at(-45), rule="zombie"),),
        turns=(turn(2, Purpose.RESUME),),
    )

    assert before.seen_again(NOW).dialogue.turns[0].sent_at == STARTED + timedelta(minutes=20)


def test_stops_of__a_turn__those_asked_for_since_it_was_sent() -> None:
    stops = tuple(Stop(at=STARTED + timedelta(seconds=n), rule="zombie") for n in (-1, 0, 1))
    before = record(stops=stops)

    assert before.stops_of(turn()) == stops[1:]
    assert before.stops_of(turn(sent_at=None)) == stops
    assert before.stops_of(None) == stops


def test_seen_again_and_resumed__nothing_to_end__same_record() -> None:
    assert record().seen_again(NOW) == record()
    assert record().resumed(NOW) == record()


# --- both at once ------------------------------------------------------------------------------


def limited(**changes: object) -> RunRecord:
    fields: dict[str, object] = {
        "started_at": at(-180),
        "first_red_at": at(-180),
        "pushed_at": at(-180),
        "turns": (ended(turn(), Outcome.LIMITED),),
        "limited_at": at(-120),
        "next_try": at(0),
    }
    return record(**{**fields, **changes})


def test_resumed__t3_was_out_of_sight_during_the_wait__counted_once() -> None:
    seen = limited(unseen_at=at(-60)).seen_again(at(-30))

    resumed = seen.resumed(NOW)

    assert seen.thread.started_at == at(-180)
    assert (resumed.thread.started_at, resumed.commits.first_red_at) == (at(-60), at(-60))
    assert resumed.commits.pushed_at == at(-60)
    assert (resumed.pauses.unseen_seconds, resumed.pauses.paused_seconds) == (30 * 60, 120 * 60)


def test_resumed__t3_still_out_of_sight__the_rest_is_counted_when_it_is_back() -> None:
    resumed = limited(unseen_at=at(-60)).resumed(NOW)

    again = resumed.seen_again(at(30))

    assert resumed.pauses.unseen_at == at(-60)
    assert resumed.commits.pushed_at == at(-60)
    assert (again.thread.started_at, again.commits.first_red_at) == (at(-30), at(-30))


def test_resumed__what_began_during_the_wait__moves_by_its_own_share_only() -> None:
    resumed = limited(first_red_at=at(-15), pushed_at=at(-15)).resumed(NOW)

    assert (resumed.commits.first_red_at, resumed.commits.pushed_at) == (NOW, NOW)


@pytest.mark.parametrize(
    ("first_reset", "waited"), [(None, 7200), (at(-30), 1800), (at(-500), 7200), (at(60), 0)]
)
def test_waited__time_before_the_first_named_reset__does_not_count(
    first_reset: datetime | None, waited: int
) -> None:
    before = limited(first_reset=first_reset, waited_seconds=100)

    assert before.pauses.waited(NOW) == 100 + waited
    assert before.resumed(NOW).pauses.waited(at(999)) == 100 + waited


def test_waited__not_limited__what_was_summed_up() -> None:
    assert record(waited_seconds=100).pauses.waited(NOW) == 100


@pytest.mark.parametrize(
    ("changes", "budget"),
    [
        ({}, NOW),
        ({"limited_at": at(-20)}, at(-20)),
        ({"unseen_at": at(-10)}, at(-10)),
        ({"limited_at": at(-20), "unseen_at": at(-10)}, at(-20)),
        ({"limited_at": at(5)}, NOW),
    ],
)
def test_budget_now__stands_still_while_nothing_counts(
    changes: dict[str, datetime], budget: datetime
) -> None:
    assert record(**changes).pauses.budget_now(NOW) == budget


# --- as properties -----------------------------------------------------------------------------

MINUTES = st.integers(0, 600)
CLOCKS: tuple[Callable[[RunRecord], datetime | None], ...] = (
    lambda run: run.thread.started_at,
    lambda run: run.commits.first_red_at,
    lambda run: run.commits.pushed_at,
)


@given(
    begun=MINUTES,
    red=MINUTES,
    limit=MINUTES,
    gone=MINUTES,
    back=MINUTES,
    go_on=MINUTES,
    end=MINUTES,
)
def test_clocks__any_waits__never_move_back_nor_ahead_of_now(
    *, begun: int, red: int, limit: int, gone: int, back: int, go_on: int, end: int
) -> None:
    """Each clock moves by what lay between its start and the end of a gap, never by more."""
    before = record(
        started_at=at(min(begun, end)),
        first_red_at=at(min(red, end)),
        pushed_at=at(min(red, end)),
        limited_at=at(min(limit, end)),
        unseen_at=at(min(max(gone, limit), end)),
    )

    for after in (
        before.seen_again(at(min(back, end))).resumed(at(end)),
        before.resumed(at(min(go_on, end))).seen_again(at(end)),
        before.resumed(at(end)),
        before.seen_again(at(end)),
    ):
        for clock in CLOCKS:
            was, now = clock(before), clock(after)
            assert was is not None
            assert now is not None
            assert was <= now <= max(was, at(end))


@given(length=st.integers(0, 10_000), seen=st.booleans())
def test_budget_now__just_before_and_just_after_a_wait__the_same_time_is_left(
    *, length: int, seen: bool
) -> None:
    """Standing still and being moved on are two views of one thing."""
    began, now = at(-60), at(0) + timedelta(seconds=length)
    before = record(started_at=began, **{"unseen_at" if seen else "limited_at": at(0)})

    after = before.seen_again(now) if seen else before.resumed(now)

    assert after.thread.started_at is not None
    assert (
        before.pauses.budget_now(now) - began
        == after.pauses.budget_now(now) - after.thread.started_at
    )


def test_note__clock_of_another_machine_is_behind__no_clock_moves_back() -> None:
    before = record(unseen_at=at(1), first_red_at=at(1), started_at=at(1))

    noted = note(observed(before), config())

    assert (noted.commits.first_red_at, noted.thread.started_at) == (at(1), at(1))
    assert noted.pauses.unseen_seconds == 0


def test_note__limited_again_after_going_on__waits_are_summed_up() -> None:
    first = limited(waited_seconds=0).resumed(NOW)
    resumed = first.with_turn(turn(2, Purpose.RESUME, sent_at=NOW))
    thread = facts(
        ThreadStatus.ERROR,
        error=LIMIT_TEXT,
        requested_at={resumed.dialogue.turns[-1].message_id: NOW},
    )

    again = note(observed(resumed, thread=thread, now=at(60)), config())

    assert again.pauses.times_limited == 1
    assert again.pauses.limited_at == at(60)
    assert again.pauses.waited(at(90)) == 150 * 60


# --- the record's small look-ups ---------------------------------------------------------------


def test_keys__shown__never_show_a_key() -> None:
    assert repr(Keys(current=b"secret")) == "Keys(current=set)"
    assert repr(Keys()) == "Keys(current=none)"


def test_record__newest_commit_and_turn__empty_without_any() -> None:
    assert (record().newest_commit, record(turns=()).turn) == ("", None)
    assert record(pushed=("1", "2")).newest_commit == "2"


def test_with_turn__same_number__replaces_it() -> None:
    intended = turn(2, Purpose.RESUME, sent_at=None)

    twice = record().with_turn(intended).with_turn(turn(2, Purpose.FIX_FORWARD))

    assert [(one.number, one.purpose) for one in twice.dialogue.turns] == [
        (1, Purpose.FIRST),
        (2, Purpose.FIX_FORWARD),
    ]
    assert twice.corrective_turns == 1
    assert record().with_turn(intended).corrective_turns == 0
