"""What the oracles are shown: the world behind the servers, and what came out of the ticks."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from afk.record.names import parse_title
from afk_sandbox.forge.records import Comment, Issue
from afk_sandbox.t3.state import Thread
from afk_sandbox.world import World

FIRST: Final = "You implement one issue, alone"
"""Stands in a first turn."""


@dataclass
class Seen:
    """A world after a step, and what came out of the ticks so far.

    ``outputs``: exit code and text of each tick, killed ones left out. ``rings``: what the doorbell
    took. ``quiet``: how many of the forge's comments and events each of the last two ticks added.
    ``troubled``: how many ticks died, or were refused something. ``room`` and ``attempts``: the
    most that any tick so far was allowed, of agents at work in a repository and of corrective
    turns. ``policies``: who merged pull requests, and since when by the forge's clock. ``said``:
    what the owner ever said, and ``gone``, by its id, when it was deleted.
    """

    here: World
    issues: Sequence[Issue]
    outputs: list[tuple[int, str]] = field(default_factory=list)
    rings: list[dict[str, Any]] = field(default_factory=list)
    quiet: list[int] = field(default_factory=list)
    troubled: int = 0
    room: int = 1
    attempts: int = 0
    policies: list[tuple[datetime, str]] = field(default_factory=list)
    said: list[Comment] = field(default_factory=list)
    gone: dict[int, datetime] = field(default_factory=dict)

    def heard(self) -> None:
        """Note what the owner has said, and what of it is there no longer: nothing else knows."""
        now = self.here.forge.now()
        there = [one for issue in self.issues for one in issue.comments]
        known = {one.id for one in self.said}
        self.said += [one for one in there if one.author is self.here.owner and one.id not in known]
        left = {one.id for one in there}
        for one in self.said:
            if one.id not in left:
                self.gone.setdefault(one.id, now)

    def obeyed(self) -> None:
        """Note what a tick that begins now is told to obey."""
        settings = self.here.settings
        self.room = max(self.room, int(settings.get("runs_per_repository", 1)))
        self.attempts = max(self.attempts, int(settings.get("fix_forward_max_attempts", 5)))
        policy = str(settings.get("merge", "human"))
        if not self.policies or self.policies[-1][1] != policy:
            self.policies.append((self.here.forge.now(), policy))

    def on_the_forge(self, moment: datetime) -> datetime:
        """Return a moment of T3's clock by the forge's."""
        return moment + (self.here.forge.now() - self.here.t3.now())

    def threads(self, issue: Issue) -> list[Thread]:
        """Return the issue's threads, by title, oldest first."""
        every = self.here.t3.state.threads.values()
        mine = [one for one in every if self._names(one.title, issue)]
        return sorted(mine, key=lambda one: one.created_at)

    @staticmethod
    def _names(title: str, issue: Issue) -> bool:
        """Say whether a thread is titled with an issue, by any name that its repository had."""
        told = _told(title)
        if told is None or told[1].number != issue.number:
            return False
        return f"{issue.repo.full_name}-too".startswith(f"{told[1].repo}-too")


_told: Final = lru_cache(maxsize=256)(parse_title)
"""Whose thread a title says it is: each oracle asks of each thread after each step."""

Oracle = Callable[[Seen], Iterator[str]]
