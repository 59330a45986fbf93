"""The nouns of the sandbox's forge: accounts, repositories, issues and their history.

Pure data, forge-neutral: no HTTP, no JSON, no Forgejo or GitHub words. Two views (Forgejo's, and
GitHub's) show the same objects. Objects are compared by identity; times are aware UTC datetimes
with their full precision, and a view cuts them to the second as the real forges do.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum, unique
from typing import TYPE_CHECKING, Final

from afk_sandbox.forge.ci import Run, Workflow
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.rules_of_branches import MergeSettings, Protection
from afk_sandbox.forge.trees import Change

if TYPE_CHECKING:
    from afk_sandbox.forge.pull_records import Pull, Review

ALL_SCOPES: Final = frozenset({"all"})


@unique
class Access(IntEnum):
    """What an account may do; a higher level includes the lower ones."""

    NONE = 0
    READ = 1
    WRITE = 2
    ADMIN = 3
    OWNER = 4


@unique
class Unit(StrEnum):
    """The parts of a repository that a team's rights are given for separately."""

    CODE = "code"
    ISSUES = "issues"
    PULLS = "pulls"


@unique
class AccountKind(StrEnum):
    """Who an account is."""

    USER = "user"
    BOT = "bot"
    ORGANISATION = "organisation"
    MANNEQUIN = "mannequin"
    """Stands for somebody whose issues were imported; nobody signs in as one (GitHub)."""


@dataclass(eq=False, slots=True, kw_only=True)
class Label:
    """A label of a repository, or of an organisation (then ``org`` is set)."""

    id: int
    name: str
    color: str = "ededed"
    description: str = ""
    exclusive: bool = False
    org: "Account | None" = None

    @property
    def scope(self) -> str:
        """Return the part before the last slash of an exclusive label, else nothing."""
        return self.name.rpartition("/")[0] if self.exclusive else ""


@dataclass(eq=False, slots=True, kw_only=True)
class Account:
    """A user, bot or organisation. A deleted one stays where it acted, and views show a ghost.

    ``job_token``: stands for the token of a workflow's own job, whose acts start no workflows.
    """

    id: int
    login: str
    created_at: datetime
    kind: AccountKind = AccountKind.USER
    site_admin: bool = False
    deleted: bool = False
    job_token: bool = False
    labels: list[Label] = field(default_factory=list)

    @property
    def email(self) -> str:
        """Return the address commits are authored with, and resolved by."""
        return f"{self.login}@example.com"


@dataclass(eq=False, slots=True, kw_only=True)
class Team:
    """Members of an organisation and what they may do in all of its repositories."""

    org: Account
    name: str
    members: set[int]
    units: dict[Unit, Access]


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A bearer: whose it is, and what it may be used for (``all`` or ``read:issue`` and so on).

    ``expires_at``: when it ends, as GitHub's do; None: never.
    """

    account: Account
    scopes: frozenset[str] = ALL_SCOPES
    public_only: bool = False
    expires_at: datetime | None = None

    def allows(self, level: str, category: str) -> bool:
        """Say whether the token may ``read`` or ``write`` a category (``issue`` for instance)."""
        wanted = {"all", f"write:{category}"}
        if level == "read":
            wanted.add(f"read:{category}")
        return bool(wanted & self.scopes)


@dataclass(eq=False, slots=True, kw_only=True)
class Event:
    """One event. ``id`` rises with the order of happening even when ``at`` is backdated.

    ``other``: the issue it names, of a close the pull request that did it. ``closes``: that one
    says it will. ``commits``, ``forced``: of a push. ``new``: why a pull request left the queue.
    """

    id: int
    kind: EventKind
    actor: Account
    at: datetime
    label: Label | None = None
    label_name: str = ""
    """What the label was called then; which name is shown, the forge's view decides."""
    old: str = ""
    new: str = ""
    commit: str = ""
    source: "Repository | None" = field(default=None, repr=False)
    other: "Issue | None" = field(default=None, repr=False)
    comment: "Comment | None" = None
    assignee: Account | None = None
    closes: bool = False
    commits: tuple[str, ...] = ()
    forced: bool = False
    review: "Review | None" = field(default=None, repr=False)


