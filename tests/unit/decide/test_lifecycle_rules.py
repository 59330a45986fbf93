"""Which rule an end, a wait and a repair are said to be by."""

from dataclasses import replace

import pytest
from support.factories import config, record, turn
from support.run_factories import (
    UNSEEN,
    VANISHED,
    after_push,
    branch,
    decided,
    ended,
    facts,
    observed,
    pushed,
)

from afk.decide.rule_view import View
from afk.decide.unmarked import unmarked_commits
from afk.record.state import Outcome
from afk.types import Action, CIStatus, Reason, ThreadStatus


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
