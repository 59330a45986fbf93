"""How a T3 server spells its state on the wire, per version.

Shapes from ``tests/recordings/t3``: 22-shell-fresh, 22-thread-fresh, 30-2-running-snapshot,
30-3-completed-*, of both versions. Pure: state in, JSON out.
"""

from collections.abc import Iterable
from operator import attrgetter

from afk.sandbox.t3_state import Json, Project, Session, State, Thread, Turn, Version, iso

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


def environment(version: Version, environment_id: str) -> Json:
    """Return ``/.well-known/t3/environment``."""
    flags = _FLAGS_0_0_32 if version == "0.0.32" else ()
    return {
        "environmentId": environment_id,
        "label": "sandbox",
        "platform": {"os": "linux", "arch": "x64"},
        "serverVersion": version,
        "capabilities": {"repositoryIdentity": True} | dict.fromkeys(flags, True),
    }


def shell(state: State, version: Version) -> Json:
    """Return the shell: no archived or deleted threads, no message bodies."""
    projects = [_project(p) | {"repositoryIdentity": None} for p in _by_age(state.projects)]
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
    extra = {"repositoryIdentity": None} if version == "0.0.28" else {}
    projects = [
        _project(p) | extra | {"deletedAt": p.deleted_at and iso(p.deleted_at)}
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


def _by_age[T: (Project, Thread)](items: dict[str, T]) -> Iterable[T]:
    return sorted(items.values(), key=attrgetter("created_at", "id"))
