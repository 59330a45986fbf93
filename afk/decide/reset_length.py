"""Lengths of time as providers' error texts write them: "in 5 days 22 hours", "4h28m20s", "PT5H".

Pure. A length is read whole or not at all: what goes on with a unit nobody knows is none.
"""

import re
from datetime import timedelta
from typing import Final

_NUMBERS: Final = {
    **dict.fromkeys(("a", "an", "one"), 1.0),
    **{word: number for number, word in enumerate(("two", "three", "four", "five", "six"), 2)},
}


_UNITS: Final = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}
_PART = re.compile(
    r"""(?P<count>\d{1,9}(?:\.\d{1,9})?|\b(?:an?|one|two|three|four|five|six)(?=\s))\s*
        (?:(?P<ms>ms|milliseconds?)|(?P<w>w|wks?|weeks?)|(?P<d>d|days?)|(?P<h>h|hrs?|hours?)
          |(?P<m>m|mins?|minutes?)|(?P<s>s|secs?|seconds?))(?![a-z])\.?""",
    re.IGNORECASE | re.VERBOSE,
)
_JOINT = re.compile(r"\s*(?:,\s*)?(?:and\s+)?", re.IGNORECASE)
_CLOCKWORK = re.compile(
    r"""(?P<first>\d{1,3}):(?P<second>[0-5]\d)(?::(?P<third>[0-5]\d))?
        \s*(?P<unit>hours?|hrs?|h|minutes?|mins?)?(?![a-z:\d])""",
    re.IGNORECASE | re.VERBOSE,
)
_ISO_LENGTH = re.compile(
    r"P(?=[T\d])(?:(?P<d>\d{1,4})D)?(?:T(?:(?P<h>\d{1,4})H)?(?:(?P<m>\d{1,6})M)?"
    r"(?:(?P<s>\d{1,9}(?:\.\d{1,9})?)S)?)?(?![a-z\d])",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    r"(?P<after>(?:in|after)\b[\s:]*)?(?:(?:about|approximately|approx\.?|around|roughly)\s+|~\s*)?",
    re.IGNORECASE,
)
_LEFT_OVER = re.compile(
    r"[ \t]*,?[ \t]*(?:and[ \t]+)?(?:[+\d]|ago\b|or[ \t]+(?:more|so|less)\b|(?:a[ \t]+)?half\b"
    r"|at[ \t]+\d|months?\b|years?\b)",
    re.IGNORECASE,
)


def length(text: str, position: int) -> timedelta | None:
    """Return the length of time that stands there: "in 5 days 22 hours", "2:30 hours", "PT5H"."""
    within = _WITHIN.match(text, position)
    begin = within.end() if within else position
    exact = bool(within and within["after"])
    if found := _ISO_LENGTH.match(text, begin):
        parts = {unit: float(count) for unit, count in found.groupdict().items() if count}
        total = sum((count * _UNITS[unit] for unit, count in parts.items()), timedelta())
        return total if parts else None
    if found := _CLOCKWORK.match(text, begin):
        return _clockwork(found, exact=exact)
    total, end, last = timedelta(), begin, None
    while found := _PART.match(text, end if last is None else _joined(text, end)):
        unit = str(found.lastgroup)
        size = _UNITS[unit]
        if last is not None and size >= last:
            return None
        count = found["count"].lower()
        number = _NUMBERS[count] if count in _NUMBERS else float(count)
        try:
            total += number * size
        except OverflowError:
            return None
        end, last = found.end(), size
    if last is None or _LEFT_OVER.match(text, end):
        return None
    return total


def _joined(text: str, position: int) -> int:
    joint = _JOINT.match(text, position)
    return joint.end() if joint else position


def _clockwork(found: re.Match[str], *, exact: bool) -> timedelta | None:
    """Return "2:30 hours" or "in 02:30:15"; "2:30" alone is a clock, or nobody knows what."""
    first, second = int(found["first"]), int(found["second"])
    unit = (found["unit"] or "").lower()
    if found["third"] and (unit.startswith("h") or (exact and not unit)):
        return timedelta(hours=first, minutes=second, seconds=int(found["third"]))
    if unit.startswith("h") and not found["third"]:
        return timedelta(hours=first, minutes=second)
    if unit.startswith("m") and not found["third"]:
        return timedelta(minutes=first, seconds=second)
    return None
