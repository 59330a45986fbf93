"""What T3 shows of a turn, as one word: the ordered mapping of observed states.

Pure. Observed on T3 Code 0.0.28 and 0.0.32 (recordings/t3/*/*-timeline.json, every moment of
which is replayed through `classify` in the tests). All times are T3's own; ages are taken
against T3's clock (`AgentSnapshot.server_now`).
"""

from datetime import datetime, timedelta
from typing import Final

from afk.model.agent import AgentThread, Presence, ThreadDetail
from afk.types import ThreadStatus

STARTING: Final = frozenset({"starting", "running"})
STOPPED: Final = frozenset({"stopped", "interrupted", "error"})
_TURN_STATES: Final = {
    "running": ThreadStatus.RUNNING,
    "completed": ThreadStatus.IDLE,
    "error": ThreadStatus.ERROR,
    "interrupted": ThreadStatus.INTERRUPTED,
}
_SETTLED: Final = timedelta(seconds=3)
"""How long a whole answer must stand still before it counts as the end of a turn that T3 no
longer shows: 0.0.28 erases the turn at its end for up to 1.5 s, without git for ever."""


def classify(
    thread: AgentThread, detail: ThreadDetail | None, since: datetime, server_now: datetime
) -> ThreadStatus | None:
    """Return the state of the turn that the message of time ``since`` started.

    ``since`` is the message's time as T3 set it; what T3 shows of earlier turns is ignored.
    None: T3 does not show (yet) what became of it. ``detail`` is needed only where the shell
    alone cannot tell.
    """
    status = thread.session_status
    if status == "running" and (thread.pending_approval or thread.pending_input):
        return ThreadStatus.NEEDS_HUMAN
    if status in STARTING:
        return ThreadStatus.RUNNING
    fresh = thread.session_updated_at is not None and thread.session_updated_at >= since
    if fresh and (status == "error" or thread.session_error):
        return ThreadStatus.ERROR
    if thread.turn_requested_at is not None and thread.turn_requested_at >= since:
        return _TURN_STATES.get(thread.turn_state or "")
    if fresh and status in STOPPED:
        return ThreadStatus.INTERRUPTED
    return _from_bodies(thread, detail, since, server_now)


def _from_bodies(
    thread: AgentThread, detail: ThreadDetail | None, since: datetime, server_now: datetime
) -> ThreadStatus | None:
    """Decide by messages and activities where session and turn are silent."""
    if detail is None:
        return None
    if any(at >= since for at, _ in detail.start_failures):
        return ThreadStatus.ERROR
    answers = [
        message
        for message in detail.messages
        if message.role == "assistant" and message.turn_id and message.created_at > since
    ]
    if thread.session_status != "ready" or not answers or any(one.streaming for one in answers):
        return None
    newest = max(message.created_at for message in answers)
    return ThreadStatus.IDLE if server_now - newest >= _SETTLED else None


def error_text(thread: AgentThread, detail: ThreadDetail | None, since: datetime) -> str:
    """Return what T3 or the provider said went wrong since then, newest last, or ""."""
    texts = []
    if detail is not None:
        texts += [text for at, text in detail.start_failures if at >= since]
    fresh = thread.session_updated_at is not None and thread.session_updated_at >= since
    if fresh and thread.session_error:
        texts.append(thread.session_error)
    return "\n".join(texts)


def error_time(
    thread: AgentThread, detail: ThreadDetail | None, since: datetime
) -> datetime | None:
    """Return when the newest part of `error_text` was said, by T3's clock."""
    times = [at for at, _ in detail.start_failures if at >= since] if detail is not None else []
    moved = thread.session_updated_at
    if thread.session_error and moved is not None and moved >= since:
        times.append(moved)
    return max(times, default=None)


def is_stopped(
    thread: AgentThread | None,
    presence: Presence,
    *,
    start_failed: bool,
    server_now: datetime,
    start_seconds: float,
) -> bool:
    """Say whether no agent can be at work in the thread.

    Stopped is: session stopped, interrupted or error; no session once the start failed or
    ``start_seconds`` have passed (or there is no message at all); thread deleted or vanished.
    A session that stopped before the newest message says nothing of the turn about to start
    (recordings/t3/0.0.28/42c-timeline.json), so until then it counts like no session. T3 lets
    the agent of an archived thread run on, so there the session decides, too.
    """
    if presence in (Presence.DELETED, Presence.VANISHED):
        return True
    if thread is None or presence not in (Presence.PRESENT, Presence.ARCHIVED):
        return False
    if thread.session_status is not None and thread.session_status not in STOPPED:
        return False
    asked_at, moved_at = thread.latest_user_message_at, thread.session_updated_at
    if start_failed or asked_at is None or (moved_at is not None and moved_at >= asked_at):
        return True
    return server_now - asked_at >= timedelta(seconds=start_seconds)


def is_live(thread: AgentThread, server_now: datetime, start_seconds: float) -> bool:
    """Say whether an agent is, or may any moment be, at work in a thread of the shell."""
    return not is_stopped(
        thread,
        thread.presence,
        start_failed=False,
        server_now=server_now,
        start_seconds=start_seconds,
    )


def is_unstarted(thread: AgentThread, server_now: datetime, tick_seconds: float) -> bool:
    """Say whether a tick that is still alive may be about to start this empty thread."""
    young = server_now - thread.created_at < timedelta(seconds=tick_seconds)
    return thread.latest_user_message_at is None and thread.session_status is None and young
