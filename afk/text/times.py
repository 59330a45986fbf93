"""Times and lengths of time as people read them. Pure."""

from datetime import datetime, timedelta
from typing import Final

_WORTH_SAYING: Final = timedelta(minutes=1)


def minutes(at: datetime) -> str:
    """Return a time as people read it in a comment."""
    return at.strftime("%Y-%m-%d %H:%M UTC")


def span(time: timedelta) -> str:
    """Return a length of time as people say it, in its two largest units: ``5 h``, ``2 d 3 h``."""
    minutes_left = max(round(time.total_seconds() / 60), 0)
    days, rest = divmod(minutes_left, 24 * 60)
    hours, left = divmod(rest, 60)
    parts = [
        f"{count} {unit}" for count, unit in ((days, "d"), (hours, "h"), (left, "min")) if count
    ]
    return " ".join(parts[:2]) or "0 min"


def until(at: datetime, since: datetime) -> str:
    """Return when something is over, and how long it then took; neither moves with the clock."""
    return f"until {minutes(at)} ({span(at - since)} from {minutes(since)})"


def due(since: datetime, seconds: int, what: str) -> str:
    """Return when something is over, how long that is, and from what on: ``after the push``."""
    length = timedelta(seconds=seconds)
    return f"{minutes(since + length)} ({span(length)} {what})"


def took(since: datetime | None, at: datetime | None) -> str:
    """Return how long something took, "" where that is not known or no minute."""
    if since is None or at is None or at - since < _WORTH_SAYING:
        return ""
    return span(at - since)
