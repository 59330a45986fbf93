"""What T3 shows of one run: its thread, its turns, and what others did there.

Pure: made from one read of T3 and the run's record. Own messages are recognised by their
deterministic ids, so a record put back to an older state is noticed by what the thread knows
beyond it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from afk.config import Config
from afk.decide.thread_liveness import is_stopped
from afk.model.agent import (
    AgentMessage,
    AgentSnapshot,
    AgentThread,
    PendingRequest,
    Presence,
    Speaker,
    Spent,
    ThreadDetail,
    UsageLimited,
)
from afk.record.names import message_id, thread_id
from afk.record.state import RunRecord
from afk.types import Phase, ThreadStatus

_PHASE_LINE = re.compile(r"^\s*AFK-PHASE:\s*(worktree|tests_red|green)\s*$", re.MULTILINE)
_ATTEMPTS_LOOKED_FOR: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadFacts:
    """One run's thread in this tick.

    ``status`` is that of the newest message's turn, whoever sent it. ``requested_at`` maps the
    ids of all user messages shown to T3's times. ``foreign``: somebody else wrote in the thread.
    ``regressed``: the thread knows turns of this run that the record does not. ``error_at``: when
    ``error`` was said, ``limit``: T3 itself calls it a usage limit. ``spent``: what T3 shows of
    tokens and price. ``cut_off``: T3 ended the turn by itself. ``still_for``: how long neither
    session nor thread moved, by T3's clock.
    """

    presence: Presence
    status: ThreadStatus | None = None
    requested_at: Mapping[str, datetime] = field(default_factory=dict)
    foreign: bool = False
    regressed: bool = False
    error: str = ""
    error_at: datetime | None = None
    limit: UsageLimited | None = None
    still_for: timedelta = timedelta()
    pending: tuple[PendingRequest, ...] = ()
    stopped: bool = False
    phases: Mapping[Phase, datetime] = field(default_factory=dict)
    spent: Spent = field(default_factory=Spent)
    cut_off: bool = False

    @property
    def seen(self) -> bool:
        """Say whether T3 itself was seen: what it does not show is then really not there."""
        return self.presence not in (Presence.UNREAD, Presence.OTHER_SERVER)


UNREAD: Final = ThreadFacts(presence=Presence.UNREAD)
NO_THREAD: Final = ThreadFacts(presence=Presence.VANISHED, stopped=True)


def presence_of(
    record: RunRecord, snapshot: AgentSnapshot | None, whole: AgentSnapshot | None
) -> Presence:
    """Return where the run's thread stands; ``whole`` None: the second source was not read.

    Absence is believed only of both sources, and of neither where it shows less than the record
    has seen: a projection lags, and a server put back from a backup forgets.
    """
    if snapshot is None:
        return Presence.UNREAD
    if record.thread.environment_id and snapshot.environment_id != record.thread.environment_id:
        return Presence.OTHER_SERVER
    if snapshot.sequence < record.thread.seen_sequence:
        return Presence.UNREAD
    if snapshot.thread(record.thread.id) is not None:
        return Presence.PRESENT
    if whole is None or whole.sequence < snapshot.sequence:
        return Presence.UNREAD
    thread = whole.thread(record.thread.id)
    if thread is None:
        return Presence.VANISHED
    return Presence.UNREAD if thread.presence is Presence.PRESENT else thread.presence


def thread_facts(
    record: RunRecord,
    snapshot: AgentSnapshot | None,
    whole: AgentSnapshot | None,
    detail: ThreadDetail | None,
    config: Config,
) -> ThreadFacts:
    """Return the facts of a run's thread; a present thread whose bodies are missing is unread."""
    presence = presence_of(record, snapshot, whole)
    if snapshot is None or presence is Presence.UNREAD:
        return UNREAD
    beyond = attempt_beyond(record, snapshot.by_id) is not None
    if presence is not Presence.PRESENT:
        stopped = is_stopped(
            whole.thread(record.thread.id) if whole is not None else None,
            presence,
            start_failed=False,
            server_now=snapshot.server_now,
            start_seconds=config.start_seconds,
        )
        return ThreadFacts(presence=presence, stopped=stopped, regressed=beyond)
    if detail is None:
        return UNREAD
    facts = _facts_of_present(record, snapshot.server_now, detail, config)
    return replace(facts, regressed=facts.regressed or beyond)


def attempt_beyond(
    record: RunRecord, threads: Mapping[str, AgentThread]
) -> tuple[int, AgentThread] | None:
    """Return a thread of the run that was spoken to and that the record knows nothing of.

    Its attempt is higher than the record's: an older text of the record was put back.
    """
    known = record.thread.attempt
    for attempt in range(known + 1, known + 1 + _ATTEMPTS_LOOKED_FOR):
        thread = threads.get(thread_id(record.run_id, attempt))
        if thread is not None and thread.asked_at is not None:
            return attempt, thread
    return None


def _facts_of_present(
    record: RunRecord, server_now: datetime, detail: ThreadDetail, config: Config
) -> ThreadFacts:
    """Return what the bodies show: they are read after the shell, and all at one moment."""
    thread, asked = detail.thread, detail.asked
    known, beyond = own_message_ids(record, len(asked))
    moments = [thread.updated_at, thread.session_at, *_times(detail.messages)]
    newest = max(moment for moment in moments if moment is not None)
    return ThreadFacts(
        presence=Presence.PRESENT,
        status=detail.status,
        requested_at={message.id: message.created_at for message in asked},
        foreign=any(one.id not in known and one.id not in beyond for one in asked),
        regressed=any(one.id in beyond for one in asked),
        error=detail.error,
        error_at=detail.error_at,
        limit=detail.limit,
        still_for=max(server_now - newest, timedelta()),
        pending=detail.pending,
        stopped=is_stopped(
            thread,
            Presence.PRESENT,
            start_failed=detail.start_failed,
            server_now=server_now,
            start_seconds=config.start_seconds,
        ),
        phases=phases_said(detail.messages),
        spent=detail.spent,
        cut_off=detail.cut_off,
    )


def own_message_ids(record: RunRecord, shown: int) -> tuple[frozenset[str], frozenset[str]]:
    """Return the message ids the record accounts for, and those of the run beyond it.

    A turn's earlier attempts are accounted for. ``shown`` bounds how many turns there can be.
    """
    attempts = {turn.number: turn.attempt for turn in record.dialogue.turns}
    known: set[str] = set()
    beyond: set[str] = set()
    for number in range(1, max(shown, len(attempts)) + 2):
        recorded = attempts.get(number, 0)
        for attempt in range(1, max(recorded, _ATTEMPTS_LOOKED_FOR) + 1):
            identifier = message_id(record.run_id, number, attempt)
            (known if attempt <= recorded else beyond).add(identifier)
    return frozenset(known), frozenset(beyond)


def phases_said(messages: tuple[AgentMessage, ...]) -> dict[Phase, datetime]:
    """Return the phases the agent printed and when; shown to people, never decided on."""
    said: dict[Phase, datetime] = {}
    for message in messages:
        if message.speaker is Speaker.AGENT:
            for word in _PHASE_LINE.findall(message.text):
                said.setdefault(Phase(word), message.created_at)
    return said


def _times(messages: tuple[AgentMessage, ...]) -> list[datetime]:
    return [message.created_at for message in messages]
