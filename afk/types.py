"""Nouns and closed vocabularies shared by every part of afk.

Pure data: frozen, with no behaviour beyond trivial look-ups. Times are aware UTC datetimes,
durations are seconds. Adapters normalise into these; an unknown word decides nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum, unique

from afk.reasons import Reason as Reason  # noqa: PLC0414  part of this vocabulary
from afk.reasons import Verdict as Verdict  # noqa: PLC0414


@unique
class Forge(StrEnum):
    """The two kinds of forge afk speaks to."""

    GITHUB = "github"
    FORGEJO = "forgejo"


@unique
class Action(StrEnum):
    """What a tick does about one run. The first five are the fixed table's."""

    WAIT = "wait"
    CLOSE_SUCCESS = "close-success"
    ESCALATE_PREPUSH = "escalate-prepush"
    FIX_FORWARD = "fix-forward"
    FREEZE_ESCALATE = "freeze-escalate"
    RESUME = "resume"
    REDISPATCH = "redispatch"
    ANSWER = "answer"
    STOP_SESSION = "stop-session"
    END_STOPPED = "end-stopped"
    END_SUPERSEDED = "end-superseded"
    PARK = "park"
    OPEN_PULL = "open-pull"
    CLOSE_FOREIGN_PULLS = "close-foreign-pulls"
    READY_PULL = "ready-pull"
    UPDATE_BRANCH = "update-branch"
    RERUN_CI = "rerun-ci"
    REBASE = "rebase"
    REVIEW = "review"
    MERGE = "merge"
    REMIND = "remind"


@unique
class CIStatus(StrEnum):
    """What CI says of a commit; None means nothing yet."""

    PENDING = "pending"
    GREEN = "green"
    RED = "red"


@unique
class ThreadStatus(StrEnum):
    """What T3 shows of a run's last turn; None means it cannot be told."""

    RUNNING = "running"
    IDLE = "idle"
    ERROR = "error"
    NEEDS_HUMAN = "needs-human"
    INTERRUPTED = "interrupted"


@unique
class Phase(StrEnum):
    """The steps of the visible checklist, in order."""

    WORKTREE = "worktree"
    TESTS_RED = "tests_red"
    GREEN = "green"
    PUSHED = "pushed"
    CI = "ci"
    DEPLOYED = "deployed"
    DONE = "done"


@unique
class Permission(StrEnum):
    """What the forge says of an account's rights on a repository."""

    WRITE = "write"
    NO_WRITE = "no-write"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RunState:
    """Input of the fixed table, `afk.run_state_machine.next_action`.

    ``elapsed_seconds`` counts from the tick that first saw the run's first red, paused and
    unseen time excluded; ``fix_forward_attempts`` counts corrective turns already sent.
    """

    thread_status: ThreadStatus | None = None
    ci_status: CIStatus | None = None
    pushed: bool = False
    fix_forward_attempts: int = 0
    elapsed_seconds: float = 0


@dataclass(frozen=True, slots=True)
class StageResult:
    """One stage (build, deploy, rollout) of the fold; ``detail`` names what decided."""

    stage: str
    status: CIStatus | None
    detail: str = ""
    url: str = ""


@unique
class AccountKind(Enum):
    """Who an account is; only USER can approve without being listed."""

    USER = "user"
    BOT = "bot"
    GHOST = "ghost"


@dataclass(frozen=True, slots=True)
class Account:
    """A forge account. Compare ``id``, never ``login``: a login can be taken over."""

    id: int
    login: str
    kind: AccountKind = AccountKind.USER


GHOST = Account(-1, "ghost", AccountKind.GHOST)


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository as the forge names it today; ``id`` survives renames."""

    id: int
    name: str
    default_branch: str = ""
    archived: bool = False


@dataclass(frozen=True, slots=True)
class IssueKey:
    """``owner/name`` and the number people see."""

    repo: str
    number: int

    def __str__(self) -> str:
        """Return ``owner/name#7``."""
        return f"{self.repo}#{self.number}"


@unique
class EventKind(Enum):
    """Timeline events that decide something; others are not carried."""

    LABELED = "labeled"
    UNLABELED = "unlabeled"
    RENAMED = "renamed"
    CLOSED = "closed"
    REOPENED = "reopened"
    REFERENCED = "referenced"
    DEPENDENCY = "dependency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One timeline event. ``order`` rises with time even when ``at`` was backdated.

    ``key`` is the forge's own id where it is stable (Forgejo), else empty. ``of_other_label``: it
    names another label than that of this name on the issue (Forgejo shows old events under today's
    names). ``commit`` is the sha of a REFERENCED event (Forgejo), and of a CLOSED one what closed
    it; where that was a pull request, ``head`` is the tip of what it merged. ``shown``: as the
    forge shows an event that stands for a comment's approval (`afk.decide.retries`).
    """

    kind: EventKind
    order: int
    at: datetime
    actor: Account
    key: str = ""
    label: str = ""
    of_other_label: bool = False
    commit: str = ""
    head: str = ""
    shown: "Event | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One issue comment. ``edited_by`` is None when never edited or the forge does not tell."""

    id: int
    author: Account
    body: str
    created_at: datetime
    updated_at: datetime
    edited_by: Account | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A label on an issue; where names are not unique, two may have the same.

    ``description``: where the forge shows past applications under today's name (Forgejo), the
    text in which afk vouches for the name (`afk.record.label_mark`). None where nothing has to be
    vouched for: events keep their name (GitHub), or only an organisation's owners can rename it.
    """

    name: str
    id: int = 0
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Blocker:
    """Something the issue waits for; ``closed`` only if a readable ``closed`` was seen."""

    ref: str
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One issue with everything that decides about it, read in one go.

    ``events`` and ``comments`` are complete and in rising order. ``body_edited_at``: the body's
    newest edit where the forge tells (GitHub), else None with ``body_edits_known`` False.
    ``oversized``: the bound that was hit (never dispatched), and not all could be read.
    """

    repo: Repository
    number: int
    title: str
    body: str
    open: bool
    author: Account
    labels: tuple[Label, ...]
    created_at: datetime
    updated_at: datetime
    events: tuple[Event, ...] = ()
    comments: tuple[Comment, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    is_pull: bool = False
    locked: bool = False
    body_edited_at: datetime | None = None
    body_edits_known: bool = False
    oversized: str = ""

    @property
    def key(self) -> IssueKey:
        """Return repository name and number."""
        return IssueKey(self.repo.name, self.number)

    def has_label(self, name: str) -> bool:
        """Say whether the label is on the issue now (exact)."""
        return any(label.name == name for label in self.labels)
