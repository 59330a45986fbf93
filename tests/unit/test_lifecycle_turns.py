"""Rules 6 and 7: nothing beside a turn, then the fixed table with its reasons."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from support.factories import NOW, PUSHED, config, record, turn
from support.run_factories import (
    OTHER_SERVER,
    UNSEEN,
    VANISHED,
    after_push,
    decided,
    ended,
    facts,
    pushed,
    verdict,
)

from afk.run import Outcome, Purpose, RunRecord, SeenVerdict, Stop, Turn
from afk.types import Action, CIStatus, Reason, ThreadStatus

GRACE = timedelta(seconds=1800)
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


# --- 6. never beside a turn --------------------------------------------------------------------


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
    before = after(*before.turns, seen_verdict=SeenVerdict(sha=PUSHED, status=ci, at=NOW - GRACE))

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


def test_decide__run_without_any_turn__nothing_to_be_beside() -> None:
    before = pushed(turns=())

    assert decided(before, thread=facts(None), **after_push(CIStatus.GREEN)).action is (
        Action.CLOSE_SUCCESS
    )


# --- 7. the table ------------------------------------------------------------------------------

IDLE = facts(ThreadStatus.IDLE)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (ThreadStatus.IDLE, Reason.NOTHING_PUSHED),
        (ThreadStatus.ERROR, Reason.AGENT_FAILED),
        (ThreadStatus.INTERRUPTED, Reason.AGENT_FAILED),
    ],
)
def test_decide__turn_ended_with_nothing_pushed__escalates(
    status: ThreadStatus, reason: Reason
) -> None:
    decision = decided(thread=facts(status))

    assert (decision.action, decision.reason) == (Action.ESCALATE_PREPUSH, reason)
    assert decision.rule == "table"


@pytest.mark.parametrize("status", [ThreadStatus.RUNNING, None])
def test_decide__turn_not_ended_and_nothing_pushed__waits(status: ThreadStatus | None) -> None:
    decision = decided(record(turns=(turn(sent_at=NOW),)), thread=facts(status))

    assert (decision.action, decision.rule) == (Action.WAIT, "table")


def test_decide__end_of_the_turn_was_seen_and_t3_forgot_it__stays_ended() -> None:
    """Completion is not durable before 0.0.32 (t3/0.0.28/58-2): null shows after it."""
    before = record(turns=(ended(turn()),))

    assert decided(before, thread=facts(None)).action is Action.ESCALATE_PREPUSH
    assert decided(before, thread=UNSEEN).action is Action.ESCALATE_PREPUSH


@pytest.mark.parametrize(
    ("status", "ci"),
    [(ThreadStatus.IDLE, None), (ThreadStatus.ERROR, CIStatus.PENDING)],
)
def test_decide__pushed_and_ci_undecided__waits_whatever_the_thread_does(
    status: ThreadStatus, ci: CIStatus | None
) -> None:
    assert decided(thread=facts(status), **after_push(ci)).action is Action.WAIT


@pytest.mark.parametrize(
    ("sent", "elapsed", "action", "reason", "detail"),
    [
        (4, 3599, Action.FIX_FORWARD, None, ""),
        (
            5,
            3599,
            Action.FREEZE_ESCALATE,
            Reason.ATTEMPTS_SPENT,
            "fix_forward_max_attempts=5",
        ),
        (4, 3600, Action.FREEZE_ESCALATE, Reason.TIME_SPENT, "fix_forward_max_seconds=3600"),
        (
            5,
            3600,
            Action.FREEZE_ESCALATE,
            Reason.ATTEMPTS_SPENT,
            "fix_forward_max_attempts=5",
        ),
    ],
)
def test_decide__red__corrective_turns_sent_and_time_since_the_first_red(
    sent: int, elapsed: int, action: Action, reason: Reason | None, detail: str
) -> None:
    turns = [ended(turn(n, Purpose.FIX_FORWARD)) for n in range(2, 2 + sent)]
    before = pushed(turns=(ended(turn()), *turns), first_red_at=NOW - timedelta(seconds=elapsed))

    decision = decided(before, thread=IDLE, **after_push(CIStatus.RED))

    assert (decision.action, decision.reason, decision.detail) == (action, reason, detail)


def test_decide__corrective_turn_only_intended__is_not_counted() -> None:
    turns = [ended(turn(n, Purpose.FIX_FORWARD)) for n in range(2, 6)]
    intended = turn(6, Purpose.FIX_FORWARD, sent_at=None, requested_at=None)
    before = pushed(turns=(ended(turn()), *turns, intended))

    assert decided(before, thread=IDLE, **after_push(CIStatus.RED)).action is Action.FIX_FORWARD


def test_decide__turns_of_other_purposes__cost_no_corrective_attempt() -> None:
    turns = [ended(turn(n, Purpose.RESUME)) for n in range(2, 9)]
    before = pushed(turns=(ended(turn()), *turns))

    assert decided(before, thread=IDLE, **after_push(CIStatus.RED)).action is Action.FIX_FORWARD


def test_decide__red_and_t3_unreachable__no_turn_into_a_thread_that_is_not_shown() -> None:
    before = pushed(turns=(ended(turn()),))

    decision = decided(before, thread=UNSEEN, **after_push(CIStatus.RED))

    assert (decision.action, decision.rule) == (Action.WAIT, "table")


def test_decide__verdict_on_another_commit__decides_nothing() -> None:
    seen = {**after_push(CIStatus.GREEN), "verdict": verdict(CIStatus.GREEN, "e" * 40)}

    assert decided(thread=IDLE, **seen).action is Action.WAIT
    assert decided(thread=IDLE, verdict=verdict(CIStatus.GREEN)).action is Action.ESCALATE_PREPUSH


def test_decide__budget_of_another_configuration__counts() -> None:
    decision = decided(
        settings=config(fix_forward_max_attempts=0), thread=IDLE, **after_push(CIStatus.RED)
    )

    assert decision.detail == "fix_forward_max_attempts=0"
