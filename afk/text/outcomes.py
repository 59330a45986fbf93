"""How a run ended, in the few words that stand first: in its comment and at the doorbells. Pure."""

from collections.abc import Mapping
from typing import Final

from afk.record.state import RunRecord
from afk.types import CIStatus, Reason, Verdict

_HEADLINES: Final[Mapping[Verdict, str]] = {
    Verdict.DONE: "Landed",
    Verdict.NEEDS_HUMAN: "Handed back to you",
    Verdict.FROZEN: "CI still red",
    Verdict.STOPPED: "Stopped",
    Verdict.SUPERSEDED: "Replaced by a newer run",
}
_NOT_RED: Final[Mapping[Reason, str]] = {
    Reason.CI_SILENT: "CI gave no answer",
    Reason.CONFLICT: "Conflict left to you",
    Reason.PULL_REFUSED: "No pull request could be opened",
    Reason.PUSHED_TO_BASE: "Pushed without a pull request",
}
"""Ends after a push that have another cause than a red CI, whatever CI says."""


def headline(verdict: Verdict) -> str:
    """Return a verdict in words."""
    return _HEADLINES[verdict]


def outcome(record: RunRecord, verdict: Verdict) -> str:
    """Return how this run ended; CI is called red only where it was seen to be."""
    if verdict is Verdict.DONE:
        return "Landed, but not closed" if record.ending.close_blocked else headline(verdict)
    if verdict is not Verdict.FROZEN:
        return headline(verdict)
    told = _NOT_RED.get(record.reason) if record.reason is not None else None
    return told or headline(verdict if says(record) is CIStatus.RED else Verdict.NEEDS_HUMAN)


def says(record: RunRecord) -> CIStatus | None:
    """Return what CI was last seen to say of the run's newest commit: red, green, or nothing."""
    seen = record.commits.seen_verdict
    newest = record.newest_commit
    standing = seen is not None and not seen.over and newest and seen.sha == newest
    return seen.status if seen is not None and standing else None
