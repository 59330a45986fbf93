"""The instant a provider's text names, where a minute, an hour or a second decides."""

from datetime import UTC, datetime

import pytest

from afk.decide.reset_time import named

NOW = datetime(2026, 5, 4, 16, 0, tzinfo=UTC)
ROME = "Europe/Rome"


def at(text: str) -> datetime:
    """Return a UTC time of 2026 written as ``05-06 18:00``."""
    return datetime.fromisoformat(f"2026-{text}+00:00")


def says(text: str, timezone: str = ROME, now: datetime = NOW) -> datetime | None:
    """Return what is read of the text as part of a usage limit's."""
    return named(f"You've hit your usage limit. {text}", now, timezone)


THURSDAY = datetime(2026, 5, 7, 16, 0, 27, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "reset"),
    [
        ("resets tomorrow at 3pm (UTC)", "05-08 15:00"),
        ("resets Thursday 3pm (UTC)", "05-14 15:00"),
        ("resets Thursday 3:01pm (UTC)", "05-07 15:01"),
        ("resets Friday 3pm (UTC)", "05-08 15:00"),
        ("resets Wednesday 3pm (UTC)", "05-13 15:00"),
        ("resets Monday 3pm (UTC)", "05-11 15:00"),
        ("resets Sunday 3pm (UTC)", "05-10 15:00"),
        ("resets at 3pm (UTC)", "05-08 15:00"),
        ("resets at 3:01pm (UTC)", "05-07 15:01"),
        ("resets May 9 at 3pm (UTC)", "05-09 15:00"),
        ("resets Nov 5 at 3pm (UTC)", "11-05 15:00"),
    ],
)
def test_named__in_the_middle_of_a_week_and_a_minute__is_on_the_minute(
    text: str, reset: str
) -> None:
    found = says(text, "", THURSDAY)
    assert found == at(reset)
    assert found is not None
    assert found.tzinfo is UTC


def test_named__exactly_an_hour_past__has_just_been() -> None:
    now = datetime(2026, 5, 7, 16, 0, tzinfo=UTC)
    assert says("resets Thursday 3pm (UTC)", "", now) == at("05-07 15:00")
    assert says("resets 3pm (UTC)", "", now) == at("05-07 15:00")


@pytest.mark.parametrize(
    ("text", "reset"),
    [
        ("resets at 2026-05-04 21:00 (local time)", "05-04 19:00"),
        ("resets at 2026-05-04 21:00 your local time", "05-04 19:00"),
    ],
)
def test_named__a_stamp_of_the_readers_own_clock__is_the_configured_zones(
    text: str, reset: str
) -> None:
    assert says(text) == at(reset)
    assert says(text, "") is None


@pytest.mark.parametrize(
    ("text", "reset"),
    [
        ("resets in 02:30:15", "05-04 18:30:15"),
        ("resets in 2:30:15 hours", "05-04 18:30:15"),
        ("resets in 2:30:15 minutes", None),
        ("try again after 2:30:15", "05-04 18:30:15"),
        ("resets 2:30:15 (UTC)", "05-05 02:30:15"),
    ],
)
def test_named__hours_minutes_and_seconds__only_where_it_is_plain_that_they_are(
    text: str, reset: str | None
) -> None:
    assert says(text, "") == (at(reset) if reset else None)


@pytest.mark.parametrize(
    ("text", "reset"),
    [
        ("resets 23:59 (UTC)", "05-04 23:59"),
        ("resets 23:59:59 (UTC)", "05-04 23:59:59"),
        ("resets 20:15:30 (UTC)", "05-04 20:15:30"),
        ("resets 24:00 (UTC)", None),
        ("resets 20:60 (UTC)", None),
        ("resets 20:15:60 (UTC)", None),
        ("resets 8pm (Pacific Time)", "05-05 03:00"),
        ("resets 8pm (Pacific Standard TIME)", "05-05 03:00"),
        ("resets 8pm (PACIFIC DAYLIGHT TIME)", "05-05 03:00"),
    ],
)
def test_named__a_clock__shows_what_clocks_show(text: str, reset: str | None) -> None:
    assert says(text, "") == (at(reset) if reset else None)


def test_named__seconds_since_1970__are_the_whole_worlds() -> None:
    found = says('{"resets_at": 1777917600}', "")
    assert found == at("05-04 18:00")
    assert found is not None
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "reset"),
    [
        ("resets at 23:00 UTC+14", "05-05 09:00"),
        ("resets at 23:00 UTC+15", None),
        ("resets at 23:00 UTC+14:01", None),
        ("resets at 23:00 UTC+5:59", "05-04 17:01"),
        ("resets at 23:00 UTC+5:60", None),
        ("resets at 23:00 UTC+5", "05-04 18:00"),
        ("resets at 23:00 XYZT", None),
    ],
)
def test_named__an_offset__is_one_that_the_world_has(text: str, reset: str | None) -> None:
    found = says(text, "")
    assert reset is None or found == at(reset)
    assert reset is not None or found is None


@pytest.mark.parametrize(("day", "year"), [(14, 2028), (15, 2027), (16, 2027)])
def test_named__half_a_year_away__is_the_nearest_or_the_earlier_of_two(day: int, year: int) -> None:
    found = says(f"resets Jul {day} at 3pm (UTC)", "", datetime(2028, 1, 14, 12, tzinfo=UTC))
    assert found == datetime(year, 7, day, 15, tzinfo=UTC)
