"""How a server of protocol 2 spells its state: shell and a thread's projection.

Shapes from ``tests/recordings/t3/v2-0.0.33``: 21-shell-after-creates, 30-3-completed-thread,
52-2-pending-question-thread, 35-fail-thread. Of the projection's lists,
those that nobody reads here (nodes, sessions, checkpoints and their kin) are empty. Pure.
"""

from collections.abc import Sequence
from datetime import datetime

from afk_sandbox.t3.state import Json, Message, Project, State, Thread, Turn, iso
from afk_sandbox.t3.views import identity

PROTOCOL = 2
_ACTIVE = ("preparing", "starting", "running")


def shell(state: State) -> Json:
    """Return the shell: archived threads have a list of their own, deleted ones are in none."""
    threads = [one for one in state.threads.values() if one.deleted_at is None]
    threads.sort(key=lambda one: (one.created_at, one.id))
    projects = sorted(state.projects.values(), key=lambda one: (one.created_at, one.id))
    return {
        "schemaVersion": PROTOCOL,
        "snapshotSequence": state.sequence,
        "threads": [_in_shell(one) for one in threads if one.archived_at is None],
        "archivedThreads": [_in_shell(one) for one in threads if one.archived_at is not None],
        "projects": [
            _project(one) | {"defaultThreadEnvMode": None}
            for one in projects
            if one.deleted_at is None
        ],
    }


def project(state: State, project_id: str) -> Json:
    """Return what the creation of a project is answered with."""
    one = state.projects[project_id]
    return _project(one) | {"deletedAt": _at(one.deleted_at)}


def _project(one: Project) -> Json:
    return {
        "id": one.id,
        "title": one.title,
        "workspaceRoot": one.workspace_root,
        "repositoryIdentity": identity(one),
        "faviconPath": None,
        "defaultModelSelection": one.default_model_selection,
        "scripts": one.scripts,
        "createdAt": iso(one.created_at),
        "updatedAt": iso(one.updated_at),
    }


def thread(state: State, thread_id: str) -> Json | None:
    """Return a thread with everything in it, wherever it stands; None if there never was one."""
    found = state.threads.get(thread_id)
    if found is None:
        return None
    messages = sorted(found.messages.values(), key=lambda one: one.created_at)
    projection = {
        "thread": _thread(found) | {"deletedAt": found.deleted_at and iso(found.deleted_at)},
        "runs": [_run(found, number, run) for number, run in _numbered(found)],
        **dict.fromkeys(UNREAD, ()),
        "runtimeRequests": [_request(name, one) for name, one in found.requests.items()],
        "messages": [_message(found, one) for one in messages],
        "turnItems": _items(found, messages),
        "updatedAt": iso(found.updated_at),
    }
    return {"snapshotSequence": state.sequence, "projection": projection}


UNREAD = (
    "attempts",
    "nodes",
    "subagents",
    "providerSessions",
    "providerThreads",
    "providerTurns",
    "plans",
    "checkpointScopes",
    "checkpoints",
    "contextHandoffs",
    "contextTransfers",
    "visibleTurnItems",
)


def _numbered(found: Thread) -> list[tuple[int, Turn]]:
    return list(enumerate(found.turns.values(), start=1))


def _thread(found: Thread) -> Json:
    return {
        "createdBy": "system" if found.imported else "user",
        "creationSource": "server" if found.imported else "web",
        "id": found.id,
        "projectId": found.project_id,
        "title": found.title,
        "providerInstanceId": found.model_selection.get("instanceId"),
        "modelSelection": found.model_selection,
        "runtimeMode": found.runtime_mode,
        "interactionMode": found.interaction_mode,
        "branch": found.branch,
        "worktreePath": found.worktree_path,
        "activeProviderThreadId": None,
        **({"historyOrigin": "v1_import"} if found.imported else {}),
        "lineage": {
            "parentThreadId": None,
            "relationshipToParent": None,
            "rootThreadId": found.id,
        },
        "forkedFrom": None,
        "createdAt": iso(found.created_at),
        "updatedAt": iso(found.updated_at),
        "archivedAt": found.archived_at and iso(found.archived_at),
        "settledOverride": None,
        "settledAt": None,
        "snoozedUntil": None,
        "snoozedAt": None,
        "lastVisitedAt": None,
    }


