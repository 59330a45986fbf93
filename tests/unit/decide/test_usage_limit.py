"""What a provider's error text says of its usage limit."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afk.decide.usage_limit import UsageLimit, pause, read

NOW = datetime(2026, 1, 30, 2, 0, tzinfo=UTC)
"""A Friday; 23:00 of the 29th in Santiago, 03:00 in Rome, 07:30 in Calcutta."""


def at(text: str) -> datetime:
    """Return a UTC time written as ``01-30 05:30``, year 2026 unless given."""
    return datetime.fromisoformat(f"{text if text[:2] == '20' else f'2026-{text}'}+00:00")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The agent crashed",
        "429 Too Many Requests",
        "rate limit exceeded",
        "the limit of 5 retries was reached",
        "usage: codex [options]",
        "token limit",
    ],
)
def test_read__error_that_is_no_usage_limit__is_none(text: str) -> None:
    assert read(text, NOW) is None


@pytest.mark.parametrize(
    "text",
    [
        "You've hit your usage limit. Try again later.",
        "You've hit your usage limit. Upgrade, or try again at 10 de jul. de 2026, 11:52.",
        "You've hit your usage limit, or wait for limits to reset (every 5h and every week.)",
        "Claude AI USAGE  LIMIT reached",
        "5-hour limit reached",
        "weekly limit reached",
        "You've hit your session limit",
        "You've hit your limit for Claude messages.",
        "Limits will reset.",
    ],
)
def test_read__limit_without_a_readable_time__names_no_reset(text: str) -> None:
    """openai/codex #28089, #2669; a localised date is not guessed at."""
    assert read(text, NOW, "Europe/Rome") == UsageLimit(None)


@pytest.mark.parametrize(
    ("text", "reset"),
    [
        (
            "Claude usage limit reached. Your limit will reset at 3pm (America/Santiago).",
            "01-30 18:00",
        ),
        ("You've hit your limit · resets 4:50am (Europe/Rome)", "01-30 03:50"),
        ("You've hit your limit · resets 2:30am (Europe/Rome)", "01-30 01:30"),
        ("You've hit your limit · resets 1:30am (Europe/Rome)", "01-31 00:30"),
        ("You've hit your limit · resets Jan 30, 11:30am (Asia/Calcutta)", "01-30 06:00"),
        ("You've hit your limit · resets January 30 at 11:30 AM (Asia/Calcutta)", "01-30 06:00"),
        ("You've hit your limit · resets Feb. 2nd, 11:30am (UTC)", "02-02 11:30"),
        ("You've hit your limit · resets Feb 2, 2026, 11:30 a.m. (UTC)", "02-02 11:30"),
        ("hit your usage limit. Try again at 12am (UTC)", "01-31 00:00"),
        ("hit your usage limit. Try again at 12 pm (UTC)", "01-30 12:00"),
        ("hit your usage limit. Try again at 23:59 (UTC)", "01-30 23:59"),
        (
            "hit your usage limit. Try again at 99:99 (UTC), or try again at 5:00 (UTC)",
            "01-30 05:00",
        ),
    ],
)
def test_read__time_with_its_zone__is_that_instant(text: str, reset: str) -> None:
    """anthropics/claude-code #9236, #52575, #21562. Just past is now, earlier is tomorrow."""
    assert read(text, NOW) == UsageLimit(at(reset))


def test_read__epoch__is_that_second() -> None:
    """anthropics/claude-code #11429."""
    second = int(NOW.timestamp()) + 3_600
    reset = NOW + timedelta(hours=1)
    assert read(f"Claude AI usage limit reached|{second}", NOW) == UsageLimit(reset)
    assert read(f"Claude AI usage limit reached|{second}000", NOW) == UsageLimit(reset)


def test_read__epoch_in_the_past__is_named_all_the_same() -> None:
    second = int(NOW.timestamp()) - 60
    limit = read(f"Claude AI usage limit reached|{second}", NOW)
    assert limit == UsageLimit(NOW - timedelta(minutes=1))


@pytest.mark.parametrize(("seconds", "named"), [(0, True), (1, False)])
def test_read__epoch_eight_days_ahead__is_the_last_that_is_believed(
    seconds: int, *, named: bool
) -> None:
    reset = NOW + timedelta(days=8, seconds=seconds)
    limit = read(f"Claude AI usage limit reached|{int(reset.timestamp())}", NOW)
    assert limit == UsageLimit(reset if named else None)


TEXT_WITHOUT_ZONE = "You've hit your limit for Claude messages. Limits will reset at 9:30 AM."


