"""Rule 1: a person's act wins over everything; every row of the design's table of acts."""

from dataclasses import replace
from typing import Any

import pytest
from support.factories import HUMAN, IN_PROGRESS, PUSHED, READY, event, labels, record, turn
from support.run_factories import (
    LIMIT_TEXT,
    OTHER_SERVER,
    UNSEEN,
    VANISHED,
    after_push,
    commit,
    decided,
    ended,
    facts,
    happened,
    on,
    pushed,
    removed,
)

from afk.model.agent import PendingRequest, Presence, RequestKind
from afk.model.forge import Branch
from afk.record.state import Outcome
from afk.types import GHOST, Action, CIStatus, EventKind, Issue, Reason, ThreadStatus

TURNS = {Action.FIX_FORWARD, Action.RESUME, Action.REDISPATCH, Action.ANSWER}
OTHER = "d" * 40

UNLABELED = happened(on(EventKind.UNLABELED), labels=())
HANDED_BACK = happened(on(EventKind.LABELED, label=HUMAN), labels=labels(READY, HUMAN))
CLOSED = happened(on(EventKind.CLOSED), open=False)
AGAIN = happened(on(EventKind.UNLABELED), event(order=10, at=on(EventKind.CLOSED).at))

STOPPING = [
    pytest.param(UNLABELED, Reason.READY_REMOVED, id="ready taken off"),
    pytest.param(HANDED_BACK, Reason.HUMAN_LABEL_ADDED, id="ready-for-human put on"),
    pytest.param(CLOSED, Reason.CLOSED_BY_PERSON, id="closed"),
]
ELSEWHERE = [
    pytest.param({}, id="at work"),
    pytest.param({"thread": facts(None)}, id="undecided"),
    pytest.param({"thread": facts(ThreadStatus.IDLE)}, id="ended with nothing"),
    pytest.param({"thread": facts(ThreadStatus.ERROR, error=LIMIT_TEXT)}, id="limited"),
    pytest.param(
        {
            "thread": facts(
                ThreadStatus.NEEDS_HUMAN, pending=(PendingRequest("r", RequestKind.QUESTION),)
            )
        },
        id="asks",
    ),
    pytest.param({"thread": VANISHED}, id="vanished"),
    pytest.param({"thread": UNSEEN}, id="T3 unreachable"),
    pytest.param({"thread": OTHER_SERVER}, id="another server"),
    pytest.param(after_push(CIStatus.GREEN), id="green"),
    pytest.param(after_push(CIStatus.RED), id="red"),
    pytest.param(after_push(CIStatus.RED, thread=facts(ThreadStatus.IDLE)), id="red, ended"),
    pytest.param(after_push(CIStatus.GREEN, thread=facts(ThreadStatus.IDLE)), id="green, ended"),
]


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
@pytest.mark.parametrize(("shown", "reason"), STOPPING)
def test_decide__a_person_ends_it__stopped_whatever_else_is_seen(
    shown: Issue, reason: Reason, elsewhere: dict[str, Any]
) -> None:
    decision = decided(issue=shown, **elsewhere)

    assert (decision.action, decision.reason) == (Action.END_STOPPED, reason)
    assert decision.rule == "person-acted"


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_decide__ready_removed_and_added_again__superseded(elsewhere: dict[str, Any]) -> None:
    decision = decided(issue=AGAIN, **elsewhere)

    assert (decision.action, decision.reason) == (Action.END_SUPERSEDED, Reason.LABELLED_AGAIN)


@pytest.mark.parametrize("presence", [Presence.ARCHIVED, Presence.DELETED])
def test_decide__thread_taken_away_before_its_turn_ended__stopped(presence: Presence) -> None:
    decision = decided(thread=removed(presence))

    assert (decision.action, decision.reason) == (Action.END_STOPPED, Reason.THREAD_REMOVED)


