"""Claims that an earlier tick left behind: resumed, returned, or ended."""

from datetime import timedelta

from afk.act.doorbell import ring_other_server
from afk.act.ending import end
from afk.act.record_book import write
from afk.act.start import dispatch, give_back, prepare
from afk.decide.approval import newest_application, same_application
from afk.decide.thread_facts import NO_THREAD
from afk.model.agent import Presence
from afk.observe.ready_issue import candidate, explanation, taken_by_a_person
from afk.observe.run_in_flight import read_unchanged
from afk.observe.tick import Tick
from afk.record.codec import Found
from afk.types import Issue, Reason, Verdict


def settle_claim(tick: Tick, issue: Issue, found: Found) -> None:
    """Go on with a claim if every gate still passes, else end it or give it back.

    The issue is read again first, and the claim does not count against itself.
    """
    fresh = read_unchanged(tick, issue, found)
    if fresh is None:
        return
    result = _settled(tick, *fresh)
    tick.ledger.hold(issue.repo.name, f"{issue.key} was claimed")
    if result is not None:
        tick.ledger.stands(result.record)


def _settled(tick: Tick, issue: Issue, found: Found) -> Found | None:
    record, application = found.record, newest_application(issue, tick.config)
    if record.thread.environment_id != tick.t3.environment_id:
        return _held(tick, issue, found)
    if application is not None and not same_application(record.approval, application):
        verdict, reason = Verdict.SUPERSEDED, Reason.LABELLED_AGAIN
        return end(tick, issue, found, record, NO_THREAD, verdict, reason)
    if tick.t3.facts(record).presence is Presence.UNREAD:
        # An agent may be at work in it: what is not seen is neither returned nor deleted.
        tick.deps.report.event("claim left: T3 does not show its thread now", key=issue.key)
        return found
    no = explanation(tick, candidate(tick, issue), apart_from=record.run_id).first_no
    why = no.evidence if no is not None else taken_by_a_person(tick, issue)
    if not why:
        prepare(tick, issue, record.thread.agent)
        return dispatch(tick, issue, found)
    tick.deps.report.event(f"returning the claim: {why}", key=issue.key)
    return give_back(tick, issue, found)


def _held(tick: Tick, issue: Issue, found: Found) -> Found | None:
    """Wait with a claim made on another T3 than the one that answers; it ends when that is long.

    What became of it on the other one cannot be seen from here.
    """
    tick.deps.report.event("claim held: T3 is another server", key=issue.key)
    record = ring_other_server(tick, found, found.record).out_of_sight(tick.now)
    unseen_at = record.pauses.unseen_at or tick.now
    if tick.now - unseen_at >= timedelta(seconds=tick.config.unseen_seconds):
        verdict = Verdict.NEEDS_HUMAN
        return end(tick, issue, found, record, NO_THREAD, verdict, Reason.UNSEEN)
    waiting_for = "the T3 server that it was to start on"
    return write(tick, issue, found, record, waiting_for=waiting_for)
