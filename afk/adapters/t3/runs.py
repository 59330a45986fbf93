"""What protocol 2's runs, requests and errors mean in afk's words, `afk.model.agent`; pure.

A run is the answer to one message and keeps its id, so nothing has to be told by times: the turn
of a message is the run that names it (or the run that the message was steered into). Observed on
T3 Code 0.0.33 (``t3/v2-0.0.33/*-timeline``, every moment of which is replayed in the tests).

Against protocol 1: there is no session to stop, so a thread whose newest run is over is at rest; a
run whose provider died stays ``running`` for ever (``36-crash-timeline``) and is found by its
silence; a run whose provider never opened stays ``starting`` (``39-nostart-timeline``) and counts
as one of which nothing shows; a restart cancels what it interrupted (``60-*``).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from afk.adapters.t3 import mapping
from afk.adapters.t3.failures import (
    FAILED,
    LONGEST_ERROR,
    bounded,
    error_text,
    errors_of,
    limit_of,
    spent,
)
from afk.adapters.t3.projection import (
    Projection,
    Run,
    SaidMessage,
    Shell,
    ShellThread,
    ShownThread,
)
from afk.adapters.t3.runtime_requests import pending
from afk.model.agent import (
    AgentMessage,
    AgentSnapshot,
    AgentThread,
    Presence,
    Session,
    Speaker,
    Start,
    ThreadDetail,
)
from afk.types import ThreadStatus

_IDLE: Final = "idle"
WAITING: Final = "waiting"
"""The agent is done, and only T3's checkpoint of the folder is still to come."""
_UNTOLD: Final = frozenset({"preparing", "starting"})
_OVER: Final = {
    "completed": ThreadStatus.IDLE,
    FAILED: ThreadStatus.ERROR,
    "interrupted": ThreadStatus.INTERRUPTED,
    "cancelled": ThreadStatus.INTERRUPTED,
    "rolled_back": ThreadStatus.INTERRUPTED,
}
_SETTLED: Final = timedelta(seconds=30)
"""A checkpoint took 0.1 to 0.9 s; one that never comes is nobody's work."""
_MOST_ERRORS: Final = 20


def snapshot(shell: Shell, environment_id: str, server_now: datetime) -> AgentSnapshot:
    """Return what the shell shows, archived threads too; agents' own helpers are left out."""
    threads = [*shell.threads, *shell.archived_threads]
    return AgentSnapshot(
        environment_id=environment_id,
        sequence=shell.snapshot_sequence,
        server_now=server_now,
        projects=mapping.projects(shell.projects),
        threads=tuple(
            _in_shell(thread, server_now) for thread in threads if thread.plain and thread.own
        ),
    )


def detail(
    projection: Projection, server_now: datetime, mask: Callable[[str], str] = str
) -> ThreadDetail | None:
    """Return a thread with its bodies; None when it is archived or deleted.

    ``mask`` takes the known secrets out of what is shown to people.
    """
    if projection.thread.presence is not Presence.PRESENT:
        return None
    whole = ThreadDetail(
        thread=whole_thread(projection, server_now),
        messages=tuple(_message(one) for one in projection.messages),
        pending=pending(projection, mask),
    )
    asked = max(whole.asked, key=lambda one: one.created_at, default=None)
    if asked is None:
        return whole
    run = run_of(projection, asked.id)
    errors = errors_of(projection.turn_items, run)
    return replace(
        whole,
        status=_status(projection, run, server_now),
        error="\n".join(error_text(one) for one in errors[-_MOST_ERRORS:]),
        error_at=max((one.updated_at for one in errors if one.updated_at), default=None),
        limit=limit_of(errors),
        start_failed=run is not None and run.status == FAILED and run.started_at is None,
        cut_off=run.status == "cancelled" if run is not None else projection.thread.imported,
        spent=spent(projection),
    )


def whole_thread(projection: Projection, server_now: datetime) -> AgentThread:
    """Return the thread as its own projection shows it, wherever it stands."""
    runs = sorted(projection.runs, key=lambda run: run.ordinal)
    newest = runs[-1] if runs else None
    asked = [one.created_at for one in projection.messages if _speaker(one) is Speaker.ASKING]
    moved = projection.updated_at or projection.thread.updated_at
    told = _Told(
        newest=newest.status if newest else _IDLE,
        statuses=tuple(run.status for run in runs),
        times=(newest.completed_at, newest.started_at, newest.requested_at) if newest else (),
        asked_at=max(asked, default=None),
        settled=server_now - moved >= _SETTLED,
    )
    errors = errors_of(projection.turn_items, newest)
    error = error_text(errors[-1]) if errors else ""
    thread = _thread(projection.thread, told, error=error)
    limit = limit_of(errors)
    return replace(thread, updated_at=max(moved, thread.updated_at), limit=limit)


