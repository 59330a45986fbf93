"""Whether an agent is, or may be, at work in a thread.

Pure. All times are T3's own; ages are taken against T3's clock (`AgentSnapshot.server_now`).
"""

from datetime import datetime, timedelta

from afk.model.agent import AgentThread, Presence, Session


def is_stopped(
    thread: AgentThread | None,
    presence: Presence,
    *,
    start_failed: bool,
    server_now: datetime,
    start_seconds: float,
) -> bool:
    """Say whether no agent can be at work in the thread.

    Stopped is: session stopped; no session once the start failed or ``start_seconds`` have
    passed (or there is no message at all); thread deleted or vanished.
    A session that stopped before the newest message says nothing of the turn about to start
    (recordings/t3/0.0.28/42c-timeline.json), so until then it counts like no session. T3 lets
    the agent of an archived thread run on, so there the session decides, too.
    """
    if presence in (Presence.DELETED, Presence.VANISHED):
        return True
    if thread is None or presence not in (Presence.PRESENT, Presence.ARCHIVED):
        return False
    if thread.session is Session.LIVE:
        return False
    asked_at, moved_at = thread.asked_at, thread.session_at
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
    return thread.asked_at is None and thread.session is Session.NONE and young
