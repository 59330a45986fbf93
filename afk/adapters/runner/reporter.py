"""What a tick says of itself: log lines, the exit code, plain JSON.

Owns the wording of lines and the exit code. Every line that may hold a stranger's text goes
through the runner's writer, which lets none of them become a command; secrets are taken out
before that, since a line that was cut or escaped may hold one that no mask knows.
"""

import threading
from dataclasses import dataclass, field
from typing import Any, Final

from afk.adapters.runner.actions import RunnerIO
from afk.adapters.runner.masking import Mask
from afk.errors import AfkError, RateLimited
from afk.findings import Findings
from afk.types import IssueKey

DONE: Final = 0
FAILED: Final = 1
USER_MUST_FIX: Final = 2
BUG: Final = 3
INTERRUPTED: Final = 130


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said: ``event``, ``warning`` or ``error``."""

    kind: str
    text: str
    issue: str = ""


@dataclass(kw_only=True)
class ConsoleReporter:
    """Implements `afk.ports.Reporter`; safe to use from several threads.

    ``told``: what the tick before this one said, which is noted again and not shown again: an
    agent at work for an hour would fill the log of who ticks every minute.
    """

    io: RunnerIO
    mask: Mask = field(default_factory=Mask)
    lines: list[Said] = field(default_factory=list)
    told: frozenset[Said] = frozenset()
    exit_code: int = DONE
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hide(self, secret: str) -> None:
        """Keep a secret out of everything that is shown from now on."""
        if self.mask.add(secret):
            self.io.mask(secret)

    def event(self, line: str, *, key: IssueKey | None = None) -> None:
        """Something was done, seen, or would be done."""
        line = self.mask.apply(line)
        with self._lock:
            if self._add("event", line, key):
                self.io.line(_with_key(line, key))

    def warn(self, line: str, *, key: IssueKey | None = None) -> None:
        """Something a person should know."""
        line = self.mask.apply(line)
        with self._lock:
            if self._add("warning", line, key):
                self.io.warning(_with_key(line, key))

    def error(self, error: Exception, *, key: IssueKey | None = None) -> None:
        """Something failed. A spent rate limit is no failure: a later tick resumes."""
        if isinstance(error, Findings):
            for one in error.errors:
                self.error(one, key=key)
            return
        if isinstance(error, RateLimited):
            self.warn(f"{error} (resumes next tick)", key=key)
            return
        line = self.mask.apply(str(error))
        with self._lock:
            if self._add("error", line, key):
                self.io.error(_with_key(line, key))
            code = error.exit_code if isinstance(error, AfkError) else BUG
            self.exit_code = max(self.exit_code, code)

    def _add(self, kind: str, text: str, key: IssueKey | None) -> bool:
        """Note a line; says whether it is to be shown."""
        one = Said(kind, self.mask.apply(text), str(key) if key else "")
        self.lines.append(one)
        return one not in self.told

    @property
    def has_news(self) -> bool:
        """Say whether anything was shown."""
        return any(one not in self.told for one in self.lines)

    def as_json(self) -> list[dict[str, Any]]:
        """Return everything said, for ``--json``."""
        return [{"kind": one.kind, "issue": one.issue, "text": one.text} for one in self.lines]


def _with_key(line: str, key: IssueKey | None) -> str:
    return f"{key} {line}" if key else line
