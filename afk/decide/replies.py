"""What becomes of what people say to a run while it is running. Pure."""

from typing import Final

from afk.decide.asks import Ask, questions, with_heard
from afk.decide.decision import Decision
from afk.decide.observation import Observation
from afk.record.answers import Heard, Reply, Word
from afk.record.state import RunRecord
from afk.types import Action, Reason

_ENDS: Final = frozenset(
    {
        Action.CLOSE_SUCCESS,
        Action.ESCALATE_PREPUSH,
        Action.FREEZE_ESCALATE,
        Action.END_STOPPED,
        Action.END_SUPERSEDED,
        Action.PARK,
    }
)


def heard(record: RunRecord, observed: Observation, decision: Decision) -> RunRecord:
    """Return a running run's record with what was said to it answered, as far as that can be now.

    In their order: behind one that has to wait the others wait, too. An answer that goes to the
    agent is written down along with going there (`afk.act.later_turns`).
    """
    answers: list[Heard] = []
    stopped = decision.reason is Reason.STOP_COMMAND
    for one in observed.asks:
        reply = _reply(one, record, observed, decision)
        if reply is None and stopped and one.word is not Word.RETRY:
            reply = Reply.TOO_LATE
        if reply is None:
            break
        answers.append(Heard(comment=one.comment.id, word=one.word, reply=reply, at=observed.now))
    return with_heard(record, *answers)


def _reply(one: Ask, record: RunRecord, observed: Observation, decision: Decision) -> Reply | None:
    """Return what becomes of it while a run is running; None: that cannot be told yet."""
    match one.word:
        case Word.WHY | Word.STATUS:
            return Reply.SHOWN
        case Word.UNKNOWN:
            return Reply.WORDS
        case Word.STOP:
            return Reply.STOPPED if decision.action in _ENDS else None
        case Word.RETRY:
            # Of one that ends just now it is asked again, once it has.
            return None if decision.action in _ENDS else Reply.AT_WORK
        case Word.ANSWER:  # pragma: no branch  mypy sees that no other is left
            return _to_an_answer(record, observed, decision)


def _to_an_answer(record: RunRecord, observed: Observation, decision: Decision) -> Reply | None:
    thread = observed.thread
    if decision.action is Action.ANSWER or not thread.seen:
        return None
    asking = questions(thread.pending)
    if not asking:
        return Reply.NOTHING_OPEN
    given = {one.id for one in asking} <= set(record.dialogue.answered)
    return Reply.TOO_LATE if given else None
