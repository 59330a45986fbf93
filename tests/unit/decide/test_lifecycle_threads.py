"""Rule 4: a vanished thread is replaced once; another server is not a vanished thread."""

from datetime import timedelta
from typing import Any

import pytest
from support.factories import NOW, config, record, turn
from support.run_factories import (
    OTHER_SERVER,
    UNSEEN,
    VANISHED,
    after_push,
    decided,
    ended,
    facts,
    pushed,
)

from afk.decide.lifecycle import ZOMBIE
from afk.record.state import Outcome, Purpose, RunRecord, Stop
from afk.types import Action, CIStatus, Reason, ThreadStatus

NOT_GREEN = [None, CIStatus.PENDING, CIStatus.RED]


def test_decide__vanished_before_a_push__replaced() -> None:
    decision = decided(thread=VANISHED)

    assert (decision.action, decision.reason) == (Action.REDISPATCH, Reason.VANISHED)


@pytest.mark.parametrize("outcome", [*Outcome, None])
def test_decide__vanished_before_a_push_whatever_became_of_its_turn__replaced(
    outcome: Outcome | None,
) -> None:
    last = turn() if outcome is None else ended(turn(), outcome)

    assert decided(record(turns=(last,)), thread=VANISHED).action is Action.REDISPATCH


def test_decide__vanished_again__escalates() -> None:
    decision = decided(record(replacements=1), thread=VANISHED)

    assert (decision.action, decision.reason) == (Action.ESCALATE_PREPUSH, Reason.VANISHED)


def test_decide__no_replacement_allowed__escalates() -> None:
    decision = decided(settings=config(redispatches=0), thread=VANISHED)

    assert decision.action is Action.ESCALATE_PREPUSH


def test_decide__rebuilt_record_and_vanished__escalates() -> None:
    assert decided(record(rebuilt=True), thread=VANISHED).action is Action.ESCALATE_PREPUSH


@pytest.mark.parametrize("replacements", [0, 1])
@pytest.mark.parametrize(
    ("ci", "action"),
    [
        (CIStatus.GREEN, Action.CLOSE_SUCCESS),
        (CIStatus.PENDING, Action.WAIT),
        (None, Action.WAIT),
    ],
)
def test_decide__vanished_after_a_push__ci_alone_decides(
    replacements: int, ci: CIStatus | None, action: Action
) -> None:
    decision = decided(pushed(replacements=replacements), thread=VANISHED, **after_push(ci))

    assert decision.action is action


def test_decide__vanished_and_red__corrected_in_the_replacement_or_frozen() -> None:
    red = after_push(CIStatus.RED)

    assert decided(pushed(), thread=VANISHED, **red).action is Action.FIX_FORWARD
    decision = decided(pushed(replacements=1), thread=VANISHED, **red)
    assert (decision.action, decision.reason) == (Action.FREEZE_ESCALATE, Reason.VANISHED)


def test_decide__red_in_the_replacement_thread__corrected_there() -> None:
    """The replacement is used up, and the thread is there."""
    before = pushed(replacements=1, turns=(ended(turn()),))
    thread = facts(ThreadStatus.IDLE)

    assert decided(before, thread=thread, **after_push(CIStatus.RED)).action is Action.FIX_FORWARD


def half_replaced(purpose: Purpose, **changes: Any) -> RunRecord:
    """Return a run whose replacement was recorded, and T3 does not show its first message."""
    lost = ended(turn(), Outcome.VANISHED)
    intended = turn(2, purpose, thread=2, sent_at=None, requested_at=None)
    return record(turns=(lost, intended), attempt=2, replacements=1, **changes)


def silent(**changes: Any) -> RunRecord:
    """Return a run whose agent stood still and was seen stopped."""
    stop = Stop(at=NOW - timedelta(minutes=6), rule=ZOMBIE)
    return record(turns=(ended(turn(), Outcome.INTERRUPTED),), stops=(stop,), **changes)


