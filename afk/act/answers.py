"""Answers what people say to afk where no run is running: ``/afk retry`` above all.

What is said to a run that is running is answered along with its step (`afk.decide.replies`). Each
comment is answered on the issue read again, in the order in which they were written. Write-ahead:
the reaction, then the record that says it is answered (a retry's is the run that it asks for), then
what follows from it. A tick that dies leaves a retry whose labels are not in order, and the next
one puts them so (`afk.decide.retries.half_done`).
"""

from dataclasses import replace
from typing import Final

from afk.act.acknowledge import acknowledge
from afk.act.doorbell import rung
from afk.act.ending import end, supersede_waiting
from afk.act.labels import put_labels
from afk.act.record_book import write
from afk.decide.approval import (
    Standing,
    blank_record,
    digest,
    handed_back,
    newest_application,
)
from afk.decide.asks import Ask, anchor, with_heard
from afk.decide.retries import application_by, half_done, overtaken, taken_back
from afk.errors import one_of_many
from afk.observe.abreast import abreast, places_of
from afk.observe.asks import asked
from afk.observe.explained import explained
from afk.observe.fitness import takes_writes
from afk.observe.forge_view import may_concern
from afk.observe.ready_issue import appraise, at_first_sight
from afk.observe.tick import Tick
from afk.record.answers import Heard, Reply, Word
from afk.record.codec import Found
from afk.record.state import RunRecord, Stage
from afk.text.answers import short_answer
from afk.text.waits import address
from afk.types import Issue, IssueKey, Reason, Verdict

_MOST: Final = 10
"""Comments of an issue that one tick answers."""
_AT_WORK: Final = frozenset({Stage.RUNNING, Stage.ENDING})
_WAITING: Final = frozenset({Stage.APPROVED, Stage.CLAIMED})


def hear(tick: Tick) -> Tick:
    """Answer comments; returns the tick with the issues as they then stand, so that it goes on."""
    stands: dict[IssueKey, Issue] = {}

    def answer(apart: Tick, issue: Issue) -> None:
        with one_of_many(apart.deps.report, issue.key, doing="answer a comment"):
            stands[issue.key] = _hear(apart, issue) or issue

    open_to_us = [key for key in tick.issues if key not in tick.ledger.hands_off]
    covered = [tick.issues[key] for key in open_to_us if tick.focus.covers(key)]
    talked = [issue for issue in covered if may_concern(issue)]
    abreast(tick, talked, answer, lambda issue: places_of(tick, issue.repo.name))
    issues = {key: stands.get(key, issue) for key, issue in tick.issues.items()}
    return replace(tick, issues=issues)


def _hear(tick: Tick, first: Issue) -> Issue | None:
    """Answer the comments of one issue; returns it as it was read last, None where nothing was."""
    if not _something_to_do(tick, first):
        return None
    fresh = tick.forge.reread(first.key)
    for _ in range(_MOST if takes_writes(tick, first.key.repo) else 0):
        if fresh is None or not _one_step(tick, first, fresh):
            break
        fresh = tick.forge.reread(first.key)
    return fresh


def _something_to_do(tick: Tick, issue: Issue) -> bool:
    runs = tick.forge.records(issue).runs
    if any(found.record.stage in _AT_WORK for found in runs):
        return False
    return bool(_half_done(tick, issue) or _unapproved(tick, issue) or asked(tick, issue))


def _half_done(tick: Tick, issue: Issue) -> Found | None:
    """Return the retry that a tick did not live to finish."""
    runs = tick.forge.records(issue).runs
    own = tick.forge.own if runs else ()
    return next((one for one in runs if half_done(issue, one, tick.config, own)), None)


def _unapproved(tick: Tick, issue: Issue) -> Found | None:
    """Return a retry that has not begun, and whose comment was taken back."""
    runs = tick.forge.records(issue).runs
    return next(
        (one for one in runs if one.record.stage in _WAITING and taken_back(issue, one.record)),
        None,
    )


def _one_step(tick: Tick, first: Issue, issue: Issue) -> bool:
    """Take one step on an issue read just now; says whether one was taken."""
    withdrawn = _unapproved(tick, issue)
    if withdrawn is not None:
        return _end(tick, issue, withdrawn, withdrawn.record, Reason.AUTHORITY_REVOKED)
    begun = _half_done(tick, issue)
    if begun is not None:
        _put_on(tick, issue, begun.record)
        return True
    seen = {comment.id for comment in first.comments}  # what came meanwhile is for the next tick
    todo = [ask for ask in asked(tick, issue) if ask.comment.id in seen]
    return bool(todo) and _answered(tick, first, issue, todo[0])


def _answered(tick: Tick, first: Issue, issue: Issue, ask: Ask) -> bool:
    """Answer one comment; says whether it is answered now."""
    found = _newest(tick, issue)
    stage = found.record.stage if found is not None else None
    if ask.word is Word.STOP and stage not in _AT_WORK:
        return _stop(tick, issue, ask, found)
    if stage in _AT_WORK or stage is Stage.CLAIMED:
        return False  # it is answered where the run is, which a claim is in a moment, or never
    if ask.word is Word.RETRY:
        return _retry(tick, first, issue, ask, found)
    replies = {Word.ANSWER: Reply.NOTHING_OPEN, Word.UNKNOWN: Reply.WORDS}
    return _tell(tick, issue, ask, found, replies.get(ask.word, Reply.SHOWN))


