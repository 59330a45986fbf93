"""What a T3 server remembers: projects, threads, turns, receipts, one event counter.

The fields are those of the server's own read model (names as on the wire, in snake case), so
that `afk_sandbox.t3.views` only spells them. Mutable on purpose: one server, one event loop.
No rules here: who may change what stands in `decider` (commands) and `projection` (turns).
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal

Version = Literal["0.0.28", "0.0.32", "0.0.33"]
"""0.0.33 speaks protocol 2."""
Json = dict[str, Any]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=512)
def iso(moment: datetime) -> str:
    """Return the moment as T3 writes it: UTC, milliseconds, ``Z``."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


@dataclass(slots=True)
class Project:
    """A folder on the server's host that threads work in.

    ``remote``: of which repository it is a clone, ``github.com/owner/app``; "" for one without a
    git remote.
    """

    id: str
    title: str
    workspace_root: str
    default_model_selection: Json | None
    created_at: datetime
    updated_at: datetime
    remote: str = ""
    scripts: list[Json] = field(default_factory=list)
    deleted_at: datetime | None = None


@dataclass(slots=True)
class Session:
    """The provider session bound to a thread, as last reported."""

    status: str
    provider: str | None
    instance: str | None
    runtime_mode: str
    active_turn: str | None
    last_error: str | None
    updated_at: datetime


@dataclass(slots=True)
class Turn:
    """One user-to-agent cycle; ``state``: running, completed, error or interrupted.

    On protocol 2 it is a run: ``message`` is what it answers, ``started_at`` when it came to work,
    ``failure`` its error; ``state`` is one of its nine words.
    """

    id: str
    requested_at: datetime
    state: str = "running"
    completed_at: datetime | None = None
    assistant_message: str | None = None
    checkpoint: int | None = None
    message: str = ""
    started_at: datetime | None = None
    failure: Json | None = None


@dataclass(slots=True)
class Message:
    """A message of a thread; a user's has no turn."""

    id: str
    role: str
    text: str
    turn_id: str | None
    created_at: datetime
    updated_at: datetime
    streaming: bool = False


@dataclass(slots=True)
class Thread:
    """A conversation, its turns and what the provider did in them."""

    id: str
    project_id: str
    title: str
    model_selection: Json
    runtime_mode: str
    interaction_mode: str
    branch: str | None
    worktree_path: str | None
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None
    deleted_at: datetime | None = None
    session: Session | None = None
    latest_turn: str | None = None
    pending_start: datetime | None = None
    turns: dict[str, Turn] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    activities: list[Json] = field(default_factory=list)
    checkpoints: list[Json] = field(default_factory=list)
    waiting: dict[str, str] = field(default_factory=dict)
    """Open request id -> ``approval`` or ``user-input``."""
    requests: dict[str, Json] = field(default_factory=dict)
    """Protocol 2's requests by id, answered ones too."""
    imported: bool = False
    """Brought over from protocol 1 by an upgrade."""

    @property
    def visible(self) -> bool:
        """Whether the thread is neither archived nor deleted.

        Everything asynchronous passes an invisible thread by: reads answer 404, commands are
        accepted without effect, and what its agent reports is lost (43-5, 43-9: no event).
        """
        return self.archived_at is None and self.deleted_at is None


@dataclass(slots=True)
class State:
    """The whole read model; ``receipts``: command id -> sequence, None if it was rejected.

    ``reasons``: why, by the same id; only protocol 2 says.
    """

    projects: dict[str, Project] = field(default_factory=dict)
    threads: dict[str, Thread] = field(default_factory=dict)
    receipts: dict[str, int | None] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    sequence: int = 0
    updated_at: datetime = EPOCH

    def event(self, at: datetime, owner: Project | Thread) -> None:
        """Count one event of a project or thread."""
        self.sequence += 1
        owner.updated_at = self.updated_at = at
