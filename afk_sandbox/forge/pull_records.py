"""The nouns of the sandbox's pull requests: what they have beside what issues have. Pure data."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique

from afk_sandbox.forge.records import Account, Issue, Repository, Revision
from afk_sandbox.forge.rules_of_branches import Method


@unique
class Mergeable(StrEnum):
    """What the forge would say of head and base as text. UNKNOWN: it is still at it."""

    CLEAN = "clean"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The forge works out whether head and base merge: since when, and what it said before.

    ``since`` None: nobody has asked yet.
    """

    since: datetime | None
    before: Mergeable
    result: Mergeable


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """How a pull request was merged; ``commit`` is the base's tip after it."""

    at: datetime
    by: Account
    method: Method
    commit: str
    head: str


@unique
class Verdict(StrEnum):
    """What a review says. Nobody but its author sees a pending one."""

    APPROVED = "approved"
    CHANGES_REQUESTED = "changes-requested"
    COMMENTED = "commented"
    PENDING = "pending"
    REQUESTED = "requested"
    """No review: somebody was asked for one (Forgejo lists it among them, rec 233)."""


@dataclass(eq=False, slots=True, kw_only=True)
class Review:
    """A review. ``commit``: the head it was written on, "" for a request.

    ``official``: it counts, as Forgejo fixes it when it is given (rec 212, 303). ``stale``: the
    diff has changed since (rec 238). ``hidden``: the reason a moderator gave (GitHub).
    """

    id: int
    pull: "Pull" = field(repr=False)
    author: Account
    verdict: Verdict
    body: str
    commit: str
    created_at: datetime
    updated_at: datetime
    official: bool = False
    stale: bool = False
    dismissed: bool = False
    hidden: str = ""
    history: list[Revision] = field(default_factory=list)
    comments: "list[ReviewComment]" = field(default_factory=list)


@dataclass(eq=False, slots=True, kw_only=True)
class Thread:
    """Comments on one line of one file. ``line`` 0: on the file as a whole.

    ``old_side``: the line is one that the pull request takes away. ``outdated``: the line has
    changed since; a forge that does not show it (rec 239) moves the comments' ``updated_at``.
    """

    id: int
    path: str
    line: int
    old_side: bool = False
    resolved_by: Account | None = None
    outdated: bool = False
    comments: "list[ReviewComment]" = field(default_factory=list)


@dataclass(eq=False, slots=True, kw_only=True)
class ReviewComment:
    """A comment of a review, in a thread."""

    id: int
    review: Review = field(repr=False)
    thread: Thread = field(repr=False)
    author: Account
    body: str
    commit: str
    created_at: datetime
    updated_at: datetime
    hidden: str = ""
    history: list[Revision] = field(default_factory=list)


@unique
class EntryState(StrEnum):
    """Where an entry of a merge queue is, in GitHub's words (``MergeQueueEntryState``)."""

    QUEUED = "QUEUED"
    AWAITING_CHECKS = "AWAITING_CHECKS"
    MERGEABLE = "MERGEABLE"
    UNMERGEABLE = "UNMERGEABLE"
    LOCKED = "LOCKED"


@dataclass(eq=False, slots=True, kw_only=True)
class Entry:
    """A place in a base's merge queue.

    ``group`` is the commit whose checks are waited for, made at ``begun`` on ``onto``.
    """

    id: int
    pull: "Pull" = field(repr=False)
    by: Account
    at: datetime
    head: str
    state: EntryState = EntryState.QUEUED
    group: str = ""
    onto: str = ""
    begun: datetime | None = None

    @property
    def branch(self) -> str:
        """Return the branch that the group's commit has for itself."""
        return f"gh-readonly-queue/{self.pull.base_ref}/pr-{self.pull.number}-{self.onto}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A merge as it is asked for.

    ``head``: what the head must be, anything without one. ``title`` and ``message`` are the
    commit's, whole (rec 160), where the method makes one. ``force``: an administrator passes the
    rules (rec 197, 286). ``closes``: whoever asks may close the issues it names (GitHub: the
    token needs the right, https://github.com/Mergifyio/mergify/issues/466).
    """

    method: Method = Method.MERGE
    head: str = ""
    title: str = ""
    message: str = ""
    delete_branch: bool = False
    force: bool = False
    closes: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A merge left to the forge; on Forgejo it has no head of its own (rec 206, 284)."""

    by: Account
    at: datetime
    wish: Wish


@dataclass(eq=False, slots=True, kw_only=True)
class Pull:
    """A pull request; title, body, author, labels, comments and events are its issue's.

    ``head_repo`` is None when the fork is gone. ``head_sha`` and ``base_sha`` are what the forge
    shows; ``base_sha`` is empty when the base is gone (rec 93). ``pushed_by``: who pushed last.
    """

    issue: Issue = field(repr=False)
    head_repo: Repository | None = field(repr=False)
    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str
    check: Check
    draft_field: bool = False
    maintainers_edit: bool = False
    merge: Merge | None = None
    closed_by: Account | None = None
    pushed_by: Account | None = None
    requested: list[Account] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    entry: Entry | None = None
    schedule: Schedule | None = None

    @property
    def repo(self) -> Repository:
        """Return the repository it is opened in, which is its base's."""
        return self.issue.repo

    @property
    def number(self) -> int:
        """Return its number, from the issues' row."""
        return self.issue.number

    @property
    def author(self) -> Account:
        """Return who opened it."""
        return self.issue.author

    @property
    def open(self) -> bool:
        """Say whether it is neither merged nor closed."""
        return self.issue.open

    @property
    def head_exists(self) -> bool:
        """Say whether the branch is still there."""
        return self.head_repo is not None and self.head_ref in self.head_repo.branches

    @property
    def from_fork(self) -> bool:
        """Say whether the branch lies in another repository, or did."""
        return self.head_repo is not self.repo
