"""People's acts during a run, and what they mean for it.

Pure. A person's act wins over every other rule. Acts of afk's own accounts are never a person's;
a close by the run's own commit is not one either.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Final

from afk.config import Config
from afk.decide.approval import handed_back, label_event, newest_application, same_application
from afk.decide.asks import asked_for
from afk.decide.commit_messages import taken_back
from afk.decide.observation import Observation, off_the_branch, run_commits
from afk.model.agent import Presence
from afk.record.answers import Word
from afk.record.state import RunRecord
from afk.types import AccountKind, Event, EventKind, Issue, Reason

_SAME_SECOND: Final = timedelta(seconds=1)
_ONE_PUSH: Final = timedelta(seconds=5)
"""What a slow server may take between two entries that one push leaves."""


def stopping_act(observed: Observation, record: RunRecord, config: Config) -> Reason | None:
    """Return the act that ends the run, None when no person did anything of the kind.

    `Reason.LABELLED_AGAIN` ends it as superseded, `Reason.AUTHORITY_REVOKED` parks it, the others
    end it as stopped.
    """
    issue, own = observed.issue, observed.own
    application = newest_application(issue, config)
    if application is None:
        return Reason.READY_REMOVED
    if approver_is_gone(record, application):
        return Reason.AUTHORITY_REVOKED
    if not same_application(record.approval, application):
        return Reason.LABELLED_AGAIN
    if handed_back(issue, config):
        human = label_event(issue, config.human_label)
        if human is None or human.actor.id not in own:
            return Reason.HUMAN_LABEL_ADDED
    # Whoever merges the pull request closes the issue with it, and may well do it by hand.
    merged = observed.landing is not None and observed.landing.merged
    if not merged and closed_by_person(issue, record, own):
        return Reason.CLOSED_BY_PERSON
    if reverted(observed, record):
        return Reason.REVERTED
    if asked_for(observed.asks, Word.STOP) is not None:
        return Reason.STOP_COMMAND
    return _thread_removed(observed, record)


def approver_is_gone(record: RunRecord, application: Event) -> bool:
    """Say whether the approval is nobody's any more: the account was deleted since.

    Forges then show the same event as a ghost's.
    """
    same = (application.at, application.key) == (record.approval.at, record.approval.event)
    return same and application.actor.kind is AccountKind.GHOST


def _thread_removed(observed: Observation, record: RunRecord) -> Reason | None:
    """A thread archived or deleted before its last turn was seen ended was taken away."""
    gone = observed.thread.presence in (Presence.ARCHIVED, Presence.DELETED)
    turn = record.turn
    return Reason.THREAD_REMOVED if gone and turn and turn.outcome is None else None


def closing_event(issue: Issue) -> Event | None:
    """Return the event that closed a closed issue."""
    if issue.open:
        return None
    closes = [event for event in issue.events if event.kind is EventKind.CLOSED]
    return max(closes, key=lambda event: event.order, default=None)


def closed_by_own_commit(issue: Issue, record: RunRecord) -> bool:
    """Say whether the run's own work closed the issue.

    That is ``Closes #N`` in a commit of the run, or in a pull request that brought one: squashed or
    rebased it is what was merged, else the tip of what was. GitHub names the commit or the pull
    request on the event. Forgejo does not name a commit: there the commit's reference stands
    in the same second, by the same user, and directly before it
    (recordings/forgejo/*/133-timeline-closed-by-commit: ids 170 and 171). The second may pass
    between the two.
    """
    event = closing_event(issue)
    if event is None:
        return False
    if {event.commit, event.head}.intersection(record.commits.pushed):
        return True
    earlier = [other for other in issue.events if other.order < event.order]
    directly_before = max(earlier, key=lambda other: other.order, default=None)
    return any(
        other.kind is EventKind.REFERENCED
        and other.commit in record.commits.pushed
        and other.actor.id == event.actor.id
        and abs(other.at - event.at) < (_ONE_PUSH if other is directly_before else _SAME_SECOND)
        for other in issue.events
    )


def opened_again(issue: Issue, record: RunRecord, own: Collection[int]) -> bool:
    """Say whether somebody opened the issue again which afk, or the run's own work, had closed.

    They want it open, whatever has landed. What was closed before the run was asked for was
    another's; whoever merges the run's pull request closes the issue with it.
    """
    turns = [one for one in issue.events if one.kind in (EventKind.CLOSED, EventKind.REOPENED)]
    newest = max(turns, key=lambda event: event.order, default=None)
    if newest is None or newest.kind is EventKind.CLOSED or newest.actor.id in own:
        return False
    before = replace(issue, open=False)
    closed = closing_event(before)
    if closed is None or closed.at <= record.approval.at:
        return False
    by_run = closed.actor.id in own or bool(record.landing.merged)
    return by_run or closed_by_own_commit(before, record)


def closed_by_person(issue: Issue, record: RunRecord, own: Collection[int]) -> bool:
    """Say whether somebody closed the issue by hand."""
    if issue.open or closed_by_own_commit(issue, record):
        return False
    event = closing_event(issue)
    return event is None or event.actor.id not in own


def reverted(observed: Observation, record: RunRecord) -> bool:
    """Say whether somebody took one of the run's commits back, or all of them off the branch.

    While a turn may be running it may be the agent that is rewriting its own commits.
    """
    branch, turn, sight = observed.branch, record.turn, observed.landing
    if sight is not None:
        # Its own branch may be rewritten at will; what counts is what landed.
        if not sight.merged:
            return False
        branch = sight.base
    own = run_commits(branch, record.run_id)
    if off_the_branch(observed, record) and (turn is None or turn.outcome is not None):
        return True
    return bool(taken_back(branch, own, record.commits.pushed))


def unlocked(issue: Issue, config: Config) -> bool:
    """Say whether the in-progress label is missing and has to be put (back) on."""
    return not issue.has_label(config.in_progress_label)


def released(issue: Issue, record: RunRecord, config: Config, own: Collection[int]) -> Event | None:
    """Return the event by which somebody took the lock off a run that is ending.

    A trusted person's is their word that no agent is at work any more.
    """
    if issue.has_label(config.in_progress_label) or record.ending.at is None:
        return None
    event = label_event(issue, config.in_progress_label, EventKind.UNLABELED)
    if event is None or event.actor.id in own:
        return None
    return event if event.at >= record.ending.at.replace(microsecond=0) else None
