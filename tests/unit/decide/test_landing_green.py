"""Landing by pull request: what is done about one that is green, and waiting for people."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from support.factories import AFK, NOW, PUSHED, STRANGER, turn
from support.pull_factories import (
    EARLIER,
    landing_config,
    landing_decided,
    landing_record,
    pull,
    review,
    sight,
    waiting_record,
)
from support.run_factories import UNSEEN, VANISHED, ended, verdict

from afk.decide.landing import PEOPLE
from afk.model.pull import (
    BranchRules,
    Mergeability,
    QueueState,
    ReviewState,
)
from afk.record.state import Purpose
from afk.types import Action, Reason, StageResult

GREEN = landing_config(merge="green")
APPROVED = landing_config(merge="approved")
NEXT = "d" * 40


def turns(*purposes: Purpose) -> tuple[Any, ...]:
    """Return a first turn and these, all ended."""
    more = [turn(number, purpose) for number, purpose in enumerate(purposes, 2)]
    return tuple(ended(one) for one in (turn(), *more))


# --- green ---


def test_decide__green_draft__is_made_ready_once() -> None:
    draft = sight(pull(draft=True))

    assert landing_decided(landing_record(landing={"ready_at": None}), sight=draft).action is (
        Action.READY_PULL
    )
    again = landing_decided(sight=draft)
    assert (again.rule, again.detail) == (
        PEOPLE,
        "somebody made it a draft again; afk goes on once it is ready for review",
    )


@pytest.mark.parametrize("settings", [GREEN, APPROVED])
def test_decide__given_another_base__is_left_to_people(settings: Any) -> None:
    shown = sight(pull(base_ref="release", reviews=(review(ReviewState.APPROVED),)))

    decision = landing_decided(settings=settings, sight=shown)

    assert (decision.action, decision.rule) == (Action.WAIT, PEOPLE)


def test_decide__human__waits_for_people_however_green_and_approved() -> None:
    shown = sight(pull(reviews=(review(ReviewState.APPROVED),)))

    assert landing_decided(sight=shown).rule == PEOPLE


def test_decide__green_policy__merges() -> None:
    assert landing_decided(settings=GREEN).action is Action.MERGE


@pytest.mark.parametrize(
    ("said", "merges"),
    [
        (review(ReviewState.APPROVED), True),
        (review(ReviewState.APPROVED, commit=NEXT), False),
        (review(ReviewState.APPROVED, author=STRANGER), False),
        (review(ReviewState.APPROVED, author=AFK), False),
        (review(ReviewState.COMMENTED), False),
    ],
    ids=["this head", "another head", "a stranger", "afk itself", "only a remark"],
)
def test_decide__approved_policy__merges_what_was_approved_as_it_is(
    said: Any, *, merges: bool
) -> None:
    decision = landing_decided(waiting_record(), APPROVED, sight=sight(pull(reviews=(said,))))

    assert (decision.action is Action.MERGE) == merges


def test_decide__changes_requested_and_told__holds_every_merge_by_afk() -> None:
    told = ended(turn(2, Purpose.REVIEW, told=("r1",), red_commit=NEXT))
    before = landing_record(turns=(ended(turn()), told))

    decision = landing_decided(before, GREEN, sight=sight(pull(reviews=(review(),))))

    assert (decision.action, decision.rule) == (Action.WAIT, PEOPLE)


@pytest.mark.parametrize(
    ("rules", "tests_the_merge", "mergeability", "updates"),
    [
        (BranchRules(up_to_date=True), True, Mergeability.CLEAN, True),
        (BranchRules(), True, Mergeability.CLEAN, False),
        (BranchRules(), False, Mergeability.CLEAN, True),
        (BranchRules(), True, Mergeability.UNKNOWN, True),
    ],
    ids=["the rules say so", "nothing says so", "CI saw the head alone", "perhaps a conflict"],
)
def test_decide__behind__brings_the_base_in_where_that_is_due(
    rules: BranchRules, mergeability: Mergeability, *, tests_the_merge: bool, updates: bool
) -> None:
    shown = sight(
        pull(behind=2, mergeability=mergeability), rules=rules, tests_the_merge=tests_the_merge
    )

    decision = landing_decided(settings=GREEN, sight=shown)

    assert (decision.action is Action.UPDATE_BRANCH) == updates


def test_decide__base_that_moves_faster_than_ci__is_left_to_people_in_the_end() -> None:
    heads = tuple(f"{number:040x}" for number in range(10))
    before = landing_record(landing={"updated_from": heads})
    shown = sight(pull(behind=2), rules=BranchRules(up_to_date=True))

    assert landing_decided(before, GREEN, sight=shown).rule == PEOPLE


def test_decide__refused_just_now__is_asked_again_after_an_hour_or_for_another_head() -> None:
    refused = {"refused_head": PUSHED, "refused_at": NOW - timedelta(minutes=59)}
    before = waiting_record(landing=refused)

    assert landing_decided(before, GREEN).rule == PEOPLE
    later = waiting_record(landing={**refused, "refused_at": NOW - timedelta(minutes=60)})
    assert landing_decided(later, GREEN).action is Action.MERGE
    moved = waiting_record(landing={**refused, "refused_head": NEXT})
    assert landing_decided(moved, GREEN).action is Action.MERGE


def test_decide__rules_do_not_let_afk_merge__is_left_to_people() -> None:
    shown = sight(rules=BranchRules(may_merge=False))

    assert landing_decided(settings=GREEN, sight=shown).rule == PEOPLE


@pytest.mark.parametrize(
    ("state", "rule"), [(QueueState.WAITING, "landing"), (QueueState.STUCK, PEOPLE)]
)
def test_decide__in_the_merge_queue__waits_and_for_people_where_it_is_stuck(
    state: QueueState, rule: str
) -> None:
    decision = landing_decided(settings=GREEN, sight=sight(pull(queue=state)))

    assert (decision.action, decision.rule) == (Action.WAIT, rule)


# --- waiting for people ---


@pytest.mark.parametrize(
    ("since", "reminded", "action"),
    [
        (timedelta(days=2), False, Action.WAIT),
        (timedelta(days=3), False, Action.REMIND),
        (timedelta(days=4), True, Action.WAIT),
        (timedelta(days=14), True, Action.PARK),
        (timedelta(days=14), False, Action.PARK),
    ],
)
def test_decide__nobody_comes__one_reminder_then_it_is_handed_back(
    since: timedelta, action: Action, *, reminded: bool
) -> None:
    landing = {"waiting_since": NOW - since, "reminded_at": EARLIER if reminded else None}

    assert landing_decided(waiting_record(landing=landing)).action is action


@pytest.mark.parametrize("presence", ["unseen", "vanished"])
def test_decide__waiting_and_t3_shows_nothing__goes_on_waiting(presence: str) -> None:
    """No agent is at work: what T3 shows is of no interest."""
    thread = {"unseen": UNSEEN, "vanished": VANISHED}[presence]
    before = waiting_record(unseen_at=NOW - timedelta(days=2))

    decision = landing_decided(before, thread=thread)

    assert (decision.action, decision.rule) == (Action.WAIT, PEOPLE)


def test_decide__ci_silent_for_too_long__names_the_check_that_is_missing() -> None:
    stage = StageResult("build", None, "`phantom` has not appeared")
    silent = replace(verdict(None), stages=(stage,))
    late = landing_record(pushed_at=NOW - timedelta(seconds=GREEN.ci_seconds))

    decision = landing_decided(late, GREEN, verdict=silent)
    assert (decision.action, decision.reason) == (Action.FREEZE_ESCALATE, Reason.CI_SILENT)
    assert decision.detail == "ci_seconds=7200: 'phantom' has not appeared"
    unnamed = landing_decided(late, GREEN, verdict=replace(silent, stages=()))
    assert (unnamed.reason, unnamed.detail) == (Reason.CI_SILENT, "ci_seconds=7200")


@pytest.mark.parametrize(
    ("told", "behind", "action"),
    [
        (None, 2, Action.UPDATE_BRANCH),
        (None, 0, Action.WAIT),
        (False, 2, Action.WAIT),
        (True, 2, Action.UPDATE_BRANCH),
    ],
)
def test_decide__refused_while_behind__the_base_is_brought_in_unless_that_is_not_asked_for(
    told: bool | None, behind: int, action: Action
) -> None:
    """GitHub shows a classic protection's "up to date" to administrators only."""
    before = landing_record(landing={"refused_at": NOW, "refused_head": PUSHED})
    rules = BranchRules(required=None, approvals=None, up_to_date=told)

    shown = sight(pull(behind=behind), rules=rules)
    assert landing_decided(before, GREEN, sight=shown).action is action
    tried = landing_record(
        landing={"refused_at": NOW, "refused_head": PUSHED, "updated_from": (PUSHED,)}
    )
    assert landing_decided(tried, GREEN, sight=shown).action is Action.WAIT
