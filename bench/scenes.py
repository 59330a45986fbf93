"""One world in which ticks are measured, by afk or by the plain script, each on its own."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from afk.parallel import WORKERS
from afk.types import Forge
from afk_sandbox.world import TRACKED, World, world
from bench import plain
from bench.processes import PLAIN, Cost, afk, process
from bench.results import floor, longest_line
from bench.servers import Servers

LATENCY: Final = 0.05
"""Seconds that a server takes to answer."""
VERSIONS: Final = {1: "0.0.32", 2: "0.0.33"}
"""T3's version, by protocol."""
_AGO: Final = timedelta(hours=20)
_LONG: Final = timedelta(hours=10)
_APART: Final = 3_700.0
"""Seconds in which GitHub's hourly quota begins anew: who asks for each thing alone spends it."""
_PATIENT: Final = {"silence_seconds": 86_400, "prepush_seconds": 86_400}
"""Agents here say nothing for hours, so that there is something to watch."""
_MOST_TICKS: Final = 12


@dataclass(frozen=True, slots=True)
class Measured:
    """What one tick took."""

    forge_requests: int
    t3_requests: int
    points: int
    line: int
    cost: Cost

    @property
    def requests(self) -> int:
        """Return how many there were in all."""
        return self.forge_requests + self.t3_requests


@dataclass
class Scene:
    """A world, who looks at it, and what passes between them."""

    here: World
    servers: Servers
    plainly: bool
    protocol: int

    def house(self, name: str, count: int, body: str, *, each: int = 1, **settings: Any) -> None:
        """Build so many repositories with ``each`` labelled issues."""
        for number in range(count):
            repo = self.here.repository(f"{name}-{number}", **settings)
            for issue in range(each):
                made = self.here.issue(repo, f"issue {issue}", body, ready=False)
                self.here.clock.sleep(0.1)
                self.here.forge.add_label(made, plain.READY, self.here.owner)

    def long_ago(self, name: str, count: int, body: str, *, each: int) -> None:
        """Build repositories whose issues were approved, seen and tracked hours ago.

        The clock only goes back for that: a measured tick is of now, and what it finds has to be
        of before, or nothing has waited for long.
        """
        clock, made = self.here.clock, len(self.here.forge.repositories)
        now = clock.moment
        clock.moment = now - _LONG
        self.house(name, count, body, each=each)
        for repo in self.here.forge.repositories[made:]:
            for issue in repo.issues.values():
                self.here.forge.add_label(issue, TRACKED, self.here.owner)
        clock.moment = now

    def prepare(self, after: float = 60) -> int:
        """Tick without measuring; return how many requests that took."""
        before = sum(self.here.requests())
        self.here.clock.sleep(after)
        self.here.t3.advance()
        if self.plainly:
            plain.tick(self.here.settings, self._environ())
        else:
            ticked = self.here.run("tick")
            if ticked.exit_code:
                raise SystemExit(f"a tick ended with {ticked.exit_code}:\n{ticked.output}")
        return sum(self.here.requests()) - before

    def rest(self) -> None:
        """Let a minute pass, in which agents work."""
        self.here.clock.sleep(60)
        self.here.t3.advance()

    def settle(self) -> int:
        """Tick until nothing changes any more, or for half a day; return what a tick asks for then.

        Of a very long queue an earlier afk looked at another part each time, and never settled.
        """
        former = asked = -1
        for _ in range(_MOST_TICKS):
            former, asked = asked, self.prepare(_APART)
            if asked == former:
                break
        return asked

    def measure(
        self, *, times: int = 1, command: Sequence[str] = ("tick",), **settings: str
    ) -> Measured:
        """Tick (or what is named) in a process of its own, now; the shortest of several counts.

        The plain script has only one request under way: what it would wait for is added up
        afterwards.
        """
        if times > 1:  # after a long time something may change
            self.here.clock.moment = datetime.now(UTC)
            self.prepare(0)
        found = [self._once(command, settings) for _ in range(1 if self.plainly else times)]
        return min(found, key=lambda one: one.cost.seconds)

    def _once(self, command: Sequence[str], settings: Mapping[str, str]) -> Measured:
        here, servers = self.here, self.servers
        here.clock.moment = datetime.now(UTC)
        here.t3.advance()
        before, points = here.requests(), servers.points
        servers.spans.clear()
        servers.late = 0.0 if self.plainly else LATENCY
        environ = {**self._environ(), "AFK_CONFIG": json.dumps(here.settings), **settings}
        cost = process(PLAIN if self.plainly else afk(*command), environ)
        servers.late = 0.0
        after = here.requests()
        asked = (after[0] - before[0], after[1] - before[1])
        if self.plainly:
            worked = sum(min(end - began, LATENCY) for began, end in servers.spans)
            cost = Cost(cost.seconds + sum(asked) * LATENCY - worked, cost.megabytes)
        spent = servers.points - points
        return Measured(*asked, spent, longest_line(servers.spans), cost)

    def _environ(self) -> dict[str, str]:
        return {**self.here.environ, "PLAIN_PROTOCOL": str(self.protocol)}


@contextmanager
def scene(kind: Forge, protocol: int, *, plainly: bool, **options: Any) -> Iterator[Scene]:
    """Open an empty world, some hours ago; ``options`` go to its T3."""
    servers = Servers()
    with world(kind, t3_version=VERSIONS[protocol], around=servers, **options) as here:
        here.clock.moment = datetime.now(UTC) - _AGO
        here.t3.advance()
        here.settings |= {"max_in_flight": 4, "runs_per_day": 100_000, **_PATIENT}
        yield Scene(here, servers, plainly, protocol)


def startup(code: str) -> float:
    """Return the seconds in which Python starts and imports what this code does."""
    return min(process(code, {}).seconds for _ in range(3))


def floor_of(found: Measured, began: float, line: int) -> float:
    """Return the floor of what was measured."""
    return floor(began, found.requests, at_once=WORKERS, latency=LATENCY, line=line)
