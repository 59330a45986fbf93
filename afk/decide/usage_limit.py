"""A provider's usage limit, read from the error text a turn ended with.

Pure. T3 on protocol 1 shows a limited turn as a failed one; only its text tells
(recordings/t3/*/31-2-failed-thread.json: "You've hit your usage limit. Try again later.").
Texts from public reports are matched tolerantly, never by equality: openai/codex #28089, #2669;
anthropics/claude-code #11429, #2087, #9046, #9236, #52575, #21562, #80062.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_LIMITED = re.compile(
    r"usage\s+limit|hit\s+your\s+(?:[\w-]+\s+)?limit|(?:session|weekly|hour)\s+limit\s+reached"
    r"|limits?\s+(?:will\s+|to\s+)?reset",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"\|\s*(?P<epoch>\d{10})(?:\d{3})?\b")
_CLOCK = re.compile(
    r"""(?:resets?|again)\b(?:\s+(?:at|on|in))?\s+
        (?:(?P<month>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(?P<year>\d{4}))?
           ,?\s+(?:at\s+)?)?
        (?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?\s*(?:(?P<half>[ap])\.?m\b\.?)?
        (?:\s*\((?P<zone>[A-Za-z_]+(?:/[A-Za-z0-9_+\-]+)*)\)
          |\s+(?P<bare>UTC|GMT|[A-Z][a-z]+/[A-Za-z_]+))?""",
    re.IGNORECASE | re.VERBOSE,
)
_MONTHS: Final = tuple(re.findall("...", "janfebmaraprmayjunjulaugsepoctnovdec"))
_LONGEST_ZONE: Final = 64
_FARTHEST: Final = timedelta(days=8)
"""Allowances are counted in hours or a week; a reset beyond that is a misreading."""
_GRACE: Final = timedelta(hours=1)
"""A wall-clock time this little past is the reset that has just been, not tomorrow's."""

FIRST_PAUSE: Final = timedelta(minutes=15)
LONGEST_PAUSE: Final = timedelta(hours=2)


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
    if not _LIMITED.search(text):
        return None
    reset = _named_epoch(text) or _named_clock(text, now, timezone)
    if reset is not None and reset - now > _FARTHEST:
        reset = None
    return UsageLimit(reset)


def pause(times_limited: int) -> timedelta:
    """Return how long to wait when no reset is named, or after a named one did not hold."""
    doublings = min(max(times_limited - 1, 0), 10)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def _named_epoch(text: str) -> datetime | None:
    """Claude Code: ``Claude AI usage limit reached|1762952400``."""
    match = _EPOCH.search(text)
    return datetime.fromtimestamp(int(match["epoch"]), UTC) if match else None


def _named_clock(text: str, now: datetime, timezone: str) -> datetime | None:
    """``resets 4:50am (Europe/Rome)``, ``resets Jan 30, 11:30am (Asia/Calcutta)`` and kin."""
    for match in _CLOCK.finditer(text):
        place = zone(match["zone"] or match["bare"] or timezone)
        if place is None or not (match["half"] or match["minute"]):
            continue
        hour, minute = int(match["hour"]), int(match["minute"] or 0)
        if match["half"]:
            hour = hour % 12 + (12 if match["half"] in "pP" else 0)
        local = now.astimezone(place)
        try:
            if match["month"] is None:
                reset = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
                if reset < local - _GRACE:
                    reset += timedelta(days=1)
            else:
                month = _MONTHS.index(match["month"][:3].lower()) + 1
                year = int(match["year"] or local.year)
                reset = datetime(year, month, int(match["day"]), hour, minute, tzinfo=place)
                if match["year"] is None and reset < local - timedelta(days=180):
                    reset = reset.replace(year=year + 1)
            return reset.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


def zone(name: str) -> tzinfo | None:
    """Return the IANA zone of that name, None where there is none."""
    if not name or len(name) > _LONGEST_ZONE:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
