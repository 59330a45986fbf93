"""The one place that writes run records.

Owns: creating and editing the comment, the sequence, and the check that nobody wrote in between.
A write that lost such a race changes nothing and returns None: its action is dropped, and the
next tick decides afresh.
"""

from dataclasses import replace
from datetime import datetime

from afk.act.labels import put_labels
from afk.act.look_alikes import NAMED, anchor, author, standing
from afk.decide.approval import digest
from afk.decide.approver import login_of
from afk.issue_implementer_prompt import taken_out
from afk.observe.tick import Tick
from afk.phase_checklist import Surroundings, render
from afk.record.codec import Found, decode, encode, key_id, says
from afk.record.state import SCHEMA, RunRecord, Stage
from afk.text.failing import failed_in
from afk.text.questions import by_digest, questions_in
from afk.text.waits import address, with_links
from afk.types import Issue


def write(
    tick: Tick,
    issue: Issue,
    found: Found | None,
    record: RunRecord,
    *,
    waiting_for: str = "",
    until: datetime | None = None,
    agent_may_run: bool = False,
    doorbell_failed: bool = False,
) -> Found | None:
    """Write the record; ``found`` is what the decision rested on, None for a new run.

    ``waiting_for`` is a sentence of afk's own, ``until`` the next time something is due. Writes
    nothing when neither record nor visible text changed. Returns the record as it now stands, or
    None when another tick wrote in between.
    """
    web = tick.deps.tracker.web.rstrip("/")
    around = Surroundings(
        thread_url=thread_url(tick, record),
        commit_url=_commit_url(tick, record),
        issue_url=address(web, record.repository, record.issue) if web else "",
        pull_url=_pull_url(tick, record),
        waiting_for=with_links(waiting_for, record.repository, web),
        until=until,
        questions=_questions(tick, record, found),
        look_alikes=_look_alikes(tick, issue, record),
        taken_out=taken_out(issue) if record.approval.digest == digest(issue) else "",
        others=with_links(", ".join(record.landing.others), record.repository, web),
        blockers=_blockers(record, web),
        failed=_failed(tick, found),
        approver=login_of(issue, record.approval.actor_id),
        error=tick.t3.error_read(record),
        agent_may_run=agent_may_run,
        doorbell_failed=doorbell_failed,
    )
    visible = render(record, tick.config, around)
    if found is None:
        return _create(tick, issue, record, visible)
    keys = tick.deps.keys
    # As it stands in the comment: there a repository may still have a former name.
    written, unchanged = found.comment.body, _stamped(record, found.record.sequence, tick)
    same = unchanged == decode(written, keys) and says(written, visible)
    if same and not tick.t3.has_come_to_rest(record):
        return found
    current = tick.deps.tracker.read_comment(issue, found.comment)
    if current is None or not _same(current.body, found, tick):
        tick.deps.report.event("dropped: another tick wrote the record first", key=issue.key)
        return None
    if record.stage is not Stage.ENDED:
        follow(tick, issue)
    record = _seen(_stamped(record, found.record.sequence + 1, tick), tick)
    comment = tick.deps.tracker.edit_comment(issue, current, encode(record, visible, keys))
    return Found(record, comment)


def _blockers(record: RunRecord, web: str) -> str:
    """Return what keeps the issue from being closed, linked; ``#4`` is one of this repository."""
    here = record.repository
    named = [f"{here}{one}" if one.startswith("#") else one for one in record.ending.blocked_by]
    return ", ".join(with_links(one, here, web) for one in named)


def _failed(tick: Tick, found: Found | None) -> dict[str, str]:
    """Return the failed checks: as the comment has them, and as CI has shown them in this tick."""
    former = failed_in(found.comment.body) if found is not None else {}
    return former | tick.forge.failed


def _questions(tick: Tick, record: RunRecord, found: Found | None) -> dict[str, str]:
    """Return what the agent asked: as the comment has it, and as T3 has shown it in this tick."""
    former = questions_in(found.comment.body) if found is not None else {}
    return former | by_digest(tick.t3.questions(record.thread.id))


