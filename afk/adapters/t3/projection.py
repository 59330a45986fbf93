"""The shapes of what T3 Code's protocol 2 sends over HTTP: shell, threads; pure.

Owns which fields are read and which may be missing; what they mean is `afk.adapters.t3.runs`'s.
What is tolerated and what is not is as in `afk.adapters.t3.wire`: unknown fields, words, kinds
and items are kept or left out, a thread without id, project or times is T3's trouble.

Shapes: ``t3/v2-0.0.33`` among the recordings (``21-shell-after-creates``,
``30-3-completed-thread``, ``52-2-pending-question-thread``, ``35-fail-thread``); for builds after
the merge
https://github.com/pingdotgg/t3code, packages/contracts/src/orchestrationV2.ts
(``OrchestrationV2ThreadShell``, ``OrchestrationV2ProviderFailure``, ``TurnTokenUsage``).
"""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from afk.adapters.t3.wire import AT_ONCE, MaybeTime, Place, Project, SequenceNumber, Shape, Time


def _count(value: object) -> int | None:
    """Return a number of tokens, None for what is none."""
    return value if type(value) is int and 0 <= value <= 2**53 else None


_Tokens = Annotated[int | None, BeforeValidator(_count)]


class Lineage(Shape):
    """Where a thread comes from; ``subagent``: it is an agent's own helper."""

    relationship_to_parent: str | None = None


class PendingSummary(Shape):
    """The request that a thread's agent waits for, as the shell shows it."""

    kind: str = ""


class ShownThread(Place):
    """What shell and projection both say of a thread."""

    provider_instance_id: str | None = None
    lineage: Lineage | None = None
    history_origin: str | None = None
    """``v1_import``: brought over from protocol 1, with its messages and without runs."""

    @property
    def own(self) -> bool:
        """Say whether it is a thread of a person's or a program's, not an agent's helper."""
        return self.lineage is None or self.lineage.relationship_to_parent != "subagent"

    @property
    def imported(self) -> bool:
        """Say whether its messages may be older than the runs T3 knows."""
        return self.history_origin == "v1_import"


class ShellThread(ShownThread):
    """A thread of the shell. ``status`` is the newest run's, or ``idle``."""

    status: str
    activity_run_status: str | None = None
    active_run_id: str | None = None
    latest_run_id: str | None = None
    latest_run_requested_at: MaybeTime = None
    latest_run_started_at: MaybeTime = None
    latest_run_completed_at: MaybeTime = None
    latest_user_message_at: MaybeTime = None
    last_error: str | None = None
    last_error_class: str | None = None
    usage_limit_reset_at: MaybeTime = None
    pending_runtime_request: PendingSummary | None = None


class Shell(Shape):
    """``GET /api/orchestration/shell``; deleted threads are in neither list."""

    schema_version: int
    snapshot_sequence: SequenceNumber
    projects: tuple[Project, ...]
    threads: tuple[ShellThread, ...]
    archived_threads: tuple[ShellThread, ...]


class Run(Shape):
    """One user-to-agent cycle: the answer to one message."""

    id: str
    ordinal: int
    status: str
    user_message_id: str
    requested_at: Time
    started_at: MaybeTime = None
    completed_at: MaybeTime = None


class Attempt(Shape):
    """One try at a run; a provider's turn belongs to one."""

    id: str
    run_id: str


class Usage(Shape):
    """What a provider's turn used: input with what was cached, output with reasoning."""

    input_tokens: _Tokens = None
    output_tokens: _Tokens = None


class ProviderTurn(Shape):
    """A turn of the provider's; only builds after the merge say what it used."""

    run_attempt_id: str | None = None
    turn_token_usage: Usage | None = None


class Cost(Shape):
    """What the provider says that a conversation has cost so far."""

    model_config = AT_ONCE

    amount: float = Field(ge=0, le=1e9, allow_inf_nan=False)
    currency: str = Field(pattern=r"\A[A-Z]{3}\z")


def _cost(value: object) -> object:
    """Leave out a price that is none: nothing rests on it."""
    try:
        return Cost.model_validate(value)
    except ValueError:
        return None


class ContextUsage(Shape):
    """How full a provider's conversation is; its price where the provider names one."""

    cost: Annotated[Cost | None, BeforeValidator(_cost)] = None


class ProviderThread(Shape):
    """The provider's side of the conversation."""

    context_usage: ContextUsage | None = None


class Capability(Shape):
    """Whether an answer would reach whoever asked."""

    type: str = ""


class RuntimeRequest(Shape):
    """What an agent waits for."""

    id: str
    kind: str
    status: str
    response_capability: Capability | None = None


class SaidMessage(Shape):
    """One message. Since the merge not only people speak as ``user``: ``createdBy`` tells."""

    id: str
    role: str
    run_id: str | None = None
    created_by: str | None = None
    text: str = ""
    created_at: Time


class Choice(Shape):
    """One answer that a question offers."""

    label: str = ""


class Question(Shape):
    """One question of a request, and what can be chosen."""

    id: str = ""
    header: str = ""
    question: str = ""
    options: tuple[Choice, ...] = ()


class Failure(Shape):
    """What went wrong. ``class`` is of a closed list, with ``usage_limit`` since the merge."""

    model_config = AT_ONCE

    kind: str = Field(default="", alias="class")
    message: str = ""
    reset_at: MaybeTime = None


class TurnItem(Shape):
    """One line of the thread's log; which fields it has depends on ``type``."""

    type: str = ""
    status: str = ""
    run_id: str | None = None
    request_id: str | None = None
    updated_at: MaybeTime = None
    questions: tuple[Question, ...] = ()
    prompt: str | None = None
    failure: Failure | None = None


class Projection(Shape):
    """A thread with everything in it."""

    thread: ShownThread
    runs: tuple[Run, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    provider_threads: tuple[ProviderThread, ...] = ()
    provider_turns: tuple[ProviderTurn, ...] = ()
    runtime_requests: tuple[RuntimeRequest, ...] = ()
    messages: tuple[SaidMessage, ...] = ()
    turn_items: tuple[TurnItem, ...] = ()
    updated_at: MaybeTime = None


class Detail(Shape):
    """``GET /api/orchestration/threads/:id``; the sequence is the thread's own newest one."""

    snapshot_sequence: SequenceNumber
    projection: Projection


class Dispatched(Shape):
    """The answer to a command: the sequence from which on the shell shows its effect."""

    sequence: SequenceNumber


def is_protocol_2(shell: Any) -> bool:
    """Say whether a shell is protocol 2's, whatever the descriptor says.

    Protocol 2 before its merge does not name itself in the descriptor, but its shell has both
    fields and protocol 1's has neither (``t3/v2-0.0.33/04-shell-empty``).
    """
    return isinstance(shell, dict) and "schemaVersion" in shell and "archivedThreads" in shell
