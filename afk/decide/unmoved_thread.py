"""What is known of a run's thread without its bodies, as long as it has not moved.

Pure. Everything that can happen in a thread moves its line in T3's overview: the event's own time
becomes its ``updatedAt`` (https://github.com/pingdotgg/t3code, apps/server/src/orchestration/
Layers/ProjectionPipeline.ts; in the recordings nothing in a body is younger than that). So a record
keeps a digest of the line as it stood when the bodies were last looked at, and how the newest turn
then stood. While the line is the same, so are the bodies, and nobody has to read them.

Only what is plain is kept: a turn that is at work, or over without an error, with nothing open and
nobody else in the thread. All else, and whatever is not known for sure, is read again.
"""

import hashlib
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Final

from afk.config import Config
from afk.decide.thread_facts import ThreadFacts, attempt_beyond, presence_of
from afk.decide.thread_liveness import is_stopped
from afk.model.agent import AgentSnapshot, AgentThread, Presence, ThreadDetail
from afk.record.groups import SeenThread
from afk.record.state import RunRecord
from afk.types import ThreadStatus

_PLAIN: Final = frozenset({ThreadStatus.RUNNING, ThreadStatus.IDLE, ThreadStatus.INTERRUPTED})
_SETTLED: Final = timedelta(seconds=2)
"""T3's times have milliseconds, its clock as an answer gives it whole seconds: what moved within
them may move once more and look the same."""
_AT_REST: Final = timedelta(hours=1)
_LATELY: Final = timedelta(seconds=60)


def line_of(thread: AgentThread) -> str:
    """Return a digest of a thread's line in the overview; texts that T3 shows stay out of it."""
    told = "\x00".join(f"{one.name}={getattr(thread, one.name)}" for one in fields(thread))
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def moved_lately(thread: AgentThread, server_now: datetime) -> bool:
    """Say whether an agent may be at work there this minute, by T3's own clock."""
    return server_now - thread.updated_at < _LATELY


def worth_keeping(
    snapshot: AgentSnapshot, detail: ThreadDetail, facts: ThreadFacts
) -> SeenThread | None:
    """Return what a record keeps of a thread whose bodies were read after the overview.

    None where the bodies are younger than the line, or say more than `SeenThread` can.
    """
    shown = snapshot.thread(detail.thread.id)
    if shown is None or detail.thread.updated_at != shown.updated_at:
        return None
    settled = snapshot.server_now - shown.updated_at >= _SETTLED
    unclear = facts.foreign or facts.regressed or facts.cut_off or detail.start_failed
    says_more = bool(facts.pending or facts.error or facts.limit)
    if facts.status not in _PLAIN or unclear or says_more or not settled:
        return None
    return SeenThread(line=line_of(shown), status=facts.status)


def at_rest(seen: SeenThread, facts: ThreadFacts) -> bool:
    """Say whether a thread has stood still for so long that noting it is worth a write."""
    return seen.status is not ThreadStatus.RUNNING and facts.still_for >= _AT_REST


def facts_unmoved(
    record: RunRecord, snapshot: AgentSnapshot | None, config: Config
) -> ThreadFacts | None:
    """Return the facts of a thread that has not moved since the record was written.

    None where its bodies have to be read: it moved, or nothing was kept of it, or the last turn was
    not seen accepted by then.
    """
    seen, turn = record.thread.seen, record.turn
    if snapshot is None or seen is None or turn is None or turn.requested_at is None:
        return None
    shown, here = snapshot.thread(record.thread.id), record.thread.environment_id
    present = presence_of(record, snapshot, None) is Presence.PRESENT
    known = here == snapshot.environment_id and present
    if shown is None or not known or line_of(shown) != seen.line:
        return None
    if attempt_beyond(record, snapshot.by_id) is not None:
        return None
    moments = [at for at in (shown.updated_at, shown.session_at) if at is not None]
    return ThreadFacts(
        presence=Presence.PRESENT,
        status=seen.status,
        requested_at={
            one.message_id: one.requested_at
            for one in record.dialogue.turns
            if one.requested_at is not None and one.thread == record.thread.attempt
        },
        still_for=max(snapshot.server_now - max(moments), timedelta()),
        stopped=is_stopped(
            shown,
            Presence.PRESENT,
            start_failed=False,
            server_now=snapshot.server_now,
            start_seconds=config.start_seconds,
        ),
    )
