"""Rule 5: an agent that stands still is stopped and told to go on, once."""

from datetime import timedelta
from typing import Any

import pytest
from support.factories import NOW, STARTED, changed, config, record, turn
from support.run_factories import (
    OTHER_SERVER,
    UNSEEN,
    VANISHED,
    after_push,
    decided,
    ended,
    facts,
    observed,
    pushed,
)

from afk.decide.observation import note
from afk.record.state import Outcome, Purpose, RunRecord, Stop
from afk.types import Action, CIStatus, Reason, ThreadStatus

SILENT = timedelta(seconds=3600)
NOT_GREEN = [None, CIStatus.PENDING, CIStatus.RED]

ASKED = NOW - timedelta(minutes=20)


def stopped_zombie(outcome: Outcome | None = Outcome.INTERRUPTED, **changes: Any) -> RunRecord:
    """Return a run whose first turn was stopped for standing still."""
    first = turn() if outcome is None else ended(turn(), outcome)
    stops = (Stop(at=ASKED, rule="zombie"),)
    return record(**{"turns": (first,), "stops": stops, **changes})


STOPPED = facts(ThreadStatus.INTERRUPTED, stopped=True)


def test_decide__running_and_still_for_silence_seconds__stopped() -> None:
    almost = facts(still_for=SILENT - timedelta(seconds=1))

    assert decided(thread=almost).action is Action.WAIT
    decision = decided(thread=facts(still_for=SILENT))
    assert (decision.action, decision.rule) == (Action.STOP_SESSION, "zombie")


@pytest.mark.parametrize("ci", NOT_GREEN)
def test_decide__zombie_after_a_push_that_is_not_green__stopped(ci: CIStatus | None) -> None:
    decision = decided(thread=facts(still_for=SILENT), **after_push(ci))

    assert (decision.action, decision.rule) == (Action.STOP_SESSION, "zombie")


def test_decide__still_but_green__left_to_the_grace() -> None:
    decision = decided(thread=facts(still_for=SILENT), **after_push(CIStatus.GREEN))

    assert (decision.action, decision.rule) == (Action.WAIT, "never-beside-a-turn")


@pytest.mark.parametrize("status", [ThreadStatus.IDLE, None, ThreadStatus.NEEDS_HUMAN])
def test_decide__still_but_not_running__no_zombie(status: ThreadStatus | None) -> None:
    assert decided(thread=facts(status, still_for=SILENT)).rule != "zombie"


def test_decide__stop_asked_for_and_not_seen__asked_again_after_stop_seconds() -> None:
    still = facts(still_for=SILENT)

    def asked(seconds: int) -> Any:
        stops = (Stop(at=NOW - timedelta(seconds=seconds), rule="zombie"),)
        return decided(record(stops=stops), thread=still)

    waits = asked(899)
    assert (waits.action, waits.until) == (Action.WAIT, NOW + timedelta(seconds=1))
    assert asked(900).action is Action.STOP_SESSION


def test_decide__stop_of_another_rule__does_not_delay_a_zombies() -> None:
    before = record(stops=(Stop(at=NOW, rule="running-grace"),))

    assert decided(before, thread=facts(still_for=SILENT)).action is Action.STOP_SESSION


@pytest.mark.parametrize("outcome", [Outcome.INTERRUPTED, Outcome.COMPLETED, Outcome.ERROR])
@pytest.mark.parametrize("ci", NOT_GREEN)
def test_decide__zombie_seen_stopped__told_to_go_on(ci: CIStatus | None, outcome: Outcome) -> None:
    elsewhere = after_push(ci) if ci else {}

    decision = decided(stopped_zombie(outcome), thread=STOPPED, **elsewhere)

    assert (decision.action, decision.reason) == (Action.RESUME, Reason.ZOMBIE)


def test_decide__zombie_not_seen_stopped__not_told_to_go_on() -> None:
    """Accepted is not stopped."""
    live = facts(ThreadStatus.INTERRUPTED, stopped=False)

    assert decided(stopped_zombie(), thread=live).action is not Action.RESUME


@pytest.mark.parametrize("thread", [UNSEEN, OTHER_SERVER, VANISHED])
def test_decide__stopped_zombies_thread_not_shown__not_told_to_go_on(thread: Any) -> None:
    before = stopped_zombie(pushed=pushed().commits.pushed, pushed_at=NOW)

    assert decided(before, thread=thread, **after_push(None)).action is Action.WAIT


AGAIN = ended(turn(2, Purpose.RESUME), Outcome.INTERRUPTED)
CORRECTING = turn(2, Purpose.FIX_FORWARD, sent_at=None, requested_at=None)


