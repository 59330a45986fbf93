"""Dates and clock times as providers' error texts write them, as instants; pure.

Without a date it is the clock's next such time, without a year the nearest such day. What is read
only in part (a date in another language or order, a zone nobody knows) is not read at all.
"""

import re
from datetime import datetime, timedelta
from typing import Final

from afk.decide.time_zones import here_and_now, instant

_GRACE: Final = timedelta(hours=1)
"""A wall-clock time this little past is the reset that has just been, not tomorrow's."""
_HALF_A_YEAR: Final = timedelta(days=183)
_BEIJING: Final = "+08:00"
_MONTHS: Final = tuple(re.findall("...", "janfebmaraprmayjunjulaugsepoctnovdec"))
_WEEKDAYS: Final = tuple(re.findall("...", "montuewedthufrisatsun"))
_STAMP = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?:[T ]|,? at )\s?"
    r"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?",
    re.IGNORECASE,
)
_MONTH: Final = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DATE = re.compile(
    r"(?:(?:on|by)\s+)?(?:"
    r"(?:(?:mon|tues?|wednes|wed|thurs?|fri|satur|sat|sun)(?:day)?\.?,?\s+)?(?:"
    + _MONTH.format("month")
    + r"\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?\b(?:,?\s+(?P<year>\d{4})\b)?|"
    r"(?P<dayfirst>\d{1,2})(?:st|nd|rd|th)?\s+"
    + _MONTH.format("monthsecond")
    + r"(?:,?\s+(?P<yearlast>\d{4})\b)?)"
    r"|(?P<weekday>mon|tue|wed|thu|fri|sat|sun)(?:day|s|sday|nesday|r|rs|rsday|urday)?\b\.?"
    r"|(?P<near>today|tomorrow)\b)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*,?\s*(?:(?:at|after|@)\s*)?", re.IGNORECASE)
