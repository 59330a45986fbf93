"""Which rule an end, a wait and a repair are said to be by."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from support.factories import NOW, config, event, issue, record, turn
from support.run_factories import (
    UNSEEN,
    VANISHED,
    after_push,
    branch,
    decided,
    ended,
    facts,
    happened,
    observed,
    on,
    pushed,
)

from afk.config import Config
from afk.decide.lifecycle import ZOMBIE
from afk.decide.rule_view import View
from afk.decide.unmarked import unmarked_commits
from afk.model.agent import PendingRequest, RequestKind
from afk.model.forge import Branch
from afk.record.state import Outcome, Purpose, RunRecord, Stop
from afk.types import GHOST, Action, CIStatus, EventKind, Reason, ThreadStatus


def test_decide__red_and_nothing_may_be_sent__says_by_which_rule() -> None:
    lost = ended(turn(), Outcome.VANISHED)
    spent = pushed(turns=(lost,), replacements=1)
    found = decided(spent, config(redispatches=1), thread=VANISHED, **after_push(CIStatus.RED))
    assert (found.action, found.rule, found.reason) == (
        Action.FREEZE_ESCALATE,
        "vanished",
        Reason.VANISHED,
    )
    rebuilt = pushed(turns=(ended(turn()),), rebuilt=True)
    idle = facts(ThreadStatus.IDLE, stopped=True)
    found = decided(rebuilt, thread=idle, **after_push(CIStatus.RED))
    assert (found.action, found.rule, found.reason) == (
        Action.FREEZE_ESCALATE,
        "table",
        Reason.RECORD_LOST,
    )


def test_decide__vanished_and_no_replacement_left__is_handed_back() -> None:
    found = decided(record(replacements=1), config(redispatches=1), thread=VANISHED)
    assert (found.action, found.rule, found.reason) == (
        Action.ESCALATE_PREPUSH,
        "vanished",
        Reason.VANISHED,
    )


IDLE = facts(ThreadStatus.IDLE, stopped=True)
LIMITED = ended(turn(), Outcome.LIMITED)
WAITED = {"turns": (LIMITED,), "limited_at": NOW - timedelta(hours=9)}
BRIEF = config(usage_wait_seconds=3_600)
ASKS_AGAIN = facts(ThreadStatus.NEEDS_HUMAN, pending=(PendingRequest("b", RequestKind.QUESTION),))
ASKED_TWICE = record(answered=("a",))
SPENT = pushed(turns=(ended(turn()),), first_red_at=NOW - timedelta(hours=9))


@pytest.mark.parametrize(
    ("before", "settings", "seen", "action", "rule"),
    [
        (None, None, {"issue": issue(oversized="huge")}, Action.PARK, "oversized"),
        (
            None,
            None,
            {"issue": issue(events=(event(actor=GHOST),))},
            Action.PARK,
            "person-acted",
        ),
        (
            None,
            None,
            {"issue": happened(on(EventKind.UNLABELED), on(EventKind.LABELED, 10))},
            Action.END_SUPERSEDED,
            "person-acted",
        ),
        (None, None, {"thread": facts(regressed=True)}, Action.PARK, "record-regressed"),
        (
            ASKED_TWICE,
            None,
            {
                "thread": facts(
                    ThreadStatus.NEEDS_HUMAN, pending=(PendingRequest("b", RequestKind.QUESTION),)
                )
            },
            Action.ESCALATE_PREPUSH,
            "needs-human",
        ),
        (record(**WAITED), BRIEF, {"thread": IDLE}, Action.ESCALATE_PREPUSH, "usage-limit"),
        (
            pushed(**WAITED),
            BRIEF,
            {"thread": IDLE, **after_push(CIStatus.RED)},
            Action.FREEZE_ESCALATE,
            "usage-limit",
        ),
        (
            SPENT,
            config(fix_forward_max_seconds=3_600),
            {"thread": IDLE, **after_push(CIStatus.RED)},
            Action.FREEZE_ESCALATE,
            "table",
        ),
    ],
)
def test_decide__every_end_without_a_landing__says_by_which_rule(
    before: RunRecord | None,
    settings: Config | None,
    seen: dict[str, Any],
    action: Action,
    rule: str,
) -> None:
    found = decided(before, settings, **seen)
    assert (found.action, found.rule) == (action, rule)


@pytest.mark.parametrize("seen", [IDLE, UNSEEN])
def test_decide__stopped_once_and_went_on_since__ends_for_what_came_after(seen: Any) -> None:
    resumed = turn(2, Purpose.RESUME, sent_at=NOW - timedelta(minutes=20))
    before = record(
        turns=(ended(turn(), Outcome.INTERRUPTED), ended(resumed)),
        stops=(Stop(rule=ZOMBIE, at=NOW - timedelta(minutes=25)),),
    )
    found = decided(before, thread=seen)
    assert (found.action, found.reason) == (Action.ESCALATE_PREPUSH, Reason.NOTHING_PUSHED)


def test_decide__issue_larger_than_afk_reads__says_what_is_too_large() -> None:
    assert decided(issue=issue(oversized="huge comments")).detail == "huge comments"


def test_decide__the_branch_is_gone__is_said_and_is_why_nothing_came() -> None:
    none = Branch("", ())
    busy = decided(thread=facts(), branch=none)
    assert busy.detail == "the agent is at work; the branch main is no longer there"
    over = decided(thread=IDLE, branch=none)
    assert (over.action, over.rule) == (Action.ESCALATE_PREPUSH, "table")
    assert (over.reason, over.detail) == (Reason.BRANCH_GONE, "main")


@pytest.mark.parametrize(
    ("seen", "detail"),
    [
        (facts(ThreadStatus.RUNNING), "the agent is at work"),
        (UNSEEN, "T3 to show whether the agent is at work"),
    ],
)
def test_decide__at_work__claims_no_more_than_was_seen(seen: object, detail: str) -> None:
    assert decided(thread=seen).detail == detail
    after = decided(pushed(), thread=seen, **after_push(CIStatus.PENDING))
    assert after.detail == "CI has not spoken"


@pytest.mark.parametrize(
    ("count", "told"),
    [(0, ""), (1, "{0}"), (5, "{0} {1} {2} {3} {4}"), (6, "{0} {1} {2} {3} {4} +1"), (9, "+4")],
)
def test_unmarked_commits__the_newest_and_how_many_more(count: int, told: str) -> None:
    shas = [str(number) * 40 for number in range(count)]
    shown = branch(*shas)
    found = unmarked_commits(View(record(), observed(branch=shown), config()))
    assert found.endswith(told.format(*shas))
    assert ("+" in found) is (count > 5)
    partly = replace(shown, complete=False)
    assert unmarked_commits(View(record(), observed(branch=partly), config())) == ""
