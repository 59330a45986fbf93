"""What a bench found, as it is kept: plain values, their ratios, and JSON. Pure.

Times are seconds. ``null`` in the place of a number: not measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from pydantic import TypeAdapter

CRON_SECONDS: Final = 300.0
"""How far apart the shipped workflow's schedule wakes afk, where it is on time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One tick, by forge and T3's protocol, beside the plain script's look at the same world.

    ``forge_requests`` and ``t3_requests``; ``points``: of GitHub's GraphQL quota, None elsewhere.
    ``line``: the most requests of which each was sent after the one before it was answered.
    ``floor``: what could not be quicker. ``plain_requests``: None where it has nothing to do.
    """

    forge: str
    protocol: int
    tick: str
    forge_requests: int
    t3_requests: int
    points: int | None
    line: int
    seconds: float
    floor: float
    megabytes: float
    plain_requests: int | None = None
    plain_seconds: float | None = None

    @property
    def over_floor(self) -> float:
        """Return how many times the floor it took."""
        return self.seconds / self.floor

    @property
    def times_quicker(self) -> float | None:
        """Return how many times as long the plain script takes."""
        return None if self.plain_seconds is None else self.plain_seconds / self.seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Requests of a tick in which so many issues wait and nothing changed."""

    forge: str
    issues: int
    requests: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """Seconds from a change until afk's first write about it was sent, one for each try.

    ``change``: what happened; ``woken``: what made afk look.
    """

    forge: str
    change: str
    woken: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Return the one in the middle."""
        return median(self.seconds)

    @property
    def worst(self) -> float:
        """Return the longest."""
        return max(self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Seconds from the action's first line to the end of a tick that has nothing to do.

    ``cold``: everything is fetched and installed first; ``kept``: the folder is there.
    """

    cold: float | None
    kept: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """All of one bench. ``machine``: only what matters to the times."""

    machine: str
    rows: tuple[Row, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    start: Start = Start(cold=None, kept=None)


_JSON: Final = TypeAdapter(Results)


def from_json(text: str | bytes) -> Results:
    """Return what `to_json` kept."""
    return _JSON.validate_json(text)


def to_json(results: Results) -> str:
    """Return it as text, with times to the millisecond."""
    data = _JSON.dump_python(results, mode="json")
    return TypeAdapter(object).dump_json(_rounded(data), indent=1).decode() + "\n"


def by_cron(tick_seconds: float) -> tuple[float, float]:
    """Return the median and the worst reaction where a schedule alone wakes afk, on time."""
    return CRON_SECONDS / 2 + tick_seconds, CRON_SECONDS + tick_seconds


def longest_line(spans: Sequence[tuple[float, float]]) -> int:
    """Return how many of the requests (sent, answered) there can be one after the other.

    Always taking the one that is answered first leaves the most time for the rest.
    """
    count, free = 0, float("-inf")
    for sent, answered in sorted(spans, key=lambda span: span[1]):
        if sent >= free:
            count, free = count + 1, answered
    return count


def floor(startup: float, requests: int, *, at_once: int, latency: float, line: int = 0) -> float:
    """Return the seconds that a tick needs at least.

    Python starts and imports; then requests go, so many at once, and those in a line, of which
    each needs the one before, one after the other.
    """
    return startup + max(-(-requests // at_once), line) * latency


def _rounded(data: object) -> object:
    if isinstance(data, float):
        return round(data, 3)
    if isinstance(data, dict):
        return {name: _rounded(one) for name, one in data.items()}
    if isinstance(data, list):
        return [_rounded(one) for one in data]
    return data