_TIME = re.compile(
    r"""(?:(?P<hour>\d{1,2})(?:(?::|\.(?=\d\d\s?[ap]\.?m))(?P<minute>\d{2})(?::(?P<second>\d{2}))?)?
          \s?(?:(?P<half>[ap])\.?m\b\.?)?(?![\d:])|(?P<word>noon|midnight)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_ZONE = re.compile(
    r"""(?:\s*\(\s*(?P<within>[^()\n]{1,80}?)\s*\)|[ \t]*(?:
           (?:in\s+)?(?P<iana>[A-Za-z]{2,}(?:/[A-Za-z0-9_+\-]+)+)
          |(?P<offset>(?:(?:UTC|GMT)[ ]?[+\u2212-]\d{1,2}(?::?\d{2})?|[+\u2212-]\d\d:?\d\d)(?!\d)
             (?!\s?[ap]\.?m\b))
          |(?P<word>(?:UTC|GMT|Z|pacific|mountain|central|eastern)\b)
          |(?P<short>(?-i:[A-Z]{2,5})\b)))
        (?:\s+(?:(?:standard|daylight)\s+)?time\b)?""",
    re.IGNORECASE | re.VERBOSE,
)
_OURS = re.compile(r"(?:your|local|your local)(?: time(?: ?zone)?)?|local time", re.IGNORECASE)
_OUR_TIME = re.compile(r"\s*,?\s*(?:in\s+)?(?:your\s+)?(?:local\s+)?time\b", re.IGNORECASE)
_NO_ZONES: Final = frozenset({"OR", "AND", "TO", "IF", "AM", "PM"})
_UNREADABLE_REST = re.compile(
    r"[ \t]*,?[ \t]*(?:(?:on|next|the|of|in|after|each|every)\b|\d"
    r"|[a-z]+(?:[ \t]+[a-z]+)?[ \t]+time\b)",
    re.IGNORECASE,
)


_OUR_ZONE: Final = "local"


def clock(text: str, position: int, now: datetime, timezone: str) -> datetime | None:
    """Return the instant of a date and a clock time, in either order."""
    position = _joined_at(text, position)
    if stamp := _STAMP.match(text, position):
        return _stamped(text, stamp, timezone)
    date = _DATE.match(text, position)
    if date:
        position = _joined_at(text, date.end())
    time = _TIME.match(text, position)
    if time is None:
        return None
    end, written = time.end(), ""
    for _ in range(2):
        after = _BETWEEN.match(text, end)
        later = _DATE.match(text, after.end()) if after and date is None else None
        if later:
            date, end = later, later.end()
            continue
        place = None if written else _zone_at(text, end)
        if place is not None:
            written, end = place
    wall = _wall_time(time)
    if wall is None or _UNREADABLE_REST.match(text, end):
        return None
    ours = "" if written == _OUR_ZONE else written
    here = here_and_now(now, ours, timezone)
    day = _day(date, here, wall) if here is not None else None
    return instant(day + wall, ours, timezone) if day is not None else None


def _joined_at(text: str, position: int) -> int:
    between = _BETWEEN.match(text, position)
    return between.end() if between else position


def _zone_at(text: str, position: int) -> tuple[str, int] | None:
    """Return the zone that stands there as it is written, and where it ends."""
    if ours := _OUR_TIME.match(text, position):
        return _OUR_ZONE, ours.end()
    found = _ZONE.match(text, position)
    if found is None or found["short"] in _NO_ZONES:
        return None
    within = found["within"]
    if within and _OURS.fullmatch(within):
        return _OUR_ZONE, found.end()
    if within:
        within = re.sub(r"\s+(?:(?:standard|daylight)\s+)?time$", "", within, flags=re.IGNORECASE)
    name = within or found["iana"] or found["offset"] or found["word"] or found["short"]
    return name, found.end()


def _wall_time(time: re.Match[str]) -> timedelta | None:
    """Return the time of day; a bare number is none."""
    if time["word"]:
        return timedelta(hours=12 if time["word"].lower() == "noon" else 0)
    hour, half = int(time["hour"]), (time["half"] or "").lower()
    if not half and not time["minute"]:
        return None
    if half and hour <= 12:  # noqa: PLR2004  the hours of half a day
        if hour == 0 and half == "p":
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    elif half == "a":
        return None
    minute, second = int(time["minute"] or 0), int(time["second"] or 0)
    if hour > 23 or minute > 59 or second > 59:  # noqa: PLR2004  a clock's numbers
        return None
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _day(date: re.Match[str] | None, here: datetime, wall: timedelta) -> datetime | None:
    """Return the midnight of the day that is meant; None where there is no such day."""
    today = here.replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        if date is None:
            return today if today + wall >= here - _GRACE else today + timedelta(days=1)
        if date["near"]:
            return today + timedelta(days=date["near"].lower() == "tomorrow")
        if date["weekday"]:
            ahead = (_WEEKDAYS.index(date["weekday"].lower()) - today.weekday()) % 7
            past = ahead == 0 and today + wall < here - _GRACE
            return today + timedelta(days=7 if past else ahead)
        return _dated(date, today)
    except (ValueError, OverflowError):
        return None


def _dated(date: re.Match[str], today: datetime) -> datetime:
    """Return the day; without a year it is the one nearest to today."""
    month = _MONTHS.index((date["month"] or date["monthsecond"])[:3].lower()) + 1
    day = int(date["day"] or date["dayfirst"])
    year = date["year"] or date["yearlast"]
    if year:
        return datetime(int(year), month, day)  # noqa: DTZ001  a wall clock's day
    around = []
    for one in (today.year - 1, today.year, today.year + 1):
        try:
            around.append(datetime(one, month, day))  # noqa: DTZ001  likewise
        except ValueError:
            continue
    nearest = min(around, key=lambda one: abs(one - today))
    if abs(nearest - today) > _HALF_A_YEAR:
        raise ValueError
    return nearest


def _stamped(text: str, stamp: re.Match[str], timezone: str) -> datetime | None:
    """Return the instant of ``2026-05-06 20:00:00``, with or without a zone.

    Z.ai's "Your limit will reset at" carries Beijing's clock, wherever the reader is.
    """
    wall = _stamp_wall(stamp)
    place = _zone_at(text, stamp.end())
    if wall is None or (place is None and _UNREADABLE_REST.match(text, stamp.end())):
        return None
    if place is None:
        before = text[max(stamp.start() - 40, 0) : stamp.start()].lower()
        return instant(wall, _BEIJING if "limit will reset at" in before else "", timezone)
    return instant(wall, "" if place[0] == _OUR_ZONE else place[0], timezone)


def _stamp_wall(stamp: re.Match[str]) -> datetime | None:
    parts = ("year", "month", "day", "hour", "minute", "second")
    try:
        return datetime(*(int(stamp[part] or 0) for part in parts))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None


def beijing_stamp(text: str, position: int) -> datetime | None:
    """Return the instant of a stamp of Beijing's clock, as Zhipu writes them in Chinese."""
    stamp = _STAMP.match(text, position)
    wall = _stamp_wall(stamp) if stamp else None
    return instant(wall, _BEIJING, "") if wall else None
