"""Plays many seeds in processes of their own: one that hangs or dies is a finding, and no end.

Each process plays one seed after the other and is kept; whoever has not answered in time is killed
and another one takes its place.
"""

import gc
import multiprocessing
import os
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Final

from schedules.draw import draw
from schedules.play import Played, play
from schedules.schedule import to_json

LIMIT: Final = 300.0
"""Seconds that a schedule may take; a quarter of one is usual."""
_FORK: Final = multiprocessing.get_context("fork")
_GARBAGE: Final = 10
"""After so many schedules garbage is looked for: a world is garbage as a whole when it is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a seed. ``schedule`` and ``story`` are told where something did not hold."""

    seed: int
    violations: list[str] = field(default_factory=list)
    ticks: int = 0
    schedule: str = ""
    story: str = ""


def outcome(seed: int) -> Outcome:
    """Play a seed; an exception is the simulation's own fault, and told like any other."""
    schedule = ""
    try:
        drawn = draw(seed)
        schedule = to_json(drawn)
        played: Played = play(drawn)
    except Exception as error:  # noqa: BLE001  see above
        first = f"the simulation failed: {type(error).__name__}: {error}"[:500]
        story = traceback.format_exc()
        return Outcome(seed=seed, violations=[first], schedule=schedule, story=story)
    if not played.violations:
        return Outcome(seed=seed, ticks=played.ticks)
    return Outcome(
        seed=seed,
        violations=played.violations,
        ticks=played.ticks,
        schedule=to_json(played.schedule),
        story="\n".join(played.journal.lines),
    )


PlayOne = Callable[[int], Outcome]


def play_all(
    seeds: Iterable[int], jobs: int, limit: float = LIMIT, play_one: PlayOne = outcome
) -> Iterator[Outcome]:
    """Yield what became of each seed, as they are done."""
    gc.freeze()
    left = iter(seeds)
    workers = [_Worker(play_one) for _ in range(jobs)]
    try:
        busy = [one for one in workers if one.take(left)]
        while busy:
            wait([one.pipe for one in busy], timeout=1)
            for one in busy:
                done = one.answer(limit)
                if done is not None:
                    yield done
                    one.take(left)
            busy = [one for one in busy if one.seed is not None]
    finally:
        for one in workers:
            one.end()


class _Worker:
    """A process, and which seed it is at."""

    def __init__(self, play_one: PlayOne) -> None:
        self._play_one = play_one
        self.seed: int | None = None
        self._since = 0.0
        self._start()

    def _start(self) -> None:
        self.pipe, theirs = _FORK.Pipe()
        self._process = _FORK.Process(
            target=_serve, args=(theirs, os.getpid(), self._play_one), daemon=True
        )
        self._process.start()
        theirs.close()

    def take(self, left: Iterator[int]) -> bool:
        """Begin with the next seed; says whether there was one."""
        self.seed, self._since = next(left, None), time.monotonic()
        if self.seed is not None:
            self.pipe.send(self.seed)
        return self.seed is not None

    def answer(self, limit: float) -> Outcome | None:
        """Return what became of the seed, None while it is played."""
        assert self.seed is not None
        try:
            if self.pipe.poll():
                done: Outcome = self.pipe.recv()
                return done
        except (EOFError, OSError):
            return self._given_up(self.seed, "the process that played it died")
        if time.monotonic() - self._since < limit:
            return None
        return self._given_up(self.seed, "it goes on and on")

    def _given_up(self, seed: int, why: str) -> Outcome:
        self.end()
        self._start()
        return Outcome(seed=seed, violations=[why], schedule=to_json(draw(seed)))

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _serve(pipe: Connection, parent: int, play_one: PlayOne) -> None:
    """Play what is asked for, as long as somebody is there to ask."""
    gc.disable()
    played = 0
    try:
        while os.getppid() == parent:
            if not pipe.poll(1):
                continue
            pipe.send(play_one(pipe.recv()))
            played += 1
            if played % _GARBAGE == 0:
                gc.collect()
                gc.freeze()  # what is left by now stays, and need not be looked through again
    except (EOFError, OSError, KeyboardInterrupt):
        return
