"""Plays the scripts of turns: act after act on the schedule, reported to the projection.

Owns live provider processes and their turns, which a restart of the server loses. What each
act looks like from outside is recorded: 30 (messages, commands), 31 (failure), 33 and 34
(approval, question), 35 (crash), 41 (two turns at once).
"""

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from afk_sandbox.agents.script import (
    Act,
    AskApproval,
    AskUser,
    Crash,
    Do,
    Fail,
    Hang,
    Say,
    Wait,
    Warn,
    Write,
)
from afk_sandbox.t3.projection import Projection
from afk_sandbox.t3.schedule import Pace, Schedule
from afk_sandbox.t3.state import Json, Thread


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder on the server's host; only a git repository gets checkpoints."""

    path: str
    git: bool


@dataclass(slots=True)
class LiveTurn:
    """A turn being played.

    ``waiting``: id of the request a person has to answer; ``typing``: its next act is a message
    and under way; ``streaming``: id of a message that is shown and not whole yet.
    """

    id: str
    thread: Thread
    acts: deque[Act]
    waiting: str | None = None
    typing: bool = False
    streaming: str | None = None
    files: list[str] = field(default_factory=list)
    over: bool = False


@dataclass(slots=True)
class Playback:
    """The provider's processes: thread id -> the turns that run in it."""

    schedule: Schedule
    projection: Projection
    pace: Pace
    cwd: Callable[[Thread], Workspace | None]
    """Thread -> where its agent works; None if that folder does not exist."""
    processes: dict[str, list[LiveTurn]] = field(default_factory=dict)

    def alive(self, thread: Thread) -> bool:
        """Whether the thread has a provider process."""
        return thread.id in self.processes

    def turns(self, thread: Thread) -> list[LiveTurn]:
        """Return the turns that run in the thread's process."""
        return self.processes.get(thread.id, [])

    def begin(self, thread: Thread, acts: tuple[Act, ...], at: datetime, turn_id: str = "") -> None:
        """Start a turn, under the id of protocol 2's run if it has one.

        An error of the turn before stays shown while it runs (31b).
        """
        turn = LiveTurn(turn_id or f"turn-{self.projection.ids()}", thread, deque(acts))
        self.turns(thread).append(turn)
        error = thread.session.last_error if thread.session else None
        self.projection.session(thread, at, "running", active=turn.id, error=error)
        self._go_on(turn, at)

    def answer(self, turn: LiveTurn, text: str, at: datetime) -> None:
        """Let a waiting turn go on; it says what it was told."""
        turn.waiting = None
        turn.acts.appendleft(Say(text))
        self._go_on(turn, at)

    def kill(self, thread: Thread, at: datetime) -> None:
        """End the thread's process and what runs in it, without a word."""
        for turn in self.processes.pop(thread.id, []):
            turn.over = True
            self._flush(turn, at)

    def finish(
        self, turn: LiveTurn, at: datetime, *, error: str | None = None, interrupted: bool = False
    ) -> None:
        """End a turn; unless another one is active its thread shows it, then a checkpoint.

        Interrupted while it wrote a message, it shows what there was of it (32-4).
        """
        turn.over = True
        if interrupted and turn.typing:
            self._work(turn, turn.acts.popleft(), at)
        thread = turn.thread
        self.turns(thread).remove(turn)
        self._flush(turn, at)
        active = thread.session.active_turn if thread.session else None
        if active not in {None, turn.id}:
            return
        self.projection.session(thread, at, "error" if error else "ready", error=error)
        workspace = self.cwd(thread)
        if workspace and workspace.git:

            def checkpoint(moment: datetime) -> None:
                self.projection.checkpoint(
                    thread, turn.id, moment, ended=at, files=turn.files, placeholder=interrupted
                )

            self.schedule.plan(at, checkpoint, after=self.pace.settle)

    def _go_on(self, turn: LiveTurn, at: datetime) -> None:
        turn.typing = bool(turn.acts) and isinstance(turn.acts[0], Say)
        self.schedule.plan(at, lambda moment: self._play(turn, moment), after=self.pace.think)

    def _play(self, turn: LiveTurn, at: datetime) -> None:
        if turn.over:
            return
        turn.typing = False
        self._flush(turn, at)
        if not turn.acts:
            self.finish(turn, at)
            return
        act = turn.acts.popleft()
        match act:
            case Wait(seconds):
                self.schedule.plan(at, lambda moment: self._play(turn, moment), after=seconds)
            case AskApproval() | AskUser():
                self._ask(turn, act, at)
            case Fail(message):
                kind = ("error", "runtime.error", "Runtime error")
                self._report(turn, at, kind, {"message": message})
                self.finish(turn, at, error=message)
            case Crash():
                self.kill(turn.thread, at)
                self.projection.session(turn.thread, at, "stopped")
            case Hang():
                pass
            case _:
                self._work(turn, act, at)
                self._go_on(turn, at)

    def _work(self, turn: LiveTurn, act: Act, at: datetime) -> None:
        match act:
            case Say(text):
                turn.streaming = self.projection.message(turn.thread, turn.id, text, at)
            case Write(path):
                self._write(turn, path, at)
            case Warn(message):
                kind = ("info", "runtime.warning", message)
                self._report(turn, at, kind, {"message": message})
            case Do(effect):
                turn.acts.extendleft(reversed(effect()))

    def _flush(self, turn: LiveTurn, at: datetime) -> None:
        if turn.streaming:
            self.projection.message_done(turn.thread, turn.streaming, at)
            turn.streaming = None

    def _report(
        self, turn: LiveTurn, at: datetime, kind: tuple[str, str, str], payload: Json
    ) -> None:
        self.projection.activity(turn.thread, at, kind, payload, turn=turn.id)

    def _write(self, turn: LiveTurn, path: str, at: datetime) -> None:
        turn.files.append(path)
        payload: Json = {"itemType": "command_execution", "detail": f"write {path}"}
        self._report(turn, at, ("tool", "tool.started", "Ran command started"), payload)
        item: Json = {"command": f"write {path}"}
        data: Json = {"item": item}
        workspace = self.cwd(turn.thread)
        if self.projection.version == "0.0.28":
            data["completedAtMs"] = int(at.timestamp() * 1000)
            data["threadId"] = f"codex-{turn.thread.id}"
            data["turnId"] = turn.id
            item |= {
                "aggregatedOutput": "ok",
                "commandActions": [],
                "cwd": workspace.path if workspace else "",
                "durationMs": 3,
                "exitCode": 0,
                "id": f"cmd-{self.projection.ids()}",
                "source": "agent",
                "status": "completed",
                "type": "commandExecution",
            }
        kind = ("tool", "tool.completed", "Ran command")
        self._report(turn, at, kind, payload | {"data": data})

    def _ask(self, turn: LiveTurn, act: AskApproval | AskUser, at: datetime) -> None:
        turn.waiting = self.projection.ids()
        payload: Json = {"requestId": turn.waiting}
        if isinstance(act, AskApproval):
            kind = ("approval", "approval.requested", "Command approval requested")
            payload |= {
                "requestKind": "command",
                "requestType": "command_execution_approval",
                "detail": act.command,
            }
        else:
            kind = ("info", "user-input.requested", "User input requested")
            payload["questions"] = [_question(act.question)]
        if turn.thread.visible:
            turn.thread.waiting[turn.waiting] = kind[1].removesuffix(".requested")
        self._report(turn, at, kind, payload)


def _question(text: str) -> Json:
    options = [{"label": color, "description": color.title()} for color in ("red", "blue")]
    return {
        "id": "color",
        "header": "Color",
        "question": text,
        "options": options,
        "multiSelect": False,
    }


def decision_text(decision: str) -> str:
    """Return what the agent says of a decision about its approval (33-5)."""
    return f"Approval decision: {_json({'decision': decision})}. "


def answers_text(answers: Mapping[str, Any]) -> str:
    """Return what the agent says of the answers to its question (34-4)."""
    lists = {
        name: {"answers": answer if isinstance(answer, list) else [answer]}
        for name, answer in answers.items()
    }
    return f"Answers: {_json({'answers': lists})}. "


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
