"""Nouns of the agent server (T3): threads, turns, messages, and what one read shows.

Pure data, like `afk.types`. Times are T3's own; compare them with T3's clock only.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, unique


@unique
class Presence(Enum):
    """Where a thread stands in T3."""

    PRESENT = "present"
    ARCHIVED = "archived"
    DELETED = "deleted"
    VANISHED = "vanished"
    OTHER_SERVER = "other-server"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentThread:
    """One T3 thread as the shell shows it; words are T3's own, unknown ones kept as they are."""

    id: str
    project_id: str
    title: str
    instance: str
    created_at: datetime
    updated_at: datetime
    session_status: str | None = None
    session_error: str | None = None
    session_updated_at: datetime | None = None
    turn_state: str | None = None
    turn_requested_at: datetime | None = None
    latest_user_message_at: datetime | None = None
    pending_approval: bool = False
    pending_input: bool = False
    presence: Presence = Presence.PRESENT


@dataclass(frozen=True, slots=True)
class AgentMessage:
    """One message in a thread; ``streaming`` False means it is whole."""

    id: str
    role: str
    text: str
    created_at: datetime
    turn_id: str | None = None
    streaming: bool = False


@dataclass(frozen=True, slots=True)
class PendingRequest:
    """A question or approval nobody has answered; ``questions`` are its question ids."""

    id: str
    kind: str
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadDetail:
    """A thread's bodies: messages, open requests, and failed starts (time, text)."""

    thread: AgentThread
    messages: tuple[AgentMessage, ...] = ()
    pending: tuple[PendingRequest, ...] = ()
    start_failures: tuple[tuple[datetime, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AgentProject:
    """A T3 project: a folder on T3's host."""

    id: str
    workspace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSnapshot:
    """T3 as one read shows it. ``server_now`` is T3's own clock, for ages of T3's times."""

    environment_id: str
    sequence: int
    server_now: datetime
    projects: tuple[AgentProject, ...] = ()
    threads: tuple[AgentThread, ...] = ()

    def thread(self, thread_id: str) -> AgentThread | None:
        """Return the thread shown under this id, if any."""
        return next((thread for thread in self.threads if thread.id == thread_id), None)
