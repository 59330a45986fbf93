"""The values of GraphQL's fields for issues, comments, their events and edits.

Not recorded: the schema's words. An account that was deleted is null; a cause that the caller
cannot see is null too.
"""

from collections.abc import Mapping
from typing import Any, Final

from afk_sandbox.forge.records import Account, Comment, Issue
from afk_sandbox.github import ids
from afk_sandbox.github.connection import connection
from afk_sandbox.github.graphql_values import Info
from afk_sandbox.github.nodes import (
    EVENT_TYPES,
    ITEM_TYPES,
    Edit,
    EventOf,
    LabelOf,
    Table,
    actor,
    commit,
    typename,
)
from afk_sandbox.github.resolvers_pulls import closing_pulls
from afk_sandbox.github.shapes import blocking, cause, issue_page, state_reason, time


def _labels(one: Issue, info: Info, **args: Any) -> dict[str, Any]:
    found = [LabelOf(label, one.repo) for label in one.labels]
    found.sort(key=_label_id)
    return connection(info.field_name, found, args, _label_id)


def _label_id(one: LabelOf) -> int:
    return one.label.id


def _blocked_by(one: Issue, info: Info, **args: Any) -> dict[str, Any]:
    """Return blockers, null in place of one that the caller cannot see."""
    shown = connection(info.field_name, one.blockers, args)
    shown["nodes"] = [other if info.context.sees(other.repo) else None for other in shown["nodes"]]
    return shown


def _dependencies(one: Issue, info: Info) -> dict[str, int]:
    waiting = blocking(info.context, one)
    return {
        "blockedBy": sum(1 for other in one.blockers if other.open),
        "totalBlockedBy": len(one.blockers),
        "blocking": sum(1 for other in waiting if other.open),
        "totalBlocking": len(waiting),
    }


def _parts(one: Issue, info: Info) -> dict[str, int]:
    del info
    total, done = len(one.sub_issues), sum(1 for part in one.sub_issues if not part.open)
    return {
        "total": total,
        "completed": done,
        "percentCompleted": 100 * done // total if total else 0,
    }


def _timeline(one: Issue, info: Info, **args: Any) -> dict[str, Any]:
    kinds = {ITEM_TYPES[kind] for kind in args.get("itemTypes") or ITEM_TYPES}
    events = [EventOf(event, one) for event in one.events if event.kind in EVENT_TYPES]
    every: list[Comment | EventOf] = [*one.comments, *events]
    items = [item for item in every if typename(item) in kinds]
    items.sort(key=_entry_id)
    return connection(info.field_name, items, args, _entry_id)


def _entry_id(item: Comment | EventOf) -> int:
    return item.id if isinstance(item, Comment) else item.event.id


def _comments(one: Issue, info: Info, **args: Any) -> dict[str, Any]:
    return connection(info.field_name, one.comments, args, lambda comment: comment.id)


def _edits(text: Issue | Comment, info: Info, **args: Any) -> dict[str, Any]:
    """Return the edits, newest first, the original text last; nothing if there was none."""
    found = [Edit(revision) for revision in reversed(text.history) if not revision.hidden]
    return connection(info.field_name, found, args)


def _edited_at(text: Issue | Comment, info: Info) -> str | None:
    del info
    return time(text.history[-1].at) if text.history else None


def _editor(text: Issue | Comment, info: Info) -> Account | None:
    del info
    return actor(text.history[-1].editor) if text.history else None


def _closer(one: EventOf, info: Info) -> Any:
    """Return the commit or pull request that closed an issue, if one did in the caller's sight."""
    merged = one.event.other
    if merged is not None and merged.pull is not None:
        return merged if info.context.sees(merged.repo) else None
    repo = cause(one.event, one.issue)
    return commit(repo, one.event.commit) if info.context.sees(repo) else None


_TEXT: Final[Table] = {
    "author": lambda one, _: actor(one.author),
    "editor": _editor,
    "body": lambda one, _: one.body,
    "createdAt": lambda one, _: time(one.created_at),
    "updatedAt": lambda one, _: time(one.updated_at),
    "lastEditedAt": _edited_at,
    "userContentEdits": _edits,
    "fullDatabaseId": lambda one, _: str(one.id),
}
_EVENT: Final[Table] = {
    "id": lambda one, _: ids.event(one.event, one.issue.repo),
    "actor": lambda one, _: actor(one.event.actor),
    "createdAt": lambda one, _: time(one.event.at),
    "label": lambda one, _: LabelOf(one.event.label, one.issue.repo, one.event.label_name),
    "previousTitle": lambda one, _: one.event.old,
    "currentTitle": lambda one, _: one.event.new,
    "closer": _closer,
    "stateReason": lambda one, _: (one.issue.reason or "completed").upper(),
}

TABLES: Final[Mapping[str, Table]] = {
    "Issue": {
        **_TEXT,
        "id": lambda one, _: ids.issue(one),
        "number": lambda one, _: one.number,
        "title": lambda one, _: one.title,
        "state": lambda one, _: "OPEN" if one.open else "CLOSED",
        "stateReason": lambda one, _: (state_reason(one) or "").upper() or None,
        "locked": lambda one, _: one.locked,
        "closedAt": lambda one, _: time(one.closed_at),
        "url": lambda one, info: issue_page(info.context, one),
        "includesCreatedEdit": lambda one, _: any(edit.first for edit in one.history),
        "repository": lambda one, _: one.repo,
        "labels": _labels,
        "subIssuesSummary": _parts,
        "blockedBy": _blocked_by,
        "issueDependenciesSummary": _dependencies,
        "timelineItems": _timeline,
        "comments": _comments,
        "closedByPullRequestsReferences": closing_pulls,
    },
    "IssueComment": {
        **_TEXT,
        "id": lambda one, _: ids.comment(one),
        "url": lambda one, info: f"{issue_page(info.context, one.issue)}#issuecomment-{one.id}",
        "viewerDidAuthor": lambda one, info: one.author is info.context.caller,
    },
    "UserContentEdit": {
        "editedAt": lambda one, _: time(one.revision.at),
        "editor": lambda one, _: actor(one.revision.editor),
    },
    **dict.fromkeys(EVENT_TYPES.values(), _EVENT),
}
