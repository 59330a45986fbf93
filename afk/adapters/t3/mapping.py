"""What T3's shapes mean in afk's words, `afk.model.agent`; pure.

Owns which threads are shown, and how a thread is put together; what its states and requests mean
is `afk.adapters.t3.status`'s and `afk.adapters.t3.requests`'s. Must not parse, send or know a
clock.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from afk.adapters.t3 import status
from afk.adapters.t3.requests import pending
from afk.adapters.t3.wire import Message, Overview, Project, Thread, text
from afk.model.agent import (
    AgentMessage,
    AgentProject,
    AgentSnapshot,
    AgentThread,
    Presence,
    ThreadDetail,
)
from afk.ports import ThreadSpec

_LONGEST_ID: Final = 200
_CLONE: Final = re.compile(r"[A-Za-z0-9._:-]{1,200}(?:/[A-Za-z0-9._-]{1,100}){1,8}")


def snapshot(overview: Overview, environment_id: str, server_now: datetime) -> AgentSnapshot:
    """Return what one read shows: of a shell, archived and deleted threads are never part."""
    return AgentSnapshot(
        environment_id=environment_id,
        sequence=overview.snapshot_sequence,
        server_now=server_now,
        projects=projects(overview.projects),
        threads=tuple(agent_thread(thread) for thread in overview.threads if thread.plain),
    )


def repository_of(project: Project) -> str:
    """Return what T3 says a folder is a clone of, in lower case; "" for none, and for nonsense."""
    told = project.repository_identity
    key = text(told.get("canonicalKey")) if isinstance(told, dict) else ""
    return key.lower() if _CLONE.fullmatch(key) else ""


def projects(found: Iterable[Project]) -> tuple[AgentProject, ...]:
    """Return the projects that are there, without those whose id is no id of T3's."""
    return tuple(
        AgentProject(project.id, project.workspace_root, repository_of(project))
        for project in found
        if project.deleted_at is None and len(project.id) <= _LONGEST_ID
    )


def selection(spec: ThreadSpec) -> dict[str, Any]:
    """Return T3's ``modelSelection``; options only where there are any."""
    chosen = {"instanceId": spec.instance, "model": spec.model}
    options = [{"id": name, "value": value} for name, value in spec.options]
    return {**chosen, "options": options} if options else chosen


def detail(
    thread: Thread, server_now: datetime, mask: Callable[[str], str] = str
) -> ThreadDetail | None:
    """Return a thread with its bodies; None when it is archived or deleted.

    ``server_now`` is T3's clock as the answer gives it: the bodies' times and the thread's state
    are of the moment they were read at, which the shell's are not. ``mask`` takes the known secrets
    out of what is shown to people.
    """
    if thread.presence is not Presence.PRESENT:
        return None
    messages = tuple(_message(message) for message in thread.messages or ())
    open_ones = pending(thread, mask)
    whole = ThreadDetail(thread=agent_thread(thread), messages=messages, pending=open_ones)
    since = max((message.created_at for message in whole.asked), default=None)
    if since is None:
        return whole
    return replace(
        whole,
        status=status.status(thread, since, server_now),
        error=status.error_text(thread, since),
        error_at=status.error_time(thread, since),
        start_failed=bool(status.start_failures(thread, since)),
    )


def agent_thread(thread: Thread) -> AgentThread:
    """Return the thread as shell, snapshot or detail show it."""
    return AgentThread(
        id=thread.id,
        project_id=thread.project_id,
        title=thread.shown_title,
        instance=thread.instance,
        created_at=thread.created_at,
        updated_at=thread.updated_at,
        session=status.session(thread),
        session_at=thread.session.updated_at if thread.session is not None else None,
        asked_at=status.asked_at(thread),
        start=status.start(thread),
        error=status.error_shown(thread),
        presence=thread.presence,
    )


def _message(wire: Message) -> AgentMessage:
    return AgentMessage(wire.id, status.speaker(wire), wire.text, wire.created_at)
