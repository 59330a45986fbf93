"""What Forgejo's words mean: its JSON as `afk.types`; pure.

Owns the mapping from `afk.adapters.forgejo.wire`'s shapes to the domain. Must do no I/O and know
no clock. Unknown timeline types are left out; recordings are named at each rule.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final

from afk.adapters.forgejo.wire import (
    COMMENT,
    ENTRIES,
    ITEMS,
    MAX_TEXT,
    WireBlocker,
    WireCommit,
    WireHistory,
    WireIssue,
    WireItem,
    WireLabel,
    WireRepository,
    WireUser,
    parse,
)
from afk.adapters.wire import instant
from afk.model.forge import Commit
from afk.types import (
    GHOST,
    Account,
    AccountKind,
    Blocker,
    Comment,
    Event,
    EventKind,
    Issue,
    IssueKey,
    Label,
    Repository,
)

HIDDEN: Final = "an issue this token may not read"
_ADDED: Final = "1"
_LABEL: Final = "label"
ADD_DEPENDENCY: Final = "add_dependency"
DEPENDENCY_TYPES: Final = frozenset({ADD_DEPENDENCY, "remove_dependency"})
_KINDS: Final = {
    "change_title": EventKind.RENAMED,
    "close": EventKind.CLOSED,
    "reopen": EventKind.REOPENED,
    "commit_ref": EventKind.REFERENCED,
    **dict.fromkeys(DEPENDENCY_TYPES, EventKind.DEPENDENCY),
}
PULL_REF: Final = "pull_ref"
_USED: Final = frozenset({COMMENT, _LABEL, PULL_REF, *_KINDS})
_ROW_TIME: Final = re.compile(r'<relative-time\b[^>]*?\bdatetime="([^"]+)"')


def account(user: WireUser | None) -> Account:
    """Return an account: -1 is a deleted user, -2 the token of a job.

    ``121-timeline-deleted-actor``; ``forgejo-actions/14.0.0/api-job-token-1``.
    """
    return GHOST if user is None else account_of(user.id, user.login)


def account_of(number: int, login: str = "") -> Account:
    """Return the account of an id; the login is for people."""
    if number == GHOST.id:
        return GHOST
    return Account(number, login, AccountKind.BOT if number < 0 else AccountKind.USER)


def timeline(data: object, what: str) -> tuple[WireItem, ...]:
    """Return the entries that are used, by rising id.

    The server sorts by time, and a repository admin may backdate
    (``076-label-backdated-by-owner``): only ids rise with the order in which things happened.
    """
    entries = parse(ENTRIES, data, what) or ()
    used = [entry for entry in entries if str(entry.get("type")) in _USED]
    items = parse(ITEMS, used, what)
    return tuple(sorted(items, key=lambda item: item.id))


def events(items: Iterable[WireItem], labels: Collection[WireLabel] = ()) -> tuple[Event, ...]:
    """Return the events of a timeline in its order; ``labels`` are on the issue now.

    A label event's body is "1" for added and empty for removed (``043-timeline-label-removed``);
    its label is shown under today's name (``061-timeline-label-renamed``), so its id tells whether
    it is the one on the issue. A close does not say what caused it
    (``133-timeline-closed-by-commit``; `afk.adapters.forgejo.closing`).
    """
    found = (_event(item, labels) for item in items)
    return tuple(event for event in found if event is not None)


def _event(item: WireItem, labels: Collection[WireLabel]) -> Event | None:
    label = None
    if item.type == _LABEL:
        kind = EventKind.LABELED if item.body == _ADDED else EventKind.UNLABELED
        label = item.label
    elif (known := _KINDS.get(item.type)) is not None:
        kind = known
    else:
        return None
    return Event(
        kind=kind,
        order=item.id,
        at=item.created_at,
        actor=account(item.user),
        key=str(item.id),
        label=label.name if label else "",
        of_other_label=label is not None and _is_another(label, labels),
        commit=item.ref_commit_sha or "" if kind is EventKind.REFERENCED else "",
    )


def _is_another(label: WireLabel, labels: Collection[WireLabel]) -> bool:
    """Say whether the name is on the issue by other labels only; two may have one name."""
    namesakes = {one.id for one in labels if one.name == label.name}
    return bool(namesakes) and label.id not in namesakes


def comments(items: Iterable[WireItem]) -> tuple[Comment, ...]:
    """Return the comments of a timeline in its order (``121-timeline-deleted-actor``)."""
    return tuple(comment(item) for item in items if item.type == COMMENT)


def comment(item: WireItem) -> Comment:
    """Return a comment; who edited it last is shown nowhere.

    ``092-comment-edit-by-other-writer``.
    """
    return Comment(
        id=item.id,
        author=account(item.user),
        body=item.body or "",
        created_at=item.created_at,
        updated_at=item.updated_at,
    )


def issue(
    wire: WireIssue,
    items: Sequence[WireItem] = (),
    blockers: Sequence[Blocker] = (),
    *,
    oversized: str = "",
) -> Issue:
    """Return the issue; its repository is known by id and name only, `repository` has the rest.

    ``oversized`` says what of its timeline is missing; a text that was not kept is said, too.
    """
    missing = [f"its text exceeds {MAX_TEXT} characters"] if wire.body_cut else []
    return Issue(
        repo=Repository(wire.repository.id, wire.repository.full_name),
        number=wire.number,
        title=wire.title,
        body=wire.body or "",
        open=wire.state == "open",
        author=account(wire.user),
        labels=tuple(_label(one) for one in wire.labels or ()),
        created_at=wire.created_at,
        updated_at=wire.updated_at,
        events=events(items, wire.labels or ()),
        comments=comments(items),
        blockers=tuple(blockers),
        is_pull=wire.pull_request is not None,
        locked=wire.is_locked,
        oversized=" and ".join(filter(None, [*missing, oversized])),
    )


def _label(wire: WireLabel) -> Label:
    """Return a label; past events show it under today's name, so somebody has to vouch for it."""
    return Label(wire.name, wire.id, None if wire.of_organisation else wire.description)


def blocker(wire: WireBlocker) -> Blocker:
    """Return a blocker; only a visible issue in state ``closed`` counts as closed."""
    if not wire.number or wire.repository is None:
        return Blocker(HIDDEN, closed=False)
    key = IssueKey(wire.repository.full_name, wire.number)
    return Blocker(str(key), closed=wire.state == "closed")


def repository(wire: WireRepository) -> Repository:
    """Return the repository as it is named today."""
    return Repository(wire.id, wire.full_name, wire.default_branch, wire.archived)


def commits(wire: Iterable[WireCommit]) -> tuple[Commit, ...]:
    """Return commits in the order given, newest first on every route used."""
    return tuple(Commit(one.sha, one.commit.message) for one in wire)


def edit_times(history: WireHistory) -> tuple[datetime, ...] | None:
    """Return the time of each revision of a body; None when a row shows none.

    An edited body's rows include the one of its creation, and a row that its author deleted
    keeps its time (``078-content-history-list-after-soft-delete``). The words in a row are in
    the server's language, so only the machine-readable time is read; a user's name stands in
    the row too, but escaped.
    """
    found: list[datetime] = []
    for row in history.results or ():
        match = _ROW_TIME.search(row.name)
        try:
            at = datetime.fromisoformat(match[1]) if match else None
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            return None
        found.append(instant(at))
    return tuple(found)
