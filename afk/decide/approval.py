"""Who approved what: the newest application of the ready label, and the text it covered.

Pure. A label on an issue proves nothing and neither does a workflow run started by one: an
account without any rights can open an issue with labels through Forgejo's web form
(recordings/forgejo/*/063-seq-stranger-labels-by-web-form.json), and issue templates label as
the submitter. Only the timeline says who applied it, and only the forge says what they may do.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, unique
from typing import Final

from afk.config import Config
from afk.record.label_mark import Home, vouched_since
from afk.record.state import Approval, Keys, RunRecord
from afk.types import Account, AccountKind, Event, EventKind, Issue, Permission

_CLOCKS_DISAGREE: Final = timedelta(minutes=5)
"""How far a forge's clock may be ahead of this machine's before its times are not believed."""


@unique
class Standing(Enum):
    """What the newest application of the ready label is worth."""

    APPROVED = "approved"
    MISSING = "no event shows who put the ready label on under its present name"
    NOT_ASKED = "not asked"
    OFF = "not asked: without the label there is no approval"
    RENAMED = "the label was renamed, or is new to afk, since it was put on"
    REFUSED = "applied by an account without write permission"
    UNLISTED_APP = "applied by an app that is not listed in `trusted`"
    OWN = "applied by the account afk itself runs as"
    UNKNOWN = "whether its author may write cannot be told"
    EXPIRED = "the approval is too old"
    AHEAD = "the approval is dated in the future"
    EDITED = "title or body changed after the approval"
    UNPROVEN = "nothing proves that the body is still the approved one"


@dataclass(frozen=True, slots=True)
class Appraisal:
    """The standing, the event it rests on, and the approval if it holds."""

    standing: Standing
    event: Event | None = None
    approval: Approval | None = None


def digest(issue: Issue) -> str:
    """Return the sha256 of title and body as they stand."""
    text = f"{issue.title}\0{issue.body}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def label_event(issue: Issue, label: str, kind: EventKind = EventKind.LABELED) -> Event | None:
    """Return the newest event of this kind for the label now on the issue, or for its name.

    Newest by order, not by time: times can be backdated. A renamed label renames its old events,
    so one of another label that bore the name does not count.
    """
    found = [
        event
        for event in issue.events
        if event.kind is kind and event.label == label and not event.of_other_label
    ]
    return max(found, key=lambda event: event.order, default=None)


def newest_application(issue: Issue, config: Config) -> Event | None:
    """Return the application of the ready label that stands, None when the label is off."""
    if not issue.has_label(config.ready_label):
        return None
    return label_event(issue, config.ready_label)


def name_is_younger(issue: Issue, event: Event, config: Config, home: Home, keys: Keys) -> bool:
    """Say whether the application may be older than the label's name: a rename approves nothing.

    Where events keep the name they were made under (GitHub), what was on under this name and was
    taken off is not what is on now. Elsewhere afk vouches for the name (`afk.record.label_mark`);
    times are whole seconds of the forge's clock, and within one the order cannot be told.
    """
    off = label_event(issue, config.ready_label, EventKind.UNLABELED)
    if off is not None and off.order > event.order:
        return True
    for label in issue.labels:
        if label.name != config.ready_label or label.description is None:
            continue
        since = vouched_since(home, label, keys)
        if since is None or event.at <= since:
            return True
    return False


def came_by_rename(issue: Issue, config: Config) -> bool:
    """Say whether the ready label, which no event put on, bore another name when it was put on.

    Then a label was put on, never taken off, and is no longer there (GitHub, whose events keep
    the name they were made under).
    """
    newest = {event.label: event for event in issue.events if event.label}
    return issue.has_label(config.ready_label) and any(
        event.kind is EventKind.LABELED and not issue.has_label(name)
        for name, event in newest.items()
    )


def handed_back(issue: Issue, config: Config) -> bool:
    """Say whether ``ready-for-human`` is on and not overridden by a newer ready label."""
    if not issue.has_label(config.human_label):
        return False
    human = label_event(issue, config.human_label)
    ready = newest_application(issue, config)
    return human is None or ready is None or human.order > ready.order


def is_trusted(account: Account, config: Config) -> bool:
    """Say whether the configuration vouches for the account: by id, or a person by login."""
    if account.kind is AccountKind.GHOST:
        return False
    by_login = account.kind is AccountKind.USER and account.login.lower() in config.trusted_logins
    return account.id in config.trusted_ids or by_login


def may_write(account: Account, permission: Permission, config: Config) -> bool:
    """Say whether the account positively may approve."""
    return is_trusted(account, config) or (
        account.kind is AccountKind.USER and permission is Permission.WRITE
    )


def by_whom(
    event: Event | None, permission: Permission, config: Config, own: Collection[int]
) -> Standing:
    """Judge an application by its actor alone; ``permission`` is the forge's answer."""
    if event is None:
        return Standing.MISSING
    if event.actor.id in own:
        return Standing.OWN
    if may_write(event.actor, permission, config):
        return Standing.APPROVED
    if event.actor.kind is AccountKind.BOT:
        return Standing.UNLISTED_APP
    if event.actor.kind is AccountKind.GHOST or permission is Permission.NO_WRITE:
        return Standing.REFUSED
    return Standing.UNKNOWN


def unchanged_since(
    issue: Issue, event: Event, edits: Sequence[datetime] | None, *, author_may_write: bool
) -> Standing:
    """Judge, at first sight, whether title and body are still what the event approved.

    ``edits``: times of body edits, None when the forge does not tell. Every one must lie before
    the event's second: within it the order cannot be told, and an author polling every 50 ms
    did edit within it, in 12 of 12 tries. Without edit times nothing may have touched the issue
    since the event: an edit moves ``updated_at`` as the event itself did, whoever makes it. So do
    a comment, another label and a mention, which then cost a second look at the text. Within the
    event's own second only an author who could approve the text themselves is believed; `afk`
    then pins what it sees.
    """
    second = event.at.replace(microsecond=0)
    if any(
        one.kind is EventKind.RENAMED and (one.order > event.order or one.at >= second)
        for one in issue.events
    ):
        return Standing.EDITED
    if edits is not None:
        return Standing.EDITED if any(at >= second for at in edits) else Standing.APPROVED
    untouched = issue.updated_at.replace(microsecond=0) == second
    return Standing.APPROVED if untouched and author_may_write else Standing.UNPROVEN


def expired(event: Event, now: datetime, config: Config) -> bool:
    """Say whether the approval is older than ``approval_max_age``."""
    return now - event.at > timedelta(seconds=config.approval_max_age)


def dated_ahead(event: Event, now: datetime) -> bool:
    """Say whether the approval lies further ahead than clocks disagree.

    Whoever may date events could otherwise keep one from ever growing too old.
    """
    return event.at - now > _CLOCKS_DISAGREE


def pin(issue: Issue, event: Event) -> Approval:
    """Return the approval with the digest of what the issue says now."""
    return Approval(actor_id=event.actor.id, at=event.at, event=event.key, digest=digest(issue))


def same_application(approval: Approval, event: Event | None) -> bool:
    """Say whether the event is the application that the approval recorded."""
    if event is None:
        return False
    recorded = (approval.actor_id, approval.at, approval.event)
    return recorded == (event.actor.id, event.at, event.key)


def blank_record(issue: Issue, forge: str, run_id: str, application: Event) -> RunRecord:
    """Return a record bound to where it will stand, with nothing in it yet."""
    return RunRecord(
        forge=forge,
        repository_id=issue.repo.id,
        repository=issue.repo.name,
        issue=issue.number,
        run_id=run_id,
        approval=pin(issue, application),
    )