@pytest.mark.parametrize("presence", [Presence.ARCHIVED, Presence.DELETED])
@pytest.mark.parametrize("ci", [CIStatus.GREEN, CIStatus.RED, CIStatus.PENDING, None])
def test_decide__thread_taken_away_while_the_pushing_turn_runs__stopped(
    presence: Presence, ci: CIStatus | None
) -> None:
    decision = decided(pushed(), thread=removed(presence), **after_push(ci))

    assert decision.action is Action.END_STOPPED


@pytest.mark.parametrize("presence", [Presence.ARCHIVED, Presence.DELETED])
@pytest.mark.parametrize(
    ("ci", "action", "reason"),
    [
        (CIStatus.GREEN, Action.CLOSE_SUCCESS, Reason.LANDED),
        (CIStatus.RED, Action.FREEZE_ESCALATE, Reason.THREAD_REMOVED),
        (CIStatus.PENDING, Action.WAIT, None),
        (None, Action.WAIT, None),
    ],
)
def test_decide__thread_taken_away_after_its_turn_ended__ci_decides_and_red_freezes(
    presence: Presence, ci: CIStatus | None, action: Action, reason: Reason | None
) -> None:
    before = pushed(turns=(ended(turn()),))

    decision = decided(before, thread=removed(presence), **after_push(ci))

    assert (decision.action, decision.reason) == (action, reason)


@pytest.mark.parametrize(
    ("ci", "action"),
    [
        (CIStatus.GREEN, Action.CLOSE_SUCCESS),
        (CIStatus.RED, Action.FIX_FORWARD),
        (CIStatus.PENDING, Action.WAIT),
    ],
)
def test_decide__closed_by_the_runs_own_commit__no_act_of_a_person(
    ci: CIStatus, action: Action
) -> None:
    """``Closes #7`` closes before CI has spoken; the loop reopens the issue on red."""
    shown = happened(on(EventKind.CLOSED, commit=PUSHED), open=False)
    idle = facts(ThreadStatus.IDLE)

    assert decided(issue=shown, thread=idle, **after_push(ci)).action is action


def test_decide__in_progress_taken_off__the_run_goes_on() -> None:
    shown = happened(on(EventKind.UNLABELED, label=IN_PROGRESS))

    assert decided(issue=shown).action is Action.WAIT


# --- somebody else's message in the thread -----------------------------------------------------


def foreign(status: ThreadStatus | None, **changes: Any) -> Any:
    return facts(status, foreign=True, **changes)


@pytest.mark.parametrize(
    ("elsewhere", "action", "reason"),
    [
        (after_push(CIStatus.GREEN), Action.CLOSE_SUCCESS, Reason.LANDED),
        (after_push(CIStatus.RED), Action.FREEZE_ESCALATE, Reason.FOREIGN_MESSAGE),
        (after_push(CIStatus.PENDING), Action.WAIT, None),
        ({}, Action.ESCALATE_PREPUSH, Reason.NOTHING_PUSHED),
    ],
)
def test_decide__somebody_else_wrote_and_all_turns_ended__no_turn_but_the_ends_stand(
    elsewhere: dict[str, Any], action: Action, reason: Reason | None
) -> None:
    decision = decided(thread=foreign(ThreadStatus.IDLE), **elsewhere)

    assert (decision.action, decision.reason) == (action, reason)


@pytest.mark.parametrize("outcome", [*Outcome, None])
@pytest.mark.parametrize("status", [ThreadStatus.RUNNING, ThreadStatus.NEEDS_HUMAN])
def test_decide__somebody_elses_turn_runs_before_a_push__waits_however_ours_ended(
    status: ThreadStatus, outcome: Outcome | None
) -> None:
    """Whoever goes on by hand after a failed or limited turn is not cut off."""
    mine = turn() if outcome is None else ended(turn(), outcome)

    decision = decided(record(turns=(mine,)), thread=foreign(status))

    assert decision.action is Action.WAIT


def test_decide__somebody_else_wrote_into_a_limited_run__not_told_to_go_on() -> None:
    thread = foreign(ThreadStatus.ERROR, error=LIMIT_TEXT)

    assert decided(thread=thread).action is Action.ESCALATE_PREPUSH
    assert decided(thread=thread, **after_push(CIStatus.RED)).action is Action.FREEZE_ESCALATE


