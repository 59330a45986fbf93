"""What accepted commands set off in the provider, one after the other.

"Accepted" means stored: everything here happens after the answer. Recorded in
``tests/recordings/t3``: interrupt (32, 51, 58-1), stop (42, 60), answers to requests (33, 34,
58-4), and the wedge: to interrupt a turn that waits for a person blocks this reactor, and with
it every later command, until the server is restarted (52, 81, 82).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from afk_sandbox.t3.commands import (
    ApprovalRespond,
    Command,
    RuntimeModeSet,
    SessionStop,
    TurnInterrupt,
    TurnStart,
    UserInputRespond,
)
from afk_sandbox.t3.playback import Playback, answers_text, decision_text
from afk_sandbox.t3.starts import STACK, Starter
from afk_sandbox.t3.state import EPOCH, Json, Thread

NO_SESSION = "No active provider session is bound to this thread."

_Handled = (
    TurnStart | TurnInterrupt | SessionStop | ApprovalRespond | UserInputRespond | RuntimeModeSet
)


@dataclass(slots=True)
class Reactor:
    """Handles commands in order; ``wedged``: handles none until the server is restarted."""

    playback: Playback
    starter: Starter
    wedged: bool = False
    _busy: datetime = EPOCH

    def react(self, thread: Thread, command: Command, at: datetime) -> None:
        """Plan what a command sets off, after all before it."""
        if not isinstance(command, _Handled):
            return
        pace = self.playback.pace
        starts = isinstance(command, TurnStart)
        when = max(self._busy, at + timedelta(seconds=0 if starts else pace.command))
        opens = starts and not self.playback.alive(thread)
        spent = timedelta(seconds=pace.bind + pace.open, microseconds=1)
        self._busy = when + spent if opens else when
        self.playback.schedule.plan(
            when, lambda moment: self._handle(thread, command, requested=at, at=moment)
        )

    def bury(self, threads: Iterable[Thread], at: datetime) -> None:
        """End the processes of deleted threads (61-2)."""
        for thread in threads:
            if thread.deleted_at:
                self.playback.kill(thread, at)

    def restart(self) -> None:
        """Lose every process and every command not handled yet; what is shown stays (58-0)."""
        self.playback.processes.clear()
        self.playback.schedule.clear()
        self.wedged = False
        self._busy = EPOCH

    def _handle(
        self, thread: Thread, command: _Handled, *, requested: datetime, at: datetime
    ) -> None:
        if self.wedged or not thread.visible:
            return
        match command:
            case TurnStart():
                self.starter.start(thread, command, requested, at)
            case TurnInterrupt():
                self._interrupt(thread, command, requested, at)
            case SessionStop():
                self.playback.kill(thread, at)
                error = thread.session.last_error if thread.session else None
                self.playback.projection.session(thread, requested, "stopped", error=error)
            case ApprovalRespond() | UserInputRespond():
                self._respond(thread, command, requested, at)
            case RuntimeModeSet():
                if self.playback.alive(thread) and not self.playback.turns(thread):
                    self.playback.projection.session(thread, at, "ready")

    def _interrupt(
        self, thread: Thread, command: TurnInterrupt, requested: datetime, at: datetime
    ) -> None:
        session = thread.session
        if session is None or session.status == "stopped":
            name = ("provider.turn.interrupt.failed", "Provider turn interrupt failed")
            payload: Json = {"detail": NO_SESSION}
            self.playback.projection.activity(
                thread, requested, ("error", *name), payload, turn=command.turn_id
            )
            return
        turns = self.playback.turns(thread)
        if any(turn.waiting for turn in turns):
            self.wedged = True
            return
        if not self.playback.alive(thread):
            self._revive(thread, at)
        for turn in turns:
            if turn.id == session.active_turn:
                self.playback.finish(turn, at, interrupted=True)
                return

    def _respond(
        self,
        thread: Thread,
        command: ApprovalRespond | UserInputRespond,
        requested: datetime,
        at: datetime,
    ) -> None:
        request, asked = command.request_id, _kind(command)
        shown = thread.waiting.get(request) == asked
        turn = next((t for t in self.playback.turns(thread) if t.waiting == request), None)
        bound = thread.session is not None and thread.session.status != "stopped"
        if shown and bound:
            del thread.waiting[request]  # also if the process that asked is gone (58-5)
        if turn is None or not shown:
            detail = _unknown_request(command) if bound else NO_SESSION
            what = asked.replace("-", " ")
            name = (f"provider.{asked}.respond.failed", f"Provider {what} response failed")
            payload: Json = {"detail": detail, "requestId": request}
            self.playback.projection.activity(thread, requested, ("error", *name), payload)
            if bound and not self.playback.alive(thread):
                self._revive(thread, at)
        elif isinstance(command, ApprovalRespond):
            kind = ("approval", "approval.resolved", "Approval resolved")
            payload = {
                "requestId": request,
                "requestKind": "command",
                "requestType": "command_execution_approval",
                "decision": command.decision,
            }
            self.playback.projection.activity(thread, at, kind, payload, turn=turn.id)
            self.playback.answer(turn, decision_text(command.decision), at)
        else:
            kind = ("info", "user-input.resolved", "User input submitted")
            payload = {"requestId": request, "answers": command.answers}
            self.playback.projection.activity(thread, at, kind, payload, turn=turn.id)
            self.playback.answer(turn, answers_text(command.answers), at)

    def _revive(self, thread: Thread, at: datetime) -> None:
        """Bind a new process to a session that outlived its own; its turn ends as completed.

        0.0.28 goes on naming the turn as active (58-5).
        """
        session = thread.session
        old = session.active_turn if session else None
        active = old if self.playback.projection.version == "0.0.28" else None
        self.playback.processes[thread.id] = []
        self.playback.projection.session(thread, at, "ready", active=active)


def _kind(command: ApprovalRespond | UserInputRespond) -> str:
    return "approval" if isinstance(command, ApprovalRespond) else "user-input"


def _unknown_request(command: ApprovalRespond | UserInputRespond) -> str:
    approval = _kind(command) == "approval"
    method = "item/requestApproval/decision" if approval else "item/tool/requestUserInput"
    what = "approval" if approval else "user input"
    return (
        f"ProviderAdapterRequestError: Provider adapter request failed (codex) for {method}: "
        f"Unknown pending Codex {what} request: {command.request_id}{STACK}"
    )