@pytest.mark.parametrize(
    "changes",
    [
        {"replacements": 1},
        {"replacements": 1, "turns": (ended(turn()), AGAIN)},
        {"replacements": 1, "turns": (ended(turn(), Outcome.INTERRUPTED), CORRECTING)},
        {"rebuilt": True},
    ],
    ids=["used up", "resumed before", "another turn intended", "rebuilt"],
)
def test_decide__zombie_for_the_second_time__is_a_failed_turn(changes: dict[str, Any]) -> None:
    decision = decided(stopped_zombie(**changes), thread=STOPPED)

    assert (decision.action, decision.reason) == (Action.ESCALATE_PREPUSH, Reason.ZOMBIE)


def test_decide__somebody_else_wrote_into_the_zombies_thread__not_told_to_go_on() -> None:
    thread = facts(ThreadStatus.INTERRUPTED, stopped=True, foreign=True)

    assert decided(stopped_zombie(), thread=thread).action is Action.ESCALATE_PREPUSH


def test_decide__resume_recorded_but_not_shown__decided_afresh() -> None:
    """It was counted as the replacement when it was recorded; a lost request is not a second."""
    intended = turn(2, Purpose.RESUME, sent_at=None, requested_at=None)
    before = stopped_zombie(replacements=1).with_turn(intended)

    decision = decided(before, thread=STOPPED)

    assert (decision.action, decision.reason) == (Action.RESUME, Reason.ZOMBIE)


@pytest.mark.parametrize("outcome", [Outcome.LIMITED, Outcome.VANISHED, None])
def test_decide__stopped_turn_that_ended_by_something_else__is_no_zombie(
    outcome: Outcome | None,
) -> None:
    before = stopped_zombie(
        outcome, pushed=pushed().commits.pushed, pushed_at=NOW, waited_seconds=43_200
    )
    thread = facts(None, stopped=True)

    assert decided(before, thread=thread, **after_push(None)).action is Action.WAIT


def test_decide__stopped_for_the_grace__is_no_zombie() -> None:
    stops = (Stop(at=ASKED, rule="running-grace"),)
    before = stopped_zombie(stops=stops, pushed=pushed().commits.pushed, pushed_at=NOW)

    decision = decided(before, thread=STOPPED, **after_push(CIStatus.RED))

    assert decision.action is Action.FIX_FORWARD


def test_decide__stop_of_an_earlier_turn__does_not_make_this_one_a_zombie() -> None:
    later = ended(turn(2, Purpose.FIX_FORWARD, sent_at=NOW), Outcome.INTERRUPTED)
    before = stopped_zombie().with_turn(later)

    assert decided(before, thread=STOPPED).action is Action.ESCALATE_PREPUSH


def test_decide__stopped_by_hand__is_no_zombie() -> None:
    before = record(turns=(ended(turn(), Outcome.INTERRUPTED),))

    assert decided(before, thread=STOPPED).action is Action.ESCALATE_PREPUSH


def test_note__t3_unreachable_after_a_zombies_stop__the_stop_still_counts_for_its_turn() -> None:
    """A host that restarts leaves zombies and is unreachable: both in one story."""
    before = stopped_zombie(None, unseen_at=ASKED + timedelta(minutes=1))
    later = NOW + timedelta(hours=2)

    noted = note(observed(before, thread=facts(), now=later), config())

    assert noted.dialogue.turns[0].sent_at == STARTED
    assert decided(noted, thread=STOPPED, now=later).action is Action.RESUME


# --- an agent that T3 itself cut off, and shows so (protocol 2)

CUT_OFF = facts(ThreadStatus.INTERRUPTED, stopped=True, cut_off=True)


def test_decide__cut_off_before_a_push__told_to_go_on_once() -> None:
    run = record(turns=(ended(turn(), Outcome.INTERRUPTED),))

    first = decided(run, thread=CUT_OFF)
    again = decided(changed(run, replacements=1), thread=CUT_OFF)

    assert (first.action, first.rule) == (Action.RESUME, "zombie")
    assert again.action is Action.ESCALATE_PREPUSH


def test_decide__cut_off_after_a_push__ci_decides() -> None:
    run = pushed(turns=(ended(turn(), Outcome.INTERRUPTED),))
    assert decided(run, thread=CUT_OFF, **after_push(CIStatus.PENDING)).action is Action.WAIT


def test_decide__interrupted_by_a_person__not_told_to_go_on() -> None:
    run = record(turns=(ended(turn(), Outcome.INTERRUPTED),))
    assert decided(run, thread=STOPPED).action is Action.ESCALATE_PREPUSH
