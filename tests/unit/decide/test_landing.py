"""Landing by pull request: one obstacle at a time, and nothing that a person would not expect."""

from datetime import timedelta
from typing import Any

import pytest
from support.factories import NOW, PUSHED, STRANGER, turn
from support.pull_factories import (
    landing_config,
    landing_decided,
    landing_record,
    pull,
    review,
    sight,
)
from support.run_factories import UNSEEN, ended, facts, verdict

from afk.model.forge import Branch
from afk.model.pull import (
    Mergeability,
)
from afk.record.state import Purpose
from afk.types import Action, CIStatus, Reason, ThreadStatus

GREEN = landing_config(merge="green")
APPROVED = landing_config(merge="approved")
NEXT = "d" * 40


def turns(*purposes: Purpose) -> tuple[Any, ...]:
    """Return a first turn and these, all ended."""
    more = [turn(number, purpose) for number, purpose in enumerate(purposes, 2)]
    return tuple(ended(one) for one in (turn(), *more))


# --- before there is one ---


def test_decide__branch_pushed_and_no_pull__opens_one() -> None:
    before = landing_record(landing={"pull": 0, "ready_at": None})

    assert landing_decided(before, sight=sight(pull=None)).action is Action.OPEN_PULL


def test_decide__nothing_pushed__is_as_with_a_push() -> None:
    before = landing_record(pushed=(), pushed_at=None, landing={"pull": 0, "tip": ""})

    decision = landing_decided(
        before, sight=sight(pull=None), branch=Branch("", (), complete=False)
    )

    assert (decision.action, decision.reason) == (Action.ESCALATE_PREPUSH, Reason.NOTHING_PUSHED)


def test_decide__opened_while_the_agent_is_at_work__does_not_wait_for_it() -> None:
    before = landing_record(turns=(turn(),), landing={"pull": 0})

    decision = landing_decided(before, sight=sight(pull=None), thread=facts())

    assert decision.action is Action.OPEN_PULL


def test_decide__branch_gone_before_one_was_opened__waits_and_says_so() -> None:
    before = landing_record(landing={"pull": 0})
    gone = Branch("", (), complete=False)

    decision = landing_decided(before, sight=sight(pull=None), branch=gone)

    assert (decision.action, decision.detail) == (Action.WAIT, "its branch is gone")


def test_decide__a_stranger_opened_one_from_the_branch__is_closed_first() -> None:
    foreign = sight(pull=None, foreign=(pull(author=STRANGER, number=11),))

    assert landing_decided(sight=foreign).action is Action.CLOSE_FOREIGN_PULLS


# --- obstacles ---


@pytest.mark.parametrize("ci", [None, CIStatus.PENDING, CIStatus.RED, CIStatus.GREEN])
def test_decide__conflict__comes_before_whatever_ci_says(ci: CIStatus | None) -> None:
    shown = sight(pull(mergeability=Mergeability.CONFLICT))

    assert landing_decided(sight=shown, verdict=verdict(ci)).action is Action.REBASE


def test_decide__update_said_conflict__is_one_for_that_head_only() -> None:
    here = landing_record(landing={"conflict_head": PUSHED})
    elsewhere = landing_record(landing={"conflict_head": NEXT})

    assert landing_decided(here).action is Action.REBASE
    assert landing_decided(elsewhere).action is Action.WAIT


def test_decide__rebases_spent__freezes_and_names_the_bound() -> None:
    before = landing_record(turns=turns(Purpose.REBASE, Purpose.REBASE))

    decision = landing_decided(before, sight=sight(pull(mergeability=Mergeability.CONFLICT)))

    assert (decision.action, decision.reason) == (Action.FREEZE_ESCALATE, Reason.CONFLICT)
    assert decision.detail == "conflict_turns=2"


@pytest.mark.parametrize("action", ["conflict", "red", "review"])
def test_decide__anything_asked_of_the_agent__never_beside_its_turn(action: str) -> None:
    asked: dict[str, dict[str, Any]] = {
        "conflict": {"sight": sight(pull(mergeability=Mergeability.CONFLICT))},
        "red": {"verdict": verdict(CIStatus.RED)},
        "review": {"sight": sight(pull(reviews=(review(),)))},
    }

    decision = landing_decided(landing_record(turns=(turn(),)), thread=facts(), **asked[action])

    assert (decision.action, decision.detail) == (Action.WAIT, "the agent is still at work")


def test_decide__red__is_answered_as_on_a_push() -> None:
    assert landing_decided(verdict=verdict(CIStatus.RED)).action is Action.FIX_FORWARD


def test_decide__red_and_the_forge_reruns__runs_it_again_before_a_turn_is_paid_for() -> None:
    red = verdict(CIStatus.RED)

    assert landing_decided(verdict=red, can_rerun=True).action is Action.RERUN_CI


def test_decide__just_rerun__waits_while_the_old_failure_is_still_shown() -> None:
    again = {"rerun_of": PUSHED, "rerun_at": NOW - timedelta(seconds=60), "reruns": 1}
    before = landing_record(landing=again)

    decision = landing_decided(before, verdict=verdict(CIStatus.RED), can_rerun=True)

    assert (decision.action, decision.rule) == (Action.WAIT, "rerun")
    later = landing_record(landing={**again, "rerun_at": NOW - timedelta(seconds=121)})
    assert (
        landing_decided(later, verdict=verdict(CIStatus.RED), can_rerun=True).action
        is Action.FIX_FORWARD
    )


def test_decide__rerun_of_an_older_commit__does_not_count_for_this_one() -> None:
    again = {"rerun_of": NEXT, "rerun_at": NOW, "reruns": 1}
    before = landing_record(landing=again)

    decision = landing_decided(before, verdict=verdict(CIStatus.RED), can_rerun=True)

    assert decision.action is Action.RERUN_CI


@pytest.mark.parametrize("asked", ["conflict", "review"])
def test_decide__asked_of_an_agent_that_t3_does_not_show__waits(asked: str) -> None:
    shown = (
        pull(mergeability=Mergeability.CONFLICT)
        if asked == "conflict"
        else pull(reviews=(review(),))
    )
    before = landing_record(landing={"rung_turns": 1})

    decision = landing_decided(before, sight=sight(shown), thread=UNSEEN)

    assert decision.action is Action.WAIT
    assert "T3 to show the agent" in decision.detail


def test_decide__conflict_and_somebody_else_in_the_thread__freezes() -> None:
    """An agent whom somebody else talks to gets no turns of afk's."""
    thread = facts(ThreadStatus.IDLE, stopped=True, foreign=True)
    shown = sight(pull(mergeability=Mergeability.CONFLICT))

    decision = landing_decided(sight=shown, thread=thread)

    assert (decision.action, decision.reason) == (Action.FREEZE_ESCALATE, Reason.FOREIGN_MESSAGE)
