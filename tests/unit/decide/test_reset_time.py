"""The instant a provider's text names: that one, or none."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afk.decide.reset_time import named

NOW = datetime(2026, 5, 4, 16, 0, tzinfo=UTC)
"""A Monday; 18:00 in Rome, 09:00 in Los Angeles."""
ROME = "Europe/Rome"


def at(text: str) -> datetime:
    """Return a UTC time of 2026 written as ``05-06 18:00``."""
    return datetime.fromisoformat(f"2026-{text}+00:00")


def says(text: str, timezone: str = ROME, now: datetime = NOW) -> datetime | None:
    """Return what is read of the text as part of a usage limit's."""
    return named(f"You've hit your usage limit. {text}", now, timezone)


@pytest.mark.parametrize(
    ("text", "reset"),
    [
        ("try again in 5 days 22 hours 11 minutes.", "05-10 14:11"),
        ("try again in 8 hours 30 minutes.", "05-05 00:30"),
        (
            "The weekly limit resets in 5d 5h. Send the message again once it is back.",
            "05-09 21:00",
        ),
        ("Your quota will reset after 4h28m20s.", "05-04 20:28:20"),
        ("Come back in 3h 47m \u2014 it resets at midnight Pacific", "05-04 19:47"),
        ("Please try again in 58 hours. Please review our Terms", "05-07 02:00"),
        ("Please wait 6 seconds for your limit to reset.", "05-04 16:00:06"),
        ("Please wait 2 minutes before trying again", "05-04 16:02"),
        ("retrying in 20h28m - attempt #1", "05-05 12:28"),
        ("retrying in 73801s - attempt #1", "05-05 12:30:01"),
        ("Please try again in 6.5s.", "05-04 16:00:06.5"),
        ("Try again in ~94 min.", "05-04 17:34"),
        ("try again in about an hour", "05-04 17:00"),
        ("try again in two hours and 5 minutes", "05-04 18:05"),
        ("try again in 1 day, 2 hours, and 5 mins", "05-05 18:05"),
        ("resets in 1 week", "05-11 16:00"),
        ("resets in 2:30 hours", "05-04 18:30"),
        ("resets in 2:30h", "05-04 18:30"),
        ("try again in 1:30 minutes", "05-04 16:01:30"),
        ("retry in 02:30:15", "05-04 18:30:15"),
        ("try again in 02:30:15 hours", "05-04 18:30:15"),
        ("retry after PT5H30M", "05-04 21:30"),
        ("retry after P1DT2H", "05-05 18:00"),
        ('{"resets_in_seconds": 3600}', "05-04 17:00"),
        ("retry-after: 120", "05-04 16:02"),
        ("retry-after-ms=997000", "05-04 16:16:37"),
        ("resets in 3h (10:00 PM)", "05-04 19:00"),
        ("Reset time: in 3h", "05-04 19:00"),
    ],
)
def test_named__a_length_of_time__is_counted_from_when_it_was_said(text: str, reset: str) -> None:
    """It needs no zone. openai/codex #3899, anomalyco/opencode #50093, github/copilot-cli #2696."""
    for timezone in (ROME, ""):
        assert says(text, timezone) == at(reset)


