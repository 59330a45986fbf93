"""What a tick costs, in requests first, then in time against a floor: ``make bench``.

Each row is one `afk` process against the sandbox on loopback, whose servers take 50 ms to answer.
The floor is measured in the same run: a Python that imports what a tick imports and ends, plus 50
ms for every 16 requests, as many as afk has under way at once. Memory is the process's peak.

``--ready`` and ``--runs`` say how many issues wait and how many runs are watched in the rows of
the full house; they begin with as many repositories.
"""

import argparse
import asyncio
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from afk.parallel import WORKERS
from afk.types import Forge
from afk_sandbox.faults import App, Message, Receive, Send
from afk_sandbox.world import World, world

LATENCY: Final = 0.05
IMPORTS: Final = "import afk.cli, afk.bootstrap, afk.commands.tick\n"
TICK: Final = """
import sys
from afk.__main__ import run
sys.argv = ["afk", "tick"]
if code := run():
    raise SystemExit(code)
"""
# Not resource.getrusage: a child begins there with its parent's peak.
PEAK: Final = """
import pathlib, sys
if (status := pathlib.Path("/proc/self/status")).exists():
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    print(lines["VmHWM"].split()[0], file=sys.stderr)
"""
DISABLED: Final = {"AFK_KILL_SWITCH": "true"}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took: wall seconds, and megabytes at its peak (0 where Linux is not)."""

    seconds: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    forge: str
    tick: str
    requests: tuple[int, int]
    cost: Cost
    floor: float

    def line(self) -> str:
        """Return it as text."""
        seconds = self.cost.seconds
        return (
            f"{self.forge:8} {self.tick:34} {self.requests[0]:6} {self.requests[1]:5}"
            f" {seconds:8.2f} {self.floor:8.2f} {seconds / self.floor:6.2f}"
            f" {self.cost.megabytes:6.0f}"
        )


def process(code: str, environ: Mapping[str, str]) -> Cost:
    """Run one process to its end; what it prints is shown only when it fails."""
    before = time.perf_counter()
    ran = subprocess.run(  # noqa: S603  this interpreter and code of this file
        [sys.executable, "-c", code + PEAK],
        env={"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(sys.path), **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - before
    if ran.returncode:
        raise SystemExit(f"a process ended with {ran.returncode}:\n{ran.stdout}{ran.stderr}")
    return Cost(seconds, int(ran.stderr or 0) * 1024 / 1e6)


@dataclass
class Slow:
    """Makes servers slow while it is switched on."""

    seconds: float = 0.0

    def __call__(self, app: App) -> App:
        """Return the application with the pause in front."""

        async def slow(scope: Any, receive: Receive, send: Send) -> None:
            async def late(message: Message) -> None:
                await send(message)

            if self.seconds:
                await asyncio.sleep(self.seconds)
            await app(scope, receive, late)

        return slow


@dataclass
class Bench:
    """One world and the rows measured in it."""

    here: World
    slow: Slow
    startup: float

    def measure(self, name: str, **settings: str) -> Row:
        """Run one tick as a process of its own; its clock is the wall's."""
        here = self.here
        here.clock.moment = datetime.now(UTC)
        here.t3.advance()
        before = here.requests()
        environ = {**here.environ, "AFK_CONFIG": json.dumps(here.settings), **settings}
        self.slow.seconds = LATENCY
        cost = process(TICK, environ)
        self.slow.seconds = 0.0
        after = here.requests()
        asked = (after[0] - before[0], after[1] - before[1])
        floor = self.startup + math.ceil(sum(asked) / WORKERS) * LATENCY
        return Row(here.kind.value, name, asked, cost, floor)

    def house(self, name: str, count: int, body: str, *, each: int = 1) -> None:
        """Build ``count`` repositories with ``each`` ready issues."""
        for number in range(count):
            repo = self.here.repository(f"{name}-{number}")
            for issue in range(each):
                self.here.issue(repo, f"issue {issue}", body)
            # Labelling takes a minute each; the past must not run into the present.
            self.here.clock.moment = datetime.now(UTC) - timedelta(days=1)


def rows(kind: Forge, *, ready: int, runs: int) -> list[Row]:
    """Measure one forge."""
    slow = Slow()
    startup = min(process(IMPORTS, {}).seconds for _ in range(5))
    with world(kind, around=slow) as here:
        bench = Bench(here, slow, startup)
        here.clock.moment = datetime.now(UTC) - timedelta(days=1)
        most = max(ready, runs, 4) * 2
        here.settings |= {"max_in_flight": 4, "runs_per_day": most}
        found = [bench.measure("disabled", **DISABLED)]
        here.repository("quiet")
        found.append(bench.measure("idle"))
        bench.house("first", 4, "[[hang]]")
        found.append(bench.measure("4 runs start"))
        found.append(bench.measure("4 runs seen first"))
        found.append(bench.measure("4 runs watched"))
        here.settings |= {"max_in_flight": runs + 4, "max_dispatch_per_tick": runs}
        bench.house("run", runs, "[[hang]]")
        for _ in range(3):  # started, seen first, steady
            time.sleep(2)  # the agents' clock is the wall's, too
            here.clock.moment = datetime.now(UTC)
            here.t3.advance()
            here.run("tick")
        found.append(bench.measure(f"{runs + 4} runs watched"))
        bench.house("ready", max(1, ready // 10), "[[hang]]", each=10)
        here.settings |= {"max_in_flight": 4}
        found.append(bench.measure(f"{runs + 4} runs watched, {ready} ready"))
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="what a tick costs")
    parser.add_argument("--ready", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=200)
    options = parser.parse_args()
    print("                                              requests     wall    floor   wall/   peak")
    print(
        "forge    tick                                forge    T3        s        s   floor     MB"
    )
    for kind in Forge:
        for row in rows(kind, ready=options.ready, runs=options.runs):
            print(row.line(), flush=True)


if __name__ == "__main__":
    main()