@dataclass(eq=False, slots=True, kw_only=True)
class Revision:
    """One text that a body or a comment has had; the first one is the original."""

    id: int
    editor: Account
    at: datetime
    text: str
    first: bool = False
    hidden: bool = False


@dataclass(eq=False, slots=True, kw_only=True)
class Comment:
    """A comment; ``history`` is empty until the first edit.

    ``reactions``: when each was put on, by its word and the account's id.
    """

    id: int
    issue: "Issue"
    author: Account
    body: str
    created_at: datetime
    updated_at: datetime
    history: list[Revision] = field(default_factory=list)
    reactions: dict[tuple[str, int], datetime] = field(default_factory=dict)


@dataclass(eq=False, slots=True, kw_only=True)
class Issue:
    """An issue, or what a pull request shares with one; ``pull`` has the rest of it."""

    id: int
    number: int
    repo: "Repository"
    author: Account
    title: str
    body: str
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None
    is_pull: bool = False
    pull: "Pull | None" = field(default=None, repr=False)
    locked: bool = False
    reason: str = ""
    """Why it is closed (GitHub): ``completed``, ``not_planned``, ``duplicate``."""
    branch: str = ""
    labels: list[Label] = field(default_factory=list)
    assignees: list[Account] = field(default_factory=list)
    blockers: list["Issue"] = field(default_factory=list)
    parent: "Issue | None" = None
    sub_issues: list["Issue"] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    history: list[Revision] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Say whether the issue is open."""
        return self.closed_at is None

    @property
    def ref(self) -> str:
        """Return ``owner/name#7``."""
        return f"{self.repo.full_name}#{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit: what it was built on, and the lines it changes against its first parent.

    ``order`` rises with creation, so that a parent's is always lower.
    """

    sha: str
    message: str
    parents: tuple[str, ...]
    author: Account
    committer: Account
    at: datetime
    changes: tuple[Change, ...]
    order: int

    @property
    def parent(self) -> str:
        """Return the first parent; empty without one."""
        return next(iter(self.parents), "")

    @property
    def files(self) -> tuple[str, ...]:
        """Return the files it changes, each once."""
        return tuple(dict.fromkeys(change.file for change in self.changes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A status that an account posted for a commit; ``state`` may be any word."""

    context: str
    state: str
    description: str
    target_url: str
    creator: Account
    at: datetime


@dataclass(eq=False, slots=True, kw_only=True)
class Repository:
    """A repository; ``access`` holds the collaborators' rights by account id.

    ``scripts``: what scripts a commit's CI where its own message does not. ``renamed``: today's
    name of branches by the one they had before.
    """

    id: int
    owner: Account
    name: str
    created_at: datetime
    updated_at: datetime
    private: bool = False
    archived_at: datetime | None = None
    has_issues: bool = True
    has_dependencies: bool = True
    default_branch: str = "main"
    next_number: int = 1
    access: dict[int, Access] = field(default_factory=dict)
    labels: list[Label] = field(default_factory=list)
    issues: dict[int, Issue] = field(default_factory=dict)
    gone: dict[int, Issue | None] = field(default_factory=dict)
    """Numbers that had an issue once: where it was transferred, None for a deleted one."""
    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, list[Status]] = field(default_factory=dict)
    workflows: tuple[Workflow, ...] = ()
    runs: list[Run] = field(default_factory=list)
    scripts: dict[str, str] = field(default_factory=dict)
    fork_of: "Repository | None" = None
    protections: list[Protection] = field(default_factory=list)
    merging: MergeSettings = field(default_factory=MergeSettings)
    secrets: dict[str, str] = field(default_factory=dict)
    """As they were sent: on GitHub sealed."""
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        """Return ``owner/name`` as it is today."""
        return f"{self.owner.login}/{self.name}"