def _look_alikes(tick: Tick, issue: Issue, record: RunRecord) -> tuple[tuple[str, str], ...]:
    """Return whose comments pass for afk's own, and the address of each; the first few."""
    where = address(tick.deps.tracker.web.rstrip("/"), record.repository, record.issue)
    found = standing(tick, issue)[:NAMED]
    return tuple((author(one), f"{where}{anchor(one)}") for one in found)


def thread_url(tick: Tick, record: RunRecord) -> str:
    """Return the address of the run's thread in T3's web page, "" where it is not known."""
    return page_of(tick, record.thread.environment_id, record.thread.id)


def page_of(tick: Tick, environment_id: str, thread_id: str) -> str:
    """Return a thread's address in T3's web page: ``/<environment id>/<thread id>``."""
    base = (tick.config.t3.public_url or tick.config.t3.url).rstrip("/")
    known = base and thread_id and environment_id
    return f"{base}/{environment_id}/{thread_id}" if known else ""


def comment_url(tick: Tick, found: Found) -> str:
    """Return the address of the run's comment, the same on both forges."""
    web, record = tick.deps.tracker.web.rstrip("/"), found.record
    place = f"{record.repository}/issues/{record.issue}#issuecomment-{found.comment.id}"
    return f"{web}/{place}" if web else ""


def _pull_url(tick: Tick, record: RunRecord) -> str:
    """Return the pull request's address, which on both forges an issue's of its number leads to.

    The dot keeps a forge from noting a reference to it.
    """
    web = tick.deps.tracker.web.rstrip("/")
    return f"{web}/{record.repository}/./issues/{record.landing.pull}" if web else ""


def _commit_url(tick: Tick, record: RunRecord) -> str:
    """Return the address that a sha completes."""
    web = tick.deps.tracker.web.rstrip("/")
    return f"{web}/{record.repository}/commit/" if web else ""


def _stamped(record: RunRecord, sequence: int, tick: Tick) -> RunRecord:
    """Return the record exactly as reading it back will show it."""
    known = key_id(tick.deps.keys.current)
    return replace(record, schema=SCHEMA, sequence=sequence, key_id=known)


def _seen(record: RunRecord, tick: Tick) -> RunRecord:
    """Note how far T3 had come, and how the thread stood; only along with what is worth a write."""
    shown = tick.t3.snapshot.sequence if tick.t3.snapshot is not None else 0
    sequence, seen = max(shown, record.thread.seen_sequence), tick.t3.seen(record)
    return replace(record, thread=replace(record.thread, seen_sequence=sequence, seen=seen))


def follow(tick: Tick, issue: Issue) -> None:
    """Mark an issue as one to look at, before its first record and until its last is at rest.

    Ready can be taken off, the lock too; what has a record is then still found.
    """
    label = tick.config.tracked_label
    if not issue.has_label(label) and issue.key not in tick.ledger.followed:
        put_labels(tick, issue, add=[label])
        tick.ledger.followed.add(issue.key)


def _same(body: str, found: Found, tick: Tick) -> bool:
    """Compare everything, not only the sequence: two ticks may have written the same number."""
    current = decode(body, tick.deps.keys)
    if not isinstance(current, RunRecord):
        return False
    return replace(current, repository=found.record.repository) == found.record


def _create(tick: Tick, issue: Issue, record: RunRecord, visible: str) -> Found | None:
    """Post a new record, and make way if another tick posted one of the same run first."""
    tracker, keys = tick.deps.tracker, tick.deps.keys
    follow(tick, issue)
    record = _seen(_stamped(record, 1, tick), tick)
    comment = tracker.create_comment(issue, encode(record, visible, keys))
    fresh = tracker.reread(issue.key)
    if fresh is None:
        return None
    standing = tick.forge.records(fresh).of(record.run_id)
    if standing is not None and standing.comment.id != comment.id:
        tracker.delete_comment(issue, comment)
        tick.deps.report.event("dropped: another tick recorded the run first", key=issue.key)
        return None
    return Found(record, comment)
