"""Acting on many issues at once, so that each is acted on as if it were alone.

What shares a place, a repository above all, is acted on in order; places go side by side. Each sees
T3 in the order in which it reads it itself, and what is said is told in the order of the items,
whoever is done first.
"""

import threading
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from afk.decide.provider_gate import instance_of, is_probed
from afk.observe.tick import Tick
from afk.parallel import grouped, side_by_side
from afk.ports import Reporter
from afk.types import IssueKey

Item = TypeVar("Item")


def abreast(
    tick: Tick,
    items: Sequence[Item],
    act: Callable[[Tick, Item], None],
    keys: Callable[[Item], Collection[Hashable]],
) -> None:
    """Act on each item; those that have a key in common one after the other, in their order.

    ``act`` is given the tick as it has to use it. What it raises ends the others as
    `afk.parallel.side_by_side` says. Afterwards the tick shows T3 as it was read last.
    """
    if len(items) <= 1:  # it is alone
        for item in items:
            act(tick, item)
        return
    groups = grouped([keys(item) for item in items])
    line = _Line(tick.deps.report, [[] for _ in items])
    views = {place: group[0] for group in groups for place in group}
    apart = {first: tick.t3.apart(tick.deps.report) for first in set(views.values())}

    def act_on(place: int) -> None:
        report = _InTurn(line, place)
        view = apart[views[place]]
        view.report = report
        try:
            act(replace(tick, deps=replace(tick.deps, report=report), t3=view), items[place])
        finally:
            line.done(place)

    try:
        side_by_side(act_on, groups)
    finally:
        line.close()
        tick.t3.catch_up(list(apart.values()))


def places_of(tick: Tick, repo: str, agent: str | None = None) -> list[Hashable]:
    """Return what an act in a repository shares with others: the repository, and so its folder.

    ``agent``: the one that a label picked, where an agent is to be sent to work. While its instance
    is only tried out, that is shared, too: who comes second sees that it is being tried.
    """
    snapshot = tick.t3.snapshot
    if agent is None or snapshot is None or repo not in tick.config.repositories:
        return [repo]
    instance = instance_of(repo, tick.config, agent)
    threads, at = snapshot.threads, snapshot.server_now
    probed = is_probed(instance, threads, tick.config, server_now=at)
    return [repo, ("instance", instance)] if probed else [repo]


@dataclass(slots=True)
class _Line:
    """What is said of items, kept until all before them is over; ``behind`` is told it.

    ``said``: by place; None once the place is over.
    """

    behind: Reporter
    said: list[list[Callable[[], None]]]
    over: set[int] = field(default_factory=set)
    first: int = 0
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def say(self, place: int, tell: Callable[[], None]) -> None:
        """Tell it now if it is the place's turn, else when that comes."""
        with self._lock:
            if place == self.first:
                tell()
            else:
                self.said[place].append(tell)

    def done(self, place: int) -> None:
        """Note that a place has nothing more to say, and tell what waited for that."""
        with self._lock:
            self.over.add(place)
            while self.first in self.over:
                self.first += 1
                self._tell(self.first)

    def close(self) -> None:
        """Tell everything that is left, and nothing of what others say after an interruption."""
        with self._lock:
            for place in range(len(self.said)):
                self._tell(place)
            self.first = len(self.said)

    def _tell(self, place: int) -> None:
        for tell in self.said[place] if place < len(self.said) else ():
            tell()
        if place < len(self.said):
            self.said[place] = []


@dataclass(frozen=True, slots=True)
class _InTurn:
    """Implements `afk.ports.Reporter` for one place of a line."""

    line: _Line
    place: int

    def event(self, line: str, *, key: IssueKey | None = None) -> None:
        """Tell it in its turn."""
        behind = self.line.behind
        self.line.say(self.place, lambda: behind.event(line, key=key))

    def warn(self, line: str, *, key: IssueKey | None = None) -> None:
        """Likewise."""
        behind = self.line.behind
        self.line.say(self.place, lambda: behind.warn(line, key=key))

    def error(self, error: Exception, *, key: IssueKey | None = None) -> None:
        """Likewise."""
        behind = self.line.behind
        self.line.say(self.place, lambda: behind.error(error, key=key))