@pytest.mark.parametrize(
    ("text", "reset"),
    [
        ("resets at 10:57 PM GMT-3.", "05-05 01:57"),
        ("resets at 3:10 PM PDT", "05-04 22:10"),
        ("resets at 3:10 p.m. (PDT)", "05-04 22:10"),
        ("resets 3pm Pacific Time", "05-04 22:00"),
        ("resets 3pm PT", "05-04 22:00"),
        ("resets at 23:30 UTC+05:30", "05-04 18:00"),
        ("resets at 23:30 GMT+5:30", "05-04 18:00"),
        ("resets at 20:00 (UTC\u22123)", "05-04 23:00"),
        ("resets at 20:00 +0200", "05-04 18:00"),
        ("resets at 20:00Z", "05-04 20:00"),
        ("resets at 8pm CEST", "05-04 18:00"),
        ("resets 10am JST", "05-05 01:00"),
        ("resets 1pm (Etc/GMT+5)", "05-04 18:00"),
        ("resets 9am in Europe/Rome", "05-05 07:00"),
        ("resets at 2026-05-04T20:00:00Z", "05-04 20:00"),
        ("resets at 2026-05-04T20:00:00.123+02:00", "05-04 18:00"),
        ("resets at 2026-05-04 20:00 UTC", "05-04 20:00"),
        ("Your limit will reset at 2026-05-05 00:35:41", "05-04 16:35:41"),
        ("\u60a8\u7684\u9650\u989d\u5c06\u5728 2026-05-05 07:41:44 \u91cd\u7f6e", "05-04 23:41:44"),
        ("resets Mar 15 at 12pm (Europe/London)", "03-15 12:00"),
        ("resets at 9am on May 9 (UTC)", "05-09 09:00"),
        ("resets at 9am (UTC) on Saturday", "05-09 09:00"),
        ("resets 6 May 2026, 20:00 UTC", "05-06 20:00"),
        ("resets tomorrow at 3pm (UTC)", "05-05 15:00"),
        ("resets at 3pm tomorrow (UTC)", "05-05 15:00"),
        ("resets today at 6pm (UTC)", "05-04 18:00"),
        ("resets Mon 9:59 PM (UTC)", "05-04 21:59"),
        ("resets Monday 3:30 PM (UTC)", "05-04 15:30"),
        ("resets Monday 1 PM (UTC)", "05-11 13:00"),
        ("resets Thursday, 9 a.m. UTC", "05-07 09:00"),
        ("resets midnight UTC", "05-05 00:00"),
        ("resets noon UTC", "05-05 12:00"),
        ("resets at 3pm\n(UTC)", "05-04 15:00"),  # an hour past: it has just been
        ("resets after 8:30 pm UTC", "05-04 20:30"),
        ('{"resets_at": 1777917600}', "05-04 18:00"),
        ("resets 3pm (UTC)\nRetries left: 0", "05-04 15:00"),
    ],
)
def test_named__a_clock_with_its_zone__needs_none_configured(text: str, reset: str) -> None:
    """google-gemini/gemini-cli #22643; can1357/oh-my-pi #11014: Z.ai shows Beijing's clock."""
    for timezone in (ROME, "", "America/Los_Angeles"):
        assert says(text, timezone) == at(reset)


@pytest.mark.parametrize(
    ("text", "reset"),
    [
        ("resets 9pm", "05-04 19:00"),
        ("try again at 8:30 PM.", "05-04 18:30"),
        ("try again at May 11th, 2026 1:36 PM.", "05-11 11:36"),
        ("wait for your limit to reset on May 6, 2026 at 2:00 AM or switch to auto", "05-06 00:00"),
        ("resets 8.30pm", "05-04 18:30"),
        ("resets at 9pm (local time)", "05-04 19:00"),
        ("resets at 9pm your local time", "05-04 19:00"),
        ("resets at 2026-05-04 21:00", "05-04 19:00"),
        ("resets at 9pm CET/CEST", None),
        ("resets 9pm OR upgrade", "05-04 19:00"),
        ("try again on Fri, May 8 at 9am", "05-08 07:00"),
    ],
)
def test_named__a_clock_without_zone__is_the_configured_zones_or_none(
    text: str, reset: str | None
) -> None:
    """Providers show the clock of the machine they run on, which is what the setting names."""
    assert says(text) == (at(reset) if reset else None)
    assert says(text, "") is None


@pytest.mark.parametrize(
    "text",
    [
        "resets at 3pm IST",
        "resets at 3pm CST",
        "resets at 3pm BST",
        "resets at 3pm AST",
        "resets at 3pm PST",
        "resets at 3pm XYZ",
        "resets at 3pm (Etc/Unknown)",
        "resets at 3pm (Mitteleurop\u00e4ische Zeit)",
        "resets at 3pm Berlin time",
        "resets at 3pm UTC+25",
        "resets at 3pm UTC+05:75",
        "resets in 2:30",
        "resets in 5 fortnights 3 hours",
        "resets in 5 days 22 foos",
        "resets in 3 hours 5 hours",
        "resets in 5 days at 3pm",
        "resets in 2 hours and a half",
        "resets in 5-10 minutes",
        "resets in 1 month",
        "reset 3 hours ago",
        "wait for limits to reset (every 5h and every week.)",
        "resets in 999999999 weeks",
        "resets in 999999999999 weeks",
        "retry after PT",
        "retry after P",
        "resets on 11/05/2026",
        "resets on 5/11/2026, 3:00 PM",
        "resets May 9",
        "resets on May 9",
        "try again at 10 de jul. de 2026, 11:52.",
        "try again at 10 juil. 2026 \u00e0 11:52.",
        "resets at 9am next week",
        "resets at 9am on the 9th",
        "resets at 9am 10/3/2025",
        "resets 9",
        "resets 25:00",
        "resets 9:75",
        "resets 9:30:75",
        "resets 13:30am",
        "resets 0:30pm",
        "resets at 2026-13-40 20:00:00 UTC",
        "\u5c06\u5728 2026-13-40 20:00:00",
        "\u5c06\u5728 2026-1",
        "resets at 2026-05-04 20:00 in 3 days",
        "resets soon",
        "",
    ],
)
def test_named__what_is_not_plain__is_unnamed(text: str) -> None:
    """An abbreviation of several zones, an unknown unit, a date in another order or language."""
    assert says(text) is None


