"""Protocol 2's calls as they arrive on the socket, decoded into what a person asks for, or refused.

Owns the syntax alone: a command becomes the same value as its kin of protocol 1, since what people
want of a server did not change with the way of saying it. What protocol 1 has no word for stands
here. Recorded in ``tests/recordings/t3/v2-0.0.33``: 21 to 23, 30 to 34, 43, 50 to 53.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import Field, TypeAdapter, ValidationError

from afk_sandbox.t3 import commands
from afk_sandbox.t3.commands import Id, InteractionMode, Malformed, ModelSelection, RuntimeMode

_NOW: Final = ""
"""Protocol 2 has no ``createdAt``."""


class _Command(commands.Wire):
    command_id: Id
    thread_id: Id


class RunInterrupt(_Command):
    """End a run."""

    type: Literal["run.interrupt"]
    run_id: Id


class QueuedRunCancel(_Command):
    """Take a run out of the queue."""

    type: Literal["queued-run.cancel"]
    run_id: Id


class _Create(_Command):
    type: Literal["thread.create"]
    created_by: Literal["user", "agent", "system"]
    creation_source: Literal["web", "mobile", "mcp", "provider", "server"]
    project_id: Id
    title: Id
    model_selection: ModelSelection
    runtime_mode: RuntimeMode
    interaction_mode: InteractionMode
    branch: Id | None
    worktree_path: Id | None


class _Mode(commands.Wire):
    type: Literal["start_immediately", "queue_after_active"]


class _Dispatch(_Command):
    type: Literal["message.dispatch"]
    created_by: Literal["user", "agent", "system"]
    creation_source: Literal["web", "mobile", "mcp", "provider", "server"]
    message_id: Id
    text: str
    attachments: list[commands.Attachment] = Field(max_length=8)
    dispatch_mode: _Mode
    model_selection: ModelSelection | None = None


class _Respond(_Command):
    type: Literal["runtime-request.respond"]
    request_id: Id
    decision: Literal["accept", "acceptForSession", "decline", "cancel"] | None = None
    answers: dict[str, Any] | None = None


class ProjectCreate(commands.Wire):
    """Make a project of a folder."""

    type: Literal["project.create"]
    command_id: Id
    project_id: Id
    title: Id
    workspace_root: Id


_Known = _Create | _Dispatch | _Respond | RunInterrupt | QueuedRunCancel | commands.ThreadMark
Command2 = commands.Command | RunInterrupt | QueuedRunCancel
_COMMAND: TypeAdapter[_Known] = TypeAdapter(Annotated[_Known, Field(discriminator="type")])
_PROJECT: TypeAdapter[ProjectCreate] = TypeAdapter(ProjectCreate)


def parse(body: object) -> Command2:
    """Decode a command. Raises `Malformed` with what the server says of it."""
    try:
        found = _COMMAND.validate_python(body)
    except ValidationError as error:
        raise Malformed(_told(error)) from error
    match found:
        case _Create():
            fields = found.model_dump(exclude={"created_by", "creation_source"})
            return commands.ThreadCreate.model_construct(
                **(fields | {"model_selection": found.model_selection}), created_at=_NOW
            )
        case _Dispatch():
            message = commands.UserMessage.model_construct(
                message_id=found.message_id,
                role="user",
                text=found.text,
                attachments=found.attachments,
            )
            return commands.TurnStart.model_construct(
                type="thread.turn.start",
                command_id=found.command_id,
                thread_id=found.thread_id,
                message=message,
                model_selection=found.model_selection,
                created_at=_NOW,
            )
        case _Respond():
            return _responded(found)
        case _:
            return found


def project(body: object) -> commands.ProjectCreate:
    """Decode the creation of a project."""
    try:
        found = _PROJECT.validate_python(body)
    except ValidationError as error:
        raise Malformed(_told(error)) from error
    return commands.ProjectCreate.model_construct(
        **found.model_dump(),
        created_at=_NOW,
        create_workspace_root_if_missing=False,
        default_model_selection=None,
    )


def _responded(found: _Respond) -> Command2:
    same: dict[str, Any] = {
        "command_id": found.command_id,
        "thread_id": found.thread_id,
        "request_id": found.request_id,
        "created_at": _NOW,
    }
    if found.answers is not None:
        kind = "thread.user-input.respond"
        return commands.UserInputRespond.model_construct(type=kind, answers=found.answers, **same)
    return commands.ApprovalRespond.model_construct(
        type="thread.approval.respond", decision=found.decision or "cancel", **same
    )


def _told(error: ValidationError) -> str:
    """Return the first thing wrong, as Effect's schema says it (``21-thread-create-missing-*``)."""
    first = error.errors(include_url=False, include_context=False)[0]
    if first["type"] == "missing":
        return f'Missing key\n  at ["{first["loc"][-1]}"]'
    return "Expected {readonly type: ..} | .."
