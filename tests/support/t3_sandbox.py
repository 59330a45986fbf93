"""A sandbox T3 server under a hand-moved clock, with an agent whose pushes are kept."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from afk_sandbox.agents.hands import Push, PushRefused, Rebase
from afk_sandbox.agents.scripted import ScriptedAgent
from afk_sandbox.t3.model import Host, T3Model, Token
from afk_sandbox.t3.schedule import AT_ONCE, Pace
from afk_sandbox.t3.state import Version

RUN = "9b7c2a2f-039f-58c3-8037-b5268773f8db"
PROMPT = f"""Work on one issue.
Repository: acme/shop
Issue: #12
Branch: main
AFK-Run: {RUN}
"""


@dataclass
class Pushes:
    """A forge that takes every push, unless told to refuse, and opens every pull request."""

    taken: list[Push] = field(default_factory=list)
    rebased: list[Rebase] = field(default_factory=list)
    opened: list[tuple[str, ...]] = field(default_factory=list)
    refuse: str = ""

    def push(self, push: Push) -> str:
        if self.refuse:
            raise PushRefused(self.refuse)
        self.taken.append(push)
        return f"sha{len(self.taken)}"

    def rebase(self, rebase: Rebase) -> str:
        if self.refuse:
            raise PushRefused(self.refuse)
        self.rebased.append(rebase)
        return f"rebased{len(self.rebased)}"

    def open_pull(self, repo: str, branch: str, title: str, body: str, actor: str) -> str:
        self.opened.append((repo, branch, title, body, actor))
        return f"#{len(self.opened)}"

    @property
    def messages(self) -> list[str]:
        return [push.message for push in self.taken]


class Bench:
    """The server, its clock, its agent and short words for the commands."""

    def __init__(self, version: Version = "0.0.32", pace: Pace = AT_ONCE) -> None:
        """Start with one project, ``p``, on a git repository."""
        self.moment = datetime(2026, 11, 22, 12, tzinfo=UTC)
        self.pushes = Pushes()
        numbers = itertools.count(1)
        self._numbers = itertools.count(1)
        self.model = T3Model(
            version=version,
            now=lambda: self.moment,
            agent=ScriptedAgent(self.pushes, actor="robot"),
            tokens={"secret": Token()},
            host=Host({"/repo": True}),
            pace=pace,
            ids=lambda: f"id-{next(numbers)}",
        )
        self.send("project.create", projectId="p", title="P", workspaceRoot="/repo")

    def pass_time(self, seconds: float) -> None:
        """Move the clock; what is due meanwhile is done."""
        self.moment += timedelta(seconds=seconds)
        self.model.advance()

    def send(self, kind: str, **fields: Any) -> int:
        """Dispatch a command; ids and times that are not given are made up."""
        fields.setdefault("commandId", f"c{next(self._numbers)}")
        return self.model.dispatch({"type": kind, "createdAt": "now"} | fields)

    def create(self, thread: str = "t", **fields: Any) -> int:
        """Create a thread of project ``p``."""
        model = {"instanceId": "codex", "model": "m"}
        defaults = {"title": "T", "modelSelection": model, "runtimeMode": "full-access"}
        places = {"projectId": "p", "branch": None, "worktreePath": None}
        return self.send("thread.create", threadId=thread, **(defaults | places | fields))

    def say(self, text: str, thread: str = "t", **fields: Any) -> int:
        """Send a message, which starts a turn."""
        number = next(self._numbers)
        message = {"messageId": f"m{number}", "role": "user", "text": text, "attachments": []}
        modes = {"runtimeMode": "full-access", "interactionMode": "default"}
        return self.send("thread.turn.start", threadId=thread, message=message, **modes, **fields)

    def job(self, directives: str, thread: str = "t") -> None:
        """Create a thread and give it afk's prompt with an issue that says this."""
        self.create(thread)
        self.say(f"{PROMPT}\n> {directives}\n", thread)
        self.model.advance()

    def shown(self, thread: str = "t") -> tuple[str | None, str | None]:
        """Return the shell's session status and state of the latest turn."""
        found = self.in_shell(thread)
        session, turn = found["session"] or {}, found["latestTurn"] or {}
        return session.get("status"), turn.get("state")

    def in_shell(self, thread: str = "t") -> Any:
        """Return the shell's entry of a thread."""
        threads = self.model.shell()["threads"]
        return next(found for found in threads if found["id"] == thread)

    def bodies(self, thread: str = "t") -> Any:
        """Return a thread with its messages and activities."""
        found = self.model.thread(thread)
        assert found is not None
        return found["thread"]

    def texts(self, thread: str = "t") -> list[str]:
        """Return what the agent said, in order."""
        messages = self.bodies(thread)["messages"]
        return [m["text"].strip() for m in messages if m["role"] == "assistant"]

    def request(self, thread: str = "t") -> str:
        """Return the id of the newest request for a person."""
        asked = [a for a in self.bodies(thread)["activities"] if a["kind"].endswith(".requested")]
        return str(asked[-1]["payload"]["requestId"])
