"""Threads as protocol 1 of T3 shows them, made by hand: a test names only what it changes."""

from datetime import datetime, timedelta
from typing import Any

from support.factories import STARTED

from afk.adapters.t3.wire import Activity, Message, Thread, WireSession, WireTurn

BEFORE = STARTED - timedelta(milliseconds=1)
AFTER = STARTED + timedelta(seconds=2)


def thread(
    *messages: Message,
    session_status: str | None = "running",
    session_error: str | None = None,
    session_updated_at: datetime | None = STARTED,
    turn_state: str | None = "running",
    turn_requested_at: datetime | None = STARTED,
    failures: tuple[tuple[datetime, str], ...] = (),
    **changes: Any,
) -> Thread:
    """Return a thread as protocol 1 shows it while its turn runs; no session without a status."""
    shown = WireSession.model_construct(
        status=session_status, last_error=session_error, updated_at=session_updated_at
    )
    turn = WireTurn.model_construct(state=turn_state, requested_at=turn_requested_at)
    fields: dict[str, Any] = {
        "id": "thread-1",
        "project_id": "project-1",
        "created_at": STARTED,
        "updated_at": STARTED,
        "session": None if session_status is None else shown,
        "latest_turn": turn if turn_state or turn_requested_at else None,
        "messages": messages,
        "activities": tuple(
            Activity.model_construct(
                kind="provider.turn.start.failed", payload={"detail": text}, created_at=at
            )
            for at, text in failures
        ),
        **changes,
    }
    return Thread.model_construct(**fields)


def at_rest(*messages: Message, **changes: Any) -> Thread:
    """Return the thread with a ready session and no turn shown, moved after the message."""
    fields = {
        "session_status": "ready",
        "session_updated_at": AFTER,
        "turn_state": None,
        "turn_requested_at": None,
    }
    return thread(*messages, **{**fields, **changes})


def said(at: datetime = AFTER, **changes: Any) -> Message:
    fields = {"role": "assistant", "turn_id": "turn-1", "streaming": False, **changes}
    return Message.model_construct(id="m", text="Done.", created_at=at, **fields)


def asked(at: datetime = STARTED) -> Message:
    return said(at, role="user", turn_id=None)
