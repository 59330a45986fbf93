"""Verdicts and reasons in the few words that a list or a chart has room for. Pure."""

from collections.abc import Mapping
from typing import Final

from afk.types import Reason, Verdict

UNDER_WAY: Final = "under way"
OUTCOMES: Final[Mapping[Verdict, str]] = {
    Verdict.DONE: "landed",
    Verdict.NEEDS_HUMAN: "handed back",
    Verdict.FROZEN: "CI still red",
    Verdict.STOPPED: "stopped",
    Verdict.SUPERSEDED: "asked for anew",
}
SHORT_REASONS: Final[Mapping[Reason, str]] = {
    Reason.LANDED: "landed",
    Reason.NOTHING_PUSHED: "nothing was pushed",
    Reason.UNMARKED: "commits that name no run",
    Reason.BRANCH_GONE: "the branch is gone",
    Reason.AGENT_FAILED: "the agent failed",
    Reason.NEVER_STARTED: "the agent never started",
    Reason.PREPUSH_DEADLINE: "too long without a push",
    Reason.ASKED_AGAIN: "the agent asked a person",
    Reason.USAGE_LIMIT: "usage limit",
    Reason.VANISHED: "the conversation vanished",
    Reason.ZOMBIE: "the agent stood still",
    Reason.UNSEEN: "T3 was out of sight",
    Reason.ATTEMPTS_SPENT: "every fix was tried",
    Reason.TIME_SPENT: "no time left for fixes",
    Reason.CI_SILENT: "CI never answered",
    Reason.FOREIGN_MESSAGE: "a person wrote to the agent",
    Reason.THREAD_REMOVED: "the conversation was put away",
    Reason.EDITED: "edited after the approval",
    Reason.AUTHORITY_REVOKED: "the approver lost the right",
    Reason.RECORD_EDITED: "afk's comment was edited",
    Reason.RECORD_REGRESSED: "an old comment was put back",
    Reason.RECORD_OVERWRITTEN: "afk's comment was overwritten",
    Reason.RECORD_LOST: "afk's comment was deleted",
    Reason.WORKSPACE_REFUSED: "no such folder on T3's machine",
    Reason.START_REFUSED: "T3 refused the start",
    Reason.DISPATCH_FAILED: "the start failed",
    Reason.OVERSIZED: "too large to read",
    Reason.READY_REMOVED: "a person took the label off",
    Reason.HUMAN_LABEL_ADDED: "a person took it over",
    Reason.CLOSED_BY_PERSON: "closed by a person",
    Reason.REVERTED: "reverted",
    Reason.STOP_COMMAND: "stopped by command",
    Reason.LABELLED_AGAIN: "asked for anew",
    Reason.PUSHED_TO_BASE: "pushed past the pull request",
    Reason.PULL_CLOSED: "pull request closed",
    Reason.PULL_REFUSED: "pull request refused",
    Reason.CONFLICT: "conflict with the base",
    Reason.REVIEWS_SPENT: "no try left for reviews",
    Reason.NO_REVIEW: "nobody reviewed it",
}
