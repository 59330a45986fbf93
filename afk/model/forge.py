"""Nouns that forge adapters return beside `afk.types.Issue`: listings, repositories, branches.

Pure data, like `afk.types`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, unique

from afk.errors import AfkError
from afk.types import IssueKey


@dataclass(frozen=True, slots=True)
class IssueHead:
    """An issue as a listing shows it: enough to know whether it must be read.

    ``ready`` and ``in_progress`` are re-checked on the item itself, and whatever else it says here
    decides nothing but when the issue is read. ``updated_at`` and ``created_at``: by the forge's
    clock, None where it was not listed. ``labels`` None: the listing does not tell. ``handle`` is
    the adapter's own (a node id, or the listed object); nobody else looks into it.
    """

    key: IssueKey
    ready: bool
    in_progress: bool
    open: bool = True
    tracked: bool = field(default=False, compare=False)
    created_at: datetime | None = field(default=None, compare=False)
    updated_at: datetime | None = field(default=None, compare=False)
    title: str = field(default="", compare=False)
    body: str = field(default="", compare=False, repr=False)
    labels: frozenset[str] | None = field(default=None, compare=False)
    handle: object = field(default=None, compare=False, repr=False)


@unique
class RepositoryTrouble(Enum):
    """Why an allowlisted repository cannot be worked in."""

    RENAMED = "renamed"
    MISSING = "missing"
    ARCHIVED = "archived"
    NO_LABEL = "no-label"
    TOO_MANY = "too-many-issues"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One repository's trouble; ``detail``: the new name, the missing label, what is too many.

    ``like``: of a missing label the one that is there, spelt otherwise; of a missing repository
    one that may be meant. ``error``: what the forge answered in place of an UNREADABLE one; one and
    the same object where one answer stands for several repositories.
    """

    repo: str
    kind: RepositoryTrouble
    detail: str = ""
    like: str = ""
    error: AfkError | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Listing:
    """What one look over all repositories found.

    ``at``: when it was answered, by the forge's own clock (the earliest of several answers); None
    where an answer did not say. ``left_out``: so many more wait and have not moved, in some of
    the repositories in ``short``; nothing else is missing there.
    """

    heads: tuple[IssueHead, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    at: datetime | None = field(default=None, compare=False)
    left_out: int = 0
    short: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of a branch, message verbatim."""

    sha: str
    message: str


@dataclass(frozen=True, slots=True)
class Branch:
    """Commits that a branch has beyond a base, newest first; ``head`` is the newest of all.

    ``complete`` False: the range was longer than what is read, so absence proves nothing.
    """

    head: str
    commits: tuple[Commit, ...] = ()
    complete: bool = True
