"""What a T3 server decides about a decoded command: refuse it, or change the state.

The rules are those the recordings show through opaque answers (20-*, 21-*, 43-*, 55-4):
an invariant that does not hold is `Rejected` (500, remembered), a folder or attachment that
cannot be used is `Invalid` (400, not remembered). What happens afterwards in the provider is
`afk_sandbox.t3.reactor`'s business.
"""

import re
from collections.abc import MutableMapping
from datetime import datetime

from afk_sandbox.t3.commands import (
    CheckpointRevert,
    Command,
    InteractionModeSet,
    ModelSelection,
    ProjectCreate,
    ProjectDelete,
    ProjectMetaUpdate,
    RuntimeModeSet,
    ThreadCreate,
    ThreadMark,
    ThreadMetaUpdate,
    TurnInterrupt,
    TurnStart,
)
from afk_sandbox.t3.state import Json, Message, Project, State, Thread

_IMAGE = re.compile(r"data:image/[\w.+-]+;base64,[A-Za-z0-9+/]+=*")


class Rejected(Exception):
    """An invariant does not hold: 500, and the command id is burnt."""


class Invalid(Exception):
    """The command names something unusable: 400 ``invalid_command``, no receipt."""


Folders = MutableMapping[str, bool]
"""Folders that exist on the server's host -> whether it is a git repository."""


def check(command: Command, folders: Folders) -> None:
    """Refuse folders that do not exist and attachments that are no images."""
    root = getattr(command, "workspace_root", None)
    if root is not None and root not in folders:
        if not getattr(command, "create_workspace_root_if_missing", False):
            raise Invalid(f"no folder {root}")
        folders[root] = False
    if isinstance(command, TurnStart) and not all(
        _IMAGE.fullmatch(attachment.data_url) for attachment in command.message.attachments
    ):
        raise Invalid("an attachment is no image")


def decide(state: State, command: Command, at: datetime) -> None:
    """Apply the command to the state. Raises `Rejected` and changes nothing."""
    match command:
        case ProjectCreate():
            _create_project(state, command, at)
        case ProjectMetaUpdate():
            _update_project(state, command, at)
        case ProjectDelete():
            _delete_project(state, command, at)
        case ThreadCreate():
            _create_thread(state, command, at)
        case _:
            thread = state.threads.get(command.thread_id)
            if thread is None:
                raise Rejected(f"no thread {command.thread_id}")
            _change_thread(state, thread, command, at)


def _create_project(state: State, command: ProjectCreate, at: datetime) -> None:
    if command.project_id in state.projects:
        raise Rejected(f"project {command.project_id} exists")
    roots = [p.workspace_root for p in state.projects.values() if p.deleted_at is None]
    if command.workspace_root in roots:
        raise Rejected(f"{command.workspace_root} has a project")
    project = Project(
        id=command.project_id,
        title=command.title,
        workspace_root=command.workspace_root,
        default_model_selection=_model(command.default_model_selection),
        created_at=at,
        updated_at=at,
    )
    state.projects[project.id] = project
    state.event(at, project)


def _project(state: State, project_id: str) -> Project:
    project = state.projects.get(project_id)
    if project is None or project.deleted_at is not None:
        raise Rejected(f"no project {project_id}")
    return project


def _update_project(state: State, command: ProjectMetaUpdate, at: datetime) -> None:
    project = _project(state, command.project_id)
    project.title = command.title or project.title
    project.workspace_root = command.workspace_root or project.workspace_root
    if "default_model_selection" in command.model_fields_set:
        project.default_model_selection = _model(command.default_model_selection)
    state.event(at, project)


def _delete_project(state: State, command: ProjectDelete, at: datetime) -> None:
    project = _project(state, command.project_id)
    threads = [
        thread
        for thread in state.threads.values()
        if thread.project_id == project.id and thread.deleted_at is None
    ]
    if threads and not command.force:
        raise Rejected(f"project {project.id} is not empty")
    for thread in threads:
        thread.deleted_at = at
        state.event(at, thread)
    project.deleted_at = at
    state.event(at, project)


def _create_thread(state: State, command: ThreadCreate, at: datetime) -> None:
    _project(state, command.project_id)
    if command.thread_id in state.threads:
        raise Rejected(f"thread {command.thread_id} exists or existed")
    thread = Thread(
        id=command.thread_id,
        project_id=command.project_id,
        title=command.title,
        model_selection=_model(command.model_selection) or {},
        runtime_mode=command.runtime_mode,
        interaction_mode=command.interaction_mode,
        branch=command.branch,
        worktree_path=command.worktree_path,
        created_at=at,
        updated_at=at,
    )
    state.threads[thread.id] = thread
    state.event(at, thread)


def _change_thread(state: State, thread: Thread, command: Command, at: datetime) -> None:
    match command:
        case ThreadMark():
            _mark(thread, command.type, at)
        case ThreadMetaUpdate():
            _update_thread(thread, command)
        case RuntimeModeSet():
            thread.runtime_mode = command.runtime_mode
        case InteractionModeSet():
            thread.interaction_mode = command.interaction_mode
        case TurnStart():
            _store_message(thread, command, at)
            state.event(at, thread)  # the message is one event, the request for a turn another
        case CheckpointRevert(turn_count=0):  # 74-2, 76-token-fresh: as if nothing had been said
            thread.latest_turn = None
            for turns in (thread.turns, thread.messages, thread.activities, thread.checkpoints):
                turns.clear()
        case TurnInterrupt() if command.turn_id in thread.turns:
            turn = thread.turns[command.turn_id]  # 51-2: shown before anything was interrupted
            turn.state = "interrupted"
            turn.completed_at = turn.completed_at or at
        case _:
            pass  # only the provider answers
    state.event(at, thread)


def _mark(thread: Thread, kind: str, at: datetime) -> None:
    archived = thread.archived_at is not None
    if kind == "thread.delete":
        thread.deleted_at = thread.deleted_at or at
    elif kind == "thread.archive" and not archived:
        thread.archived_at = at
    elif kind == "thread.unarchive" and archived:
        thread.archived_at = None
    else:
        raise Rejected(f"{kind}: thread {thread.id} is so already")


def _update_thread(thread: Thread, command: ThreadMetaUpdate) -> None:
    thread.title = command.title or thread.title
    thread.model_selection = _model(command.model_selection) or thread.model_selection
    for name in command.model_fields_set & {"branch", "worktree_path"}:
        setattr(thread, name, getattr(command, name))


def _store_message(thread: Thread, command: TurnStart, at: datetime) -> None:
    """Store the user's message; a reused id keeps its time and takes the new text (80-*)."""
    message = command.message
    known = thread.messages.get(message.message_id)
    thread.messages[message.message_id] = Message(
        id=message.message_id,
        role="user",
        text=message.text,
        turn_id=None,
        created_at=known.created_at if known else at,
        updated_at=at,
    )
    thread.pending_start = at


def _model(selection: ModelSelection | None) -> Json | None:
    return selection.model_dump(by_alias=True, exclude_none=True) if selection else None
