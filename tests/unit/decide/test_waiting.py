"""Places: which turn needs one, and what a run is that has none."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.factories import NOW, PUSHED, record, turn
from support.pull_factories import (
    landing_config,
    landing_decided,
    landing_record,
    pull,
    sight,
    waiting_record,
)
from support.run_factories import UNSEEN, ended

from afk.decide.pull_sight import PullSight
from afk.decide.waiting import needs_a_place, without_a_place, works_again
from afk.model.forge import Branch, Commit
from afk.model.pull import PullState, QueueState
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
