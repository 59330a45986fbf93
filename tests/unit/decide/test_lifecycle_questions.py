"""Rule 2: a question gets one answer; nobody is there for a second one."""

from datetime import timedelta
from typing import Any

import pytest
from support.factories import NOW, record, turn
from support.run_factories import after_push, decided, facts, pushed, verdict

from afk.decide.lifecycle import ANSWERED
from afk.decide.thread_facts import ThreadFacts
from afk.model.agent import PendingRequest, RequestKind
from afk.record.groups import SeenVerdict
from afk.record.state import Purpose, Stop
from afk.types import Action, CIStatus, Reason, ThreadStatus

ONE = PendingRequest("request-1", RequestKind.QUESTION, ("q1",))
TWO = PendingRequest("request-2", RequestKind.APPROVAL)


def asks(*pending: PendingRequest, **changes: Any) -> ThreadFacts:
    return facts(ThreadStatus.NEEDS_HUMAN, pending=pending, **changes)


@pytest.mark.parametrize("elsewhere", [{}, after_push(None), after_push(CIStatus.RED)])
@pytest.mark.parametrize("pending", [(ONE,), (TWO,), (ONE, TWO)])
def test_decide__first_question__answered_once(
    pending: tuple[PendingRequest, ...], elsewhere: dict[str, Any]
) -> None:
    decision = decided(thread=asks(*pending), **elsewhere)

    assert (decision.action, decision.rule) == (Action.ANSWER, "needs-human")


def test_decide__answered_and_still_shown__waits() -> None:
    """The rule is named: the loop sends the same answer again, in case T3 never heard it."""
    decision = decided(record(answered=(ONE.id,)), thread=asks(ONE))

    assert (decision.action, decision.rule) == (Action.WAIT, ANSWERED)


def test_decide__answered_and_still_shown_beside_somebody_else__waits_in_silence() -> None:
    decision = decided(record(answered=(ONE.id,)), thread=asks(ONE, foreign=True))

    assert (decision.action, decision.rule) == (Action.WAIT, "needs-human")


@pytest.mark.parametrize("pending", [(TWO,), (ONE, TWO)])
def test_decide__another_question_before_a_push__escalates(
    pending: tuple[PendingRequest, ...],
) -> None:
    """A request id not answered before is the second time, the first one still shown or not."""
    decision = decided(record(answered=(ONE.id,)), thread=asks(*pending))

    assert (decision.action, decision.reason) == (Action.ESCALATE_PREPUSH, Reason.ASKED_AGAIN)


def test_decide__another_question_in_a_later_turn__is_the_second_time_too() -> None:
    before = record(answered=(ONE.id,), turns=(turn(), turn(2, Purpose.RESUME)))

    assert decided(before, thread=asks(TWO)).action is Action.ESCALATE_PREPUSH


@pytest.mark.parametrize("ci", [None, CIStatus.PENDING])
@pytest.mark.parametrize("pending", [(ONE,), (TWO,)])
def test_decide__asks_after_a_push_and_was_answered__ci_decides(
    pending: tuple[PendingRequest, ...], ci: CIStatus | None
) -> None:
    decision = decided(pushed(answered=(ONE.id,)), thread=asks(*pending), **after_push(ci))

    assert (decision.action, decision.rule) == (Action.WAIT, "table")


@pytest.mark.parametrize("pending", [(ONE,), (TWO,)])
@pytest.mark.parametrize("ci", [CIStatus.RED, CIStatus.GREEN])
def test_decide__asks_after_a_push_and_ci_spoke__stopped_when_the_grace_is_over(
    pending: tuple[PendingRequest, ...], ci: CIStatus
) -> None:
    """Else an answer that T3 never takes would hold a red run for ever."""
    before = pushed(answered=(ONE.id,))
    thread = asks(*pending)

    young = decided(before, thread=thread, **after_push(ci))
    verdict_seen = NOW - timedelta(seconds=1800)
    old = decided(
        pushed(
            answered=(ONE.id,),
            turns=(turn(sent_at=verdict_seen),),
            seen_verdict=seen(ci, verdict_seen),
        ),
        thread=thread,
        **after_push(ci),
    )

    assert (young.action, young.rule) == (Action.WAIT, "never-beside-a-turn")
    assert (old.action, old.rule) == (Action.STOP_SESSION, "running-grace")


def seen(ci: CIStatus, at: Any) -> SeenVerdict:
    return SeenVerdict(sha=verdict(ci).sha, status=ci, at=at)


def test_decide__asks_and_green__the_question_is_not_answered() -> None:
    """Rules 2 to 5 are for runs that are not green."""
    decision = decided(thread=asks(ONE), **after_push(CIStatus.GREEN))

    assert (decision.action, decision.rule) == (Action.WAIT, "never-beside-a-turn")


def test_decide__waiting_flag_without_a_readable_request__waits() -> None:
    assert decided(thread=asks()).action is Action.WAIT


def test_decide__answer_never_taken__the_deadline_before_a_push_ends_it() -> None:
    long_ago = NOW - timedelta(seconds=14_400)
    before = record(answered=(ONE.id,), started_at=long_ago)

    decision = decided(before, thread=asks(ONE))

    assert (decision.action, decision.reason) == (
        Action.ESCALATE_PREPUSH,
        Reason.PREPUSH_DEADLINE,
    )


@pytest.mark.parametrize("status", [ThreadStatus.RUNNING, ThreadStatus.IDLE, None])
def test_decide__request_left_in_a_thread_that_does_not_wait__not_answered(
    status: ThreadStatus | None,
) -> None:
    """After a stop T3 shows the request for ever (t3/0.0.28/60-3-stopped-with-approval-thread)."""
    assert decided(thread=facts(status, pending=(ONE,))).action is not Action.ANSWER


def test_decide__stop_was_asked_for_while_it_asks__still_one_answer() -> None:
    before = record(stops=(Stop(at=NOW, rule="zombie"),))

    assert decided(before, thread=asks(ONE)).action is Action.ANSWER
