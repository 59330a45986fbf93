"""What T3's shapes mean in afk's words, `afk.model.agent`; pure.

Owns which threads are shown, which requests an answer would still reach, and how the flags that
only a shell has are derived from bodies. Must not parse, send or know a clock. Recordings named
are those of ``t3/0.0.28`` and ``t3/0.0.32``.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from afk.adapters.t3.wire import Activity, Message, ModelSelection, Overview, Session, Thread, Turn
from afk.model.agent import (
    AgentMessage,
    AgentProject,
    AgentSnapshot,
    AgentThread,
    PendingRequest,
    Presence,
    ThreadDetail,
)

APPROVAL: Final = "approval"
USER_INPUT: Final = "user-input"
_START_FAILED: Final = "provider.turn.start.failed"
_ASKING: Final = (f"{APPROVAL}.requested", f"{USER_INPUT}.requested")
_CLOSING: Final = (
    f"{APPROVAL}.resolved",
    f"{USER_INPUT}.resolved",
    f"provider.{APPROVAL}.respond.failed",
)


def snapshot(overview: Overview, environment_id: str, server_now: datetime) -> AgentSnapshot:
    """Return what one read shows, archived and deleted ones left out."""
    return AgentSnapshot(
        environment_id=environment_id,
        sequence=overview.snapshot_sequence,
        server_now=server_now,
        projects=tuple(
            AgentProject(project.id, project.workspace_root)
            for project in overview.projects
            if project.deleted_at is None
        ),
        threads=tuple(
            agent_thread(thread)
            for thread in overview.threads
            if thread.presence is Presence.PRESENT
        ),
    )


def detail(thread: Thread) -> ThreadDetail | None:
    """Return a thread with its bodies; None when it is archived or deleted.

    Requests of a thread whose session is stopped or absent are left out of ``pending``: T3
    answers those itself with "No active provider session" (source, ProviderCommandReactor.ts),
    and shows them as pending for ever (``t3/0.0.28/60-3-stopped-with-approval-thread``).
    """
    if thread.presence is not Presence.PRESENT:
        return None
    live = thread.session is not None and thread.session.status != "stopped"
    return ThreadDetail(
        thread=agent_thread(thread),
        messages=tuple(_message(message) for message in thread.messages or ()),
        pending=_open_requests(thread.activities or ()) if live else (),
        start_failures=tuple(
            (activity.created_at, _text(activity.field("detail")))
            for activity in thread.activities or ()
            if activity.kind == _START_FAILED and activity.created_at is not None
        ),
    )


def agent_thread(thread: Thread) -> AgentThread:
    """Return the thread as the shell shows it.

    What only the shell says (open requests, newest user message) is derived from messages and
    activities where those came instead, by the rules the server derives them with.
    """
    session = thread.session or Session()
    turn = thread.latest_turn or Turn()
    model = thread.model_selection or ModelSelection()
    approval, user_input = thread.has_pending_approvals, thread.has_pending_user_input
    kinds = {request.kind for request in _open_requests(thread.activities or ())}
    asked = [message.created_at for message in thread.messages or () if message.role == "user"]
    return AgentThread(
        id=thread.id,
        project_id=thread.project_id,
        title=thread.title,
        instance=model.instance_id or model.provider or "",
        created_at=thread.created_at,
        updated_at=thread.updated_at,
        session_status=session.status,
        session_error=session.last_error,
        session_updated_at=session.updated_at,
        turn_state=turn.state,
        turn_requested_at=turn.requested_at,
        latest_user_message_at=thread.latest_user_message_at or max(asked, default=None),
        pending_approval=APPROVAL in kinds if approval is None else approval,
        pending_input=USER_INPUT in kinds if user_input is None else user_input,
        presence=thread.presence,
    )


def _message(wire: Message) -> AgentMessage:
    return AgentMessage(
        wire.id, wire.role, wire.text, wire.created_at, wire.turn_id, bool(wire.streaming)
    )


def _open_requests(activities: Sequence[Activity]) -> tuple[PendingRequest, ...]:
    closed = {_text(activity.field("requestId")) for activity in activities if _closes(activity)}
    return tuple(
        PendingRequest(request, activity.kind.removesuffix(".requested"), _questions(activity))
        for activity in activities
        if activity.kind in _ASKING
        and (request := _text(activity.field("requestId")))
        and request not in closed
    )


def _closes(activity: Activity) -> bool:
    """Say whether an activity ends a request, as the server's own flags do.

    An approval counts as answered once a response was sent, even one that failed
    (``t3/0.0.28/58-5-stale-approval-thread``); a question only when the failure says that
    nobody waits for the answer any more (source, ProjectionPipeline.ts).
    """
    if activity.kind in _CLOSING:
        return True
    if activity.kind != f"provider.{USER_INPUT}.respond.failed":
        return False
    why = _text(activity.field("detail")).lower()
    return "stale pending" in why or "unknown pending" in why


def _questions(activity: Activity) -> tuple[str, ...]:
    questions = activity.field("questions")
    if not isinstance(questions, list):
        return ()
    ids = (_text(item.get("id")) for item in questions if isinstance(item, dict))
    return tuple(found for found in ids if found)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