def _newest(tick: Tick, issue: Issue) -> Found | None:
    """Return the record of the run that was asked for last."""
    runs = tick.forge.records(issue).runs
    return max(runs, key=lambda one: (one.record.approval.at, one.comment.id), default=None)


def _heard(tick: Tick, ask: Ask, reply: Reply) -> Heard:
    return Heard(comment=ask.comment.id, word=ask.word, reply=reply, at=tick.now)


def _tell(tick: Tick, issue: Issue, ask: Ask, found: Found | None, reply: Reply) -> bool:
    """Answer in the newest run's comment, which is brought up to date, else in a short one."""
    heard = _heard(tick, ask, reply)
    acknowledge(tick, issue, [heard])
    if found is None:
        tick.deps.tracker.create_comment(issue, _short(tick, issue, ask, heard))
        return True
    record = with_heard(found.record, heard)
    unheard = record.stage is Stage.ENDED and not rung(tick, record)
    written = write(tick, issue, found, record, waiting_for="its turn", doorbell_failed=unheard)
    return written is not None


def _short(tick: Tick, issue: Issue, ask: Ask, heard: Heard) -> str:
    sentence = explained(tick, issue).sentence if heard.reply is Reply.SHOWN else ""
    web = tick.deps.tracker.web.rstrip("/")
    where = f"{address(web, issue.repo.name, issue.number)}{anchor(ask.comment)}"
    return short_answer(heard, issue.key, where, tick.config, web=web, sentence=sentence)


def _stop(tick: Tick, issue: Issue, ask: Ask, found: Found | None) -> bool:
    """End what waits or starts, as if its label had been taken off."""
    heard = _heard(tick, ask, Reply.STOPPED)
    application = newest_application(issue, tick.config)
    if found is not None and found.record.stage in _WAITING:
        record = with_heard(found.record, heard)
    elif application is not None and issue.open:
        run_id = tick.forge.run_id(issue, application)
        found = tick.forge.records(issue).of(run_id)
        blank = blank_record(issue, tick.deps.tracker.forge, run_id, application)
        record = with_heard(blank, heard)
    else:
        return _tell(tick, issue, ask, found, Reply.NOT_AT_WORK)
    acknowledge(tick, issue, [heard])
    return _end(tick, issue, found, record, Reason.STOP_COMMAND)


def _end(tick: Tick, issue: Issue, found: Found | None, record: RunRecord, reason: Reason) -> bool:
    """End a run that has not begun; nothing starts on the issue in this tick."""
    tick.ledger.hands_off.add(issue.key)
    thread = tick.t3.facts(record)
    record = record.without_thread() if record.stage is Stage.APPROVED else record
    verdict = Verdict.STOPPED if reason is Reason.STOP_COMMAND else Verdict.NEEDS_HUMAN
    stands = end(tick, issue, found, record, thread, verdict, reason)
    if stands is not None:
        tick.ledger.stands(stands.record)
    supersede_waiting(tick, issue, record.run_id)
    return False


def _retry(tick: Tick, first: Issue, issue: Issue, ask: Ask, found: Found | None) -> bool:
    """Take the comment for an approval: record the run that it asks for, put the label on."""
    refusal = _why_not(tick, first, issue, ask)
    if refusal is not None:
        return _tell(tick, issue, ask, found, refusal)
    heard = _heard(tick, ask, Reply.RETRIED)
    acknowledge(tick, issue, [heard])
    application = application_by(issue, ask.comment)
    run_id = tick.forge.run_id(issue, application)
    record = blank_record(issue, tick.deps.tracker.forge, run_id, application)
    written = write(tick, issue, None, with_heard(record, heard), waiting_for="its turn")
    if written is None:
        # Another tick obeyed it: what was asked for before must not be handed back beside that.
        tick.ledger.hands_off.add(issue.key)
        return False
    _put_on(tick, issue, written.record)
    return True


def _why_not(tick: Tick, first: Issue, issue: Issue, ask: Ask) -> Reply | None:
    """Return why a retry does nothing, None where it is an approval."""
    if not issue.open:
        return Reply.CLOSED
    if issue.repo.name not in tick.config.allowlist:
        return Reply.NOT_HERE
    if _waits_already(tick, issue):
        return Reply.WAITS
    if overtaken(issue, ask.comment, tick.config, tick.forge.own):
        return Reply.OVERTAKEN
    # Proven on the issue as this tick read it first: what afk has done to it since moves its times.
    proof = at_first_sight(tick, first, application_by(first, ask.comment))
    unchanged = proof is Standing.APPROVED and digest(first) == digest(issue)
    return None if unchanged else Reply.CHANGED


def _waits_already(tick: Tick, issue: Issue) -> bool:
    """Say whether somebody's approval holds, so that there is nothing to approve again."""
    if not issue.has_label(tick.config.ready_label) or handed_back(issue, tick.config):
        return False
    records = tick.forge.records(issue)
    appraisal = appraise(tick, issue, records)
    if appraisal.standing is not Standing.APPROVED or appraisal.event is None:
        return False
    known = records.of(tick.forge.run_id(issue, appraisal.event))
    return known is None or known.record.stage is not Stage.ENDED


def _put_on(tick: Tick, issue: Issue, record: RunRecord) -> None:
    """Put the ready label on for a recorded retry; what waited or was handed back is over."""
    supersede_waiting(tick, issue, record.run_id)
    config = tick.config
    put_labels(
        tick,
        issue,
        add=[name for name in [config.ready_label] if not issue.has_label(name)],
        remove=[name for name in [config.human_label] if issue.has_label(name)],
    )
    tick.deps.report.event("approved again by /afk retry", key=issue.key)
