"""The end of a run as the forge's own history shows it, whatever the record says.

Pure. An edit of a comment is no compare-and-swap: a slower tick's record can land on another
one's ``ended``, and what it overwrote is lost. The timeline only grows. afk takes the ready label
off when a run ends, and never before; so a record that says its run goes on, on an issue whose
label afk's own account took off after the approval, is an older text than what happened.
"""

from collections.abc import Collection
from dataclasses import dataclass

from afk.config import Config
from afk.decide.approval import same_application
from afk.decide.peoples_acts import approver_is_gone
from afk.record.state import RunRecord
from afk.types import CIStatus, Event, EventKind, Issue, Reason, Verdict


@dataclass(frozen=True, slots=True)
class SeenEnd:
    """How the run ended; ``complete``: afk took its lock off, too, so everything before was done.

    What is done before that is ringing and recording: nobody has to be told again. Not so where a
    merge has closed the issue: a run that was stopped after it rang nobody. ``settled``:
    the issue is as the end left it, and what a person did to it since is not undone. Not so where
    afk itself took the hand-over back, for a retry that another tick did not know of when it ended
    the run.
    """

    verdict: Verdict
    reason: Reason
    complete: bool
    settled: bool


def seen_end(
    issue: Issue, record: RunRecord, config: Config, own: Collection[int]
) -> SeenEnd | None:
    """Return the end that the timeline shows of the approval's run, None where it shows none."""
    ready, lock = config.ready_label, config.in_progress_label
    since = _since(issue, record, ready)
    by_afk = [one for one in since if one.actor.id in own]
    off = [one for one in by_afk if _is(one, EventKind.UNLABELED, ready)]
    if not off:
        return None
    unlocked = [one for one in by_afk if _is(one, EventKind.UNLABELED, lock)]
    verdict, reason = _verdict(by_afk, record, config)
    closed = any(one.kind is EventKind.CLOSED for one in by_afk)
    lands_by_pull = bool(record.landing.branch) or config.lands_by_pull(issue.repo.name)
    only_merged = closed and lands_by_pull and verdict is Verdict.DONE
    handed = [one for one in by_afk if one.label == config.human_label]
    # Of an end that hands over, the lock is taken off after that; before it was another tick's.
    begun = max([off[0], *handed[:1]], key=lambda one: one.order).order
    complete = not only_merged and any(one.order > begun for one in unlocked)
    taken_back = bool(handed) and handed[-1].kind is EventKind.UNLABELED
    hands_over = verdict in (Verdict.NEEDS_HUMAN, Verdict.FROZEN)
    settled = not taken_back if hands_over else closed or verdict is not Verdict.DONE
    return SeenEnd(verdict, reason, complete, settled)


def _since(issue: Issue, record: RunRecord, ready: str) -> list[Event]:
    """Return what happened from the run's approval on, up to the next one."""
    applied = [one for one in issue.events if _is(one, EventKind.LABELED, ready)]
    ours = next((one for one in applied if _is_ours(record, one)), None)
    if ours is None:
        return []
    later = [one.order for one in applied if one.order > ours.order]
    end = min(later, default=None)
    return [
        one for one in issue.events if one.order > ours.order and (end is None or one.order < end)
    ]


def _is_ours(record: RunRecord, event: Event) -> bool:
    return same_application(record.approval, event) or approver_is_gone(record, event)


def _verdict(since: list[Event], record: RunRecord, config: Config) -> tuple[Verdict, Reason]:
    """Read the verdict off what afk did to the issue; why it came to that is no longer known."""
    closed = any(one.kind is EventKind.CLOSED for one in since)
    seen = record.commits.seen_verdict
    green = seen is not None and seen.status is CIStatus.GREEN
    if any(_is(one, EventKind.LABELED, config.human_label) for one in since):
        handed = Verdict.FROZEN if record.commits.pushed else Verdict.NEEDS_HUMAN
        return handed, Reason.RECORD_OVERWRITTEN
    if closed or green:
        return Verdict.DONE, Reason.LANDED
    return Verdict.STOPPED, Reason.RECORD_OVERWRITTEN


def _is(event: Event, kind: EventKind, label: str) -> bool:
    return event.kind is kind and event.label == label
