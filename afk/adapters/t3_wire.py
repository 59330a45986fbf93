"""What T3 Code's protocol 1 sends, parsed and mapped to `afk.agent_types`; pure.

Owns the shapes of T3's JSON and what its statuses mean. Must do no I/O and know no clock.

Tolerated: unknown fields, unknown words for statuses and states (kept as they are), absent or
null optional fields, optional times that cannot be parsed (None). Not tolerated: a thread
without id, project or times; it is a `ServerFault`, because a thread left out would look like
one that vanished.

Shapes: ``t3/0.0.28`` and ``t3/0.0.32`` among the recordings (``22-shell-fresh``,
``30-2-running-snapshot``, ``33-2-pending-approval-thread``); source
https://github.com/pingdotgg/t3code, packages/contracts/src/orchestration.ts.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from afk.adapters.t3_errors import SUPPORTED
from afk.agent_types import (
    AgentMessage,
    AgentProject,
    AgentSnapshot,
    AgentThread,
    PendingRequest,
    Presence,
    ThreadDetail,
)
from afk.errors import ServerFault

APPROVAL: Final = "approval"
USER_INPUT: Final = "user-input"
_START_FAILED: Final = "provider.turn.start.failed"
_ASKING: Final = (f"{APPROVAL}.requested", f"{USER_INPUT}.requested")
_CLOSING: Final = (
    f"{APPROVAL}.resolved",
    f"{USER_INPUT}.resolved",
    f"provider.{APPROVAL}.respond.failed",
)


def instant(value: object) -> datetime | None:
    """Return an aware UTC time from ISO 8601 text; None for anything else."""
    try:
        parsed = datetime.fromisoformat(str(value))
        return parsed.astimezone(UTC) if parsed.tzinfo else None
    except (ValueError, OverflowError):
        return None


_Time = Annotated[datetime, BeforeValidator(instant)]
_MaybeTime = Annotated[datetime | None, BeforeValidator(instant)]


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, alias_generator=to_camel)


class Descriptor(_Wire):
    """``GET /.well-known/t3/environment`` (``t3/0.0.28/01-well-known``)."""

    environment_id: str
    orchestration_protocol_version: int | None = None


class _ModelSelection(_Wire):
    """``provider`` is the older name of ``instanceId``."""

    instance_id: str | None = None
    provider: str | None = None


class _Turn(_Wire):
    state: str | None = None
    requested_at: _MaybeTime = None


class _Session(_Wire):
    status: str | None = None
    last_error: str | None = None
    updated_at: _MaybeTime = None


class _Message(_Wire):
    id: str
    role: str
    text: str = ""
    turn_id: str | None = None
    streaming: bool | None = None
    created_at: _Time


class _Activity(_Wire):
    kind: str
    payload: Any = None
    created_at: _MaybeTime = None

    def field(self, name: str) -> Any:
        """Return a field of the payload; None when there is none."""
        return self.payload.get(name) if isinstance(self.payload, dict) else None


class Thread(_Wire):
    """A thread of shell, snapshot or detail: each leaves out some of these fields."""

    id: str
    project_id: str
    title: str = ""
    created_at: _Time
    updated_at: _Time
    model_selection: _ModelSelection | None = None
    latest_turn: _Turn | None = None
    session: _Session | None = None
    archived_at: Any = None
    deleted_at: Any = None
    latest_user_message_at: _MaybeTime = None
    has_pending_approvals: bool | None = None
    has_pending_user_input: bool | None = None
    messages: tuple[_Message, ...] | None = None
    activities: tuple[_Activity, ...] | None = None

    @property
    def presence(self) -> Presence:
        """Say where the thread stands; a deleted one may be archived too."""
        if self.deleted_at is not None:
            return Presence.DELETED
        return Presence.PRESENT if self.archived_at is None else Presence.ARCHIVED


class _Project(_Wire):
    id: str
    workspace_root: str
    deleted_at: Any = None


class Overview(_Wire):
    """The shell or the snapshot: everything at one sequence."""

    snapshot_sequence: int
    projects: tuple[_Project, ...]
    threads: tuple[Thread, ...]


class Detail(_Wire):
    """``GET /api/orchestration/threads/:id``."""

    thread: Thread


class Accepted(_Wire):
    """The answer to a command: the sequence at which a snapshot shows its effect."""

    sequence: int


_Model = TypeVar("_Model", bound=_Wire)


def parse(model: type[_Model], data: object, what: str) -> _Model:
    """Return the parsed answer; `ServerFault` naming the first field that does not fit."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        # Only place and kind of the mismatch: the values may be anybody's text.
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole answer"
        raise ServerFault(
            f"T3 Code's {what} cannot be read ({place}: {first['type']})",
            cause=f"this server does not speak {SUPPORTED}",
            next_step="run `afk doctor`, which shows the server's version",
        ) from None


def is_protocol_2(shell: object) -> bool:
    """Say whether a shell is protocol 2's, whatever the descriptor says.

    Protocol 2 before its merge does not name itself in the descriptor, but its shell has both
    fields and protocol 1's has neither.
    """
    return isinstance(shell, dict) and "schemaVersion" in shell and "archivedThreads" in shell


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
    session = thread.session or _Session()
    turn = thread.latest_turn or _Turn()
    model = thread.model_selection or _ModelSelection()
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


def _message(wire: _Message) -> AgentMessage:
    return AgentMessage(
        wire.id, wire.role, wire.text, wire.created_at, wire.turn_id, bool(wire.streaming)
    )


def _open_requests(activities: Sequence[_Activity]) -> tuple[PendingRequest, ...]:
    closed = {_text(activity.field("requestId")) for activity in activities if _closes(activity)}
    return tuple(
        PendingRequest(request, activity.kind.removesuffix(".requested"), _questions(activity))
        for activity in activities
        if activity.kind in _ASKING
        and (request := _text(activity.field("requestId")))
        and request not in closed
    )


def _closes(activity: _Activity) -> bool:
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


def _questions(activity: _Activity) -> tuple[str, ...]:
    questions = activity.field("questions")
    if not isinstance(questions, list):
        return ()
    ids = (_text(item.get("id")) for item in questions if isinstance(item, dict))
    return tuple(found for found in ids if found)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
