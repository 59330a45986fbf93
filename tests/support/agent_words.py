"""What a T3 says of a thread in its own words, and what goes over its socket, for the contract."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from support.calls import call, status
from support.operations import Asked
from support.sent import Sent

from afk.adapters.sockets import Connection
from afk.adapters.t3 import projection
from afk.adapters.t3.wire import Overview, parse

_WORDS: Final[Mapping[str, tuple[str | None, str | None]]] = {
    "idle": (None, None),
    "completed": ("ready", "completed"),
    "failed": ("error", "error"),
    "interrupted": ("stopped", "interrupted"),
    "cancelled": ("stopped", "interrupted"),
}
"""What protocol 1 would say of a thread whose newest run is in this state: session and turn."""


@dataclass(frozen=True)
class Shown:
    """A thread in the server's own words, those of protocol 1: they say more than afk's."""

    id: str
    session: str | None
    turn: str | None
    approval: bool
    question: bool


def in_shell(data: Any, protocol: int, thread: str) -> Shown:
    """Return a thread as a shell has it."""
    if protocol == 1:
        shown = parse(Overview, data, "shell").threads
        one = next(one for one in shown if one.id == thread)
        return Shown(
            thread,
            one.session.status if one.session else None,
            one.latest_turn.state if one.latest_turn else None,
            bool(one.has_pending_approvals),
            bool(one.has_pending_user_input),
        )
    shell = parse(projection.Shell, data, "shell")
    two = next(one for one in shell.threads if one.id == thread)
    kind = two.pending_runtime_request.kind if two.pending_runtime_request else ""
    session, turn = _WORDS.get(two.status, (two.status, two.status))
    return Shown(thread, session, turn, kind not in ("", "user_input"), kind == "user_input")


@dataclass
class Overheard:
    """A socket whose calls are taken down."""

    behind: Connection
    sent: Sent
    asked: dict[str, Asked] = field(default_factory=dict)

    def send(self, text: str) -> None:
        frame = json.loads(text)
        self.asked[frame["id"]] = call(frame)
        self.behind.send(text)

    def recv(self, seconds: float) -> str:
        text = self.behind.recv(seconds)
        frame = json.loads(text)
        if frame.get("requestId") in self.asked:
            self.sent.note_call(self.asked[frame["requestId"]], status(frame))
        return text

    def close(self) -> None:
        self.behind.close()
