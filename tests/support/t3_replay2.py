"""Replays what was recorded of a T3 of protocol 2 against the sandbox and says what differs.

Equal must be: status, how a call ended, every word of a refusal, the fields of shell and threads at
every depth, the states a thread goes through. Threads that the recorder made without taking it down
are made here. Ids that the server mints for requests are matched up; of a thread's lists, those
that the sandbox leaves empty are not looked at.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from support.asgi import ask
from support.cassettes import RECORDINGS
from support.no_hands import NoHands
from support.t3_compare import cut, plain, shapes

from afk_sandbox.agents.scripted import ScriptedAgent
from afk_sandbox.t3 import socket2
from afk_sandbox.t3.model import Host, T3Model, Token
from afk_sandbox.t3.routes import READ, t3_app
from afk_sandbox.t3.schedule import RECORDED

FOLDER: Final = RECORDINGS / "t3" / "v2-0.0.33"
START: Final = datetime(2026, 11, 23, 4, 22, tzinfo=UTC)
ROOT: Final = "<DIR>/repos/"
WORDS: Final = ("status", "activityRunStatus", "providerInstanceId", "title", "runtimeMode")
"""Fields of a shell's thread that have to be the same word; of the others, only that they are."""


def load(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


class Replay2:
    """One sandbox server that goes through the recordings, in order."""

    def __init__(self) -> None:
        """Start a server with the recorder's folders and tokens."""
        self.moment = START
        self.model = T3Model(
            version="0.0.33",
            now=lambda: self.moment,
            agent=ScriptedAgent(NoHands()),
            tokens={
                "<TOKEN>": Token(),
                "reader": Token((READ,)),
                "expired": Token(expires_at=START),
            },
            host=Host({f"{ROOT}r1": True, f"{ROOT}nongit": False}),
            pace=RECORDED,
        )
        self.app = t3_app(self.model)

    def play(self, name: str) -> list[str]:
        """Return what differs from one recording."""
        recorded = load(name)
        if "frames" in recorded:
            return self._frames(recorded, Token((READ,)) if name.startswith("08") else Token())
        if name.endswith("-timeline"):
            return self._timeline(recorded)
        if name.endswith("-shell-thread"):
            return self._reach(lambda: self._in_shell(recorded))
        token = "expired" if name.startswith("77") else ""
        return self._reach(lambda: list(self._http(recorded, token)))

    def restart(self) -> None:
        """Restart the server, as the recorder did."""
        self.model.restart()

    def run_out(self) -> None:
        """Let the clock run until nothing happens any more."""
        while self._step():
            pass

    def until_asked(self, thread: str) -> bool:
        """Let the clock run until a thread's agent asks; return whether it did."""
        while not self.model.state.threads[thread].requests:
            if not self._step():
                return False
        return True

    def _step(self) -> bool:
        moment = self.model.next_change()
        if moment is None:
            return False
        self.moment = max(self.moment, moment)
        self.model.advance()
        return True

    def _reach(self, differences: Any) -> list[str]:
        first = found = differences()
        while found and self._step():
            found = differences()
        return list(first) if found else []

    # --- calls

    def _frames(self, recorded: Any, session: Token) -> list[str]:
        frames = [one["data"] for one in recorded["frames"]]
        sent = [one["data"] for one in recorded["frames"] if one["dir"] == "out"]
        expected = [one["data"] for one in recorded["frames"] if one["dir"] == "in"]
        answers: list[Any] = []
        for one in sent:
            text = one if isinstance(one, str) else json.dumps(self._prepared(one))
            answers += socket2.frames(self.model, text, session) or []
        assert frames
        if len(answers) != len(expected):
            return [f"{len(answers)} answers instead of {len(expected)}"]
        return [
            f"{plain(ours)} instead of {plain(theirs)}"
            for ours, theirs in zip(answers, expected, strict=True)
            if plain(ours) != plain(theirs)
        ]

    def _prepared(self, frame: Any) -> Any:
        """Make the thread that a call takes for granted, and name our own open request."""
        frame = json.loads(json.dumps(frame))
        payload = frame.get("payload") or {}
        thread, kind = str(payload.get("threadId")), payload.get("type")
        known = thread in self.model.state.threads
        made = ("message.dispatch", "thread.archive", "thread.delete")
        if kind in made and not known and "none" not in thread and "late" not in thread:
            self.create(thread)
        if kind == "runtime-request.respond" and payload["requestId"] != "nope":
            asked = self.model.state.threads[thread].requests
            payload["requestId"] = list(asked)[-1]
        return frame

    def create(self, thread: str) -> None:
        """Make a thread that the recorder made without taking it down."""
        model = "gpt-nostart" if "nostart" in thread else "gpt-fake"
        instance = "nosuch" if "unknown-instance" in thread else "codex"
        instance = "claudeAgent" if "claude" in thread else instance
        mode = "approval-required" if "appr" in thread else "full-access"
        project = {"thr-noproj": "prj-none", "thr3-nongit": "prj-ng"}.get(thread, "prj-1")
        self.model.dispatch2(
            {
                "type": "thread.create",
                "createdBy": "user",
                "creationSource": "web",
                "commandId": f"made {thread}",
                "threadId": thread,
                "projectId": project,
                "title": "job",
                "modelSelection": {"instanceId": instance, "model": model},
                "runtimeMode": mode,
                "interactionMode": "default",
                "branch": None,
                "worktreePath": None,
            }
        )

    def say(self, thread: str, message: str, text: str) -> None:
        """Send a message that the recorder sent without taking it down."""
        self.model.dispatch2(
            {
                "type": "message.dispatch",
                "createdBy": "user",
                "creationSource": "web",
                "commandId": f"made {thread} {message}",
                "threadId": thread,
                "messageId": message,
                "text": text,
                "attachments": [],
                "dispatchMode": {"type": "start_immediately"},
            }
        )

    # --- reads

    def _http(self, recorded: Any, token: str) -> Iterator[str]:
        asked, expected = recorded["request"], recorded["response"]
        headers = dict(asked["headers"])
        if token:
            headers["authorization"] = f"Bearer {token}"
        body = b"" if asked["body"] is None else json.dumps(asked["body"]).encode()
        got = ask(self.app, asked["method"], asked["path"], headers=headers, body=body)
        if got.status != expected["status"]:
            yield f"{got.status} instead of {expected['status']}"
            return
        theirs = expected["body"]
        if not isinstance(theirs, dict):
            if got.body.decode() != (theirs or ""):
                yield f"{got.body!r} instead of {theirs!r}"
            return
        yield from shapes(got.json(), cut(theirs), "")

    def _in_shell(self, recorded: Any) -> list[str]:
        ours = self._shown(recorded["id"])
        if not ours:
            return [f"no thread {recorded['id']}"]
        found = list(shapes(ours, recorded, ""))
        found += [
            f"{name}: {ours[name]} instead of {recorded[name]}"
            for name in WORDS
            if ours[name] != recorded[name]
        ]
        for name in ("activeRunId", "pendingRuntimeRequest", "latestRunCompletedAt"):
            if (ours[name] is None) != (recorded[name] is None):
                found.append(f"{name}: {ours[name]} instead of {recorded[name]}")
        return found

    def _shown(self, thread: str) -> Any:
        shell = self.model.shell2()
        threads = [*shell["threads"], *shell["archivedThreads"]]
        return next((one for one in threads if one["id"] == thread), {})

    # --- states

    def _timeline(self, recorded: Any) -> list[str]:
        """Reach each recorded moment in turn."""
        found: list[str] = []
        for moment in recorded:
            expected = _states(moment)
            thread = _thread_of(moment)
            if thread is None or not self.reach_states(thread, expected):
                found.append(f"{expected} never came, but {self.states(thread or '')}")
                break
        return found

    def reach_states(self, thread: str, expected: Any) -> bool:
        """Let time pass until the thread is in these states."""
        while self.states(thread) != expected:
            if not self._step():
                return False
        return True

    def states(self, thread: str) -> Any:
        """Return the thread's runs and requests, by their states."""
        data = self.model.thread2(thread)
        if data is None:
            return None
        shown = data["projection"]
        return (
            [(one["status"], one["userMessageId"]) for one in shown["runs"]],
            [(one["kind"], one["status"]) for one in shown["runtimeRequests"]],
            [one["failure"]["class"] for one in shown["turnItems"] if one["type"] == "error"],
        )


def _states(moment: Any) -> Any:
    return (
        [(one["status"], one["userMessageId"]) for one in moment["runs"]],
        [(one["kind"], one["status"]) for one in moment["runtimeRequests"]],
        [one["failure"]["class"] for one in moment["errorItems"] if one["status"] == "failed"],
    )


def _thread_of(moment: Any) -> str | None:
    found = re.search(r"run:thread:(.+?):ordinal:", json.dumps(moment["runs"]))
    return found[1] if found else None
