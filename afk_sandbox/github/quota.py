"""GitHub's primary rate limit: how much an account may ask in an hour, and what is left.

Counted per account and resource (``core`` for REST in requests, ``graphql`` in points); nobody's
requests share one count. A window begins with its first request.
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from afk_sandbox.forge.records import Account

HOURLY: Final = 5000
ANONYMOUS: Final = 60
_WINDOW: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Spent:
    """What the headers say; ``exceeded``: the request asked for more than was left."""

    resource: str
    limit: int
    used: int
    reset: datetime
    exceeded: bool = False

    @property
    def remaining(self) -> int:
        """Return what is left, never below 0."""
        return max(self.limit - self.used, 0)

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers of every answer (recordings ``github/030``, ``141``)."""
        return {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-reset": str(int(self.reset.timestamp())),
            "x-ratelimit-used": str(self.used),
            "x-ratelimit-resource": self.resource,
        }


@dataclass(slots=True)
class Quota:
    """Counts; ``hourly`` is everybody's allowance but anonymous callers'."""

    now: Callable[[], datetime]
    hourly: int = HOURLY
    _windows: dict[tuple[int, str], tuple[datetime, int]] = field(default_factory=dict)

    def spend(self, caller: Account | None, resource: str, points: int) -> Spent:
        """Count a request; one that exceeds the limit counts nothing."""
        left = self.left(caller, resource)
        if left.used + points > left.limit:
            return Spent(resource, left.limit, left.limit, left.reset, exceeded=True)
        self._windows[_key(caller, resource)] = (left.reset, left.used + points)
        return Spent(resource, left.limit, left.used + points, left.reset)

    def left(self, caller: Account | None, resource: str) -> Spent:
        """Return what there is, counting nothing."""
        now = self.now()
        reset, used = self._windows.get(_key(caller, resource), (now, 0))
        if reset <= now:
            reset, used = now + _WINDOW, 0
        limit = self.hourly if caller else min(self.hourly, ANONYMOUS)
        return Spent(resource, limit, used, reset)


def _key(caller: Account | None, resource: str) -> tuple[int, str]:
    return (caller.id if caller else 0, resource)