def test_named__ambiguous_abbreviation__is_the_configured_zones_own() -> None:
    assert says("resets at 11:30pm IST", "Asia/Kolkata") == at("05-04 18:00")
    assert says("resets at 8pm BST", "Europe/London") == at("05-04 19:00")
    assert says("resets at 3pm CST", "America/Chicago") is None  # its clocks show CDT in May
    assert says("resets at 8pm IST", "Europe/London") is None
    winter = datetime(2026, 1, 5, 16, 0, tzinfo=UTC)
    assert says("resets 3pm PST", "", winter) == datetime(2026, 1, 5, 23, 0, tzinfo=UTC)
    assert says("resets 3pm CST", "America/Chicago", winter) == datetime(
        2026, 1, 5, 21, 0, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("text", "reset"),
    [
        ("resets 1:30am (America/Los_Angeles)", None),
        ("resets 1:30am PDT", datetime(2026, 11, 1, 8, 30, tzinfo=UTC)),
        ("resets 1:30am PST", datetime(2026, 11, 1, 9, 30, tzinfo=UTC)),
    ],
)
def test_named__the_hour_that_comes_twice__only_where_the_text_says_which(
    text: str, reset: datetime | None
) -> None:
    assert says(text, "", datetime(2026, 11, 1, 7, 0, tzinfo=UTC)) == reset


def test_named__the_hour_that_never_comes__is_unnamed() -> None:
    now = datetime(2026, 3, 8, 8, 0, tzinfo=UTC)
    assert says("resets 2:30am (America/Los_Angeles)", "", now) is None


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "+14:00", "UTC-12"])
@pytest.mark.parametrize("year", [1, 9999])
def test_named__at_the_ends_of_time__never_raises(zone: str, year: int) -> None:
    now = datetime(year, 12 if year > 1 else 1, 31 if year > 1 else 1, tzinfo=UTC)
    for text in (f"resets 9am ({zone})", f"resets tomorrow 9am ({zone})", "resets in 5 weeks"):
        found = says(text, "", now)
        assert found is None or found.tzinfo is UTC
    assert says("resets at 9999-12-31 23:59 UTC-12") is None
    assert says("resets at 0001-01-01 00:01 +14:00") is None


UNITS = st.sampled_from(["d", "h", "m", "s"])


@given(
    st.tuples(st.integers(0, 6), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59)),
    st.sampled_from([True, False]),
)
def test_named__any_length__is_that_length(
    counts: tuple[int, int, int, int],
    long: bool,
) -> None:
    days, hours, minutes, seconds = counts
    parts = zip(counts, ("day", "hour", "minute", "second"), strict=True)
    shown = " ".join(f"{n} {u}s" if long else f"{n}{u[0]}" for n, u in parts)
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    assert says(f"try again in {shown}.") == NOW + length


@given(st.datetimes(datetime(2026, 5, 4), datetime(2026, 5, 11)), st.integers(-14, 14))  # noqa: DTZ001
def test_named__any_date_at_any_offset__is_that_instant(wall: datetime, offset: int) -> None:
    wall = wall.replace(second=0, microsecond=0)
    expected = wall.replace(tzinfo=UTC) - timedelta(hours=offset)
    for shown in (
        f"{wall:%b %d, %Y %I:%M %p} GMT{offset:+d}",
        f"{wall:%B %d at %H:%M} (UTC{offset:+03d}:00)",
        f"{wall:%Y-%m-%dT%H:%M:%S}{offset:+03d}:00",
        f"{wall:%d %B %Y, %H:%M} UTC{offset:+d}",
        f"{wall:%H:%M} GMT{offset:+d} on {wall:%B %d}",
    ):
        assert says(f"resets at {shown}.") == expected
