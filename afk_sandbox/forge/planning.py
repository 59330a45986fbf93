"""What the forge does by itself, later: a view lets it happen before it answers.

Nothing runs in the background here. `Planned.later` notes an act, and `Planned.settle`, which
every view calls before it handles a request, does what is due by then; layers above add what
waits for a condition instead of a time (a merge queue, a merge left to the forge).
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from afk_sandbox.forge.ci import Pace
from afk_sandbox.forge.commits import Code


class Planned(Code):
    """Acts of the forge itself that come after a while."""

    def __init__(self, now: Callable[[], datetime], *, pace: Pace | None = None) -> None:
        """Begin with nothing planned."""
        super().__init__(now, pace=pace)
        self._planned: list[tuple[datetime, Callable[[], object]]] = []

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Do something once so many seconds have passed; without any, now."""
        if seconds <= 0:
            act()
            return
        self._planned.append((self.now() + timedelta(seconds=seconds), act))

    def settle(self) -> None:
        """Do what is due by now, in the order in which it was to happen."""
        now = self.now()
        due = sorted((one for one in self._planned if one[0] <= now), key=lambda one: one[0])
        self._planned = [one for one in self._planned if one[0] > now]
        for _, act in due:
            act()
