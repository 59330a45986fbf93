"""Rule 6: nothing beside a turn; past the grace the session is stopped first."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from support.factories import NOW, PUSHED, record, turn
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

from afk.record.groups import SeenVerdict
from afk.record.state import Outcome, Purpose, RunRecord, Stop, Turn
from afk.types import Action, CIStatus, ThreadStatus

GRACE = timedelta(seconds=1800)
IDLE = facts(ThreadStatus.IDLE)
SPENT = tuple(ended(turn(n, Purpose.FIX_FORWARD)) for n in range(2, 7))
DECIDED = [
    pytest.param(CIStatus.GREEN, (), Action.CLOSE_SUCCESS, id="green"),
    pytest.param(CIStatus.RED, (), Action.FIX_FORWARD, id="red"),
    pytest.param(CIStatus.RED, SPENT, Action.FREEZE_ESCALATE, id="red, attempts spent"),
]


def after(*turns: Turn, seen: datetime | None = None, **changes: Any) -> RunRecord:
    """Return a pushed run with these turns, whose verdict was seen at a time."""
    verdict_seen = None
    if seen is not None:
        verdict_seen = SeenVerdict(sha=PUSHED, status=CIStatus.RED, at=seen)
    return pushed(**{"turns": turns, "seen_verdict": verdict_seen, **changes})


@pytest.mark.parametrize("status", [ThreadStatus.RUNNING, ThreadStatus.NEEDS_HUMAN, None])
@pytest.mark.parametrize(("ci", "earlier", "action"), DECIDED)
def test_decide__verdict_while_the_turn_is_not_seen_ended__waits_for_the_grace(
    ci: CIStatus, earlier: tuple[Turn, ...], action: Action, status: ThreadStatus | None
) -> None:
    """Running, unknown and undecided all count as not ended."""
    del action
    before = pushed(turns=(*earlier, turn(9, sent_at=NOW)), answered=("r",))

    decision = decided(before, thread=facts(status), **after_push(ci))

    assert (decision.action, decision.rule) == (Action.WAIT, "never-beside-a-turn")
    assert decision.until == NOW + GRACE


@pytest.mark.parametrize(("ci", "earlier", "action"), DECIDED)
@pytest.mark.parametrize("outcome", [Outcome.COMPLETED, Outcome.ERROR, Outcome.INTERRUPTED])
def test_decide__verdict_and_the_turn_is_seen_ended__acts(
    outcome: Outcome, ci: CIStatus, earlier: tuple[Turn, ...], action: Action
) -> None:
    before = pushed(turns=(*earlier, ended(turn(9), outcome)))

    decision = decided(before, thread=facts(ThreadStatus.IDLE), **after_push(ci))

    assert (decision.action, decision.rule) == (action, "table")


@pytest.mark.parametrize(("ci", "earlier", "action"), DECIDED)
def test_decide__verdict_and_the_turn_ends_in_this_very_tick__acts(
    ci: CIStatus, earlier: tuple[Turn, ...], action: Action
) -> None:
    before = pushed(turns=(*earlier, turn(9, message_id=turn().message_id)))

    assert decided(before, thread=facts(ThreadStatus.IDLE), **after_push(ci)).action is action


def test_decide__vanished__counts_as_ended() -> None:
    decision = decided(thread=VANISHED, **after_push(CIStatus.GREEN))

    assert decision.action is Action.CLOSE_SUCCESS


@pytest.mark.parametrize("thread", [UNSEEN, OTHER_SERVER])
def test_decide__green_and_the_turn_was_seen_ended_before_t3_went_away__closes(
    thread: Any,
) -> None:
    before = after(ended(turn()))

    assert decided(before, thread=thread, **after_push(CIStatus.GREEN)).action is (
        Action.CLOSE_SUCCESS
    )


def test_decide__somebody_else_keeps_the_agent_at_work_after_our_turn__not_ended() -> None:
    before = after(ended(turn()))
    thread = facts(ThreadStatus.RUNNING, foreign=True)

    for ci in (CIStatus.GREEN, CIStatus.RED):
        assert decided(before, thread=thread, **after_push(ci)).rule == "never-beside-a-turn"


@pytest.mark.parametrize(
    ("sent", "seen", "until"),
    [
        (timedelta(hours=2), timedelta(), GRACE),
        (timedelta(), timedelta(hours=2), GRACE),
        (timedelta(minutes=20), timedelta(minutes=10), timedelta(minutes=20)),
        (timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=25)),
    ],
)
def test_decide__grace__counts_from_the_later_of_turn_and_verdict(
    sent: timedelta, seen: timedelta, until: timedelta
) -> None:
    before = after(turn(sent_at=NOW - sent), seen=NOW - seen)

    decision = decided(before, thread=facts(), **after_push(CIStatus.RED))

    assert (decision.action, decision.until) == (Action.WAIT, NOW + until)


@pytest.mark.parametrize("ci", [CIStatus.GREEN, CIStatus.RED])
@pytest.mark.parametrize("status", [ThreadStatus.RUNNING, None])
def test_decide__past_the_grace__the_session_is_stopped_first(
    status: ThreadStatus | None, ci: CIStatus
) -> None:
    before = after(turn(sent_at=NOW - GRACE), seen=NOW - GRACE)
    before = after(
        *before.dialogue.turns, seen_verdict=SeenVerdict(sha=PUSHED, status=ci, at=NOW - GRACE)
    )

    decision = decided(before, thread=facts(status), **after_push(ci))

    assert (decision.action, decision.rule) == (Action.STOP_SESSION, "running-grace")


def test_decide__past_the_grace_and_stop_asked_for__asked_again_after_stop_seconds() -> None:
    def asked(seconds: int) -> Action:
        stops = (Stop(at=NOW - timedelta(seconds=seconds), rule="running-grace"),)
        before = after(turn(sent_at=NOW - GRACE * 2), seen=NOW - GRACE * 2, stops=stops)
        return decided(before, thread=facts(), **after_push(CIStatus.RED)).action

    assert asked(0) is Action.WAIT
    assert asked(899) is Action.WAIT
    assert asked(900) is Action.STOP_SESSION


def test_decide__past_the_grace_and_seen_stopped__acts_though_the_turns_end_is_not_told() -> None:
    """A turn accepted by a server that then restarted never starts and never ends."""
    never = facts(None, stopped=True)
    young = after(turn(sent_at=NOW - GRACE), seen=NOW - GRACE + timedelta(seconds=1))
    before = after(turn(sent_at=NOW - GRACE), seen=NOW - GRACE)

    assert decided(young, thread=never, **after_push(CIStatus.RED)).action is Action.WAIT
    assert decided(before, thread=never, **after_push(CIStatus.RED)).action is Action.FIX_FORWARD


@pytest.mark.parametrize("ci", [CIStatus.GREEN, CIStatus.RED])
def test_decide__past_the_grace_and_t3_unreachable__waits(ci: CIStatus) -> None:
    before = after(
        turn(sent_at=NOW - GRACE),
        seen_verdict=SeenVerdict(sha=PUSHED, status=ci, at=NOW - GRACE),
    )

    assert decided(before, thread=UNSEEN, **after_push(ci)).action is Action.WAIT


@pytest.mark.parametrize("ci", [CIStatus.GREEN, CIStatus.RED])
def test_decide__turn_intended_and_not_shown__another_tick_may_be_sending_it(
    ci: CIStatus,
) -> None:
    """Sent into a run that has just ended, it would be an agent that nobody follows."""
    intended = turn(9, Purpose.FIX_FORWARD, sent_at=None, requested_at=None)

    def seen(ago: timedelta, thread: Any, *earlier: Turn) -> Any:
        last = SeenVerdict(sha=PUSHED, status=ci, at=NOW - ago)
        before = after(ended(turn()), *earlier, intended, seen_verdict=last)
        return decided(before, thread=thread, **after_push(ci))

    spent = SPENT if ci is CIStatus.RED else ()
    waits = seen(GRACE - timedelta(seconds=1), IDLE, *spent)
    assert (waits.action, waits.rule) == (Action.WAIT, "never-beside-a-turn")
    assert seen(GRACE, IDLE, *spent).action is Action.STOP_SESSION
    stopped = facts(ThreadStatus.IDLE, stopped=True)
    assert seen(GRACE, stopped, *spent).action in (Action.CLOSE_SUCCESS, Action.FREEZE_ESCALATE)


def test_decide__corrective_turn_intended_and_not_shown__decided_afresh_at_once() -> None:
    intended = turn(2, Purpose.FIX_FORWARD, sent_at=None, requested_at=None)
    before = after(ended(turn()), intended, seen=NOW)

    assert decided(before, thread=IDLE, **after_push(CIStatus.RED)).action is Action.FIX_FORWARD


def test_decide__run_without_any_turn__nothing_to_be_beside() -> None:
    before = pushed(turns=())

    assert decided(before, thread=facts(None), **after_push(CIStatus.GREEN)).action is (
        Action.CLOSE_SUCCESS
    )
    assert decided(record(turns=()), thread=IDLE).action is Action.ESCALATE_PREPUSH