EMPTY = facts(None, requested_at={})


@pytest.mark.parametrize("thread", [VANISHED, EMPTY])
def test_decide__replacement_recorded_but_not_shown__decided_afresh(thread: Any) -> None:
    """It is the same replacement, not a second one."""
    assert decided(half_replaced(Purpose.REPLACEMENT), thread=thread).action is Action.REDISPATCH


@pytest.mark.parametrize("thread", [VANISHED, EMPTY])
def test_decide__corrective_replacement_recorded_but_not_shown__decided_afresh(
    thread: Any,
) -> None:
    before = half_replaced(
        Purpose.FIX_FORWARD, pushed=pushed().commits.pushed, pushed_at=pushed().commits.pushed_at
    )

    decision = decided(before, thread=thread, **after_push(CIStatus.RED))

    assert decision.action is Action.FIX_FORWARD


def test_decide__replacement_recorded_and_t3_unreachable__waits() -> None:
    """It may be at work; nobody gives up a run that T3 will show again."""
    assert decided(half_replaced(Purpose.REPLACEMENT), thread=UNSEEN).action is Action.WAIT


@pytest.mark.parametrize("cause", ["vanished", "zombie"])
def test_decide__another_turn_is_due_and_t3_unreachable__waits(cause: str) -> None:
    """What kept the turn from being sent (an unread permission, a kill) is over by then."""
    if cause == "vanished":
        before = record(turns=(ended(turn(), Outcome.VANISHED),))
    else:
        before = silent(replacements=0)

    assert decided(before, thread=UNSEEN).action is Action.WAIT


@pytest.mark.parametrize("cause", ["vanished", "zombie"])
def test_decide__replacement_used_up_and_t3_unreachable__escalates(cause: str) -> None:
    if cause == "vanished":
        before = record(turns=(ended(turn(), Outcome.VANISHED),), replacements=1)
    else:
        before = silent(replacements=1)

    assert decided(before, thread=UNSEEN).action is Action.ESCALATE_PREPUSH


def test_decide__another_turn_is_due_and_t3_stays_away__the_deadline_ends_it() -> None:
    before = record(
        turns=(ended(turn(), Outcome.VANISHED),),
        unseen_at=NOW - timedelta(seconds=config().unseen_seconds),
    )

    decision = decided(before, thread=UNSEEN)

    assert (decision.action, decision.reason) == (Action.ESCALATE_PREPUSH, Reason.UNSEEN)


def test_decide__agent_at_work_in_the_replacement__not_replaced() -> None:
    thread = facts(ThreadStatus.RUNNING, requested_at={})

    assert decided(half_replaced(Purpose.REPLACEMENT), thread=thread).action is Action.WAIT


@pytest.mark.parametrize("ci", NOT_GREEN)
@pytest.mark.parametrize("outcome", [Outcome.COMPLETED, Outcome.ERROR, None])
def test_decide__another_server_answers__held_and_nothing_is_sent(
    outcome: Outcome | None, ci: CIStatus | None
) -> None:
    last = turn() if outcome is None else ended(turn(), outcome)

    for before, elsewhere in ((record, {}), (pushed, after_push(ci))):
        decision = decided(before(turns=(last,)), thread=OTHER_SERVER, **elsewhere)
        assert (decision.action, decision.rule) == (Action.WAIT, "other-server")


def test_decide__another_server_answers_and_green__closes_once_the_turn_was_seen_ended() -> None:
    green = after_push(CIStatus.GREEN)
    over = pushed(turns=(ended(turn()),))

    assert decided(over, thread=OTHER_SERVER, **green).action is Action.CLOSE_SUCCESS
    assert decided(pushed(), thread=OTHER_SERVER, **green).action is Action.WAIT


def test_decide__t3_unreachable__is_not_vanishing() -> None:
    assert decided(thread=UNSEEN).action is Action.WAIT
