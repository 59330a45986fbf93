"""Rule 8, the bound on what T3 does not show: a turn, or a stop that was asked for."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from support.factories import NOW, record, turn
from support.run_factories import (
    OTHER_SERVER,
    UNSEEN,
    after_push,
    decided,
    ended,
    facts,
    pushed,
)

from afk.decide.thread_facts import ThreadFacts
from afk.record.state import Outcome, Purpose, RunRecord, Stop
from afk.types import Action, CIStatus, Reason

HOURS_4, HOURS_2 = 14_400, 7_200


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def begun(seconds: float, **changes: Any) -> RunRecord:
    """Return a run that started this long ago; its turn is as old."""
    return record(**{"started_at": ago(seconds), "turns": (turn(sent_at=ago(seconds)),), **changes})


@pytest.mark.parametrize("thread", [UNSEEN, OTHER_SERVER])
@pytest.mark.parametrize(
    ("seen", "action", "reason"),
    [
        ({}, Action.ESCALATE_PREPUSH, Reason.UNSEEN),
        (after_push(CIStatus.RED), Action.FREEZE_ESCALATE, Reason.UNSEEN),
        (after_push(CIStatus.GREEN), Action.CLOSE_SUCCESS, Reason.LANDED),
        (after_push(None), Action.WAIT, None),
        (after_push(CIStatus.PENDING), Action.WAIT, None),
    ],
)
def test_decide__turn_out_of_sight_for_unseen_seconds__ends_as_things_stand(
    seen: dict[str, Any], action: Action, reason: Reason | None, thread: ThreadFacts
) -> None:
    def at(seconds: int) -> Any:
        build = pushed if seen else record
        return decided(build(unseen_at=ago(seconds)), thread=thread, **seen)

    assert at(HOURS_4 - 1).action is Action.WAIT
    decision = at(HOURS_4)
    assert (decision.action, decision.reason) == (action, reason)
    if reason:
        assert (decision.rule, decision.detail) == ("unseen", f"unseen_seconds={HOURS_4}")


def test_decide__red_turn_ended_and_t3_gone_for_good__freezes() -> None:
    """The budget stands still meanwhile, so that only this deadline can end it."""
    before = pushed(turns=(ended(turn()),), unseen_at=ago(HOURS_4), first_red_at=ago(HOURS_4))

    decision = decided(before, thread=UNSEEN, **after_push(CIStatus.RED))

    assert (decision.action, decision.reason) == (Action.FREEZE_ESCALATE, Reason.UNSEEN)


@pytest.mark.parametrize("rule", ["zombie", "running-grace"])
@pytest.mark.parametrize(
    ("seconds", "action"),
    [(HOURS_4 - 1, Action.STOP_SESSION), (HOURS_4, Action.ESCALATE_PREPUSH)],
)
def test_decide__a_stop_that_is_never_seen__ends_after_unseen_seconds(
    rule: str, seconds: int, action: Action
) -> None:
    """A wedged server takes every stop and carries none out."""
    stops = (Stop(at=ago(seconds), rule=rule), Stop(at=ago(3600), rule="zombie"))
    before = begun(HOURS_4 + 60, started_at=NOW, stops=stops)

    assert decided(before, thread=facts(still_for=timedelta(hours=5))).action is action


def test_decide__a_stop_that_was_seen__is_no_longer_waited_for() -> None:
    before = begun(HOURS_4 + 60, started_at=NOW, stops=(Stop(at=ago(HOURS_4), rule="x"),))

    assert decided(before, thread=facts(stopped=True)).action is Action.WAIT


def test_decide__a_stop_of_an_earlier_turn__is_not_waited_for() -> None:
    stops = (Stop(at=ago(HOURS_4), rule="zombie"),)
    last = turn(2, Purpose.RESUME, sent_at=ago(60), requested_at=None)
    intended = turn(3, Purpose.FIX_FORWARD, sent_at=None, requested_at=None)

    for turns in ((last,), (last, intended)):
        before = record(turns=turns, stops=stops, started_at=NOW)
        assert decided(before, thread=facts()).action is Action.WAIT


def test_decide__stop_asked_for_without_a_turn__counts() -> None:
    before = record(turns=(), stops=(Stop(at=ago(HOURS_4), rule="x"),), started_at=NOW)

    assert decided(before, thread=facts()).reason is Reason.UNSEEN


def test_decide__out_of_sight_while_a_limit_is_waited_out__counted_from_the_next_try() -> None:
    """A laptop that sleeps over night until the allowance is back has not gone."""

    def waiting(next_try: datetime) -> RunRecord:
        return record(
            turns=(ended(turn(), Outcome.LIMITED),),
            limited_at=ago(HOURS_4 * 2),
            first_reset=next_try,
            next_try=next_try,
            unseen_at=ago(HOURS_4 * 2),
        )

    assert decided(waiting(NOW + timedelta(hours=1)), thread=UNSEEN).action is Action.WAIT
    assert decided(waiting(ago(HOURS_4 - 1)), thread=UNSEEN).action is Action.WAIT
    assert decided(waiting(ago(HOURS_4)), thread=UNSEEN).reason is Reason.UNSEEN
