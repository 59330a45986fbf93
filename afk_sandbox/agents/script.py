"""What a scripted agent can do in a turn: acts that the sandbox's provider plays in order.

Pure data. The acts are those of the fake provider behind the recordings (what it said, ran,
asked; how it failed or died) and `Do`, through which an agent has an effect outside T3.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Say:
    """Send one assistant message."""

    text: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Let model time pass, in seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Write:
    """Write a file into the workspace; shown as a command that ran and in the checkpoint."""

    path: str


@dataclass(frozen=True, slots=True)
class Warn:
    """Report trouble that the provider retries by itself."""

    message: str


@dataclass(frozen=True, slots=True)
class AskApproval:
    """Ask whether a command may run, and wait for the decision."""

    command: str = "rm -rf build"


@dataclass(frozen=True, slots=True)
class AskUser:
    """Ask a question, and wait for the answer."""

    question: str = "Which color?"


@dataclass(frozen=True, slots=True)
class Fail:
    """End the turn as failed with this error."""

    message: str


@dataclass(frozen=True, slots=True)
class Crash:
    """Take the provider's process down."""


@dataclass(frozen=True, slots=True)
class Hang:
    """Never end."""


@dataclass(frozen=True, slots=True)
class Do:
    """Have an effect at this moment; the acts it returns come next."""

    effect: Callable[[], Sequence["Act"]]


Act = Say | Wait | Write | Warn | AskApproval | AskUser | Fail | Crash | Hang | Do


@dataclass(frozen=True, slots=True)
class Script:
    """One turn: ``refused`` when the provider declines to start it at all."""

    acts: tuple[Act, ...] = ()
    refused: str | None = None


class ScriptingAgent(Protocol):
    """Whoever decides what a turn does."""

    def turn(self, thread_id: str, text: str, now: datetime) -> Script:
        """Return the script of the turn that this user message starts, at this moment."""