def _in_shell(found: Thread) -> Json:
    runs = list(found.turns.values())
    newest = runs[-1] if runs else None
    active = next((run for run in runs if run.state in _ACTIVE), None)
    moving = active or next((run for run in runs if run.state == "waiting"), None)
    asked = [one.created_at for one in found.messages.values() if one.role == "user"]
    said = [one for one in found.messages.values() if one.text]
    open_requests = [
        (name, one) for name, one in found.requests.items() if one["status"] == "pending"
    ]
    items = len(found.messages)
    return _thread(found) | {
        "latestRunId": newest.id if newest else None,
        "latestRunRequestedAt": _at(newest.requested_at) if newest else None,
        "latestRunStartedAt": _at(newest.started_at) if newest else None,
        "latestRunCompletedAt": _at(newest.completed_at) if newest else None,
        "activeRunId": active.id if active else None,
        "activityRunStatus": moving.state if moving else None,
        "status": newest.state if newest else "idle",
        "lastError": None,
        "pendingRuntimeRequest": {
            "id": open_requests[0][0],
            "kind": open_requests[0][1]["kind"],
            "createdAt": iso(open_requests[0][1]["at"]),
        }
        if open_requests
        else None,
        "latestVisibleMessage": {
            "id": said[-1].id,
            "role": said[-1].role,
            "text": said[-1].text,
            "updatedAt": iso(said[-1].updated_at),
        }
        if said
        else None,
        "latestUserMessageAt": _at(max(asked, default=None)),
        "hasActionableProposedPlan": False,
        "pendingBackgroundTasks": [],
        "itemCount": items,
        "visibleItemCount": items,
        "pinnedAt": None,
        "pinOrderKey": None,
        "titleRegeneration": None,
        "deletedAt": None,
    }


def _run(found: Thread, number: int, run: Turn) -> Json:
    queued = [one.id for one in found.turns.values() if one.state == "queued"]
    return {
        "id": run.id,
        "threadId": found.id,
        "ordinal": number,
        "providerInstanceId": found.model_selection.get("instanceId"),
        "modelSelection": found.model_selection,
        "providerThreadId": None,
        "userMessageId": run.message,
        "rootNodeId": f"node:run:{run.id}:root",
        "activeAttemptId": f"run-attempt:run:{run.id}:attempt:1",
        "status": run.state,
        "queuePosition": queued.index(run.id) + 1 if run.id in queued else None,
        "requestedAt": iso(run.requested_at),
        "startedAt": _at(run.started_at),
        "completedAt": _at(run.completed_at),
        "checkpointId": None,
        "contextHandoffId": None,
    }


def _request(name: str, one: Json) -> Json:
    return {
        "id": name,
        "nodeId": f"node:{name}",
        "providerTurnId": None,
        "nativeRequestRef": None,
        "kind": one["kind"],
        "status": one["status"],
        "responseCapability": {"type": "live", "providerSessionId": "shared"},
        "createdAt": iso(one["at"]),
        "resolvedAt": _at(one["resolved_at"]),
    }


def _message(found: Thread, one: Message) -> Json:
    by_user = one.role == "user"
    source = "server" if found.imported else "web" if by_user else "provider"
    return {
        "createdBy": "user" if by_user else "agent",
        "creationSource": source,
        "id": one.id,
        "threadId": found.id,
        "runId": one.turn_id if one.turn_id in found.turns else None,
        "nodeId": None,
        "role": one.role,
        "text": one.text,
        "attachments": [],
        "streaming": one.streaming,
        "createdAt": iso(one.created_at),
        "updatedAt": iso(one.updated_at),
    }


def _items(found: Thread, messages: Sequence[Message]) -> list[Json]:
    """Return the thread's log: what was said, asked, and what went wrong."""
    items: list[Json] = []
    for one in messages:
        base = _item(found, f"turn-item:message:{one.id}", one.turn_id, one.updated_at)
        extra: Json = {"type": "assistant_message", "streaming": one.streaming}
        if one.role == "user":
            extra = {
                "type": "user_message",
                "createdBy": "user",
                "creationSource": "web",
                "inputIntent": "turn_start",
                "attachments": [],
            }
        items.append(base | extra | {"messageId": one.id, "text": one.text})
    for name, request in found.requests.items():
        kind = "user_input_request" if request["kind"] == "user_input" else "approval_request"
        base = _item(found, f"turn-item:{name}", request["run"], request["at"])
        status = "waiting" if request["status"] == "pending" else "completed"
        extra = {"requestKind": "command", "prompt": "needs approval"}
        if kind == "user_input_request":
            extra = {"questions": request["questions"]}
        items.append(base | {"status": status, "type": kind, "requestId": name} | extra)
    for run in found.turns.values():
        if run.failure is not None and run.completed_at is not None:
            base = _item(found, f"turn-item:terminal-failure:{run.id}", run.id, run.completed_at)
            items.append(
                base
                | {
                    "status": "failed",
                    "title": "Provider error",
                    "type": "error",
                    "failure": run.failure,
                }
            )
    return [one | {"ordinal": number} for number, one in enumerate(items, start=1_000_001)]


def _item(found: Thread, name: str, run_id: str | None, at: datetime) -> Json:
    return {
        "id": name,
        "threadId": found.id,
        "runId": run_id if run_id in found.turns else None,
        "nodeId": None,
        "providerThreadId": None,
        "providerTurnId": None,
        "nativeItemRef": None,
        "parentItemId": None,
        "status": "completed",
        "title": None,
        "startedAt": iso(at),
        "completedAt": iso(at),
        "updatedAt": iso(at),
    }


def _at(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None
