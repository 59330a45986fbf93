"""The shapes of what T3 Code's protocol 1 sends, and their parsing; pure.

Owns which fields are read and which may be missing; what they mean is
`afk.adapters.t3.mapping`'s. Must do no I/O and know no clock.

Tolerated: unknown fields, unknown words for statuses and states (kept as they are), absent or
null optional fields, optional times that cannot be parsed (None). Not tolerated: a thread
without id, project or times; it is a `ServerFault`, because a thread left out would look like
one that vanished.

Shapes: ``t3/0.0.28`` and ``t3/0.0.32`` among the recordings (``22-shell-fresh``,
``30-2-running-snapshot``, ``33-2-pending-approval-thread``); source
https://github.com/pingdotgg/t3code, packages/contracts/src/orchestration.ts.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter
from pydantic.alias_generators import to_camel

from afk.adapters import wire
from afk.adapters.t3.errors import SUPPORTED
from afk.adapters.wire import Parsed
from afk.model.agent import Presence


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


def text(value: object) -> str:
    """Return text, and nothing for anything else: what a payload holds is anybody's."""
    return value if isinstance(value, str) else ""


class Descriptor(_Wire):
    """``GET /.well-known/t3/environment`` (``t3/0.0.28/01-well-known``)."""

    environment_id: str
    orchestration_protocol_version: int | None = None


class ModelSelection(_Wire):
    """``provider`` is the older name of ``instanceId``."""

    instance_id: str | None = None
    provider: str | None = None


class WireTurn(_Wire):
    """The newest turn; null for moments around a start and an end, and longer on 0.0.28."""

    state: str | None = None
    requested_at: _MaybeTime = None


class WireSession(_Wire):
    """The provider's session; null until one was bound to the thread."""

    status: str | None = None
    last_error: str | None = None
    updated_at: _MaybeTime = None


class Message(_Wire):
    """One message; ``turnId`` is null on the user's."""

    id: str
    role: str
    text: str = ""
    turn_id: str | None = None
    streaming: bool | None = None
    created_at: _Time


class Activity(_Wire):
    """One line of the thread's log; what ``payload`` holds depends on ``kind``."""

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
    model_selection: ModelSelection | None = None
    latest_turn: WireTurn | None = None
    session: WireSession | None = None
    archived_at: Any = None
    deleted_at: Any = None
    latest_user_message_at: _MaybeTime = None
    has_pending_approvals: bool | None = None
    has_pending_user_input: bool | None = None
    messages: tuple[Message, ...] | None = None
    activities: tuple[Activity, ...] | None = None

    @property
    def presence(self) -> Presence:
        """Say where the thread stands; a deleted one may be archived too."""
        if self.deleted_at is not None:
            return Presence.DELETED
        return Presence.PRESENT if self.archived_at is None else Presence.ARCHIVED


class Project(_Wire):
    """A folder on T3's host."""

    id: str
    workspace_root: str
    deleted_at: Any = None


class Overview(_Wire):
    """The shell or the snapshot: everything at one sequence."""

    snapshot_sequence: int
    projects: tuple[Project, ...]
    threads: tuple[Thread, ...]


class Detail(_Wire):
    """``GET /api/orchestration/threads/:id``."""

    thread: Thread


class Accepted(_Wire):
    """The answer to a command: the sequence at which a snapshot shows its effect."""

    sequence: int


_UNREADABLE: Final = wire.Unreadable(
    told="T3 Code's {what} cannot be read",
    cause=f"this server does not speak {SUPPORTED}",
    next_step="compare the version T3 Code shows with the supported ones",
)


def parse(shape: type[Parsed], data: object, what: str) -> Parsed:
    """Return the parsed answer; `ServerFault` naming the first field that does not fit."""
    adapter: TypeAdapter[Parsed] = wire.adapter_of(shape)
    return wire.parse(adapter, data, what, _UNREADABLE)


def is_protocol_2(shell: object) -> bool:
    """Say whether a shell is protocol 2's, whatever the descriptor says.

    Protocol 2 before its merge does not name itself in the descriptor, but its shell has both
    fields and protocol 1's has neither.
    """
    return isinstance(shell, dict) and "schemaVersion" in shell and "archivedThreads" in shell
