"""`afk demo`: the whole loop, watched: two forges, a T3 server, scripted agents, real HTTP.

Every scenario says what it expects; the last line counts how many came out so.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TextIO

from afk.run_record import is_record
from afk.sandbox.forge_records import Issue, Repository
from afk.sandbox.world import HUMAN, IN_PROGRESS, READY, Ticked, World, world
from afk.types import Forge

TICK_SECONDS: Final = 60
MAX_TICKS: Final = 60
_FAMILIAR: Final = (READY, IN_PROGRESS, HUMAN)


@dataclass(kw_only=True)
class Scenario:
    """One issue's story: how it begins, what people do meanwhile, how it must end.

    ``verdicts`` are those of the issue's runs, in order; none: it must never have been started.
    ``later`` is called before every tick with the story's world and issue, and says True once
    it has nothing more to do.
    """

    title: str
    body: str
    verdicts: tuple[str, ...] = ("done",)
    turns: tuple[int, ...] = (1,)
    labels: tuple[str, ...] = ()
    closed: bool = True
    by_stranger: bool = False
    later: Callable[[World, Issue], bool] | None = None


@dataclass
class Story:
    """A scenario that is being played."""

    scenario: Scenario
    issue: Issue
    over: bool = False
    records: list[dict[str, object]] = field(default_factory=list)

    @property
    def labels(self) -> tuple[str, ...]:
        """Return afk's labels on the issue."""
        names = {label.name for label in self.issue.labels}
        return tuple(name for name in _FAMILIAR if name in names)

    @property
    def closed(self) -> bool:
        """Say whether the issue is closed."""
        return self.issue.closed_at is not None

    def read(self, world: World) -> None:
        """Read the run records from the issue's comments, oldest first."""
        mine = [one.body for one in self.issue.comments if one.author is world.bot]
        self.records = [_record(body) for body in mine if is_record(body)]

    @property
    def verdicts(self) -> tuple[str, ...]:
        """Return how the issue's runs ended so far."""
        ended = [one for one in self.records if one.get("stage") == "ended"]
        return tuple(str(one.get("verdict")) for one in ended)

    @property
    def turns(self) -> tuple[int, ...]:
        """Return how many turns each run took."""
        return tuple(len(_list(one.get("turns"))) for one in self.records)

    @property
    def settled(self) -> bool:
        """Say whether nothing more is expected to happen."""
        expected = self.scenario
        as_planned = self.scenario.later is None or self.over
        if not expected.verdicts:
            return as_planned and not self.labels
        return as_planned and len(self.verdicts) >= len(expected.verdicts)

    @property
    def as_expected(self) -> bool:
        """Say whether it ended as the scenario says."""
        expected = self.scenario
        return (
            self.verdicts == expected.verdicts
            and self.turns == (expected.turns if expected.verdicts else ())
            and self.labels == expected.labels
            and self.closed == expected.closed
        )


def _record(body: str) -> dict[str, object]:
    """Return a record's JSON; the demo believes its own forge."""
    line = body.split("\n", 1)[0]
    data: dict[str, object] = json.loads(line[line.index("{") : line.rindex("}") + 1])
    return data


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
