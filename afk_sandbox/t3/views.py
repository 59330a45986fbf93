"""How a T3 server spells its state on the wire, per version.

Shapes from ``tests/recordings/t3``: 22-shell-fresh, 22-thread-fresh, 30-2-running-snapshot,
30-3-completed-*, of both versions. Pure: state in, JSON out.
"""

from typing import TypeVar

from afk_sandbox.t3.state import Json, Project, Session, State, Thread, Turn, Version, iso

_SINCE_0_0_32 = (
    "settledOverride",
    "settledAt",
    "snoozedUntil",
    "snoozedAt",
    "pinnedAt",
    "pinOrderKey",
    "titleRegeneration",
)
_FLAGS_0_0_32 = (
    "connectionProbe",
    "threadSettlement",
    "threadSnooze",
    "threadPinning",
    "threadPinReorder",
    "threadTitleRegeneration",
)


_FLAGS_0_0_33 = ("pullRequests", *_FLAGS_0_0_32, "threadVisitedTracking")


def environment(version: Version, environment_id: str) -> Json:
    """Return ``/.well-known/t3/environment``."""
    flags = {"0.0.28": (), "0.0.32": _FLAGS_0_0_32}.get(version, _FLAGS_0_0_33)
    return {
        "environmentId": environment_id,
        "label": "sandbox",
        "platform": {"os": "linux", "arch": "x64"},
        "serverVersion": version,
        "capabilities": {"repositoryIdentity": True} | dict.fromkeys(flags, True),
    }


def identity(one: Project) -> Json | None:
    """Return what a project's folder is a clone of.

    Not recorded but for null; source, packages/contracts/src/environment.ts.
    """
    if not one.remote:
        return None
    locator = {"source": "git-remote", "remoteName": "origin", "remoteUrl": f"https://{one.remote}"}
    return {"canonicalKey": one.remote, "locator": locator}


def shell(state: State, version: Version) -> Json:
    """Return the shell: no archived or deleted threads, no message bodies."""
    projects = [_project(p) | {"repositoryIdentity": identity(p)} for p in _by_age(state.projects)]
    visible = [thread for thread in state.threads.values() if thread.visible]
    visible.sort(key=lambda thread: (thread.project_id, thread.created_at, thread.id))
    return {
        "snapshotSequence": state.sequence,
        "projects": [p for p in projects if state.projects[p["id"]].deleted_at is None],
        "threads": [_shell_thread(thread, version) for thread in visible],
        "updatedAt": iso(state.updated_at),
    }


def snapshot(state: State, version: Version) -> Json:
    """Return everything, archived and deleted included; without bodies on 0.0.32."""
    old = version == "0.0.28"
    projects = [
        _project(p)
        | ({"repositoryIdentity": identity(p)} if old else {})
        | {"deletedAt": p.deleted_at and iso(p.deleted_at)}
        for p in _by_age(state.projects)
    ]
    threads = [_whole_thread(thread, version) for thread in _by_age(state.threads)]
    if version == "0.0.32":
        threads = [t | {"messages": [], "activities": [], "checkpoints": []} for t in threads]
    return {
        "snapshotSequence": state.sequence,
        "projects": projects,
        "threads": threads,
        "updatedAt": iso(state.updated_at),
    }


def thread_detail(state: State, thread_id: str, version: Version) -> Json | None:
    """Return one thread with bodies; None if unknown, archived or deleted."""
    thread = state.threads.get(thread_id)
    if thread is None or not thread.visible:
        return None
    return {"snapshotSequence": state.sequence, "thread": _whole_thread(thread, version)}


_Aged = TypeVar("_Aged", Project, Thread)


def _by_age(items: dict[str, _Aged]) -> list[_Aged]:
    return sorted(items.values(), key=lambda item: (item.created_at, item.id))


def _project(project: Project) -> Json:
    return {
        "id": project.id,
        "title": project.title,
        "workspaceRoot": project.workspace_root,
        "defaultModelSelection": project.default_model_selection,
        "scripts": project.scripts,
        "createdAt": iso(project.created_at),
        "updatedAt": iso(project.updated_at),
    }


def _thread(thread: Thread, version: Version) -> Json:
    return {
        "id": thread.id,
        "projectId": thread.project_id,
        "title": thread.title,
        "modelSelection": thread.model_selection,
        "runtimeMode": thread.runtime_mode,
        "interactionMode": thread.interaction_mode,
        "branch": thread.branch,
        "worktreePath": thread.worktree_path,
        "latestTurn": _turn(thread.turns.get(thread.latest_turn or "")),
        "createdAt": iso(thread.created_at),
        "updatedAt": iso(thread.updated_at),
        "archivedAt": thread.archived_at and iso(thread.archived_at),
        **dict.fromkeys(_SINCE_0_0_32 if version == "0.0.32" else ()),
        "session": _session(thread.id, thread.session),
    }


def _shell_thread(thread: Thread, version: Version) -> Json:
    asked = [m.created_at for m in thread.messages.values() if m.role == "user"]
    flags = {
        "latestUserMessageAt": iso(max(asked)) if asked else None,
        "hasPendingApprovals": "approval" in thread.waiting.values(),
        "hasPendingUserInput": "user-input" in thread.waiting.values(),
        "hasActionableProposedPlan": False,
    }
    extra = ("backgroundLiveness", "planProgress") if version == "0.0.32" else ()
    return _thread(thread, version) | flags | dict.fromkeys(extra)


def _whole_thread(thread: Thread, version: Version) -> Json:
    messages = sorted(thread.messages.values(), key=lambda message: message.created_at)
    return _thread(thread, version) | {
        "deletedAt": thread.deleted_at and iso(thread.deleted_at),
        "messages": [
            {
                "id": message.id,
                "role": message.role,
                "text": message.text,
                **({"attachments": []} if message.role == "user" else {}),
                "turnId": message.turn_id,
                "streaming": message.streaming,
                "createdAt": iso(message.created_at),
                "updatedAt": iso(message.updated_at),
            }
            for message in messages
        ],
        "proposedPlans": [],
        "activities": thread.activities,
        "checkpoints": thread.checkpoints,
    }


def _session(thread_id: str, session: Session | None) -> Json | None:
    if session is None:
        return None
    return {
        "threadId": thread_id,
        "status": session.status,
        "providerName": session.provider,
        "providerInstanceId": session.instance,
        "runtimeMode": session.runtime_mode,
        "activeTurnId": session.active_turn,
        "lastError": session.last_error,
        "updatedAt": iso(session.updated_at),
    }


def _turn(turn: Turn | None) -> Json | None:
    if turn is None:
        return None
    return {
        "turnId": turn.id,
        "state": turn.state,
        "requestedAt": iso(turn.requested_at),
        "startedAt": iso(turn.requested_at),
        "completedAt": turn.completed_at and iso(turn.completed_at),
        "assistantMessageId": turn.assistant_message,
    }