def test_decide__somebody_else_wrote_and_the_agent_asks__not_answered() -> None:
    thread = foreign(ThreadStatus.NEEDS_HUMAN, pending=(PendingRequest("r", RequestKind.QUESTION),))

    assert decided(thread=thread).action is Action.WAIT


def test_decide__somebody_else_wrote_into_the_empty_replacement__not_replaced_again() -> None:
    """The replacement's own message is not shown; a person's is."""
    lost = ended(turn(), Outcome.VANISHED)
    intended = turn(2, thread=2, sent_at=None, requested_at=None)
    before = record(turns=(lost, intended), attempt=2, replacements=1)

    decision = decided(before, thread=foreign(ThreadStatus.IDLE, requested_at={"x": event().at}))

    assert decision.action is Action.ESCALATE_PREPUSH
    assert decision.reason is not Reason.VANISHED, "the replacement is there"


# --- others ------------------------------------------------------------------------------------


def test_decide__a_revert_of_the_runs_commit__stopped_though_ci_is_green() -> None:
    revert = commit(OTHER, f'Revert "Greet"\n\nThis reverts commit {PUSHED}.')
    seen = after_push(CIStatus.GREEN, thread=facts(ThreadStatus.IDLE))
    seen["branch"] = Branch(OTHER, (revert, commit()))

    decision = decided(**seen)

    assert (decision.action, decision.reason) == (Action.END_STOPPED, Reason.REVERTED)


@pytest.mark.parametrize("ci", [CIStatus.GREEN, CIStatus.RED, None])
def test_decide__record_put_back_to_an_older_state__parked(ci: CIStatus | None) -> None:
    """A signed body put back cannot be seen from the comment, but the thread knows more turns."""
    thread = facts(ThreadStatus.IDLE, regressed=True)

    decision = decided(thread=thread, **after_push(ci))

    assert (decision.action, decision.reason) == (Action.PARK, Reason.RECORD_REGRESSED)


def test_decide__approver_s_account_deleted__parked_aloud() -> None:
    """Nobody vouches for the text any more, and a new run would be nobody's wish either."""
    decision = decided(issue=replace(happened(), events=(event(actor=GHOST),)))

    assert (decision.action, decision.reason) == (Action.PARK, Reason.AUTHORITY_REVOKED)


def test_decide__a_person_acted_on_a_regressed_record__their_act_wins() -> None:
    assert decided(issue=CLOSED, thread=facts(regressed=True)).action is Action.END_STOPPED


@pytest.mark.parametrize("ci", [CIStatus.GREEN, CIStatus.RED, None])
def test_decide__issue_larger_than_afk_reads__parked(ci: CIStatus | None) -> None:
    """Its events are cut off, so that no act, and no absence of one, can be told from them."""
    shown = replace(UNLABELED, oversized="more than 1000 comments, or huge ones")

    decision = decided(issue=shown, **after_push(ci))

    assert (decision.action, decision.reason) == (Action.PARK, Reason.OVERSIZED)


@pytest.mark.parametrize(
    ("elsewhere", "action", "reason"),
    [
        ({}, Action.ESCALATE_PREPUSH, Reason.NOTHING_PUSHED),
        (after_push(CIStatus.GREEN), Action.CLOSE_SUCCESS, Reason.LANDED),
        (after_push(CIStatus.RED), Action.FREEZE_ESCALATE, Reason.RECORD_LOST),
    ],
)
def test_decide__record_rebuilt_from_the_thread__followed_to_its_end_without_turns(
    elsewhere: dict[str, Any], action: Action, reason: Reason
) -> None:
    decision = decided(record(rebuilt=True), thread=facts(ThreadStatus.IDLE), **elsewhere)

    assert (decision.action, decision.reason) == (action, reason)


def test_decide__nobody_did_anything__no_run_is_ended() -> None:
    assert decided().action is Action.WAIT
    assert decided(**after_push(None)).action not in TURNS
