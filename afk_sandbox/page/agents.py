"""What the agent of an issue is doing, in a person's words, from what T3 knows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from afk.record.names import parse_title
from afk.types import IssueKey
from afk_sandbox.t3.model import T3Model
from afk_sandbox.t3.runs import OVER
from afk_sandbox.t3.state import Thread

_PHASES: Final[Mapping[str, str]] = {
    "worktree": "making itself a place to work",
    "tests_red": "writing tests and seeing them fail",
    "green": "making the tests pass",
}
_ENDED: Final = (*OVER, "error")
_MARK: Final = re.compile(r"AFK-PHASE: (\w+)")


@dataclass(frozen=True, slots=True)
class Doing:
    """What the agent does: one ``word`` (idle, working, asking, failed), and a sentence."""

    word: str
    sentence: str


NOBODY: Final = Doing("idle", "No agent has been started on this.")


def doing(t3: T3Model, key: IssueKey) -> Doing:
    """Return what the agent of an issue does now; of its threads the newest counts."""
    threads = [one for one in t3.state.threads.values() if _is_about(one, key)]
    if not threads:
        return NOBODY
    thread = max(threads, key=lambda one: one.created_at)
    turns = list(thread.turns.values())
    asked = any(one.get("status") == "pending" for one in thread.requests.values())
    if not turns:
        return Doing("working", "An agent is being started.")
    if thread.waiting or asked:
        return Doing("asking", "The agent has asked something and waits for an answer.")
    count = f"try {len(turns)}"
    last = turns[-1].state
    if last not in _ENDED:
        return Doing("working", f"The agent is {_phase(thread)} ({count}).")
    if last in ("error", "failed"):
        return Doing("failed", f"The agent's {count} failed.")
    return Doing("idle", f"The agent has finished {count}.")


def _is_about(thread: Thread, key: IssueKey) -> bool:
    named = parse_title(thread.title)
    return named is not None and named[1] == key


def _phase(thread: Thread) -> str:
    """Return what the agent said last of where it is, in this turn."""
    said = list(thread.messages.values())
    begun = max((place for place, one in enumerate(said) if one.role == "user"), default=0)
    marks = [mark for one in said[begun + 1 :] for mark in _MARK.findall(one.text)]
    return _PHASES.get(marks[-1], "at work") if marks else "reading what it was told"
