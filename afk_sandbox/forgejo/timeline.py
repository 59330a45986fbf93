"""Forgejo's timeline: comments and events as one list, what its readers may see of it.

Recordings ``forgejo/14.0.0``: ``035`` (empty is null), ``047`` (labels), ``059`` (titles), ``099``
(paging happens before hiding), ``106``, ``113`` (dependencies), ``133`` to ``136`` (commits).
The shape of a mention from another issue is that of ``170``'s pull request.
"""

import json
from datetime import datetime
from html import escape
from typing import Any, Final

from starlette.responses import Response

from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.records import Account, Comment, Event, Issue
from afk_sandbox.forgejo.call import Call
from afk_sandbox.forgejo.shapes import comment, entry, issue, label, time, user

_TYPES: Final = {
    EventKind.LABELED: "label",
    EventKind.UNLABELED: "label",
    EventKind.RENAMED: "change_title",
    EventKind.CLOSED: "close",
    EventKind.REOPENED: "reopen",
    EventKind.REFERENCED: "commit_ref",
    EventKind.BLOCKED_BY_ADDED: "add_dependency",
    EventKind.BLOCKING_ADDED: "add_dependency",
    EventKind.BLOCKED_BY_REMOVED: "remove_dependency",
    EventKind.BLOCKING_REMOVED: "remove_dependency",
    EventKind.ASSIGNED: "assignees",
    EventKind.LOCKED: "lock",
    EventKind.UNLOCKED: "unlock",
    EventKind.BRANCH_CHANGED: "change_issue_ref",
    EventKind.PUSHED: "pull_push",
    EventKind.BASE_CHANGED: "change_target_branch",
    EventKind.REVIEWED: "review",
    EventKind.REVIEW_REQUESTED: "review_request",
    EventKind.REVIEW_DISMISSED: "dismiss_review",
    EventKind.MERGED: "merge_pull",
    EventKind.HEAD_DELETED: "delete_branch",
    EventKind.SCHEDULED: "pull_scheduled_merge",
    EventKind.UNSCHEDULED: "pull_cancel_scheduled_merge",
}


def timeline(call: Call) -> Response:
    """GET .../issues/{index}/timeline: everything at once, by time; hidden items left out."""
    one = call.issue()
    items: list[Comment | Event] = [*one.comments, *one.events]
    items.sort(key=lambda item: (time(_at(item)), item.id))
    items = [item for item in items if call.between(_changed(item))]
    if call.query("page"):
        items = call.paged(items)
    shown = [timeline_item(call, one, item) for item in items if _visible(call, item)]
    return call.answer(shown or None, total=len(shown))


def _at(item: Comment | Event) -> datetime:
    return item.created_at if isinstance(item, Comment) else item.at


def _changed(item: Comment | Event) -> datetime:
    return item.updated_at if isinstance(item, Comment) else item.at


def _visible(call: Call, item: Comment | Event) -> bool:
    """Say whether the caller can read the repository that an event refers from."""
    return isinstance(item, Comment) or item.source is None or call.can_see(item.source)


def timeline_item(call: Call, one: Issue, item: Comment | Event) -> dict[str, Any]:
    """Return a comment or an event as the timeline shows it."""
    if isinstance(item, Comment):
        shown = _item(call, one, item, item.author, "comment")
        times = {"created_at": time(item.created_at), "updated_at": time(item.updated_at)}
        return shown | times | {"body": item.body}
    kind = _TYPES.get(item.kind) or _mention(item)
    shown = _item(call, one, item, item.actor, kind)
    shown |= {"created_at": time(item.at), "updated_at": time(item.at)}
    if item.label is not None:
        shown["label"] = label(call, item.label, one.repo)
        shown["body"] = "1" if item.kind is EventKind.LABELED else ""
    elif item.kind is EventKind.RENAMED:
        shown |= {"old_title": item.old, "new_title": item.new}
    elif item.kind in (EventKind.BRANCH_CHANGED, EventKind.BASE_CHANGED):
        shown |= {"old_ref": item.old, "new_ref": item.new}
    elif item.kind is EventKind.REFERENCED and item.source is not None:
        subject = item.source.commits[item.commit].message.partition("\n")[0]
        link = f"/{item.source.full_name}/commit/{item.commit}"
        shown["body"] = f'<a href="{link}">{escape(subject)}</a>'
        shown["ref_commit_sha"] = item.commit
    elif item.kind is EventKind.MENTIONED and item.other is not None:
        shown["ref_issue"] = issue(call, item.other)
        shown["ref_action"] = _action(call, one, item)
        shown["ref_comment"] = comment(call, item.comment) if item.comment else None
    elif item.kind is EventKind.ASSIGNED and item.assignee is not None:
        shown["assignee"] = user(call, item.assignee, viewer=None)
    elif item.other is not None:
        shown["dependent_issue"] = issue(call, item.other)
    return shown | _of_pull(item)


def _of_pull(item: Event) -> dict[str, Any]:
    """Return what an event of a pull request tells besides (``pulls-16/113``, ``263``)."""
    if item.kind is EventKind.PUSHED:
        told = {"is_force_push": item.forced, "commit_ids": list(item.commits)}
        return {"body": json.dumps(told, separators=(",", ":"))}
    if item.kind is EventKind.HEAD_DELETED:
        return {"old_ref": item.old}
    if item.review is not None:
        return {"review_id": item.review.id, "body": item.new or item.review.body}
    return {}


def _mention(item: Event) -> str:
    """Return what a mention is called: by what kind of text it was made."""
    if item.comment:
        return "comment_ref"
    return "pull_ref" if item.other is not None and item.other.is_pull else "issue_ref"


def _action(call: Call, one: Issue, item: Event) -> str:
    """Return what a mention asks for; no longer when its pull request says so no more.

    ``pulls-16/112-timeline-issue-merge``; "neutered": cassettes of the contract suite.
    """
    if not item.closes or item.other is None or item.other.pull is None:
        return "none"
    return "closes" if one in call.model.closes(item.other.pull) else "neutered"


def _item(
    call: Call, one: Issue, item: Comment | Event, actor: Account, kind: str
) -> dict[str, Any]:
    return entry(call, one, item.id, actor) | {
        "type": kind,
        "body": "",
        "old_project_id": 0,
        "project_id": 0,
        "old_milestone": None,
        "milestone": None,
        "tracked_time": None,
        "old_title": "",
        "new_title": "",
        "old_ref": "",
        "new_ref": "",
        "ref_issue": None,
        "ref_comment": None,
        "ref_action": "none",
        "ref_commit_sha": "",
        "review_id": 0,
        "label": None,
        "assignee": None,
        "assignee_team": None,
        "removed_assignee": False,
        "resolve_doer": None,
        "dependent_issue": None,
    }
