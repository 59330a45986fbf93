"""What T3's session, turn and bodies say of a thread, in afk's words: the ordered mapping; pure.

Owns protocol 1's words for states. Observed on T3 Code 0.0.28 and 0.0.32
(recordings/t3/*/*-timeline.json, every moment of which is replayed through `status` in the
tests). All times are T3's own; ages are taken against T3's clock, the answer's Date.
"""

from datetime import datetime, timedelta
from typing import Final

from afk.adapters.t3.requests import waits
from afk.adapters.t3.wire import Message, Thread, WireSession, WireTurn, text
from afk.model.agent import Session, Speaker, Start
from afk.types import ThreadStatus

_BEGINNING: Final = "starting"
_WORKING: Final = "running"
_AT_REST: Final = "ready"
_FAILED: Final = "error"
_STARTING: Final = frozenset({_BEGINNING, _WORKING})
_STOPPED: Final = frozenset({"stopped", "interrupted", _FAILED})
_TURN_STATES: Final = {
    "running": ThreadStatus.RUNNING,
    "completed": ThreadStatus.IDLE,
    "error": ThreadStatus.ERROR,
    "interrupted": ThreadStatus.INTERRUPTED,
}
_SPEAKERS: Final = {"user": Speaker.ASKING, "assistant": Speaker.AGENT}
_START_FAILED: Final = "provider.turn.start.failed"
_SETTLED: Final = timedelta(seconds=3)
"""How long a whole answer must stand still before it counts as the end of a turn that T3 no
longer shows: 0.0.28 erases the turn at its end for up to 1.5 s, without git for ever."""


def speaker(message: Message) -> Speaker:
    """Return who a message is from; a role nobody knows is neither side's."""
    return _SPEAKERS.get(message.role, Speaker.OTHER)


def asked_at(thread: Thread) -> datetime | None:
    """Return when the newest user message was accepted; the shell says it, else the messages."""
    asked = (one.created_at for one in thread.messages or () if speaker(one) is Speaker.ASKING)
    return thread.latest_user_message_at or max(asked, default=None)


def session(thread: Thread) -> Session:
    """Say whether there is an agent: one that is ready may take up a turn any moment."""
    shown = (thread.session or WireSession()).status
    if shown is None:
        return Session.NONE
    return Session.STOPPED if shown in _STOPPED else Session.LIVE


def start(thread: Thread) -> Start:
    """Return how far the newest start got.

    From 0.0.32 on a start that fails leaves the session in error without a turn
    (``t3/0.0.32/38-timeline``); 0.0.28 leaves no session at all.
    """
    turn, shown = thread.latest_turn or WireTurn(), thread.session or WireSession()
    if turn.state is None and shown.status in (None, _BEGINNING):
        return Start.UNTOLD
    refused = turn.state is None and shown.status == _FAILED
    return Start.REFUSED if refused else Start.WORKED


def error_shown(thread: Thread) -> str:
    """Return the session's last error; 0.0.28 still shows it while the next turn runs."""
    shown = thread.session or WireSession()
    return "" if shown.status in _STARTING else shown.last_error or ""


def status(thread: Thread, since: datetime, server_now: datetime) -> ThreadStatus | None:
    """Return the state of the turn that the message of time ``since`` started.

    ``since`` is the message's time as T3 set it; what T3 shows of earlier turns is ignored.
    None: T3 does not show (yet) what became of it. Bodies are needed only where session and
    turn cannot tell.
    """
    shown, turn = thread.session or WireSession(), thread.latest_turn or WireTurn()
    if shown.status == _WORKING and waits(thread):
        return ThreadStatus.NEEDS_HUMAN
    if shown.status in _STARTING:
        return ThreadStatus.RUNNING
    fresh = _moved_since(thread, since)
    if fresh and (shown.status == _FAILED or shown.last_error):
        return ThreadStatus.ERROR
    if turn.requested_at is not None and turn.requested_at >= since:
        return _TURN_STATES.get(turn.state or "")
    if fresh and shown.status in _STOPPED:
        return ThreadStatus.INTERRUPTED
    return _from_bodies(thread, since, server_now)


def _from_bodies(thread: Thread, since: datetime, server_now: datetime) -> ThreadStatus | None:
    """Decide by messages and activities where session and turn are silent."""
    if start_failures(thread, since):
        return ThreadStatus.ERROR
    answers = [
        message
        for message in thread.messages or ()
        if speaker(message) is Speaker.AGENT and message.turn_id and message.created_at > since
    ]
    at_rest = thread.session is not None and thread.session.status == _AT_REST
    if not at_rest or not answers or any(one.streaming for one in answers):
        return None
    newest = max(message.created_at for message in answers)
    return ThreadStatus.IDLE if server_now - newest >= _SETTLED else None


def start_failures(thread: Thread, since: datetime) -> tuple[tuple[datetime, str], ...]:
    """Return the starts that failed since then: when, and what T3 says of it."""
    return tuple(
        (activity.created_at, text(activity.field("detail")))
        for activity in thread.activities or ()
        if activity.kind == _START_FAILED
        and activity.created_at is not None
        and activity.created_at >= since
    )


def error_text(thread: Thread, since: datetime) -> str:
    """Return what T3 or the provider said went wrong since then, newest last, or ""."""
    texts = [said for _, said in start_failures(thread, since)]
    if thread.session is not None and thread.session.last_error and _moved_since(thread, since):
        texts.append(thread.session.last_error)
    return "\n".join(texts)


def error_time(thread: Thread, since: datetime) -> datetime | None:
    """Return when the newest part of `error_text` was said, by T3's clock."""
    times = [at for at, _ in start_failures(thread, since)]
    shown = thread.session
    if shown is not None and shown.last_error and shown.updated_at and shown.updated_at >= since:
        times.append(shown.updated_at)
    return max(times, default=None)


def _moved_since(thread: Thread, since: datetime) -> bool:
    moved = thread.session.updated_at if thread.session is not None else None
    return moved is not None and moved >= since
