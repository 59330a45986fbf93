"""Rule 8: deadlines end a wait that nothing else would end, and nothing but a wait."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from support.factories import NOW, PUSHED, config, record, turn
from support.run_factories import (
    OTHER_SERVER,
    UNSEEN,
    VANISHED,
    after_push,
    branch,
    decided,
    ended,
    facts,
    pushed,
    verdict,
)

from afk.decide.thread_facts import ThreadFacts
from afk.model.agent import PendingRequest, RequestKind
from afk.record.groups import SeenVerdict
from afk.record.state import Outcome, Purpose, RunRecord
from afk.types import Action, CIStatus, Reason, ThreadStatus

HOURS_4, HOURS_2 = 14_400, 7_200


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def begun(seconds: float, **changes: Any) -> RunRecord:
    """Return a run that started this long ago; its turn is as old."""
    return record(**{"started_at": ago(seconds), "turns": (turn(sent_at=ago(seconds)),), **changes})


# --- never started -----------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", [Purpose.FIRST, Purpose.REPLACEMENT])
@pytest.mark.parametrize(
    ("seconds", "action", "reason"),
    [(299, Action.WAIT, None), (300, Action.ESCALATE_PREPUSH, Reason.NEVER_STARTED)],
)
def test_decide__first_message_accepted_and_nothing_starts__escalates_after_start_seconds(
    purpose: Purpose, seconds: int, action: Action, reason: Reason | None
) -> None:
    before = record(turns=(turn(purpose=purpose, sent_at=ago(seconds)),), held_at=ago(60))

    decision = decided(before, thread=facts(None))

    assert (decision.action, decision.reason) == (action, reason), "another's limit is none of it"
    if reason:
        assert (decision.rule, decision.detail) == ("never-started", "start_seconds=300")
    else:
        assert decision.until == NOW + timedelta(seconds=1)


def test_decide__message_accepted_and_not_even_shown__is_never_started() -> None:
    decision = decided(thread=facts(None, requested_at={}))

    assert decision.reason is Reason.NEVER_STARTED


@pytest.mark.parametrize(
    "thread",
    [UNSEEN, OTHER_SERVER, facts(), facts(ThreadStatus.NEEDS_HUMAN)],
    ids=["T3 not read", "another server", "running", "asks"],
)
def test_decide__nobody_can_say_that_nothing_started__waits(thread: ThreadFacts) -> None:
    assert decided(thread=thread).action is not Action.ESCALATE_PREPUSH


@pytest.mark.parametrize("purpose", [Purpose.RESUME, Purpose.FIX_FORWARD])
def test_decide__a_later_turn_does_not_start__not_judged_by_start_seconds(
    purpose: Purpose,
) -> None:
    before = record(turns=(ended(turn(), Outcome.INTERRUPTED), turn(2, purpose)))

    assert decided(before, thread=facts(None)).action is Action.WAIT


def test_decide__pushed_without_a_visible_start__is_not_never_started() -> None:
    assert decided(thread=facts(None), **after_push(None)).action is Action.WAIT


# --- nothing pushed ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "action"), [(HOURS_4 - 1, Action.WAIT), (HOURS_4, Action.ESCALATE_PREPUSH)]
)
@pytest.mark.parametrize("status", [ThreadStatus.RUNNING, ThreadStatus.NEEDS_HUMAN])
def test_decide__nothing_pushed__escalates_after_prepush_seconds(
    status: ThreadStatus, seconds: int, action: Action
) -> None:
    decision = decided(begun(seconds, answered=("r",)), thread=facts(status))

    assert decision.action is action
    if action is Action.WAIT:
        assert decision.until == NOW + timedelta(seconds=1)
    else:
        assert decision.reason is Reason.PREPUSH_DEADLINE
        assert decision.detail == f"prepush_seconds={HOURS_4}"


def test_decide__old_run_that_has_pushed__has_no_deadline_before_a_push() -> None:
    before = begun(HOURS_4 * 2, pushed=(PUSHED,), pushed_at=NOW)

    assert decided(before, **after_push(None)).action is Action.WAIT


def test_decide__commits_gone_from_the_branch__no_silence_of_ci_counts() -> None:
    """Somebody force-pushed: there is nothing that CI could speak of."""
    before = pushed(pushed_at=ago(HOURS_2))

    assert decided(before).action is Action.WAIT


def test_decide__pushed_commit_without_any_verdict__waits_for_ci() -> None:
    """A branch read in part may not show the run's commits."""
    there = branch(complete=False)

    assert decided(pushed(), branch=there).action is Action.WAIT
    silent = decided(pushed(pushed_at=ago(HOURS_2)), branch=there)
    assert silent.reason is Reason.CI_SILENT


def test_decide__prepush_deadline_and_a_zombie__the_deadline_replaces_the_stop() -> None:
    thread = facts(still_for=timedelta(hours=3))

    assert decided(begun(HOURS_4), thread=thread).reason is Reason.PREPUSH_DEADLINE


def test_decide__prepush_deadline_passed_while_waiting_for_a_limit__waits_on() -> None:
    limited = begun(
        HOURS_4 * 2,
        turns=(ended(turn(), Outcome.LIMITED),),
        limited_at=ago(HOURS_4 + 1),
        next_try=NOW + timedelta(hours=1),
    )

    assert decided(limited, thread=facts(ThreadStatus.ERROR)).action is Action.WAIT


