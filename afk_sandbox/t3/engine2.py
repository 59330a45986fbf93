"""What a server of protocol 2 makes of what it is asked: refuse it with a reason, or do it.

Recorded in ``tests/recordings/t3/v2-0.0.33``: threads that are written over (21, 43-9), runs that
queue (33, 34), what ends them (32, 34, 43-10), answers (50, 52, 53), and what goes wrong: an
instance nobody has (40), a thread the provider does not open (39), a turn it refuses (38), one that
a request holds up (56), and the wedge, when a run is ended whose request is open (51, 54, 55).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from afk_sandbox.agents.script import ScriptingAgent
from afk_sandbox.t3.commands import (
    ApprovalRespond,
    CheckpointRevert,
    InteractionModeSet,
    ModelSelection,
    RuntimeModeSet,
    SessionStop,
    ThreadCreate,
    ThreadMark,
    ThreadMetaUpdate,
    TurnInterrupt,
    TurnStart,
    UserInputRespond,
)
from afk_sandbox.t3.commands2 import Command2, QueuedRunCancel, RunInterrupt
from afk_sandbox.t3.decider import Rejected
from afk_sandbox.t3.playback import Playback, answers_text, decision_text
from afk_sandbox.t3.runs import OVER, RunProjection
from afk_sandbox.t3.starts import NO_SUCH_MODEL
from afk_sandbox.t3.state import Message, State, Thread, Turn


@dataclass(slots=True)
class Engine2:
    """Decides and acts; ``wedged``: the provider takes up nothing until the server is restarted."""

    state: State
    playback: Playback
    projection: RunProjection
    agent: ScriptingAgent
    instances: Mapping[str, bool]
    wedged: bool = False
    _held: list[tuple[Thread, Turn]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Let the next of a queue start when a run is over."""
        self.projection.next_run = self._next

    def accept(self, command: Command2, at: datetime) -> None:
        """Do what is asked. Raises `Rejected` with the reason and changes nothing."""
        if isinstance(command, ThreadCreate):
            self._create(command, at)
            return
        thread = self.state.threads.get(getattr(command, "thread_id", ""))
        if thread is None:
            raise Rejected(_unknown(command))
        match command:
            case TurnStart():
                self._say(thread, command, at)
            case RunInterrupt():
                self._interrupt(thread, self._run(thread, command.run_id), at)
            case QueuedRunCancel():
                self._cancel(thread, command.run_id, at)
            case ApprovalRespond() | UserInputRespond():
                self._respond(thread, command, at)
            case ThreadMark():
                self._mark(thread, command.type, at)
            case SessionStop() | TurnInterrupt():
                self._stop(thread, at)
            case RuntimeModeSet() | InteractionModeSet() | ThreadMetaUpdate() | CheckpointRevert():
                pass  # nothing here looks at it
            case _:
                raise Rejected("no such command")
        self.state.event(at, thread)

    def restart(self, at: datetime) -> None:
        """Start the server again: what was in flight is cancelled, what was asked is void (60)."""
        self.playback.processes.clear()
        self.playback.schedule.clear()
        self._held.clear()
        self.wedged = True  # nothing that is queued starts meanwhile
        for thread in self.state.threads.values():
            for run in list(thread.turns.values()):
                self.projection.move(thread, run, "cancelled", at)
            for request in thread.requests.values():
                request["status"] = _ended(request["status"])
        self.wedged = self.projection.dead = False

    def _create(self, command: ThreadCreate, at: datetime) -> None:
        known = self.state.threads.get(command.thread_id)
        selection = command.model_selection.model_dump(by_alias=True, exclude_none=True)
        thread = Thread(
            id=command.thread_id,
            project_id=command.project_id,
            title=command.title,
            model_selection=selection,
            runtime_mode=command.runtime_mode,
            interaction_mode=command.interaction_mode,
            branch=command.branch,
            worktree_path=command.worktree_path,
            created_at=at,
            updated_at=at,
        )
        if known is not None:
            thread.turns, thread.messages = known.turns, known.messages
            thread.requests, thread.session = known.requests, known.session
            thread.latest_turn = known.latest_turn
        self.state.threads[thread.id] = thread
        self.state.event(at, thread)

    def _say(self, thread: Thread, command: TurnStart, at: datetime) -> None:
        project = self.state.projects.get(thread.project_id)
        selection = command.model_selection or ModelSelection.model_validate(thread.model_selection)
        if selection.instance_id not in self.instances:
            name = selection.instance_id
            raise Rejected(f"No orchestration provider adapter is registered for {name}.")
        if project is None or project.deleted_at is not None:
            raise Rejected("Project not found.")
        ordinal = len(thread.turns) + 1
        message = command.message
        run = Turn(
            id=f"run:thread:{thread.id}:ordinal:{ordinal}",
            requested_at=at,
            state="queued" if self._busy(thread) else "starting",
            message=message.message_id,
        )
        known = thread.messages.get(message.message_id)
        thread.messages[message.message_id] = Message(
            id=message.message_id,
            role="user",
            text=message.text,
            turn_id=run.id,
            created_at=known.created_at if known else at,
            updated_at=at,
        )
        thread.turns[run.id] = run
        self.projection.show(thread, at)
        if run.state == "starting":
            self._start(thread, run, selection, at)

    def _busy(self, thread: Thread) -> bool:
        return any(run.state not in OVER for run in thread.turns.values())

    def _start(self, thread: Thread, run: Turn, selection: ModelSelection, at: datetime) -> None:
        playback = self.playback
        if selection.model == NO_SUCH_MODEL:
            return  # tried in silence, and never told of (39)

        def opened(moment: datetime) -> None:
            if run.state != "starting":
                return
            if self.wedged or self.projection.dead or self._asks():
                self._held.append((thread, run))
                return
            self.projection.move(thread, run, "running", moment)
            playback.schedule.plan(moment, began, after=playback.pace.start)

        def began(moment: datetime) -> None:
            if run.state != "running":
                return
            if not self.instances[selection.instance_id]:
                self.projection.fail(thread, run, "Claude Agent SDK query failed.", moment)
                return
            script = self.agent.turn(thread.id, thread.messages[run.message].text, moment)
            if script.refused is not None:
                told = f"Failed to start run {run.id} on codex provider thread."
                self.projection.fail(thread, run, told, moment)
                return
            playback.processes.setdefault(thread.id, [])
            playback.begin(thread, script.acts, moment, run.id)

        playback.schedule.plan(at, opened, after=playback.pace.bind)

    def _asks(self) -> bool:
        """Say whether any thread's request is open: the provider reads nothing else meanwhile."""
        return any(
            request["status"] == "pending"
            for thread in self.state.threads.values()
            for request in thread.requests.values()
        )

    def _next(self, thread: Thread, at: datetime) -> None:
        if self.wedged:
            return
        waiting = [run for run in thread.turns.values() if run.state == "queued"]
        if waiting and self.projection.at_work(thread) is None:
            run = waiting[0]
            run.state = "starting"
            self.projection.show(thread, at)
            self._start(thread, run, ModelSelection.model_validate(thread.model_selection), at)

    def _run(self, thread: Thread, run_id: str) -> Turn:
        run = thread.turns.get(run_id)
        if run is None or run.state not in ("starting", "running"):
            raise Rejected(f"Run {run_id} is not interruptible.")
        return run

    def _interrupt(self, thread: Thread, run: Turn, at: datetime) -> None:
        if self._asks_in(thread):
            self.wedged = True
            return
        live = next((one for one in self.playback.turns(thread) if one.id == run.id), None)
        if self.projection.dead and live is None and run.state == "running":
            return  # accepted, and nothing comes of it (36-2)

        def over(moment: datetime) -> None:
            if live is not None and live in self.playback.turns(thread):
                live.over = True
                self.playback.turns(thread).remove(live)
            self.projection.move(thread, run, "interrupted", moment)

        self.playback.schedule.plan(at, over, after=self.playback.pace.command)

    def _cancel(self, thread: Thread, run_id: str, at: datetime) -> None:
        run = thread.turns.get(run_id)
        if run is None or run.state != "queued":
            raise Rejected(f"Run {run_id} is not queued.")
        self.projection.move(thread, run, "cancelled", at)

    def _stop(self, thread: Thread, at: datetime) -> None:
        """End whatever is at work, as a person does in T3's window."""
        for run in [run for run in thread.turns.values() if run.state not in OVER]:
            if run.state == "queued":
                self.projection.move(thread, run, "cancelled", at)
            elif run.state != "waiting":
                self._interrupt(thread, run, at)

    def _asks_in(self, thread: Thread) -> bool:
        return any(request["status"] == "pending" for request in thread.requests.values())

    def _respond(
        self, thread: Thread, command: ApprovalRespond | UserInputRespond, at: datetime
    ) -> None:
        request = thread.requests.get(command.request_id)
        if request is None:
            raise Rejected(f"Runtime request {command.request_id} was not found.")
        if request["status"] != "pending":
            raise Rejected(f"Runtime request {command.request_id} is {request['status']}.")
        request["status"], request["resolved_at"] = "resolved", at
        thread.waiting.pop(command.request_id, None)
        waits = (one for one in self.playback.turns(thread) if one.waiting == command.request_id)
        turn = next(waits, None)
        if turn is not None and not self.wedged:
            said = (
                decision_text(command.decision)
                if isinstance(command, ApprovalRespond)
                else answers_text(command.answers)
            )
            self.playback.answer(turn, said, at)
        held, self._held = self._held, []
        for other, run in held:
            selection = ModelSelection.model_validate(other.model_selection)
            self._start(other, run, selection, at)

    def _mark(self, thread: Thread, kind: str, at: datetime) -> None:
        archived = thread.archived_at is not None
        if kind == "thread.delete":
            if self._asks_in(thread):
                self.wedged = True
            self.playback.kill(thread, at)
            thread.deleted_at = thread.deleted_at or at
            for run in list(thread.turns.values()):
                self.projection.move(thread, run, "cancelled", at)
        elif kind == "thread.archive" and not archived:
            thread.archived_at = at
        elif kind == "thread.unarchive" and archived:
            thread.archived_at = None
        else:
            raise Rejected(f"Thread {thread.id} is {'already' if archived else 'not'} archived.")


def _unknown(command: Command2) -> str:
    thread = getattr(command, "thread_id", "")
    if isinstance(command, ThreadMark):
        return f"No orchestration projection exists for thread {thread}."
    return f"Failed to load orchestration projection for thread {thread}."


def _ended(status: str) -> str:
    return "cancelled" if status == "pending" else status
