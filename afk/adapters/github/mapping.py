"""From GitHub's shapes to afk's nouns; pure.

Owns what GitHub's words mean. Sends nothing.

Accounts: GraphQL calls an app's account ``github-actions`` where REST and people see
``github-actions[bot]``; here it always has the suffix. Its ``databaseId`` is REST's ``user.id``
(41898282 for the job's token). Only a User is a person: mannequins (imported), organizations and
enterprise accounts cannot approve. An account without an id cannot be compared with anything and
counts as deleted.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from afk.adapters.github.wire import (
    RestBlocker,
    RestComment,
    RestRepository,
    RestUser,
    WireActor,
    WireCloser,
    WireComment,
    WireEvent,
    WireIssue,
    WireRepository,
    WireViewer,
)
from afk.decide.blockers import LIMIT
from afk.decide.blockers import read as named_blockers
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
    Permission,
    Repository,
)

BOT_SUFFIX: Final = "[bot]"
_EVENTS: Final = {
    "LabeledEvent": EventKind.LABELED,
    "UnlabeledEvent": EventKind.UNLABELED,
    "RenamedTitleEvent": EventKind.RENAMED,
    "ClosedEvent": EventKind.CLOSED,
    "ReopenedEvent": EventKind.REOPENED,
}
_PERMISSIONS: Final = {
    "admin": Permission.WRITE,
    "maintain": Permission.WRITE,
    "write": Permission.WRITE,
    "triage": Permission.NO_WRITE,
    "read": Permission.NO_WRITE,
    "none": Permission.NO_WRITE,
}


def account(actor: WireActor | None) -> Account:
    """Return the account behind a GraphQL actor; null is a deleted one."""
    if actor is None:
        return GHOST
    if actor.database_id is None:
        return Account(GHOST.id, actor.login, AccountKind.GHOST)
    if actor.typename == "User":
        return Account(actor.database_id, actor.login)
    login = actor.login
    if actor.typename == "Bot" and not login.endswith(BOT_SUFFIX):
        login += BOT_SUFFIX
    return Account(actor.database_id, login, AccountKind.BOT)


def viewer(shown: WireViewer) -> Account:
    """Return the token's account. GraphQL types it User even for an app; its login tells.

    An installation's token, the job's own among them, is answered ``<app>[bot]`` and the id
    that its comments carry (https://github.com/fullsend-ai/fullsend/pull/1953).
    """
    is_bot = shown.login.endswith(BOT_SUFFIX)
    kind = AccountKind.BOT if is_bot else AccountKind.USER
    return Account(shown.database_id, shown.login, kind)


def rest_account(user: RestUser | None) -> Account:
    """Return the account behind a REST user; null is a deleted one."""
    if user is None:
        return GHOST
    kind = AccountKind.USER if user.type == "User" else AccountKind.BOT
    return Account(user.id, user.login, kind)


def permission(word: str) -> Permission:
    """Return what a permission means; an unknown one decides nothing.

    ``maintain`` does occur (recording 057), and so does ``none`` (059).
    """
    return _PERMISSIONS.get(word, Permission.UNKNOWN)


def repository(shown: WireRepository) -> Repository:
    """Return a repository as GraphQL shows it."""
    branch = shown.default_branch_ref.name if shown.default_branch_ref else ""
    return Repository(shown.database_id, shown.name_with_owner, branch, shown.is_archived)


def rest_repository(shown: RestRepository) -> Repository:
    """Return a repository as REST shows it."""
    return Repository(shown.id, shown.full_name, shown.default_branch, shown.archived)


def comment(shown: WireComment) -> Comment:
    """Return a comment; without an edit its update is its creation.

    GraphQL's ``updatedAt`` moves on reactions and hiding too, ``lastEditedAt`` on text only.
    """
    return Comment(
        id=shown.full_database_id,
        author=account(shown.author),
        body=shown.body,
        created_at=shown.created_at,
        updated_at=shown.last_edited_at or shown.created_at,
        edited_by=account(shown.editor) if shown.last_edited_at else None,
    )


def rest_comment(shown: RestComment, *, edited_by: Account | None = None) -> Comment:
    """Return a comment as a write answers it."""
    return Comment(
        id=shown.id,
        author=rest_account(shown.user),
        body=shown.body or "",
        created_at=shown.created_at,
        updated_at=shown.updated_at,
        edited_by=edited_by,
    )


def events(shown: Iterable[WireEvent]) -> tuple[Event, ...]:
    """Return the events that decide; their order is their place in the whole timeline."""
    return tuple(
        Event(
            kind=_EVENTS[one.typename],
            order=order,
            at=one.created_at,
            actor=account(one.actor),
            label=one.label.name if one.label else "",
            commit=_closed_by(one.closer) if one.closer else "",
            head=one.closer.head_ref_oid if one.closer else "",
        )
        for order, one in enumerate(shown)
        if one.typename in _EVENTS
    )


def _closed_by(closer: WireCloser) -> str:
    """Return the commit that closed an issue, or the one that its pull request became."""
    return closer.oid or (closer.merge_commit.oid if closer.merge_commit else "")


def text_blockers(body: str, repo: str, web: str) -> tuple[IssueKey, ...]:
    """Return the first blockers a body names, as many as are asked about."""
    return named_blockers(body, repo, web).issues[:LIMIT]


def blockers(
    shown: WireIssue,
    repo: str,
    states: Mapping[IssueKey, bool],
    listed: Iterable[RestBlocker],
    web: str,
) -> tuple[Blocker, ...]:
    """Join what blocks an issue: GitHub's own relations, its text, its sub-issues.

    ``states``: whether a text blocker was seen closed; ``listed``: GitHub's relations by REST,
    where GraphQL has none; ``web``: GitHub's address for people. What cannot be seen counts as
    open.
    """
    found: dict[str, bool] = {}
    for one in shown.blocked_by.nodes if shown.blocked_by else ():
        if one is None:
            found["an issue out of this token's sight"] = False
        else:
            key = IssueKey(one.repository.name_with_owner, one.number)
            found[str(key)] = one.state == "CLOSED"
    for other in listed:
        key = IssueKey("/".join(other.repository_url.split("/")[-2:]), other.number)
        found[str(key)] = other.state == "closed"
    named = named_blockers(shown.body, repo, web)
    for key in named.issues[:LIMIT]:
        found.setdefault(str(key), states.get(key, False))
    found.update(dict.fromkeys(named.unclear, False))
    if len(named.issues) > LIMIT or (shown.blocked_by and shown.blocked_by.rest):
        found["more blockers than afk reads"] = False
    summary = shown.sub_issues_summary
    if summary and summary.total > summary.completed:
        found["open sub-issues"] = False
    return tuple(Blocker(ref, closed) for ref, closed in found.items())


def closed(state: Mapping[str, str] | None) -> bool:
    """Say whether a text blocker was seen closed; a merged pull request is (as in REST)."""
    if state is None:
        return False
    return state.get("issue") == "CLOSED" or state.get("pull") in {"CLOSED", "MERGED"}


def issue(
    shown: WireIssue,
    home: Repository,
    *,
    happened: tuple[WireEvent, ...],
    said: tuple[WireComment, ...],
    waits_for: tuple[Blocker, ...],
    oversized: str,
) -> Issue:
    """Return a whole issue out of its parts."""
    return Issue(
        repo=home,
        number=shown.number,
        title=shown.title,
        body=shown.body,
        open=shown.state == "OPEN",
        author=account(shown.author),
        labels=tuple(Label(one.name) for one in shown.labels.nodes),
        created_at=shown.created_at,
        updated_at=shown.updated_at,
        events=events(happened),
        comments=tuple(comment(one) for one in said),
        blockers=waits_for,
        locked=shown.locked,
        body_edited_at=shown.last_edited_at,
        body_edits_known=True,
        oversized=oversized,
    )
