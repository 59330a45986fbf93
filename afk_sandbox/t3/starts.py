"""How a turn starts in the provider: a session if there is none, then the agent's script.

Recorded in ``tests/recordings/t3``: starting (30, 31b, 35b), and what keeps a turn from it: an
unknown instance (38), a missing CLI (39), a refused model (40), a missing folder (45), a
refused turn (37), an empty text (55-6); a text past the bound in the cassettes
``test_agent_turn__text_past_the_limit``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from afk_sandbox.agents.script import ScriptingAgent
from afk_sandbox.t3.commands import ModelSelection, TurnStart
from afk_sandbox.t3.playback import Playback
from afk_sandbox.t3.projection import Driver
from afk_sandbox.t3.state import Thread

NO_SUCH_MODEL = "gpt-nostart"
"""A model for which the fake provider refuses to open a session (40)."""

NO_TEXT = "Either input text or at least one attachment is required"

MOST_TEXT = 120_000
"""As JavaScript counts: in units of UTF-16. The command is accepted, then its turn fails."""

TOO_LONG = (
    "ProviderValidationError: Provider validation failed in ProviderService.sendTurn: "
    f"Expected a value with a length of at most {MOST_TEXT}"
)

STACK = "".join(f"\n    at step{n} (file:///srv/t3/provider.ts:{n}:1)" for n in range(40))
"""What the server adds to an error it did not expect: kilobytes of it."""


@dataclass(frozen=True, slots=True)
class _Start:
    """One message that a turn is to start with."""

    thread: Thread
    text: str
    selection: ModelSelection
    requested: datetime

    @property
    def driver(self) -> Driver:
        """The provider the thread asks for."""
        return Driver(self.selection.instance_id, self.selection.instance_id)

    def error(self, reason: str) -> str:
        """Return an error as the server words it."""
        return (
            f"ProviderAdapterProcessError: Provider adapter process error "
            f"({self.selection.instance_id}) for thread {self.thread.id}: {reason}{STACK}"
        )


@dataclass(frozen=True, slots=True)
class Starter:
    """Starts turns; ``instances``: the configured ones -> whether their CLI is installed."""

    playback: Playback
    agent: ScriptingAgent
    instances: Mapping[str, bool]

    def start(self, thread: Thread, command: TurnStart, requested: datetime, at: datetime) -> None:
        """Start a turn in the thread's session, opening one first if its process is gone."""
        own = ModelSelection.model_validate(thread.model_selection)
        text = thread.messages[command.message.message_id].text
        start = _Start(thread, text, command.model_selection or own, requested)
        playback = self.playback
        idle = thread.session is not None and thread.session.status != "running"
        if idle and playback.projection.version == "0.0.32":
            playback.projection.session(thread, requested, "starting", driver=start.driver)
        if playback.alive(thread):
            step, after = self._begin, playback.pace.start
        else:
            step, after = self._spawn, playback.pace.bind
        playback.schedule.plan(at, lambda moment: step(start, moment), after=after)

    def _spawn(self, start: _Start, at: datetime) -> None:
        playback = self.playback
        if start.thread.deleted_at:
            return
        problem = self._cannot_spawn(start)
        if problem:
            known = start.selection.instance_id in self.instances
            found = start.driver if known else Driver(None, start.selection.instance_id)
            self._fail(start, problem, found)
            return
        playback.projection.session(start.thread, at, "starting", driver=start.driver)
        step = self._refuse_model if start.selection.model == NO_SUCH_MODEL else self._open
        playback.schedule.plan(at, lambda moment: step(start, moment), after=playback.pace.open)

    def _cannot_spawn(self, start: _Start) -> str | None:
        name = start.selection.instance_id
        if name not in self.instances:
            return (
                f"Thread '{start.thread.id}' references unknown provider instance '{name}'. "
                "The instance is not configured in this build."
            )
        if not self.instances[name]:
            return start.error(f"Failed to spawn ACP process for command: {name}")
        if self.playback.cwd(start.thread) is None:
            command = "codex app-server"
            return start.error(f"Failed to spawn Codex App Server process for command: {command}")
        return None

    def _refuse_model(self, start: _Start, at: datetime) -> None:
        playback, detail = self.playback, start.error(f"model not supported: {NO_SUCH_MODEL}")
        self._fail(start, detail, start.driver)
        if playback.projection.version == "0.0.32":  # stopped a moment later (40)
            playback.schedule.plan(
                at,
                lambda moment: playback.projection.session(
                    start.thread, moment, "stopped", error=detail
                ),
                after=playback.pace.command,
            )

    def _open(self, start: _Start, at: datetime) -> None:
        playback = self.playback
        if start.thread.deleted_at:
            return
        playback.processes[start.thread.id] = []
        status = "ready" if playback.projection.version == "0.0.28" else "starting"
        playback.projection.session(start.thread, at, status)
        playback.schedule.plan(
            at, lambda moment: self._begin(start, moment), after=playback.pace.start
        )

    def _begin(self, start: _Start, at: datetime) -> None:
        if not self.playback.alive(start.thread):
            return  # stopped in between
        units = len(start.text.encode("utf-16-le")) // 2
        if not 0 < units <= MOST_TEXT:
            self._fail(start, TOO_LONG if units else NO_TEXT, None)
            self.playback.projection.session(start.thread, at, "ready")
            return
        script = self.agent.turn(start.thread.id, start.text, at)
        if script.refused is None:
            self.playback.begin(start.thread, script.acts, at)
        else:
            self._fail(start, script.refused, None)

    def _fail(self, start: _Start, detail: str, driver: Driver | None) -> None:
        """Show a failed start: before 0.0.32 only in a session that exists already."""
        projection, session = self.playback.projection, start.thread.session
        status = "ready" if projection.version == "0.0.28" else "error"
        if session and session.status == "stopped":
            status = "stopped"
        if session or projection.version == "0.0.32":
            projection.session(start.thread, start.requested, status, error=detail, driver=driver)
        kind = ("error", "provider.turn.start.failed", "Provider turn start failed")
        projection.activity(start.thread, start.requested, kind, {"detail": detail})
