"""How long it takes from a change until afk's first write about it, on the real clock.

A change happens in the sandbox at a moment known beforehand: nothing can see it earlier than the
first request after it, so that is when the sandbox makes it happen, dated back. afk is a process of
its own; all that is watched is when the first request comes that changes the issue.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from afk.types import Forge
from afk_sandbox.agents.directives import read_directives
from afk_sandbox.forge.records import Issue
from afk_sandbox.t3.schedule import Pace
from afk_sandbox.world import T3S
from bench.plain import READY
from bench.processes import afk, environment
from bench.results import Reaction
from bench.scenes import LATENCY, VERSIONS, Scene, scene

EVENT: Final = "its event"
LABELLED, RED, GREEN, ENDED = CHANGES = ("labelled", "CI red", "CI green", "agent ended")
_WARM: Final = 30.0
"""Seconds after which every world is built, and what looks again and again has long begun."""
_SOON: Final = 6.0
_LATE: Final = 20.0
_AGO: Final = 600.0


@dataclass
class Change:
    """Something that happens to an issue, and when afk wrote about it.

    ``act`` makes it happen; None: it happens by itself. ``due`` is set before it does.
    """

    issue: Issue
    act: Callable[[], object] | None
    due: datetime | None = None
    reacted: float | None = None
    _was: object = None

    def happen(self, now: datetime) -> None:
        """Happen if it is time."""
        if self.due is not None and self.due <= now and self._was is None:
            if self.act is not None:
                self.act()
            self._was = _shown(self.issue)

    def look(self, sent: datetime) -> None:
        """Note the first request that changed anything about the issue."""
        started = self._was is not None and self.due is not None and self.reacted is None
        if started and _shown(self.issue) != self._was:
            assert self.due is not None  # noqa: S101  says so to the type checker
            self.reacted = (sent - self.due).total_seconds()


def _shown(issue: Issue) -> object:
    said = tuple(one.body for one in issue.comments)
    return said, tuple(one.name for one in issue.labels), issue.open


@dataclass
class Stage:
    """A world whose clock is the wall's from now on, and what changes in it."""

    on: Scene
    changes: list[Change]
    _offset: float = field(default_factory=lambda: time.time() - time.monotonic())

    def open(self) -> None:
        """Begin to keep time, at every request."""
        self.on.servers.before = self._before
        self.on.servers.after = self._after
        self.on.servers.late = LATENCY

    def _before(self, sent: float) -> None:
        del sent
        now = datetime.now(UTC)
        clock, t3 = self.on.here.clock, self.on.here.t3
        for change in self.changes:
            if change.due is not None and change.due <= now:
                clock.moment = max(clock.moment, change.due)
                t3.advance()
                change.happen(now)
        clock.moment = now
        t3.advance()

    def _after(self, sent: float) -> None:
        at = datetime.fromtimestamp(sent + self._offset, UTC)
        for change in self.changes:
            change.look(at)


def reactions(
    *, changes: Sequence[str] = CHANGES, periods: Sequence[int] = (5, 30), tries: int = 3
) -> list[Reaction]:
    """Measure every change, woken by its event and by ``--every`` so many seconds."""
    kinds = [(forge, change) for forge in Forge for change in changes]
    woken = [_by_event(forge, change, tries) for forge, change in kinds]
    again = [(*one, every, tries) for every in periods for one in kinds]
    # They sleep most of the time, so all of them at once disturb each other little.
    with ThreadPoolExecutor(len(again)) as pool:
        return woken + list(pool.map(lambda one: _by_period(*one), again))


def _by_event(forge: Forge, change: str, tries: int) -> Reaction:
    with _stage(forge, change, [_SOON + _SOON * number for number in range(tries)]) as stage:
        for one in stage.changes:
            if change != ENDED:
                one.due = datetime.now(UTC)
            assert one.due is not None  # noqa: S101  says so to the type checker
            time.sleep(max((one.due - datetime.now(UTC)).total_seconds(), 0))
            with _process(stage, afk("tick")) as process:
                process.wait(_LATE)
    return _told(forge, change, EVENT, stage)


