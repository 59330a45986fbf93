"""``afk tick --every``: one tick after the other, until somebody stops it or its time is up.

On T3's own machine it is the loop, without a runner: it goes on until it is stopped. In a workflow
it keeps the job, and ends once no agent is at work: the next event or schedule begins anew.

Every tick opens afresh, the configuration included. So nothing is remembered here but how long to
pause and what was told last; a kill switch that is thrown in the file works in the next tick.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

_LONGEST_PAUSE: Final = 600.0
"""Seconds between two ticks of which the first failed, unless they are further apart anyway."""
_MOST_DOUBLINGS: Final = 16
_REST: Final = 0.1
"""The part of what lies between two ticks that is a pause, however long the first one took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """What became of one tick.

    ``at_work``: a run is in flight that waits for an agent, CI or T3, not for people. ``unfit``:
    the configuration or the environment was refused, and nothing was sent.
    """

    exit_code: int
    at_work: bool = False
    unfit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """Seconds from the beginning of a tick to the next, and from the first to the last; 0: none.

    Counted from the beginning, so that what changes right after a look waits for no longer than
    was asked for.

    ``while_at_work``: end as soon as no run needs another tick soon.
    """

    every: float
    seconds: float = 0.0
    while_at_work: bool = False


class Stop(Protocol):
    """Whether somebody asked to stop."""

    @property
    def asked(self) -> bool:
        """Say whether somebody did."""

    def pause(self, seconds: float) -> None:
        """Sleep, not much longer than until somebody asks."""


def keep_ticking(
    tick: Callable[[], Ticked], rhythm: Rhythm, *, now: Callable[[], datetime], stop: Stop
) -> int:
    """Tick until it is over, and return the exit code: 0 where somebody stopped it.

    A tick that fails ends nothing: the next one comes later, and later still while that fails, too.
    What is wrong with the configuration from the start ends it, since somebody is looking then.
    Where the time is up, or nobody is at work, the last tick's exit code says how things stand.
    """
    began, failures, longest, first = now(), 0, 0.0, True
    while True:
        started = now()
        ticked = tick()
        took = (now() - started).total_seconds()
        longest = max(longest, took)
        if stop.asked:
            return 0
        if first and ticked.unfit:
            return ticked.exit_code
        first = False
        if rhythm.while_at_work and not ticked.at_work:
            return ticked.exit_code
        failures = min(failures + 1, _MOST_DOUBLINGS) if ticked.exit_code else 0
        apart = min(rhythm.every * 2**failures, max(rhythm.every, _LONGEST_PAUSE))
        pause = max(apart - took, apart * _REST)
        over = (now() - began).total_seconds() + pause + longest
        if rhythm.seconds and over > rhythm.seconds:
            return ticked.exit_code
        stop.pause(pause)
        if stop.asked:
            return 0
