"""Noting a usage limit: when it was said decides what its words mean."""

from datetime import timedelta

import pytest
from support.factories import NOW, config, record
from support.run_factories import facts, observed

from afk.decide.observation import note
from afk.decide.usage_limit import FIRST_PAUSE
from afk.record.state import RunRecord
from afk.types import ThreadStatus

TEN = NOW.replace(hour=10, minute=0, second=0, microsecond=0)
TEXT = "You've hit your limit · resets 10am (UTC)"


def seen(hours_later: float, *, said_before: float | None = 2) -> RunRecord:
    """Return the record of a tick this long after ten; the error was said so long before ten."""
    said_at = None if said_before is None else TEN - timedelta(hours=said_before)
    failed = facts(ThreadStatus.ERROR, error=TEXT, error_at=said_at)
    now = TEN + timedelta(hours=hours_later)
    return note(observed(record(), thread=failed, now=now), config())


def test_limit__seen_before_its_reset__waits_until_then() -> None:
    assert (seen(-1).pauses.next_try, seen(-1).pauses.first_reset) == (TEN, TEN)


@pytest.mark.parametrize("hours_later", [0.1, 1.25, 7])
def test_limit__seen_after_its_reset__pauses_instead_of_waiting_a_day(hours_later: float) -> None:
    """The 10am that was meant is over, and a wait that no reset names counts in its bound."""
    result = seen(hours_later)

    assert result.pauses.next_try == TEN + timedelta(hours=hours_later) + FIRST_PAUSE
    assert result.pauses.first_reset is None


def test_limit__said_in_the_evening_and_seen_at_night__tomorrows() -> None:
    assert seen(16, said_before=-12).pauses.next_try == TEN + timedelta(days=1)


def test_limit__nobody_knows_when_it_was_said__the_next_one_from_now() -> None:
    assert seen(2, said_before=None).pauses.next_try == TEN + timedelta(days=1)