def _by_period(forge: Forge, change: str, every: int, tries: int) -> Reaction:
    # A little more than a period apart, so that they fall into different parts of it.
    apart = every * (1 + 1 / tries)
    waits = [_WARM + apart * number for number in range(tries)]
    with _stage(forge, change, waits) as stage:
        now = datetime.now(UTC)
        for one, wait in zip(stage.changes, waits, strict=True):
            one.due = one.due or now + timedelta(seconds=wait)
        until = time.monotonic() + waits[-1] + every + _LATE
        with _process(stage, afk("tick", "--every", str(every))):
            while time.monotonic() < until and any(one.reacted is None for one in stage.changes):
                time.sleep(0.1)
    return _told(forge, change, f"--every {every}", stage)


def _told(forge: Forge, change: str, woken: str, stage: Stage) -> Reaction:
    seconds = tuple(one.reacted for one in stage.changes if one.reacted is not None)
    if len(seconds) < len(stage.changes):
        raise SystemExit(f"{forge.value}: {change}: not noticed, woken by {woken}")
    return Reaction(forge=forge.value, change=change, woken=woken, seconds=seconds)


@contextmanager
def _process(stage: Stage, code: str) -> Iterator[subprocess.Popen[bytes]]:
    here = stage.on.here
    environ = {**here.environ, "AFK_CONFIG": json.dumps(here.settings)}
    process = subprocess.Popen(  # noqa: S603  this interpreter and code of ours
        [sys.executable, "-c", code],
        env=environment(environ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(_LATE)


@contextmanager
def _stage(forge: Forge, change: str, waits: Sequence[float]) -> Iterator[Stage]:
    """Build a world in which nothing more happens until the changes do.

    Agents end by themselves, after so many seconds each; the other changes have no time yet.
    """
    protocol = next(one for one, version in VERSIONS.items() if version == T3S[forge])
    with scene(forge, protocol, plainly=False, pace=Pace(lead=0)) as on:
        on.here.settings |= {"max_in_flight": 100, "max_dispatch_per_tick": 100}
        changes = [_change(on, change, number, wait) for number, wait in enumerate(waits)]
        # The agents' time runs from their start, a while ago.
        on.here.clock.moment = datetime.now(UTC) - timedelta(seconds=_AGO)
        for _ in range(3):
            on.prepare(1 if change == ENDED else 60)
        for one in changes:
            one.due = _ends(on, one.issue) if change == ENDED else None
        stage = Stage(on, changes)
        stage.open()
        yield stage


def _change(on: Scene, change: str, number: int, seconds: float) -> Change:
    forge, owner = on.here.forge, on.here.owner
    repo = on.here.repository(f"shop-{number}", ci={"reruns": 0})
    bodies = {ENDED: f"[[idle]] [[linger={_AGO + seconds:.1f}]]", LABELLED: "[[hang]]"}
    body = bodies.get(change, "[[push=none]]")
    issue = on.here.issue(repo, "a change", body, ready=change != LABELLED)
    if change == LABELLED:
        return Change(issue, lambda: forge.add_label(issue, READY, owner))
    if change == ENDED:
        return Change(issue, None)
    state = "failure" if change == RED else "success"

    def spoken() -> None:
        forge.post_status(repo, repo.branches[repo.default_branch], state, owner)

    return Change(issue, spoken)


def _ends(on: Scene, issue: Issue) -> datetime | None:
    """Return when the agent of an issue ends its turn, by the time it was told to take."""
    for thread in on.here.t3.state.threads.values():
        for turn in thread.turns.values():
            if issue.ref in thread.title:
                told = read_directives(issue.body)
                return turn.requested_at + timedelta(seconds=told.seconds("linger", 1))
    return None
