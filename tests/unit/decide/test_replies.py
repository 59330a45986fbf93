"""What becomes of what people say to a run while it is running."""

from typing import Any

import pytest
from support.factories import NOW, comment, config, record
from support.run_factories import facts, observed

from afk.decide.asks import Ask
from afk.decide.decision import Decision
from afk.decide.lifecycle import decide
from afk.decide.observation import note
from afk.decide.replies import heard
from afk.model.agent import PendingRequest, Presence, RequestKind
from afk.record.answers import Reply, Word
from afk.types import Action, Reason, ThreadStatus

QUESTION = PendingRequest("q", RequestKind.QUESTION, ("a",), "Blue?")
UNSEEN = facts(None, presence=Presence.UNREAD)
APPROVAL = PendingRequest("p", RequestKind.APPROVAL, text="May I?")


def ask(word: Word, number: int = 900) -> Ask:
    return Ask(comment(id=number), word, "Blue." if word is Word.ANSWER else "")


def replied(*asks: Ask, **changes: Any) -> tuple[Decision, list[tuple[Word, Reply]]]:
    before = changes.pop("before", record())
    saw = observed(before, asks=asks, **changes)
    run = note(saw, config())
    decision = decide(run, saw, config())
    answers = heard(run, saw, decision).answers
    assert all(one.at == NOW for one in answers.heard)
    return decision, [(one.word, one.reply) for one in answers.heard]


def pending(*requests: PendingRequest) -> dict[str, Any]:
    return {"thread": facts(ThreadStatus.NEEDS_HUMAN, pending=requests)}


def test_heard__at_work__each_is_answered_in_its_order() -> None:
    said = [ask(word, 900 + number) for number, word in enumerate(Word) if word is not Word.STOP]
    decision, answers = replied(*said)
    assert decision.action is Action.WAIT
    assert answers == [
        (Word.WHY, Reply.SHOWN),
        (Word.STATUS, Reply.SHOWN),
        (Word.RETRY, Reply.AT_WORK),
        (Word.ANSWER, Reply.NOTHING_OPEN),
        (Word.UNKNOWN, Reply.WORDS),
    ]


def test_heard__stop__ends_the_run_and_what_was_said_before() -> None:
    decision, answers = replied(
        ask(Word.ANSWER, 1), ask(Word.STOP, 2), ask(Word.RETRY, 3), thread=UNSEEN
    )
    assert (decision.action, decision.reason) == (Action.END_STOPPED, Reason.STOP_COMMAND)
    assert answers == [(Word.ANSWER, Reply.TOO_LATE), (Word.STOP, Reply.STOPPED)]


def test_heard__retry_of_a_run_that_ends_just_now__is_left_for_later() -> None:
    decision, answers = replied(
        ask(Word.WHY, 1), ask(Word.RETRY, 2), thread=facts(ThreadStatus.IDLE)
    )
    assert decision.action is Action.ESCALATE_PREPUSH
    assert answers == [(Word.WHY, Reply.SHOWN)]


def test_heard__answer_to_an_open_question__goes_to_the_agent_first() -> None:
    decision, answers = replied(ask(Word.ANSWER, 1), ask(Word.WHY, 2), **pending(QUESTION))
    assert decision.action is Action.ANSWER
    assert answers == [], "written down along with being sent"


def test_heard__answer_to_a_second_question__is_taken_all_the_same() -> None:
    asked_before = record(answered=("x",))
    decision, _ = replied(before=asked_before, **pending(QUESTION))
    assert decision.action is Action.ESCALATE_PREPUSH
    decision, _ = replied(ask(Word.ANSWER), before=asked_before, **pending(QUESTION))
    assert decision.action is Action.ANSWER


def test_heard__answer_where_leave_is_asked_for__opens_nothing() -> None:
    asked_before = record(answered=("p",))
    decision, answers = replied(ask(Word.ANSWER), before=asked_before, **pending(APPROVAL))
    assert decision.action is Action.WAIT
    assert answers == [(Word.ANSWER, Reply.NOTHING_OPEN)]
    decision, answers = replied(
        ask(Word.ANSWER), before=record(answered=("x",)), **pending(APPROVAL)
    )
    assert decision.action is Action.ESCALATE_PREPUSH


def test_heard__answer_after_afk_s__is_too_late() -> None:
    _, answers = replied(ask(Word.ANSWER), before=record(answered=("q",)), **pending(QUESTION))
    assert answers == [(Word.ANSWER, Reply.TOO_LATE)]


@pytest.mark.parametrize(
    "changes", [{"presence": Presence.UNREAD}, {"foreign": True, "pending": (QUESTION,)}]
)
def test_heard__answer_that_cannot_be_told_yet__waits(changes: dict[str, Any]) -> None:
    status = ThreadStatus.NEEDS_HUMAN if "foreign" in changes else None
    _, answers = replied(ask(Word.ANSWER), thread=facts(status, **changes))
    assert answers == []
