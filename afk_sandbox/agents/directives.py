"""Reads the texts a scripted agent gets: the job in afk's instructions, the wishes in an issue.

A *job* is four lines of the instructions, each alone on its line: ``AFK-Run: <run id>``,
``Branch: <name>``, ``Repository: <owner/name>``, ``Issue: #<number>``; a fifth may name the
``Base commit: <sha>`` to start from. The first line of each kind counts, so that an issue, which
comes later in the prompt, cannot change it.

A *directive* is ``[[name]]``, ``[[name=value]]`` or ``[[name@2]]`` (only in the thread's second
turn), anywhere in the text; `afk_sandbox.agents.scripted` says what each one does. Pure.
"""

import re
from dataclasses import dataclass

_DIRECTIVE = re.compile(r"\[\[([a-z0-9]+)(?:@(\d+))?(?:=([^\]]*))?\]\]")
_LINES = {
    "run": r"AFK-Run: (\S+)",
    "branch": r"Branch: (\S+)",
    "repo": r"Repository: ([^\s/]+/[^\s/]+)",
    "issue": r"Issue: #(\d+)",
}
_BASE = r"Base commit: ([0-9a-f]{7,64})"


@dataclass(frozen=True, slots=True)
class Job:
    """What afk asks an agent for."""

    run: str
    branch: str
    repo: str
    issue: int
    base: str = ""


@dataclass(frozen=True, slots=True)
class Directives:
    """The directives of a text, in its order: (name, turn or None, value or empty)."""

    all: tuple[tuple[str, int | None, str], ...] = ()

    def value(self, name: str, turn: int) -> str | None:
        """Return the value a directive has in a turn (the first is 1); None if it is not there.

        One for that very turn wins over one for all turns.
        """
        for wanted in (turn, None):
            for known, only, value in self.all:
                if known == name and only == wanted:
                    return value
        return None

    def has(self, name: str, turn: int) -> bool:
        """Say whether a directive holds in a turn."""
        return self.value(name, turn) is not None

    def seconds(self, name: str, turn: int) -> float:
        """Return a directive's value as seconds; 0 without one."""
        value = self.value(name, turn) or ""
        return float(value) if re.fullmatch(r"\d+(\.\d+)?", value) else 0.0

    def outcome(self, name: str, count: int) -> str | None:
        """Return the ``count``-th word (from 1) of a list like ``red,green*``; ``*`` repeats.

        None past the end of the list, and without one.
        """
        words = [word.strip() for word in (self.value(name, 0) or "").split(",") if word.strip()]
        for place, word in enumerate(words, start=1):
            if place == count or (word.endswith("*") and place < count):
                return word.removesuffix("*")
        return None


def read_directives(text: str) -> Directives:
    """Return the directives of a text."""
    return Directives(
        tuple(
            (name, int(turn) if turn else None, value)
            for name, turn, value in _DIRECTIVE.findall(text)
        )
    )


def read_job(text: str) -> Job | None:
    """Return the job of a prompt; None unless all four lines are there."""
    found = {name: _line(pattern, text) for name, pattern in _LINES.items()}
    words = {name: match[1] for name, match in found.items() if match}
    if len(words) < len(_LINES):
        return None
    base = _line(_BASE, text)
    issue = int(words["issue"])
    return Job(words["run"], words["branch"], words["repo"], issue, base[1] if base else "")


def _line(pattern: str, text: str) -> re.Match[str] | None:
    return re.search(rf"^{pattern}[ \t]*$", text, re.MULTILINE)
