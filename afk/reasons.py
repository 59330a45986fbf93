"""How runs end, and why: the verdicts and the reasons, each with one word.

Pure data; `afk.text.messages` has the sentences.
"""

from enum import StrEnum, unique


@unique
class Verdict(StrEnum):
    """How a run ended."""

    DONE = "done"
    NEEDS_HUMAN = "needs-human"
    FROZEN = "frozen"
    STOPPED = "stopped"
    SUPERSEDED = "superseded"


@unique
class Reason(StrEnum):
    """Why a run ended or is held; `afk.text.messages` has each one's sentence and way back."""

    LANDED = "landed"
    NOTHING_PUSHED = "nothing-pushed"
    UNMARKED = "unmarked-commits"
    BRANCH_GONE = "branch-gone"
    AGENT_FAILED = "agent-failed"
    NEVER_STARTED = "never-started"
    PREPUSH_DEADLINE = "prepush-deadline"
    ASKED_AGAIN = "asked-again"
    USAGE_LIMIT = "usage-limit"
    VANISHED = "vanished"
    ZOMBIE = "zombie"
    UNSEEN = "unseen"
    ATTEMPTS_SPENT = "attempts-spent"
    TIME_SPENT = "time-spent"
    CI_SILENT = "ci-silent"
    FOREIGN_MESSAGE = "foreign-message"
    THREAD_REMOVED = "thread-removed"
    EDITED = "edited"
    AUTHORITY_REVOKED = "authority-revoked"
    RECORD_EDITED = "record-edited"
    RECORD_REGRESSED = "record-regressed"
    RECORD_OVERWRITTEN = "record-overwritten"
    RECORD_LOST = "record-lost"
    WORKSPACE_REFUSED = "workspace-refused"
    START_REFUSED = "start-refused"
    DISPATCH_FAILED = "dispatch-failed"
    OVERSIZED = "oversized"
    READY_REMOVED = "ready-removed"
    HUMAN_LABEL_ADDED = "human-label-added"
    CLOSED_BY_PERSON = "closed-by-person"
    REVERTED = "reverted"
    STOP_COMMAND = "stop-command"
    LABELLED_AGAIN = "labelled-again"
    PUSHED_TO_BASE = "pushed-to-base"
    PULL_CLOSED = "pull-closed"
    PULL_REFUSED = "pull-refused"
    CONFLICT = "conflict"
    REVIEWS_SPENT = "reviews-spent"
    NO_REVIEW = "no-review"
