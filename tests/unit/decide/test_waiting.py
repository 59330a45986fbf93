"""Places: which turn needs one, and what a run is that has none."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from support.factories import NOW, PUSHED, changed, record, turn
from support.pull_factories import (
    EARLIER,
    landing_config,
    landing_decided,
    landing_record,
    pull,
    remark,
    review,
    sight,
    waiting_record,
)
from support.run_factories import UNSEEN, ended

from afk.decide.pull_sight import PullSight
from afk.decide.waiting import needs_a_place, waits_now, without_a_place, works_again
from afk.model.forge import Branch, Commit
from afk.model.pull import Pull, PullState, QueueState
from afk.record.state import Purpose, RunRecord, Turn
from afk.types import Action

QUEUED = pull(queue=QueueState.WAITING)
MERGED_PULL = pull(state=PullState.MERGED, merge_commit=PUSHED)
LATER = NOW + timedelta(hours=3)
INTENDED = replace(turn(2, Purpose.REVIEW), sent_at=None, requested_at=None)
DONE = ended(turn())


def run(*turns: Turn) -> RunRecord:
    return landing_record(turns=turns)


@pytest.mark.parametrize(
    ("before", "needs"),
    [
        (run(DONE), False),
        (run(turn()), False),
        (run(DONE, INTENDED), True),
        (waiting_record(), True),
        (record(turns=(DONE, INTENDED)), False),
        (record(turns=()), False),
    ],
)
def test_needs_a_place__who_waited_or_whose_tick_died(
    before: RunRecord,
    needs: bool,
) -> None:
    assert needs_a_place(before) is needs


def test_without_a_place__a_turn_that_was_intended__waits_like_for_people() -> None:
    waiting = without_a_place(run(DONE, INTENDED), NOW)

    assert waiting.waits_for_people
    assert waiting.landing.waiting_since == NOW
    assert without_a_place(waiting, LATER) == waiting
    assert not works_again(waiting, LATER).waits_for_people


def test_without_a_place__nobody_is_sending_the_turn__so_what_people_do_goes_on() -> None:
    waiting = without_a_place(run(DONE, INTENDED), NOW)
    decided = landing_decided(waiting, landing_config(merge="green"), sight=sight())

    assert decided.action is Action.MERGE


HOURS_4 = timedelta(seconds=14_400)
BY_HAND = Branch("c" * 40, (Commit(PUSHED, ""),))


@pytest.mark.parametrize(
    ("shown", "action"),
    [
        (sight(QUEUED), Action.FREEZE_ESCALATE),
        (sight(MERGED_PULL), Action.CLOSE_SUCCESS),
        (sight(base=BY_HAND), Action.CLOSE_SUCCESS),
    ],
)
def test_t3_out_of_sight_for_hours__green__is_landed_only_where_it_was_merged(
    shown: PullSight, action: Action
) -> None:
    before = waiting_record(unseen_at=NOW - HOURS_4, turns=(turn(),))
    decision = landing_decided(before, sight=shown, thread=UNSEEN)

    assert decision.action is action


def test_waits_now__since_this_tick_or_before__remembers_the_first_times_and_what_was_seen() -> (
    None
):
    before = landing_record(landing={"ready_at": None, "seen_mark": "old"})
    first = waits_now(before, pull(mark="new"), NOW)

    assert replace(first, landing=before.landing) == before
    assert first.landing == replace(
        before.landing, waiting_since=NOW, ready_at=NOW, seen_mark="new"
    )
    assert waits_now(first, pull(mark="newer"), LATER).landing == replace(
        first.landing, seen_mark="newer"
    )


@pytest.mark.parametrize(
    ("shown", "ready_at", "mark"),
    [
        (None, None, "old"),
        (pull(draft=True, mark="new"), None, "new"),
        (pull(unchanged=True, mark="new"), NOW, "old"),
        (pull(mark=""), NOW, ""),
        (pull(mark="new", reviews=(review(),)), NOW, ""),
        (pull(mark="new", comments=(remark(),)), NOW, ""),
        (pull(mark="new", truncated=True), NOW, ""),
    ],
)
def test_waits_now__not_ready_or_not_read__is_not_taken_for_it(
    shown: Pull | None, ready_at: datetime | None, mark: str
) -> None:
    before = landing_record(landing={"ready_at": None, "seen_mark": "old"})
    landing = waits_now(before, shown, NOW).landing
    assert (landing.ready_at, landing.seen_mark) == (ready_at, mark)


def test_works_again__after_waiting__the_time_in_between_counts_in_no_budget() -> None:
    landing = {"waiting_since": EARLIER, "reminded_at": EARLIER, "seen_mark": "old"}
    before = waiting_record(landing=landing, first_red_at=EARLIER - timedelta(hours=2))
    again = works_again(before, NOW)

    assert again == changed(
        replace(
            before,
            landing=replace(before.landing, waiting_since=None, reminded_at=None, seen_mark=""),
        ),
        first_red_at=NOW - timedelta(hours=2),
    )
    assert works_again(again, LATER) is again
