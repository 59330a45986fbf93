"""Commands as they arrive on ``POST /api/orchestration/dispatch``, decoded or refused.

Owns the syntax: what `parse` lets through is well-formed. A malformed command is answered 400
with an empty body and leaves no receipt (10-*, 21-thread-create-missing-*, 73-*-blank-id).
Unknown fields are ignored (20-project-create-extra-field); ``createdAt`` is required and never
looked at (73-createdAt-not-iso).
"""

from typing import Annotated, Any, Literal

from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)
from pydantic.alias_generators import to_camel

from afk_sandbox.t3.state import Version

Id = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
RuntimeMode = Literal["approval-required", "auto-accept-edits", "full-access", "auto"]
InteractionMode = Literal["default", "plan"]


class Malformed(Exception):
    """The command does not decode: 400 with an empty body."""


class Wire(BaseModel):
    """What every part of a command has in common."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", strict=True)


class ModelOption(Wire):
    """One of a model's own options (packages/contracts/src/model.ts, ProviderOptionSelection)."""

    id: Id
    value: Id | bool


class ModelSelection(Wire):
    """Which provider instance and model; ``provider`` is the older name of the instance."""

    instance_id: Id = Field(validation_alias=AliasChoices("instanceId", "provider"))
    model: Id
    options: list[ModelOption] | None = None


class _Command(Wire):
    command_id: Id


class _Dated(_Command):
    created_at: str


class ProjectCreate(_Dated):
    """Make a project of a folder."""

    type: Literal["project.create"]
    project_id: Id
    title: Id
    workspace_root: Id
    create_workspace_root_if_missing: bool = False
    default_model_selection: ModelSelection | None = None


class ProjectMetaUpdate(_Command):
    """Change a project's title, folder or default model."""

    type: Literal["project.meta.update"]
    project_id: Id
    title: Id | None = None
    workspace_root: Id | None = None
    default_model_selection: ModelSelection | None = None


class ProjectDelete(_Command):
    """Delete a project; with ``force`` its threads too."""

    type: Literal["project.delete"]
    project_id: Id
    force: bool = False


class _ThreadCommand(_Command):
    thread_id: Id


class _DatedThreadCommand(_ThreadCommand):
    created_at: str


class ThreadCreate(_DatedThreadCommand):
    """Create a thread; ``branch`` and ``worktreePath`` must be there, null allowed."""

    type: Literal["thread.create"]
    project_id: Id
    title: Id
    model_selection: ModelSelection
    runtime_mode: RuntimeMode
    interaction_mode: InteractionMode = "default"
    branch: Id | None
    worktree_path: Id | None


class Attachment(Wire):
    """An image, inlined as a data URL."""

    type: Literal["image"]
    name: Id
    mime_type: Id
    size_bytes: int
    data_url: str


class UserMessage(Wire):
    """What a turn starts with."""

    message_id: Id
    role: Literal["user"]
    text: str
    attachments: list[Attachment] = Field(max_length=8)


class TurnStart(_DatedThreadCommand):
    """Send a message and start a turn. Both modes are required and ignored (53-*)."""

    type: Literal["thread.turn.start"]
    message: UserMessage
    model_selection: ModelSelection | None = None
    runtime_mode: RuntimeMode
    interaction_mode: InteractionMode


class TurnInterrupt(_DatedThreadCommand):
    """Interrupt the running turn."""

    type: Literal["thread.turn.interrupt"]
    turn_id: Id | None = None


class ApprovalRespond(_DatedThreadCommand):
    """Decide a pending approval."""

    type: Literal["thread.approval.respond"]
    request_id: Id
    decision: Literal["accept", "acceptForSession", "decline", "cancel"]


class UserInputRespond(_DatedThreadCommand):
    """Answer a pending question."""

    type: Literal["thread.user-input.respond"]
    request_id: Id
    answers: dict[str, Any]


class SessionStop(_DatedThreadCommand):
    """End the provider session of a thread."""

    type: Literal["thread.session.stop"]


class ThreadMark(_ThreadCommand):
    """Archive, bring back or delete a thread."""

    type: Literal["thread.archive", "thread.unarchive", "thread.delete"]


class ThreadMetaUpdate(_ThreadCommand):
    """Change a thread's title, model, branch or worktree."""

    type: Literal["thread.meta.update"]
    title: Id | None = None
    model_selection: ModelSelection | None = None
    branch: Id | None = None
    worktree_path: Id | None = None


class RuntimeModeSet(_DatedThreadCommand):
    """Change what the agent may do without asking."""

    type: Literal["thread.runtime-mode.set"]
    runtime_mode: RuntimeMode


class InteractionModeSet(_DatedThreadCommand):
    """Change between working and planning."""

    type: Literal["thread.interaction-mode.set"]
    interaction_mode: InteractionMode


class CheckpointRevert(_DatedThreadCommand):
    """Go back to a checkpoint: in the sandbox only to the beginning, as recorded (74-2)."""

    type: Literal["thread.checkpoint.revert"]
    turn_count: int = Field(ge=0)


Command = (
    ProjectCreate
    | ProjectMetaUpdate
    | ProjectDelete
    | ThreadCreate
    | TurnStart
    | TurnInterrupt
    | ApprovalRespond
    | UserInputRespond
    | SessionStop
    | ThreadMark
    | ThreadMetaUpdate
    | RuntimeModeSet
    | InteractionModeSet
    | CheckpointRevert
)

_COMMAND: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="type")])


def parse(body: object, version: Version) -> Command:
    """Decode a command. Raises `Malformed`, also for runtime modes the version lacks."""
    try:
        command = _COMMAND.validate_python(body)
    except ValidationError as error:
        raise Malformed(str(error)) from error
    if getattr(command, "runtime_mode", None) == "auto" and version == "0.0.28":
        raise Malformed("runtime mode auto came with 0.0.32")
    return command
