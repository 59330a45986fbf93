"""The shapes of what T3 Code sends, and their parsing: what is common, and protocol 1's own; pure.

Owns which fields are read and which may be missing; what they mean is
`afk.adapters.t3.mapping`'s. Must do no I/O and know no clock.

Tolerated: unknown fields, unknown words for statuses and states (kept as they are), absent or
null optional fields, optional times that cannot be parsed (None). Not tolerated: a thread
without id, project or times; it is a `ServerFault`, because a thread left out would look like
one that vanished.

What T3 says goes into comments and records, so it is checked here: the environment's id is a word,
sequences are numbers that anything can hold. A thread whose id is no plain word is none of afk's
(`Thread.plain`); a title that is long or holds what nobody sees is no title.

Shapes: ``t3/0.0.28`` and ``t3/0.0.32`` among the recordings (``22-shell-fresh``,
``30-2-running-snapshot``, ``33-2-pending-approval-thread``); source
https://github.com/pingdotgg/t3code, packages/contracts/src/orchestration.ts.
"""

import re
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter
from pydantic.alias_generators import to_camel

from afk.adapters import wire
from afk.adapters.t3.errors import SUPPORTED
from afk.adapters.wire import Parsed
from afk.model.agent import Presence


def instant(value: object) -> datetime | None:
    """Return an aware UTC time from ISO 8601 text; None for anything else."""
    try:
        text = str(value)
    except ValueError:  # a number of more digits than Python writes
        return None
    return _instant(text) if len(text) <= _LONGEST_TIME else None


@lru_cache(maxsize=1024)
def _instant(text: str) -> datetime | None:
    """Remembered: a snapshot says the same few moments of everything."""
    try:
        parsed = datetime.fromisoformat(text)
        return wire.instant(parsed) if parsed.tzinfo else None
    except (ValueError, OverflowError):
        return None


Time = Annotated[datetime, BeforeValidator(instant)]
MaybeTime = Annotated[datetime | None, BeforeValidator(instant)]
Word = Annotated[str, Field(pattern=r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z")]
SequenceNumber = Annotated[int, Field(ge=0, le=2**53)]
_PLAIN: Final = re.compile(r"[A-Za-z0-9._:-]{1,200}")
_LONGEST_TITLE: Final = 300
_LONGEST_ID: Final = 200
_LONGEST_TIME: Final = 100


class Shape(BaseModel):
    """What every shape of T3's has in common."""

    model_config = ConfigDict(extra="ignore", frozen=True, alias_generator=to_camel) | wire.LATER


AT_ONCE: Final = ConfigDict(defer_build=False)
"""For shapes that are made here, too, and not only parsed."""


def text(value: object) -> str:
    """Return text, and nothing for anything else: what a payload holds is anybody's."""
    return value if isinstance(value, str) else ""


class Descriptor(Shape):
    """``GET /.well-known/t3/environment`` (``t3/0.0.28/01-well-known``)."""

    environment_id: Word
    orchestration_protocol_version: int | None = None


class SessionShown(Shape):
    """``GET /api/auth/session`` (``t3/0.0.28/02-session-bearer``, ``02-session-anon``)."""

    authenticated: bool = False
    scopes: tuple[str, ...] = ()
    expires_at: MaybeTime = None


class Ticket(Shape):
    """What opens a socket (``t3/v2-0.0.33/08-websocket-ticket``); a secret for five minutes."""

    ticket: str = Field(min_length=1, max_length=4_096)


class ModelSelection(Shape):
    """``provider`` is the older name of ``instanceId``."""

    model_config = AT_ONCE

    instance_id: str | None = None
    provider: str | None = None


class WireTurn(Shape):
    """The newest turn; null for moments around a start and an end, and longer on 0.0.28."""

    model_config = AT_ONCE

    state: str | None = None
    requested_at: MaybeTime = None


class WireSession(Shape):
    """The provider's session; null until one was bound to the thread."""

    model_config = AT_ONCE

    status: str | None = None
    last_error: str | None = None
    updated_at: MaybeTime = None


class Message(Shape):
    """One message; ``turnId`` is null on the user's."""

    id: str
    role: str
    text: str = ""
    turn_id: str | None = None
    streaming: bool | None = None
    created_at: Time


class Activity(Shape):
    """One line of the thread's log; what ``payload`` holds depends on ``kind``."""

    kind: str
    payload: Any = None
    created_at: MaybeTime = None

    def field(self, name: str) -> Any:
        """Return a field of the payload; None when there is none."""
        return self.payload.get(name) if isinstance(self.payload, dict) else None


class Place(Shape):
    """What both protocols say of a thread: its name, its age, where it stands."""

    id: str
    project_id: str
    title: str = ""
    created_at: Time
    updated_at: Time
    model_selection: ModelSelection | None = None
    archived_at: Any = None
    deleted_at: Any = None

    @property
    def presence(self) -> Presence:
        """Say where the thread stands; a deleted one may be archived too."""
        if self.deleted_at is not None:
            return Presence.DELETED
        return Presence.PRESENT if self.archived_at is None else Presence.ARCHIVED

    @property
    def plain(self) -> bool:
        """Say whether the id is one that afk may have chosen; others stand for nothing of its."""
        return _PLAIN.fullmatch(self.id) is not None

    @property
    def shown_title(self) -> str:
        """Return the title, and nothing for what nobody would write as one."""
        return self.title if len(self.title) <= _LONGEST_TITLE and self.title.isprintable() else ""

    @property
    def instance(self) -> str:
        """Return the provider instance, "" where none is named."""
        model = self.model_selection or ModelSelection()
        return (model.instance_id or model.provider or "")[:_LONGEST_ID]


class Thread(Place):
    """A thread of shell, snapshot or detail: each leaves out some of these fields."""

    latest_turn: WireTurn | None = None
    session: WireSession | None = None
    latest_user_message_at: MaybeTime = None
    has_pending_approvals: bool | None = None
    has_pending_user_input: bool | None = None
    messages: tuple[Message, ...] | None = None
    activities: tuple[Activity, ...] | None = None

    @property
    def lacks_bodies(self) -> bool:
        """Say whether somebody was asked in it, and what was asked is left out."""
        asked = self.latest_turn is not None or self.session is not None
        return asked and not (self.messages or self.activities)


class Project(Shape):
    """A folder on T3's host.

    ``repository_identity``: what it is a clone of, by its git remote; null in every recording,
    whose folders have none (source, packages/contracts/src/environment.ts, RepositoryIdentity).
    """

    id: str
    workspace_root: str
    repository_identity: Any = None
    deleted_at: Any = None


class Overview(Shape):
    """The shell or the snapshot: everything at one sequence."""

    snapshot_sequence: SequenceNumber
    projects: tuple[Project, ...]
    threads: tuple[Thread, ...]


class Detail(Shape):
    """``GET /api/orchestration/threads/:id``."""

    thread: Thread


class Accepted(Shape):
    """The answer to a command: the sequence at which a snapshot shows its effect."""

    sequence: SequenceNumber


_UNREADABLE: Final = wire.Unreadable(
    told="T3 Code's {what} cannot be read",
    cause=f"this server does not speak {SUPPORTED}",
    next_step="compare the version T3 Code shows with the supported ones",
)


def parse(shape: type[Parsed], data: object, what: str) -> Parsed:
    """Return the parsed answer; `ServerFault` naming the first field that does not fit."""
    adapter: TypeAdapter[Parsed] = wire.adapter_of(shape)
    return wire.parse(adapter, data, what, _UNREADABLE)