def test_read__time_without_zone__is_placed_by_the_configured_one_only() -> None:
    """anthropics/claude-code #80062. A guess could be a day off."""
    assert read(TEXT_WITHOUT_ZONE, NOW) == UsageLimit(None)
    assert read(TEXT_WITHOUT_ZONE, NOW, "Europe/Rome") == UsageLimit(at("01-30 08:30"))
    assert read(TEXT_WITHOUT_ZONE, NOW, "America/Santiago") == UsageLimit(at("01-30 12:30"))


@pytest.mark.parametrize(
    "zone", ["Mars/Base", "../etc/passwd", "\0", "A" * 5_000, "A/" * 3_000 + "b"]
)
def test_read__zone_nobody_knows__names_no_reset(zone: str) -> None:
    assert read(TEXT_WITHOUT_ZONE, NOW, zone) == UsageLimit(None)
    assert read(f"usage limit, resets 4:50am ({zone})", NOW) == UsageLimit(None)


@pytest.mark.parametrize(
    ("now", "text", "reset"),
    [
        ("12-30 10:00", "resets Jan 2, 9:00am (UTC)", "2027-01-02 09:00"),
        ("01-02 10:00", "resets Jan 1, 9:00am (UTC)", "01-01 09:00"),
        ("2027-01-01 00:30", "resets Dec 31, 11:00pm (UTC)", "2026-12-31 23:00"),
        ("2024-02-28 10:00", "resets Feb 29, 9:00am (UTC)", "2024-02-29 09:00"),
        ("02-28 10:00", "resets Feb 29, 9:00am (UTC)", None),
        ("2024-12-30 10:00", "resets Feb 29, 9:00am (UTC)", None),
        ("01-30 02:00", "resets Feb 30, 9:00am (UTC)", None),
        ("01-30 02:00", "resets Foo 2, 9:00am (UTC)", None),
        ("01-30 02:00", "resets anf 31, 9:00am (UTC)", None),
        ("01-30 02:00", "resets Jan 1, 0001 1:00am (Asia/Tokyo)", None),
        ("01-30 02:00", "resets Jan 31, 9999 11:00pm (America/Santiago)", None),
        ("01-30 02:00", "resets Mar 1, 9:00am (UTC)", None),
        ("01-30 02:00", "resets 5 amazing days later (UTC)", None),
        ("01-30 02:00", "resets in 5 minutes (UTC)", "01-30 02:05"),
    ],
)
def test_read__date__is_the_one_in_reach_or_none(now: str, text: str, reset: str | None) -> None:
    """More than eight days ahead is a misreading; no allowance is counted in that."""
    expected = UsageLimit(at(reset) if reset else None)
    assert read(f"usage limit: {text}", at(now)) == expected


ZONES = st.sampled_from(["", "UTC", "Europe/Rome", "Asia/Calcutta", "America/Santiago", "No/Where"])
PIECES = st.sampled_from(
    [
        *("usage limit", "resets", " again at ", "Jan", " 30", ", ", "2026", "9999", "0001"),
        *(" 11:30", "99", "am", "pm", "a.m.", " (", "UTC", "Pacific/Kiritimati", "Etc/GMT+12"),
        *(")", "|", "1762952400"),
    ]
)
TIMES = st.timedeltas(timedelta(days=-9_000), timedelta(days=18_000)).map(lambda gap: NOW + gap)


@given(
    st.one_of(st.text(), st.lists(PIECES, max_size=14).map("".join)),
    TIMES,
    ZONES,
)
def test_read__any_text_at_any_time__never_raises_and_stays_in_reach(
    text: str, now: datetime, zone: str
) -> None:
    for shown in (text, f"usage limit, resets {text}"):
        limit = read(shown, now, zone)
        if limit is not None and limit.reset is not None:
            assert limit.reset.tzinfo is UTC
            assert limit.reset - now <= timedelta(days=8)


@given(st.integers(0, 23), st.integers(0, 59), TIMES)
def test_read__a_clock_time_in_utc__is_within_the_next_day(
    hour: int, minute: int, now: datetime
) -> None:
    limit = read(f"usage limit, resets {hour:02}:{minute:02} (UTC)", now)
    assert limit is not None
    assert limit.reset is not None
    assert (limit.reset.hour, limit.reset.minute) == (hour, minute)
    assert timedelta(hours=-1) <= limit.reset - now <= timedelta(hours=24)


def test_pause__again_and_again__doubles_to_a_bound() -> None:
    shown = [pause(times) / timedelta(minutes=1) for times in (0, 1, 2, 3, 4, 5, 1_000)]
    assert shown == [15, 15, 30, 60, 120, 120, 120]
