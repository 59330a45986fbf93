"""Nouns of landing by pull request: a pull request, its reviews, what its base demands.

Pure data, like `afk.types`. Only what decides is carried; a forge's own words end in its adapter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique

from afk.landing_config import MergeMethod as MergeMethod  # noqa: PLC0414  part of this vocabulary
from afk.types import GHOST, Account


@unique
class PullState(StrEnum):
    """Where a pull request stands. MERGED is final on both forges."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


@unique
class Mergeability(StrEnum):
    """Whether head and base go together as text; says nothing of rules or CI.

    UNKNOWN: the forge is still computing it, or does not tell (Forgejo shows one and the same
    answer for a conflict, a draft and a check under way; its update call alone proves a conflict).
    """

    CLEAN = "clean"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"


@unique
class ReviewState(StrEnum):
    """What a submitted review says. A pending one is nobody's word yet and is never carried."""

    APPROVED = "approved"
    CHANGES_REQUESTED = "changes-requested"
    COMMENTED = "commented"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One submitted review, in the order of submission within `Pull.reviews`.

    ``commit``: the head it was written on, "" where the forge no longer tells. ``edited``: its
    text was changed after it was submitted; None where the forge does not show it. ``edited_by``:
    who changed it last, None where nobody did or the forge does not tell. ``hidden``: somebody who
    may moderate has hidden it.
    """

    id: str
    author: Account
    state: ReviewState
    at: datetime
    commit: str = ""
    body: str = ""
    edited: bool | None = False
    edited_by: Account | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewComment:
    """One comment of a review, on a line of a file (``line`` 0: on the file or on a removed line).

    ``thread`` is the same for comments that answer each other; ``resolved`` is the thread's.
    ``review`` is the `Review.id` it was submitted with, "" where the forge does not tell.
    ``edited``, ``edited_by`` and ``hidden`` as in `Review`.
    """

    id: str
    thread: str
    author: Account
    body: str
    at: datetime
    review: str = ""
    path: str = ""
    line: int = 0
    commit: str = ""
    resolved: bool = False
    outdated: bool = False
    edited: bool | None = False
    edited_by: Account | None = None
    hidden: bool = False


@unique
class QueueState(StrEnum):
    """Where a pull request stands in its base's merge queue (GitHub)."""

    WAITING = "waiting"
    STUCK = "stuck"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """A pull request, read in one go.

    ``head_repository`` is the id of the repository its branch lies in, 0 when that is gone.
    ``head_ref`` is the branch's name; ``head_exists`` False when the branch is gone.
    ``behind``: how many commits of the base's tip the head lacks, 1 where the forge tells only
    that there are some, None when it was not told.
    ``merge_commit`` is set once merged: what landed on the base (the tip of rebased commits).
    ``closed_by`` and ``merged_by`` are who did it, `GHOST` where the forge does not tell.
    ``truncated``: there are more reviews or comments than are read; then none of them decides.
    ``can_merge``: the forge would let this very token merge it now, as far as it tells; None:
    it does not. ``blocked_by`` is the forge's own word for what stands in the way, for people.
    ``mark`` stands for what was read; given back as `PullQuery.seen`, an adapter that would need
    requests of their own for reviews and comments may leave both out while nothing has happened
    on the pull since, and says so: ``unchanged``. "" where nothing is ever left out.
    ``handle`` is the adapter's own (a node id); nobody else looks into it.
    """

    repository: int
    repo: str
    number: int
    state: PullState
    title: str
    body: str
    author: Account
    head_ref: str
    head_sha: str
    base_ref: str
    created_at: datetime
    updated_at: datetime
    head_repository: int = 0
    head_exists: bool = True
    draft: bool = False
    mergeability: Mergeability = Mergeability.UNKNOWN
    behind: int | None = None
    merge_commit: str = ""
    merged_by: Account = GHOST
    closed_by: Account = GHOST
    closed_at: datetime | None = None
    queue: QueueState | None = None
    can_merge: bool | None = None
    blocked_by: str = ""
    reviews: tuple[Review, ...] = ()
    comments: tuple[ReviewComment, ...] = ()
    truncated: bool = False
    mark: str = ""
    unchanged: bool = False
    url: str = ""
    handle: object = field(default=None, compare=False, repr=False)

    @property
    def open(self) -> bool:
        """Say whether it can still be merged or closed."""
        return self.state is PullState.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchRules:
    """What a base branch demands of a merge, as far as this token may read it.

    ``required`` are names of checks (Forgejo: globs), None when they cannot be read. ``methods``
    are those the repository allows, None when that cannot be read. ``approvals`` is how many are
    asked for, None when that cannot be read. ``up_to_date``: the head must contain the base's tip.
    ``may_push`` and ``may_merge`` are about this very token.
    """

    protected: bool = False
    required: tuple[str, ...] | None = ()
    methods: tuple[MergeMethod, ...] | None = None
    approvals: int | None = 0
    up_to_date: bool | None = False
    queue: bool = False
    may_push: bool | None = None
    may_merge: bool | None = None


@dataclass(frozen=True, slots=True)
class ClosingPull:
    """Somebody's open pull request that says it closes an issue."""

    number: int
    repo: str
    author: Account
    head_ref: str
    url: str = ""


@unique
class UpdateResult(StrEnum):
    """What became of bringing the base into the head's branch.

    STARTED: done, or under way (GitHub does it in the background): the head is another one soon.
    """

    STARTED = "started"
    UP_TO_DATE = "up-to-date"
    CONFLICT = "conflict"
    HEAD_MOVED = "head-moved"
    REFUSED = "refused"


@unique
class MergeResult(StrEnum):
    """What became of a merge at a pinned head.

    HEAD_MOVED: decide again. TRY_AGAIN: the base moved or it became a draft at that moment, or the
    forge is still checking; the same request may be right in the next tick. METHOD: this way of
    merging is switched off. QUEUED: it stands in the merge queue. CONFLICT: text. REFUSED: a rule
    of the forge stands in the way, which `Merged.says` names.
    """

    MERGED = "merged"
    QUEUED = "queued"
    HEAD_MOVED = "head-moved"
    TRY_AGAIN = "try-again"
    CONFLICT = "conflict"
    METHOD = "method"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge's result; ``commit`` is what landed where the answer says so, else ""."""

    result: MergeResult
    commit: str = ""
    says: str = ""


def newest(pulls: Sequence[Pull]) -> Pull | None:
    """Return the open pull with the highest number, else the newest of all; None without any."""
    return max(pulls, key=lambda one: (one.open, one.number), default=None)
