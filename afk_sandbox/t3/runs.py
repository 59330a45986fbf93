"""How what a provider reports becomes what protocol 2 shows: runs, requests, errors.

The reports are those of `afk_sandbox.t3.projection`, so that one playback serves both protocols;
what differs is what a server makes of them, as recorded in ``tests/recordings/t3/v2-0.0.33``: a
run that is done waits for its checkpoint (30), an error is an item of the log (35), a provider that
died shows in nothing (36), the next of the queue starts by itself (34).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from afk_sandbox.t3.projection import Driver, Projection
from afk_sandbox.t3.schedule import Schedule
from afk_sandbox.t3.state import Json, Session, Thread, Turn

ACTIVE = ("starting", "running", "waiting")
OVER = ("completed", "failed", "interrupted", "cancelled")


def _nothing(thread: Thread, at: datetime) -> None:
    """Do nothing when a run is over."""
    del thread, at


@dataclass(slots=True)
class RunProjection(Projection):
    """Applies reports to runs, which are a thread's turns under the ids that protocol 2 gives."""

    schedule: Schedule = field(default_factory=Schedule)
    settle: float = 0.0
    next_run: Callable[[Thread, datetime], None] = field(default=_nothing)
    """Called when a run is over: another one may be in the queue."""
    dead: bool = False
    """The provider's process died: all threads share it, and nobody starts another (36)."""

    def session(
        self,
        thread: Thread,
        at: datetime,
        status: str,
        *,
        active: str | None = None,
        error: str | None = None,
        driver: Driver | None = None,
    ) -> None:
        """Move the run that is at work; ``stopped`` is a provider that died, and shows nowhere."""
        del driver
        run = thread.turns.get(active or "") or self.at_work(thread)
        if status == "stopped":
            self.dead = True
        if run is None or status == "stopped":
            return
        if status == "running":
            self.move(thread, run, "running", at)
        elif status == "error":
            self.fail(thread, run, error or "", at)
        elif status == "ready" and run.state == "running":
            self.move(thread, run, "waiting", at)
            self.schedule.plan(
                at,
                lambda moment: self.move(thread, run, "completed", moment),
                after=self.settle,
            )

    def at_work(self, thread: Thread) -> Turn | None:
        """Return the run that is not over and not queued."""
        return next((run for run in thread.turns.values() if run.state in ACTIVE), None)

    def move(self, thread: Thread, run: Turn, state: str, at: datetime) -> None:
        """Bring a run into a state; one that is over stays so."""
        if run.state in OVER:
            return
        run.state = state
        if state == "running":
            run.started_at = run.started_at or at
        if state in OVER:
            run.completed_at = at
        self.show(thread, at)
        if state in OVER:
            self.next_run(thread, at)

    def fail(self, thread: Thread, run: Turn, message: str, at: datetime) -> None:
        """End a run with an error."""
        if run.state not in OVER:
            run.failure = {
                "class": "provider_error",
                "message": message,
                "code": None,
                "retryable": None,
            }
        self.move(thread, run, "failed", at)

    def show(self, thread: Thread, at: datetime) -> None:
        """Keep what stands behind both protocols in step: the newest run, whether one is active."""
        runs = list(thread.turns.values())
        at_work = self.at_work(thread)
        queued = any(run.state == "queued" for run in runs)
        thread.latest_turn = runs[-1].id if runs else None
        thread.session = Session(
            status="running" if at_work or queued else "stopped",
            provider=None,
            instance=None,
            runtime_mode=thread.runtime_mode,
            active_turn=at_work.id if at_work else None,
            last_error=None,
            updated_at=at,
        )
        self.state.event(at, thread)

    def message(self, thread: Thread, turn_id: str, text: str, at: datetime) -> str:
        """Add an assistant's message; protocol 2 shows those of hidden threads, too."""
        name = f"message:provider:codex:native-item:msg-{self.ids()}"
        self.say(thread, name, turn_id, text, at)
        return name

    def message_done(self, thread: Thread, name: str, at: datetime) -> None:
        """Mark an assistant's message as whole."""
        if name in thread.messages:
            thread.messages[name].streaming = False
            self.state.event(at, thread)

    def activity(
        self,
        thread: Thread,
        at: datetime,
        kind: tuple[str, str, str],
        payload: Json,
        *,
        turn: str | None = None,
    ) -> None:
        """Show a request; what else protocol 1 logs is an item that nobody here reads."""
        del turn
        name = kind[1]
        if name in ("approval.requested", "user-input.requested"):
            asked = "command" if name.startswith("approval") else "user_input"
            run = self.at_work(thread)
            thread.requests[payload["requestId"]] = {
                "kind": asked,
                "status": "pending",
                "run": run.id if run else None,
                "questions": payload.get("questions", []),
                "at": at,
                "resolved_at": None,
            }
        self.state.event(at, thread)

    def checkpoint(
        self,
        thread: Thread,
        turn_id: str,
        at: datetime,
        *,
        ended: datetime,
        files: Sequence[str],
        placeholder: bool,
    ) -> None:
        """Nothing of it is shown but that the run is over."""
