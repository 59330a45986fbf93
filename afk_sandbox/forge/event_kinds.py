"""The kinds of events that issues and pull requests have."""

from enum import StrEnum, unique


@unique
class EventKind(StrEnum):
    """What an issue's timeline tells besides comments."""

    LABELED = "labeled"
    UNLABELED = "unlabeled"
    RENAMED = "renamed"
    CLOSED = "closed"
    REOPENED = "reopened"
    REFERENCED = "referenced"
    """A commit names the issue: ``commit`` and ``source`` (its repository) are set."""
    MENTIONED = "mentioned"
    """Another issue, or a comment on one, names this issue: ``other`` is set."""
    BLOCKED_BY_ADDED = "blocked-by-added"
    BLOCKED_BY_REMOVED = "blocked-by-removed"
    BLOCKING_ADDED = "blocking-added"
    BLOCKING_REMOVED = "blocking-removed"
    ASSIGNED = "assigned"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    BRANCH_CHANGED = "branch-changed"
    # Of pull requests only
    PUSHED = "pushed"
    BASE_CHANGED = "base-changed"
    DRAFTED = "drafted"
    READIED = "readied"
    REVIEWED = "reviewed"
    REVIEW_REQUESTED = "review-requested"
    REVIEW_DISMISSED = "review-dismissed"
    MERGED = "merged"
    HEAD_DELETED = "head-deleted"
    QUEUED = "queued"
    DEQUEUED = "dequeued"
    SCHEDULED = "scheduled"
    UNSCHEDULED = "unscheduled"