@pytest.mark.parametrize("thread", [UNSEEN, OTHER_SERVER])
def test_decide__prepush_deadline_passed_while_t3_is_out_of_sight__waits_on(
    thread: ThreadFacts,
) -> None:
    before = begun(HOURS_4 + 60, unseen_at=ago(61))

    assert decided(before, thread=thread).action is Action.WAIT
    assert decided(begun(HOURS_4 + 60, unseen_at=ago(60)), thread=thread).action is (
        Action.ESCALATE_PREPUSH
    )


# --- CI silent ---------------------------------------------------------------------------------


@pytest.mark.parametrize("ci", [None, CIStatus.PENDING])
@pytest.mark.parametrize("thread", [facts(), facts(ThreadStatus.IDLE), UNSEEN, VANISHED])
def test_decide__ci_silent__freezes_after_ci_seconds(
    thread: ThreadFacts, ci: CIStatus | None
) -> None:
    """Time in which T3 was out of sight counts here: CI does not wait for T3."""
    young = decided(pushed(pushed_at=ago(HOURS_2 - 1)), thread=thread, **after_push(ci))
    old = decided(pushed(pushed_at=ago(HOURS_2)), thread=thread, **after_push(ci))

    assert (young.action, young.until) == (Action.WAIT, NOW + timedelta(seconds=1))
    assert (old.action, old.reason) == (Action.FREEZE_ESCALATE, Reason.CI_SILENT)
    assert (old.rule, old.detail) == ("ci-silent", f"ci_seconds={HOURS_2}")


@pytest.mark.parametrize("ci", [CIStatus.RED, CIStatus.GREEN])
def test_decide__ci_has_spoken__is_not_silent(ci: CIStatus) -> None:
    decision = decided(pushed(pushed_at=ago(HOURS_2)), **after_push(ci))

    assert decision.reason is not Reason.CI_SILENT


def test_decide__a_newer_commit__starts_cis_clock_anew() -> None:
    newer = "e" * 40
    before = pushed(pushed_at=ago(HOURS_2))

    decision = decided(before, branch=branch(newer, PUSHED), verdict=verdict(None, newer))

    assert decision.until == NOW + timedelta(seconds=HOURS_2)


def test_decide__ci_silent_while_a_limit_is_waited_out__the_clock_stands_still() -> None:
    limited = pushed(
        turns=(ended(turn(), Outcome.LIMITED),),
        pushed_at=ago(HOURS_2),
        limited_at=ago(60),
        next_try=NOW + timedelta(hours=1),
    )

    assert decided(limited, thread=facts(ThreadStatus.ERROR), **after_push(None)).action is (
        Action.WAIT
    )


# --- only a wait or a stop is replaced ---------------------------------------------------------

LATE = {"started_at": ago(HOURS_4 * 2)}
PENDING = (PendingRequest("r", RequestKind.QUESTION),)


@pytest.mark.parametrize(
    ("before", "thread", "seen", "action"),
    [
        (record(**LATE), VANISHED, {}, Action.REDISPATCH),
        (record(**LATE), facts(ThreadStatus.NEEDS_HUMAN, pending=PENDING), {}, Action.ANSWER),
        (
            pushed(pushed_at=ago(HOURS_2)),
            facts(ThreadStatus.IDLE),
            after_push(CIStatus.RED),
            Action.FIX_FORWARD,
        ),
        (
            pushed(pushed_at=ago(HOURS_2), unseen_at=ago(HOURS_4), turns=(ended(turn()),)),
            UNSEEN,
            after_push(CIStatus.GREEN),
            Action.CLOSE_SUCCESS,
        ),
    ],
)
def test_decide__something_can_be_done__no_deadline_replaces_it(
    before: RunRecord, thread: ThreadFacts, seen: dict[str, Any], action: Action
) -> None:
    assert decided(before, thread=thread, **seen).action is action


def test_decide__several_deadlines_ahead__shows_the_next_one() -> None:
    before = record(started_at=ago(60), turns=(turn(sent_at=ago(60)),))

    assert decided(before, thread=facts(None)).until == NOW + timedelta(seconds=240)
    assert decided(before).until == NOW + timedelta(seconds=HOURS_4 - 60)
    assert decided(record(started_at=None)).until is None


def test_decide__clock_stands_still__its_deadline_is_not_shown() -> None:
    """Else the comment would name a time that passes without anything happening."""
    gone = begun(HOURS_4 - 60, unseen_at=ago(60))

    assert decided(gone, thread=UNSEEN).until == NOW + timedelta(seconds=HOURS_4 - 60)


def test_decide__a_rule_that_knows_when_to_look_again__keeps_its_time() -> None:
    seen_at = ago(60)
    before = pushed(seen_verdict=SeenVerdict(sha=PUSHED, status=CIStatus.RED, at=seen_at))

    decision = decided(before, **after_push(CIStatus.RED))

    assert decision.until == seen_at + timedelta(seconds=1800)


def test_decide__other_values_configured__are_the_ones_that_count() -> None:
    settings = config(prepush_seconds=60)

    decision = decided(begun(60), settings)

    assert decision.detail == "prepush_seconds=60"
