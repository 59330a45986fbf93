"""Noting a usage limit: when it was said decides what its words mean."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.factories import NOW, config, record, turn
from support.run_factories import ended, facts, observed

from afk.decide.observation import note
from afk.decide.usage_limit import FIRST_PAUSE
from afk.model.agent import Spent, UsageLimited
from afk.record.state import Outcome, RunRecord
from afk.types import ThreadStatus

TEN = NOW.replace(hour=10, minute=0, second=0, microsecond=0)
HOUR = timedelta(hours=1)
TEXT = "You've hit your limit · resets 10am (UTC)"


def seen(hours_later: float, *, said_before: float | None = 2) -> RunRecord:
    """Return the record of a tick this long after ten; the error was said so long before ten."""
    said_at = None if said_before is None else TEN - timedelta(hours=said_before)
    failed = facts(ThreadStatus.ERROR, error=TEXT, error_at=said_at)
    now = TEN + timedelta(hours=hours_later)
    return note(observed(record(), thread=failed, now=now), config())


def test_limit__seen_before_its_reset__waits_until_then() -> None:
    assert (seen(-1).pauses.next_try, seen(-1).pauses.first_reset) == (TEN, TEN)


@pytest.mark.parametrize("hours_later", [0, 0.1, 1.25, 7])
def test_limit__seen_after_its_reset__pauses_instead_of_waiting_a_day(hours_later: float) -> None:
    """The 10am that was meant is over, and a wait that no reset names counts in its bound."""
    result = seen(hours_later)

    assert result.pauses.next_try == TEN + timedelta(hours=hours_later) + FIRST_PAUSE
    assert result.pauses.first_reset is None


def test_limit__said_in_the_evening_and_seen_at_night__tomorrows() -> None:
    assert seen(16, said_before=-12).pauses.next_try == TEN + timedelta(days=1)


def test_limit__nobody_knows_when_it_was_said__the_next_one_from_now() -> None:
    assert seen(2, said_before=None).pauses.next_try == TEN + timedelta(days=1)


def test_limit__whose_clock_names_no_zone__is_read_in_the_configured_one() -> None:
    text = TEXT.removesuffix(" (UTC)")
    failed = facts(ThreadStatus.ERROR, error=text, error_at=TEN - 5 * HOUR)
    settings = replace(config(), t3=replace(config().t3, timezone="Asia/Tokyo"))
    noted = note(observed(record(), thread=failed, now=TEN - 5 * HOUR), settings)
    assert noted.pauses.next_try == TEN + 15 * HOUR


# --- T3's own word for it (protocol 2)


@pytest.mark.parametrize("error", ["", "The provider gave up. (usage_limit)"])
def test_limit__t3_says_so_and_when__waits_until_then(error: str) -> None:
    """Whatever the text is: a class is no guess."""
    limit = UsageLimited(NOW + timedelta(hours=3))
    failed = facts(ThreadStatus.ERROR, error=error, error_at=NOW, limit=limit)

    noted = note(observed(record(), thread=failed, now=NOW), config())

    assert noted.turn is not None
    assert noted.turn.outcome is Outcome.LIMITED
    assert noted.pauses.next_try == NOW + timedelta(hours=3)


def test_limit__t3_says_so_and_not_when__the_text_may_still_name_it() -> None:
    failed = facts(ThreadStatus.ERROR, error=TEXT, error_at=TEN - HOUR, limit=UsageLimited())
    noted = note(observed(record(), thread=failed, now=TEN - HOUR), config())
    assert noted.pauses.next_try == TEN


def test_limit__t3_says_so_and_nothing_names_a_reset__a_pause() -> None:
    failed = facts(ThreadStatus.ERROR, error="No.", error_at=NOW, limit=UsageLimited())
    noted = note(observed(record(), thread=failed, now=NOW), config())
    assert noted.pauses.next_try == NOW + FIRST_PAUSE


# --- what a run used


def test_spent__of_turns_that_ended__written_down_with_the_price() -> None:
    run = record(turns=(ended(turn()), turn(2)))
    one, two = run.dialogue.turns
    spent = Spent({one.message_id: (900, 40), two.message_id: (70, 3)}, 0.4249, "USD")

    noted = note(observed(run, thread=facts(spent=spent)), config())

    assert [(each.tokens_in, each.tokens_out) for each in noted.dialogue.turns] == [
        (900, 40),
        (0, 0),
    ], "what is still running is not counted yet"
    assert [each.number for each in noted.dialogue.turns] == [1, 2]
    assert noted.thread.cost == ""

    over = note(observed(run, thread=facts(ThreadStatus.IDLE, spent=spent)), config())
    assert over.dialogue.turns[0].tokens_in == 900


def test_spent__once_the_last_turn_is_over__the_price_of_the_thread() -> None:
    run = record(turns=(ended(turn()),))
    spent = Spent({}, 0.4249, "USD")
    assert note(observed(run, thread=facts(spent=spent)), config()).thread.cost == "0.42 USD"


def test_spent__nothing_shown__nothing_changes() -> None:
    run = record(turns=(ended(turn()),))
    noted = note(observed(run, thread=facts()), config())
    assert noted.dialogue.turns == run.dialogue.turns
    assert noted.thread.cost == ""
