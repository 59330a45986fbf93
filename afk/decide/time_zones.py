"""Time zones as people and programs write them: names, offsets, abbreviations; pure.

An abbreviation that more than one zone uses (IST, CST, BST, AST) is read only where the configured
zone is one of them: an hour that is guessed may be half a day off.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_LONGEST: Final = 64
_NEW_YORK, _CHICAGO = "America/New_York", "America/Chicago"
_DENVER, _LOS_ANGELES = "America/Denver", "America/Los_Angeles"
_ABBREVIATIONS: Final = {
    **dict.fromkeys(("PST", "PDT"), _LOS_ANGELES),
    **dict.fromkeys(("MST", "MDT"), _DENVER),
    "CDT": _CHICAGO,
    **dict.fromkeys(("EST", "EDT"), _NEW_YORK),
    **dict.fromkeys(("AKST", "AKDT"), "America/Anchorage"),
    "HST": "Pacific/Honolulu",
    **dict.fromkeys(("WET", "WEST"), "Europe/Lisbon"),
    **dict.fromkeys(("CET", "CEST"), "Europe/Paris"),
    **dict.fromkeys(("EET", "EEST"), "Europe/Helsinki"),
    "MSK": "Europe/Moscow",
    "SAST": "Africa/Johannesburg",
    "WIB": "Asia/Jakarta",
    "HKT": "Asia/Hong_Kong",
    "JST": "Asia/Tokyo",
    "KST": "Asia/Seoul",
    "AWST": "Australia/Perth",
    **dict.fromkeys(("AEST", "AEDT"), "Australia/Sydney"),
    **dict.fromkeys(("NZST", "NZDT"), "Pacific/Auckland"),
}
"""One zone for each that no other uses otherwise: what it is called is asked of the zone itself, so
that "PST" in July, which nobody's clock shows, is no time at all."""
_SPOKEN: Final = {
    **dict.fromkeys(("PT", "PACIFIC"), _LOS_ANGELES),
    **dict.fromkeys(("MT", "MOUNTAIN"), _DENVER),
    **dict.fromkeys(("CT", "CENTRAL"), _CHICAGO),
    **dict.fromkeys(("ET", "EASTERN"), _NEW_YORK),
}
_UNIVERSAL: Final = frozenset({"UTC", "GMT", "Z"})
_OFFSET = re.compile(
    r"(?:UTC|GMT)?\s?(?P<sign>[+\u2212-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?", re.IGNORECASE
)
_LONGEST_OFFSET: Final = timedelta(hours=14)


def zone(name: str) -> tzinfo | None:
    """Return the IANA zone of that name, None where there is none."""
    if not name or len(name) > _LONGEST:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def instant(wall: datetime, written: str, configured: str) -> datetime | None:
    """Return the instant at which a clock in the zone shows ``wall`` (naive), in UTC.

    ``written`` is the zone as the text has it, "" where it has none: then ``configured`` (an IANA
    name, or "") places it. None: no such zone, an ambiguous one, or a time that its clocks show
    twice or never.
    """
    name = written.strip()
    place, called = _place(name, configured)
    if place is None:
        return None
    found = set()
    for fold in (0, 1):
        local = wall.replace(tzinfo=place, fold=fold)
        try:
            at = local.astimezone(UTC)
            shown = at.astimezone(place)
        except OverflowError:
            return None
        if shown.replace(tzinfo=None) == wall and called in ("", shown.tzname()):
            found.add(at)
    return found.pop() if len(found) == 1 else None


def here_and_now(now: datetime, written: str, configured: str) -> datetime | None:
    """Return what a calendar in the zone shows at ``now``, naive; None where there is no zone."""
    place, _ = _place(written.strip(), configured)
    try:
        return now.astimezone(place).replace(tzinfo=None) if place is not None else None
    except OverflowError:
        return None


def _place(name: str, configured: str) -> tuple[tzinfo | None, str]:
    """Return the zone, and what its clocks must be called at the time ("": anything)."""
    if not name:
        return zone(configured), ""
    upper = name.upper()
    if upper in _UNIVERSAL:
        return UTC, ""
    if offset := _OFFSET.fullmatch(name):
        return _fixed(offset), ""
    if "/" in name:
        return zone(name), ""
    if upper in _SPOKEN:
        return zone(_SPOKEN[upper]), ""
    own = zone(configured)
    if own is not None and upper in _names(own):
        return own, upper
    return zone(_ABBREVIATIONS.get(upper, "")), upper


def _fixed(offset: re.Match[str]) -> tzinfo | None:
    size = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
    if size > _LONGEST_OFFSET or int(offset["minutes"] or 0) > 59:  # noqa: PLR2004  minutes
        return None
    return timezone(size if offset["sign"] == "+" else -size)


def _names(place: tzinfo) -> frozenset[str]:
    """Return what the zone's clocks are called in winter and in summer."""
    return frozenset(datetime(2026, month, 1, tzinfo=place).tzname() or "" for month in (1, 7))
