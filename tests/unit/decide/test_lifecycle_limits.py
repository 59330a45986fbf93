"""Rule 3: a usage limit is waited out, then the same thread is told to go on."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from support.factories import NOW, STARTED, config, record, turn
from support.run_factories import (
    LIMIT_TEXT,
    OTHER_SERVER,
    UNSEEN,
    VANISHED,
    after_push,
    decided,
    ended,
    facts,
    observed,
    pushed,
    removed,
)

from afk.decide.observation import note
from afk.model.agent import Presence
from afk.record.state import Outcome, Purpose, RunRecord
from afk.types import Action, CIStatus, Reason, ThreadStatus

RESET = NOW + timedelta(hours=3)
NAMED = f"Claude AI usage limit reached|{int(RESET.timestamp())}"
BOUND = 43_200


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def limited(at: datetime = NOW, **changes: Any) -> RunRecord:
    """Return a run whose first turn hit a limit at this time; an unnamed reset."""
    fields: dict[str, Any] = {
        "turns": (ended(turn(), Outcome.LIMITED),),
        "times_limited": 1,
        "limited_at": at,
        "next_try": at + timedelta(minutes=15),
    }
    return record(**{**fields, **changes})


FAILED = facts(ThreadStatus.ERROR, error=LIMIT_TEXT, stopped=True)

# --- seeing it ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "next_try"),
    [(LIMIT_TEXT, NOW + timedelta(minutes=15)), (NAMED, RESET)],
)
def test_decide__a_turn_ends_by_a_limit__waits_for_the_named_reset_or_a_first_pause(
    text: str, next_try: datetime
) -> None:
    decision = decided(thread=facts(ThreadStatus.ERROR, error=text))

    assert (decision.action, decision.rule) == (Action.WAIT, "usage-limit")
    assert decision.until == next_try


@pytest.mark.parametrize("ci", [None, CIStatus.PENDING, CIStatus.RED])
def test_decide__limited_after_a_push__waits_all_the_same(ci: CIStatus | None) -> None:
    decision = decided(thread=FAILED, **after_push(ci))

    assert (decision.action, decision.rule) == (Action.WAIT, "usage-limit")


def test_decide__limited_but_green__closes() -> None:
    assert decided(thread=FAILED, **after_push(CIStatus.GREEN)).action is Action.CLOSE_SUCCESS


def test_decide__an_ordinary_failure__is_no_limit() -> None:
    thread = facts(ThreadStatus.ERROR, error="the model is overloaded")

    decision = decided(thread=thread)

    assert (decision.action, decision.reason) == (Action.ESCALATE_PREPUSH, Reason.AGENT_FAILED)


@pytest.mark.parametrize(
    ("times", "minutes"), [(0, 15), (1, 30), (2, 60), (3, 120), (4, 120), (40, 120)]
)
def test_note__limited_again_and_again__pauses_grow(times: int, minutes: int) -> None:
    before = record(times_limited=times)

    noted = note(observed(before, thread=FAILED), config())

    assert noted.pauses.times_limited == times + 1
    assert noted.pauses.next_try == NOW + timedelta(minutes=minutes)
    assert noted.pauses.limited_at == NOW


def test_note__a_named_reset_that_did_not_hold__the_later_of_reset_and_pause() -> None:
    """Users report that a limit sometimes outlives its named reset."""
    soon = NOW + timedelta(minutes=1)
    text = f"Claude AI usage limit reached|{int(soon.timestamp())}"
    again = facts(ThreadStatus.ERROR, error=text)

    first = note(observed(record(), thread=again), config())
    second = note(observed(record(times_limited=1), thread=again), config())

    assert first.pauses.next_try == soon
    assert second.pauses.next_try == NOW + timedelta(minutes=30)


def test_note__a_reset_that_is_over__counts_as_unnamed() -> None:
    text = f"Claude AI usage limit reached|{int((NOW - hours(1)).timestamp())}"

    noted = note(observed(thread=facts(ThreadStatus.ERROR, error=text)), config())

    assert noted.pauses.next_try == NOW + timedelta(minutes=15)
    assert noted.pauses.first_reset is None


@pytest.mark.parametrize("times", [0, 1, 5])
def test_note__the_first_reset_named__is_kept_and_later_ones_are_not(times: int) -> None:
    named = facts(ThreadStatus.ERROR, error=NAMED)
    earlier = NOW - hours(9)

    assert (
        note(observed(record(times_limited=times), thread=named), config()).pauses.first_reset
        == RESET
    )
    before = record(times_limited=times, first_reset=earlier)
    assert note(observed(before, thread=named), config()).pauses.first_reset == earlier


# --- waiting and going on ----------------------------------------------------------------------


def test_decide__before_and_at_the_next_try__waits_then_resumes() -> None:
    at = NOW - timedelta(minutes=15)

    assert decided(limited(at + timedelta(seconds=1)), thread=FAILED).action is Action.WAIT
    decision = decided(limited(at), thread=FAILED)
    assert (decision.action, decision.reason) == (Action.RESUME, Reason.USAGE_LIMIT)


@pytest.mark.parametrize("ci", [None, CIStatus.PENDING, CIStatus.RED])
def test_decide__reset_reached_after_a_push__resumes_before_any_corrective_turn(
    ci: CIStatus | None,
) -> None:
    before = limited(NOW - hours(1), **pushed_fields())

    assert decided(before, thread=FAILED, **after_push(ci)).action is Action.RESUME


def pushed_fields() -> dict[str, Any]:
    return {"pushed": pushed().commits.pushed, "pushed_at": NOW - hours(2)}


def test_decide__a_resume_that_t3_does_not_show__decided_afresh() -> None:
    intended = turn(2, Purpose.RESUME, sent_at=None, requested_at=None)
    before = limited(limited_at=None, next_try=None)

    assert decided(before.with_turn(intended), thread=FAILED).action is Action.RESUME


def test_decide__an_agent_at_work_in_the_limited_thread__not_told_to_go_on() -> None:
    decision = decided(limited(NOW - hours(1)), thread=facts(ThreadStatus.RUNNING))

    assert (decision.action, decision.rule) == (Action.WAIT, "usage-limit")


@pytest.mark.parametrize("thread", [UNSEEN, OTHER_SERVER])
@pytest.mark.parametrize("elsewhere", [{}, after_push(None), after_push(CIStatus.RED)])
def test_decide__reset_reached_while_t3_does_not_show_the_thread__waits(
    thread: Any, elsewhere: dict[str, Any]
) -> None:
    """Another server must get no turn, and what a thread holds unseen is not written into."""
    decision = decided(limited(NOW - hours(1)), thread=thread, **elsewhere)

    assert decision.action is Action.WAIT


def test_decide__thread_vanished_during_the_wait__replaced_when_it_is_over() -> None:
    early = decided(limited(NOW), thread=VANISHED)
    late = decided(limited(NOW - hours(1)), thread=VANISHED)

    assert (early.action, early.rule) == (Action.WAIT, "usage-limit")
    assert (late.action, late.rule) == (Action.REDISPATCH, "vanished")


# --- the bound ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("elsewhere", "action", "reason"),
    [
        ({}, Action.ESCALATE_PREPUSH, Reason.USAGE_LIMIT),
        (after_push(CIStatus.RED), Action.FREEZE_ESCALATE, Reason.USAGE_LIMIT),
        (after_push(CIStatus.PENDING), Action.WAIT, None),
        (after_push(None), Action.WAIT, None),
        (after_push(CIStatus.GREEN), Action.CLOSE_SUCCESS, Reason.LANDED),
    ],
)
def test_decide__waited_as_long_as_allowed__ends_or_ci_decides(
    elsewhere: dict[str, Any], action: Action, reason: Reason | None
) -> None:
    at = NOW - timedelta(seconds=BOUND)

    decision = decided(limited(at), thread=FAILED, **elsewhere)

    assert (decision.action, decision.reason) == (action, reason)
    if reason is Reason.USAGE_LIMIT:
        assert decision.detail == f"usage_wait_seconds={BOUND}"


def test_decide__a_second_less_than_allowed__resumes() -> None:
    at = NOW - timedelta(seconds=BOUND - 1)

    assert decided(limited(at), thread=FAILED).action is Action.RESUME


def test_decide__waiting_for_a_far_named_reset__does_not_count() -> None:
    """The bound is on what comes after the first named reset."""
    at = NOW - hours(100)
    named = limited(at, first_reset=NOW - hours(1), next_try=NOW - hours(1))

    assert decided(named, thread=FAILED).action is Action.RESUME
    over = limited(at, first_reset=NOW - hours(12), next_try=NOW)
    assert decided(over, thread=FAILED).action is Action.ESCALATE_PREPUSH


def test_decide__earlier_waits_of_the_run__are_summed_up() -> None:
    at = NOW - hours(1)

    assert decided(limited(at, waited_seconds=BOUND - 3601), thread=FAILED).action is Action.RESUME
    decision = decided(limited(at, waited_seconds=BOUND - 3600), thread=FAILED)
    assert decision.action is Action.ESCALATE_PREPUSH


def test_decide__waited_out_and_ci_never_speaks__the_silence_deadline_ends_it() -> None:
    """The pause is over with the wait: else the run would hold lock and provider for ever."""
    at = NOW - timedelta(seconds=BOUND)
    before = limited(at, pushed=pushed().commits.pushed, pushed_at=at - timedelta(minutes=1))
    seen = observed(before, thread=FAILED, **after_push(None))

    noted = note(seen, config())

    assert noted.pauses.limited_at is None
    assert noted.pauses.next_try is None
    later = {**after_push(None), "now": NOW + timedelta(seconds=7200)}
    decision = decided(noted, thread=FAILED, **later)
    assert (decision.action, decision.reason) == (Action.FREEZE_ESCALATE, Reason.CI_SILENT)


@pytest.mark.parametrize(
    ("thread", "over"),
    [
        (facts(ThreadStatus.ERROR, foreign=True), True),
        (removed(Presence.ARCHIVED), True),
        (removed(Presence.DELETED), True),
        (FAILED, False),
        (UNSEEN, False),
        (VANISHED, False),
    ],
)
def test_note__no_turn_can_follow_any_more__the_wait_is_over_at_once(
    *, thread: Any, over: bool
) -> None:
    noted = note(observed(limited(), thread=thread), config())

    assert (noted.pauses.limited_at is None) is over


@pytest.mark.parametrize("ci", [None, CIStatus.PENDING])
def test_note__thread_vanished_and_the_reset_is_reached__the_wait_is_over(
    ci: CIStatus | None,
) -> None:
    """Nothing is left to be told to go on; CI alone decides, and its clock runs."""
    for next_try, over in ((NOW, True), (NOW + timedelta(seconds=1), False)):
        before = limited(NOW - hours(1), next_try=next_try, **pushed_fields())
        noted = note(observed(before, thread=VANISHED, **after_push(ci)), config())
        assert (noted.pauses.limited_at is None) is over


def test_note__rebuilt_record__does_not_wait_for_a_turn_it_never_gets() -> None:
    noted = note(observed(record(rebuilt=True, turns=(turn(),)), thread=FAILED), config())

    assert noted.pauses.limited_at is None
    assert noted.dialogue.turns[0].outcome is Outcome.LIMITED


def test_note__paused_time__moves_no_clock_of_a_deadline() -> None:
    """Six hours of waiting for a limit, on a run that began an hour before it."""
    start, limit = STARTED - hours(7), STARTED - hours(6)
    before = limited(limit, started_at=start, first_red_at=start, pushed_at=start)

    resumed = before.resumed(STARTED)

    assert resumed.thread.started_at == STARTED - hours(1)
    assert resumed.commits.first_red_at == STARTED - hours(1)
    assert resumed.commits.pushed_at == STARTED - hours(1)
    assert (resumed.pauses.paused_seconds, resumed.pauses.waited_seconds) == (6 * 3600, 6 * 3600)
    assert before.pauses.budget_now(STARTED) == limit
