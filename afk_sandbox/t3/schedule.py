"""When things happen in a sandbox T3 server: steps that are due at moments of its own clock."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

Step = Callable[[datetime], None]
"""Something to do; told the moment it was planned for."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between the steps of a provider's work.

    ``bind``: command to a new session starting; ``open``: until it is ready; ``start``: until
    the turn runs; ``think``: before each act; ``settle``: end of a turn to its git checkpoint;
    ``command``: until a stop, interrupt or answer has its effect; ``lead``: how far ahead of
    the clock steps are taken, so that a standing clock shows their outcome.
    """

    bind: float = 0.001
    open: float = 0.001
    start: float = 0.001
    think: float = 0.001
    settle: float = 0.001
    command: float = 0.001
    lead: float = 0.5


AT_ONCE = Pace()
"""The next read shows the outcome; only what a script waits for takes time."""

RECORDED = Pace(bind=0.1, open=0.08, start=0.08, think=0.1, settle=0.6, command=0.06, lead=0)
"""Roughly as the recorded servers: every moment between can be seen."""


@dataclass(slots=True)
class Schedule:
    """Steps in the order of their moments, those of one moment in the order of planning."""

    _steps: list[tuple[datetime, int, Step]] = field(default_factory=list)
    _planned: int = 0

    def plan(self, at: datetime, step: Step, *, after: float = 0.0) -> None:
        """Plan a step ``after`` seconds from a moment."""
        self._planned += 1
        heapq.heappush(self._steps, (at + timedelta(seconds=after), self._planned, step))

    def take(self, until: datetime) -> datetime | None:
        """Take the earliest step if it is due by then; returns its moment."""
        if not self._steps or self._steps[0][0] > until:
            return None
        at, _, step = heapq.heappop(self._steps)
        step(at)
        return at

    def next(self) -> datetime | None:
        """Return the moment of the earliest step."""
        return self._steps[0][0] if self._steps else None

    def clear(self) -> None:
        """Forget every step."""
        self._steps.clear()
