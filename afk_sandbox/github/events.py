"""GitHub's REST endpoints for what happened to issues: events and timelines.

Recordings of ``github/``: ``020`` to ``022`` (a repository's, newest first here), ``023`` to
``028`` (an issue's, oldest first; a label has no id; ``closed`` names the commit that did it),
``029`` (an empty timeline). The timeline's entries are OpenAPI's.
"""

from typing import Any, Final

from starlette.responses import Response

from afk_sandbox.forge.records import Comment, Event, EventKind, Issue
from afk_sandbox.github import ids
from afk_sandbox.github.answers import not_found
from afk_sandbox.github.call import Call
from afk_sandbox.github.repository_shapes import short_repository
from afk_sandbox.github.shapes import cause, comment, issue, repo_api, state_reason, time, user

NAMES: Final = {
    EventKind.LABELED: "labeled",
    EventKind.UNLABELED: "unlabeled",
    EventKind.RENAMED: "renamed",
    EventKind.CLOSED: "closed",
    EventKind.REOPENED: "reopened",
    EventKind.REFERENCED: "referenced",
    EventKind.BLOCKED_BY_ADDED: "blocked_by_added",
    EventKind.BLOCKED_BY_REMOVED: "blocked_by_removed",
    EventKind.BLOCKING_ADDED: "blocking_added",
    EventKind.BLOCKING_REMOVED: "blocking_removed",
    EventKind.ASSIGNED: "assigned",
    EventKind.LOCKED: "locked",
}
"""Events proper; a mention is in timelines only, a branch's is Forgejo's alone."""


def events(one: Issue) -> list[Event]:
    """Return an issue's events proper, oldest first."""
    return [event for event in one.events if event.kind in NAMES]


def list_issue_events(call: Call) -> Response:
    """GET .../issues/{number}/events."""
    one = call.issue(moves=False)
    return call.listed([_event(call, one, event) for event in events(one)])


def list_repository_events(call: Call) -> Response:
    """GET /repos/{o}/{r}/issues/events."""
    found = _all(call)
    page = [_whole(call, *entry) for entry in call.paged(found)]
    return call.answer(page, total=len(found))


def get_event(call: Call) -> Response:
    """GET /repos/{o}/{r}/issues/events/{id}."""
    wanted = call.number("id")
    found = next((entry for entry in _all(call) if entry[1].id == wanted), None)
    if found is None:
        raise not_found()
    return call.answer(_whole(call, *found))


def timeline(call: Call) -> Response:
    """GET .../issues/{number}/timeline: comments among the events, oldest first."""
    one = call.issue(moves=False)
    shown = [e for e in one.events if e.kind in NAMES or _visible_mention(call, e)]
    items: list[Comment | Event] = [*one.comments, *shown]
    items.sort(key=lambda item: item.id)
    return call.listed([_item(call, one, item) for item in items])


def _all(call: Call) -> list[tuple[Issue, Event]]:
    """Return every event of the repository, newest first."""
    every = [(one, event) for one in call.repo.issues.values() for event in events(one)]
    return sorted(every, key=lambda entry: entry[1].id, reverse=True)


def _whole(call: Call, one: Issue, event: Event) -> dict[str, Any]:
    return _event(call, one, event) | {"issue": issue(call, one)}


def _visible_mention(call: Call, event: Event) -> bool:
    return event.kind is EventKind.MENTIONED and bool(event.source and call.sees(event.source))


def _item(call: Call, one: Issue, item: Comment | Event) -> dict[str, Any]:
    if isinstance(item, Comment):
        shown = comment(call, item)
        return shown | {"event": "commented", "actor": shown["user"]}
    if item.kind is EventKind.MENTIONED and item.other is not None:
        return {
            "event": "cross-referenced",
            "actor": user(call, item.actor),
            "created_at": time(item.at),
            "updated_at": time(item.at),
            "source": {"type": "issue", "issue": issue(call, item.other)},
        }
    shown = _event(call, one, item)
    if item.kind in (EventKind.CLOSED, EventKind.REOPENED):
        shown["state_reason"] = None
    shown.pop("assigner", None)
    return shown


def _event(call: Call, one: Issue, event: Event) -> dict[str, Any]:
    """Return an event; what a deleted account did has no actor."""
    repo, name = one.repo, NAMES[event.kind]
    source = cause(event, one)
    shown: dict[str, Any] = {
        "id": event.id,
        "node_id": ids.event(event, repo),
        "url": f"{repo_api(call, repo)}/issues/events/{event.id}",
        "actor": None if event.actor.deleted else user(call, event.actor),
        "event": name,
        "commit_id": event.commit or None,
        "commit_url": f"{repo_api(call, source)}/commits/{event.commit}" if event.commit else None,
        "created_at": time(event.at),
        "performed_via_github_app": None,
    }
    if event.label is not None:
        shown["label"] = {"name": event.label.name, "color": event.label.color}
    elif event.kind is EventKind.RENAMED:
        shown["rename"] = {"from": event.old, "to": event.new}
    elif event.kind is EventKind.LOCKED:
        shown["lock_reason"] = None
    elif event.assignee is not None:
        shown["assignee"] = user(call, event.assignee)
        shown["assigner"] = user(call, event.actor)
    elif event.other is not None:
        which = name.rpartition("_")[0]
        shown[which] = _reference(call, event.other)
    return shown


def _reference(call: Call, other: Issue) -> dict[str, Any] | None:
    """Return the other issue of a dependency, null where the caller cannot see it."""
    if not call.sees(other.repo):
        return None
    return {
        "number": other.number,
        "title": other.title,
        "state": "open" if other.open else "closed",
        "state_reason": state_reason(other),
        "repository": short_repository(call, other.repo),
        "issue_type": None,
    }
