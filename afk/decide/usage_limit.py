"""A provider's usage limit, read from the error text a turn ended with.

Pure. T3 on protocol 1 shows a limited turn as a failed one; only its text tells
(recordings/t3/*/31-2-failed-thread.json: "You've hit your usage limit. Try again later.").
How such texts are worded is in `afk.decide.limit_words` and `afk.decide.reset_time`, which are
loaded where a turn has failed: compiling what they look for takes a thirtieth of a tick.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

_LONGEST: Final = 20_000
"""Characters of a text that are looked at; what a provider says stands far in front of that."""
FIRST_PAUSE: Final = timedelta(minutes=15)
LONGEST_PAUSE: Final = timedelta(hours=2)
_FARTHEST: Final = timedelta(days=8)
"""Allowances are counted in hours or a week; a reset beyond that is a misreading, or a month's: an
agent is not kept waiting for that."""


@dataclass(frozen=True, slots=True)
class UsageLimit:
    """A limit; ``reset`` is the instant the text names, None when it names none."""

    reset: datetime | None


def read(text: str, now: datetime, timezone: str = "") -> UsageLimit | None:
    """Return the limit a turn's error text speaks of, None when it speaks of none.

    ``now`` is when it was said: a wall-clock time is read as the one that comes next.
    ``timezone`` (an IANA name) places times that the text gives without a zone; without it
    such a time counts as unnamed, since a guess can be a day off.
    """
    from afk.decide.limit_words import tells_of_a_limit  # noqa: PLC0415  see the module's docstring
    from afk.decide.reset_time import named  # noqa: PLC0415  likewise

    text = text[:_LONGEST]
    if not tells_of_a_limit(text):
        return None
    reset = named(text, now, timezone)
    if reset is not None and reset - now > _FARTHEST:
        reset = None
    return UsageLimit(reset)


def pause(times_limited: int) -> timedelta:
    """Return how long to wait when no reset is named, or after a named one did not hold."""
    doublings = min(max(times_limited - 1, 0), 10)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
