"""How fast a server is written to: a few writes at once, a steady pace beyond them.

A budget and not a pause, since most ticks write little. What has to wait sleeps; what would have to
for longer than the tick has is a spent limit like any other, and a later tick resumes. So is
everything once the server has said that it is asked too fast: it is written to no more.

The steady pace is the generic cell rate algorithm: https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from afk.errors import RateLimited


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What a tick has for its writes: a clock, and seconds within which its turn is waited for.

    ``writers``: how many write at the same time with this token, so that each has its part.
    """

    now: Callable[[], datetime] = utc_now
    lasts: float = float("inf")
    writers: int = 1


@dataclass(kw_only=True)
class Pace:
    """One server's; safe to use from several threads.

    ``at_once`` writes go without a pause, then one every ``every`` seconds; 0: as fast as they
    come. ``lasts``: seconds from the first write within which another is waited for. ``now``
    returns aware datetimes, and has to move while ``sleep`` sleeps.
    """

    at_once: int = 0
    every: float = 0.0
    lasts: float = float("inf")
    now: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None] = lambda _: None
    _begun: datetime | None = None
    _seen: datetime | None = None
    _due: float = 0.0
    """Seconds after which, from the last look at the clock on, the whole budget is there again."""
    _shut: RateLimited | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def take(self) -> None:
        """Wait until one more write is due; raises `RateLimited` where that is too long."""
        with self._lock:
            self._check()
            wait = self._wait()
        if wait > 0:
            self.sleep(wait)
            self._check()

    def shut(self, limit: RateLimited) -> None:
        """Let nothing more be written: the server has told of a limit."""
        with self._lock:
            self._shut = limit

    def _wait(self) -> float:
        now = self.now()
        begun = self._begun = self._begun or now
        passed = (now - (self._seen or now)).total_seconds()
        self._seen = now
        due = max(0.0, self._due - max(0.0, passed))  # a clock may go back
        wait = due + self.every - self.at_once * self.every
        if wait > 0 and (now - begun).total_seconds() + wait > self.lasts:
            raise RateLimited(
                "more is due than may be written in one tick",
                cause="the forge takes only so many writes a minute, and much happened at once",
                retry_at=now + timedelta(seconds=wait),
            )
        self._due = due + self.every
        return wait

    def _check(self) -> None:
        if self._shut is not None:
            raise RateLimited(self._shut.what, retry_at=self._shut.retry_at)