def active_runs(projection: Projection) -> list[Run]:
    """Return the runs that are not over, oldest first; a word nobody knows counts as not over."""
    runs = [run for run in projection.runs if run.status not in _OVER]
    return sorted(runs, key=lambda run: run.ordinal)


def run_of(projection: Projection, message_id: str) -> Run | None:
    """Return the run that answers a message: its own, or the one it was steered into."""
    own = [run for run in projection.runs if run.user_message_id == message_id]
    if own:
        return max(own, key=lambda run: run.ordinal)
    into = next((one.run_id for one in projection.messages if one.id == message_id), None)
    return next((run for run in projection.runs if run.id == into), None)


@dataclass(frozen=True, slots=True)
class _Told:
    """What shell and projection both say of a thread's runs; ``times`` are the newest one's."""

    newest: str
    statuses: tuple[str, ...]
    times: tuple[datetime | None, ...]
    asked_at: datetime | None
    settled: bool

    @property
    def at_work(self) -> bool:
        """Say whether an agent is, or may be, at work."""
        done = {_IDLE, *_OVER} | ({WAITING} if self.settled else set())
        return any(status not in done for status in self.statuses)


def _in_shell(thread: ShellThread, server_now: datetime) -> AgentThread:
    statuses = [thread.status, thread.activity_run_status or _IDLE]
    told = _Told(
        newest=thread.status,
        statuses=tuple(statuses),
        times=(
            thread.latest_run_completed_at,
            thread.latest_run_started_at,
            thread.latest_run_requested_at,
        ),
        asked_at=thread.latest_user_message_at,
        settled=server_now - thread.updated_at >= _SETTLED,
    )
    found = _thread(thread, told, error=(thread.last_error or "")[:LONGEST_ERROR])
    if found.session is Session.LIVE or thread.last_error_class != "usage_limit":
        return found
    return replace(found, limit=bounded(thread.usage_limit_reset_at, thread.updated_at))


def _thread(thread: ShownThread, told: _Told, *, error: str) -> AgentThread:
    ran = told.newest != _IDLE
    session = Session.LIVE if told.at_work else Session.STOPPED
    session_at = next((at for at in told.times if at is not None), None)
    if not ran:
        # Brought over from protocol 1: whatever was at work there ended with that server.
        spoken = thread.imported and told.asked_at is not None
        session = Session.STOPPED if spoken else Session.NONE
        session_at = max(thread.updated_at, told.asked_at) if spoken and told.asked_at else None
    return AgentThread(
        id=thread.id,
        project_id=thread.project_id,
        title=thread.shown_title,
        instance=thread.instance or (thread.provider_instance_id or "")[:200],
        created_at=thread.created_at,
        updated_at=thread.updated_at,
        session=session,
        session_at=session_at,
        asked_at=told.asked_at,
        start=_start(told, imported=thread.imported),
        error="" if told.at_work else error,
        done=told.newest == "completed" and not told.at_work,
        presence=thread.presence,
    )


def _start(told: _Told, *, imported: bool) -> Start:
    if told.newest == FAILED:
        # The newest run's times are completed, started, requested.
        return Start.WORKED if told.times[1] is not None else Start.REFUSED
    if told.newest == _IDLE:
        return Start.WORKED if imported and told.asked_at is not None else Start.UNTOLD
    return Start.UNTOLD if told.newest in _UNTOLD else Start.WORKED


def _status(projection: Projection, run: Run | None, server_now: datetime) -> ThreadStatus | None:
    """Return what became of the newest message's turn; nothing is over while any run is not.

    None: it does not show (yet). What is queued behind it, or was begun by T3 itself, is work in
    this thread too.
    """
    active = active_runs(projection)
    if any(one.status == "running" for one in active) and pending(projection):
        return ThreadStatus.NEEDS_HUMAN
    going_on = [one for one in active if one.status != WAITING]
    if going_on:
        untold = all(one.status in _UNTOLD for one in going_on)
        return None if untold else ThreadStatus.RUNNING
    if active:
        moved = projection.updated_at or projection.thread.updated_at
        return ThreadStatus.RUNNING if server_now - moved < _SETTLED else ThreadStatus.IDLE
    if run is not None:
        return _OVER.get(run.status)
    # Its messages were brought over from protocol 1: the turn ended with that server, unseen.
    return ThreadStatus.INTERRUPTED if projection.thread.imported else None


def _speaker(message: SaidMessage) -> Speaker:
    """Return who a message is from: what T3 or another agent says as the user asks nothing."""
    if message.role == "assistant":
        return Speaker.AGENT
    by_user = message.created_by in (None, "user")
    return Speaker.ASKING if message.role == "user" and by_user else Speaker.OTHER


def _message(message: SaidMessage) -> AgentMessage:
    return AgentMessage(message.id, _speaker(message), message.text, message.created_at)
