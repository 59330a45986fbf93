"""Nouns of the agent server (T3): threads, turns, messages, and what one read shows.

Pure data, like `afk.types`, in words that every protocol of T3 can say; a protocol's own words
end in its adapter. Times are T3's own; compare them with T3's clock only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, unique

from afk.types import ThreadStatus


@unique
class Presence(Enum):
    """Where a thread stands in T3."""

    PRESENT = "present"
    ARCHIVED = "archived"
    DELETED = "deleted"
    VANISHED = "vanished"
    OTHER_SERVER = "other-server"
    UNREAD = "unread"


@unique
class Session(Enum):
    """Whether there is an agent behind a thread; a word nobody knows counts as LIVE."""

    NONE = "none"
    LIVE = "live"
    STOPPED = "stopped"


@unique
class Start(Enum):
    """How far the newest start of a thread got, by what the overview alone shows."""

    UNTOLD = "untold"
    REFUSED = "refused"
    WORKED = "worked"


@unique
class Speaker(Enum):
    """Who a message is from: whoever asks (afk or a person), the agent, or something else."""

    ASKING = "asking"
    AGENT = "agent"
    OTHER = "other"


@unique
class RequestKind(Enum):
    """What an agent waits for: leave to do something, or an answer."""

    APPROVAL = "approval"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class UsageLimited:
    """The server itself says that a provider's allowance ran out; ``reset`` None: it names none."""

    reset: datetime | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """What the server shows of what a thread used; it may show nothing.

    ``tokens``: message id -> (input, output) of the turn that it started. ``amount`` is what the
    provider says the whole thread has cost so far, in ``currency``; "" where it does not say.
    """

    tokens: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    amount: float = 0.0
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentThread:
    """One thread as T3's overview shows it.

    ``session_at`` is when the session last changed, ``asked_at`` when the newest message to the
    agent was accepted (None: there is none). ``error`` is the newest failure shown; empty while
    an agent starts or works, whatever an older turn left behind. ``limit``: that failure is a
    usage limit by the server's own word; where it has none, only the text tells. ``done``: its
    newest turn came to its own end and no session is left to say so.
    """

    id: str
    project_id: str
    title: str
    instance: str
    created_at: datetime
    updated_at: datetime
    session: Session = Session.NONE
    session_at: datetime | None = None
    asked_at: datetime | None = None
    start: Start = Start.UNTOLD
    error: str = ""
    limit: UsageLimited | None = None
    done: bool = False
    presence: Presence = Presence.PRESENT


@dataclass(frozen=True, slots=True)
class AgentMessage:
    """One message in a thread."""

    id: str
    speaker: Speaker
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PendingRequest:
    """A question or approval nobody has answered; ``questions`` are its question ids.

    ``text`` is the agent's own, for people to read, as T3 shows it.
    """

    id: str
    kind: RequestKind
    questions: tuple[str, ...] = ()
    text: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadDetail:
    """A thread with its bodies, and what became of the turn that its newest message started.

    All of it is of one read. ``status`` None: it does not show (yet), or nobody asked anything.
    ``error`` is what T3 or the provider said went wrong with that turn, ``error_at`` when the
    newest part of it was said, ``limit`` that it is a usage limit by the server's own word.
    ``start_failed``: that turn never came to a session of its own. ``cut_off``: the server ended
    it by itself, as when it is restarted, and shows so.
    """

    thread: AgentThread
    messages: tuple[AgentMessage, ...] = ()
    pending: tuple[PendingRequest, ...] = ()
    status: ThreadStatus | None = None
    error: str = ""
    error_at: datetime | None = None
    limit: UsageLimited | None = None
    start_failed: bool = False
    cut_off: bool = False
    spent: Spent = field(default_factory=Spent)

    @property
    def asked(self) -> tuple[AgentMessage, ...]:
        """Return the messages to the agent, whoever sent them."""
        return tuple(one for one in self.messages if one.speaker is Speaker.ASKING)


@dataclass(frozen=True, slots=True)
class AgentProject:
    """A T3 project: a folder on T3's host.

    ``repository``: what T3 says it is a clone of, such as ``github.com/owner/app``; "" where it
    does not say.
    """

    id: str
    workspace: str
    repository: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSnapshot:
    """T3 as one read shows it. ``server_now`` is T3's own clock, for ages of T3's times.

    ``only``: the one thread whose absence from this means something, "" for all. ``by_id``: the
    threads again; T3 may show thousands, of which every run is looked for.
    """

    environment_id: str
    sequence: int
    server_now: datetime
    projects: tuple[AgentProject, ...] = ()
    threads: tuple[AgentThread, ...] = ()
    only: str = ""
    by_id: Mapping[str, AgentThread] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Put the threads in order once; of two with the same id the first one counts."""
        object.__setattr__(self, "by_id", {one.id: one for one in reversed(self.threads)})

    def thread(self, thread_id: str) -> AgentThread | None:
        """Return the thread shown under this id, if any."""
        return self.by_id.get(thread_id)
