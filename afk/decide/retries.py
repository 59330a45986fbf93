"""``/afk retry``: a comment that approves an issue again, and the label that afk put on for it.

Pure. The run that the comment asks for is written down first, as an approval that names the
comment; then afk puts the ready label on. An application of the label by afk's own account counts
for nothing by itself (every workflow of a repository may share that account). One that follows a
recorded retry is shown here as what it stands for: the comment's author, time and id. So is the
application that was on already when the comment was written: there was nothing to put on.

Everything else then looks at such an issue as at any other. The comment has to stand there as it
was written: deleted or edited, the approval is nobody's any more, as one whose author's account
was deleted.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from afk.config import Config
from afk.decide.approval import handed_back, same_application
from afk.decide.asks import is_as_created, read
from afk.record.answers import Word, retry_comment, retry_event
from afk.record.codec import Found
from afk.record.state import RunRecord, Stage
from afk.types import GHOST, Account, Comment, Event, EventKind, Issue

_KINDS: Final = (EventKind.LABELED, EventKind.UNLABELED)


def application_by(issue: Issue, comment: Comment) -> Event:
    """Return the application of the ready label that a comment stands for.

    Behind everything that happened so far: what its author saw is settled by times.
    """
    newest = max((event.order for event in issue.events), default=0)
    return Event(
        kind=EventKind.LABELED,
        order=newest + 1,
        at=comment.created_at,
        actor=comment.author,
        key=retry_event(comment.id),
    )


def with_retries(issue: Issue, runs: Iterable[Found], ready: str, own: Collection[int]) -> Issue:
    """Return the issue with the applications that stand for a comment shown as the comment's.

    ``runs`` are the records that are believed. Each stands for one application at most: the one
    that was on before the comment and still when it was recorded, else the first that afk made
    after that.
    """
    found = [one for one in runs if retry_comment(one.record.approval.event) is not None]
    found.sort(key=lambda one: retry_comment(one.record.approval.event) or 0)
    about = _about(issue, ready)
    stands_for: dict[int, RunRecord] = {}
    for one in found:
        applied = _applied_for(one, about, own)
        if applied is not None:
            stands_for[applied.order] = one.record
    if not stands_for:
        return issue
    shown = [
        _as_approved(event, issue, stands_for[event.order])
        if event in about and event.order in stands_for
        else event
        for event in issue.events
    ]
    return replace(issue, events=tuple(shown))


def _about(issue: Issue, ready: str) -> list[Event]:
    """Return what happened to the ready label, in its order."""
    found = (one for one in issue.events if one.label == ready and not one.of_other_label)
    return sorted((one for one in found if one.kind in _KINDS), key=lambda one: one.order)


def _applied_for(one: Found, about: Sequence[Event], own: Collection[int]) -> Event | None:
    """Return the application that a recorded retry stands behind."""
    recorded = one.comment.created_at
    before = [event for event in about if event.at <= recorded]
    standing = before[-1] if before and before[-1].kind is EventKind.LABELED else None
    if standing is not None and standing.at <= one.record.approval.at:
        return standing
    since = recorded.replace(microsecond=0)
    applied = (event for event in about if event.kind is EventKind.LABELED and event.at >= since)
    return next((event for event in applied if event.actor.id in own), None)


def _as_approved(event: Event, issue: Issue, record: RunRecord) -> Event:
    """Return the event as the approval that the record pinned, by whoever gave it as of today."""
    approval = record.approval
    actor = _approver(issue, record)
    return replace(
        event, actor=actor, at=approval.at, key=approval.event, shown=event.shown or event
    )


def _approver(issue: Issue, record: RunRecord) -> Account:
    """Return the comment's author; nobody where the comment does not stand as it was written."""
    number = retry_comment(record.approval.event)
    comment = next((one for one in issue.comments if one.id == number), None)
    if comment is None or not is_as_created(comment):
        return GHOST
    told = read(comment.body)
    same = (comment.author.id, comment.created_at) == (record.approval.actor_id, record.approval.at)
    return comment.author if same and told == (Word.RETRY, "") else GHOST


def taken_back(issue: Issue, record: RunRecord) -> bool:
    """Say whether the comment that gave the approval is no longer there as it was written."""
    by_comment = retry_comment(record.approval.event) is not None
    return by_comment and _approver(issue, record) == GHOST


def overtaken(issue: Issue, comment: Comment, config: Config, own: Collection[int]) -> bool:
    """Say whether a person took the ready label off, or handed over, after writing the comment.

    Times are whole seconds: what was done within the comment's own counts as done after it.
    """
    since = comment.created_at
    return _by_a_person(issue, config.ready_label, EventKind.UNLABELED, since, own) or _by_a_person(
        issue, config.human_label, EventKind.LABELED, since, own
    )


def _by_a_person(
    issue: Issue, label: str, kind: EventKind, since: datetime, own: Collection[int]
) -> bool:
    """Say whether a person did this to a label since then, whatever afk did to it later."""
    return any(
        one.label == label
        and one.kind is kind
        and not one.of_other_label
        and one.actor.id not in own
        and one.at >= since
        for one in issue.events
    )


def half_done(issue: Issue, found: Found, config: Config, own: Collection[int]) -> bool:
    """Say whether a recorded retry still has to have its labels put in order.

    The ready label was never put on for it, or the hand-over that it answers still stands.
    """
    record = found.record
    given = record.stage is Stage.APPROVED and retry_comment(record.approval.event) is not None
    if not given or taken_back(issue, record) or not issue.open:
        return False
    about = _about(issue, config.ready_label)
    if not any(same_application(record.approval, one) for one in about):
        # Whatever happened to the label since is a newer word than the comment's.
        return not any(one.at > found.comment.created_at for one in about)
    since = record.approval.at
    older = not _by_a_person(issue, config.human_label, EventKind.LABELED, since, own)
    return issue.has_label(config.ready_label) and handed_back(issue, config) and older
