"""Answers to what an agent asks: a person's where one was given, else that nobody is there.

Write-ahead, as every turn: which requests are answered, and by which comment, stands in the record
before T3 is told.
"""

from collections.abc import Sequence
from dataclasses import replace

from afk.act.acknowledge import acknowledge
from afk.act.record_book import write
from afk.decide.asks import Ask, asked_for, is_as_created, questions, read, with_heard
from afk.issue_implementer_prompt import ANSWER, persons_answer
from afk.model.agent import PendingRequest
from afk.observe.run_in_flight import Followed
from afk.observe.tick import Tick
from afk.record import names
from afk.record.answers import Given, Heard, Reply, Word
from afk.record.codec import Found
from afk.record.state import MAX_ANSWERED, RunRecord
from afk.types import Issue


def answer_requests(tick: Tick, run: Followed) -> Found | None:
    """Tell the agent what a person answers, else that nobody is there; recorded first."""
    known = run.record.dialogue.answered
    fresh = [one for one in run.observed.thread.pending if one.id not in known]
    answered = (*known, *(one.id for one in fresh))[-MAX_ANSWERED:]
    record = replace(run.record, dialogue=replace(run.record.dialogue, answered=answered))
    words, told = "the agent asked; told to decide itself", "nobody is there, decide yourself"
    asking = questions(fresh)
    by_a_person = asked_for(run.observed.asks, Word.ANSWER) if asking else None
    if by_a_person is not None:
        record = _given(tick, run.issue, record, by_a_person, asking)
        words, told = "the agent asked; it is given your answer", "as a comment says"
    written = write(tick, run.issue, run.found, record, waiting_for=words)
    if written is None:
        return None
    send_answers(tick, run, written.record)
    tick.deps.report.event(f"answered: {told}", key=run.issue.key)
    return written


def _given(
    tick: Tick, issue: Issue, record: RunRecord, ask: Ask, asking: Sequence[PendingRequest]
) -> RunRecord:
    """Return the record with a person's comment as the answer to requests."""
    given = [Given(request=one.id, comment=ask.comment.id) for one in asking]
    heard = Heard(comment=ask.comment.id, word=ask.word, reply=Reply.SENT, at=tick.now)
    acknowledge(tick, issue, [heard])
    return with_heard(replace(record, answers=record.answers.giving(*given)), heard)


def send_answers(tick: Tick, run: Followed, record: RunRecord) -> None:
    """Answer what T3 shows, all of which the record says is answered.

    The command's id is the request's own: sent again after a tick that died or was not heard,
    it takes effect once (recording ``t3/0.0.32/21-thread-create-same-commandId``).
    """
    for request in run.observed.thread.pending:
        command = names.command_id(record.run_id, f"answer {request.id}", record.thread.attempt)
        text = _answer_to(run.issue, record, request)
        tick.deps.agent.answer(record.thread.id, request, text, command)


def _answer_to(issue: Issue, record: RunRecord, request: PendingRequest) -> str:
    """Return a person's answer where one was given and stands as it was written, else afk's own."""
    by = {one.request: one.comment for one in record.answers.given}.get(request.id)
    comment = next((one for one in issue.comments if one.id == by), None)
    told = read(comment.body) if comment is not None and is_as_created(comment) else None
    return persons_answer(record.run_id, told[1]) if told is not None and told[1] else ANSWER
