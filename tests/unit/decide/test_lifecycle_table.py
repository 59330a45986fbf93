"""Rule 7: the fixed table inside a run, with the reasons it gives people."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.factories import NOW, config, record, turn
from support.run_factories import (
    UNSEEN,
    after_push,
    commit,
    decided,
    ended,
    facts,
    pushed,
    verdict,
)

from afk.model.forge import Branch
from afk.record.state import Purpose
from afk.types import Action, CIStatus, Reason, ThreadStatus

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


@pytest.mark.parametrize(
    ("status", "reason"),
    [(ThreadStatus.IDLE, Reason.UNMARKED), (ThreadStatus.ERROR, Reason.AGENT_FAILED)],
)
def test_decide__new_commits_that_do_not_name_the_run__are_named_by_sha(
    status: ThreadStatus, reason: Reason
) -> None:
    """Whose they are a person can tell; what they say is others' text and stays out."""
    shas = [f"{number:040x}" for number in range(8)]
    there = Branch(shas[0], tuple(commit(sha, "Hush <b>") for sha in shas))

    decision = decided(thread=facts(status), branch=there)

    assert (decision.action, decision.reason) == (Action.ESCALATE_PREPUSH, reason)
    assert decision.detail == f"{' '.join(shas[:5])} +3"
    few = replace(there, commits=there.commits[:2])
    assert decided(thread=facts(status), branch=few).detail == " ".join(shas[:2])


def test_decide__branch_read_in_part__its_commits_may_be_old() -> None:
    there = Branch("f" * 40, (commit("f" * 40, "old or new"),), complete=False)

    decision = decided(thread=IDLE, branch=there)

    assert (decision.reason, decision.detail) == (Reason.NOTHING_PUSHED, "")
