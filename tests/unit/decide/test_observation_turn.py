"""Noting a turn: that it was accepted, and its end, which T3 forgets."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from support.factories import NOW, STARTED, config, record, turn
from support.run_factories import (
    FIRST,
    LIMIT_TEXT,
    OTHER_SERVER,
    SECOND,
    UNSEEN,
    VANISHED,
    ended,
    facts,
    observed,
    removed,
)

from afk.decide.observation import note
from afk.model.agent import Presence
from afk.record.pauses import Pauses
from afk.record.state import Outcome, Purpose, RunRecord
from afk.types import ThreadStatus

EARLIER = NOW - timedelta(minutes=10)


def noted(before: RunRecord | None = None, **changes: Any) -> RunRecord:
    return note(observed(before, **changes), config())


def test_note__intended_turn_shown__was_accepted() -> None:
    """A tick that died between sending and recording is made up for."""
    intended = turn(2, Purpose.FIX_FORWARD, sent_at=None, requested_at=None)
    before = record(turns=(ended(turn()), intended))
    thread = facts(requested_at={FIRST: STARTED, SECOND: EARLIER})

    result = noted(before, thread=thread)

    assert result.dialogue.turns[-1] == replace(intended, sent_at=NOW, requested_at=EARLIER)
    assert result.dialogue.turns[0] == before.dialogue.turns[0]


def test_note__sent_turn_shown__t3s_time_is_kept_and_ours_stays() -> None:
    before = record(turns=(turn(sent_at=EARLIER, requested_at=None),))

    result = noted(before).dialogue.turns[0]

    assert (result.sent_at, result.requested_at) == (EARLIER, STARTED)


@pytest.mark.parametrize("thread", [facts(), facts(ThreadStatus.IDLE), VANISHED])
def test_note__intended_turn_not_shown__stays_intended(thread: Any) -> None:
    """A present thread that lacks the message shows nothing of this turn, whatever its state."""
    intended = turn(2, Purpose.FIX_FORWARD, sent_at=None, requested_at=None)
    before = record(turns=(ended(turn()), intended))

    assert noted(before, thread=thread).dialogue.turns == before.dialogue.turns


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (ThreadStatus.IDLE, Outcome.COMPLETED),
        (ThreadStatus.ERROR, Outcome.ERROR),
        (ThreadStatus.INTERRUPTED, Outcome.INTERRUPTED),
        (ThreadStatus.RUNNING, None),
        (ThreadStatus.NEEDS_HUMAN, None),
        (None, None),
    ],
)
def test_note__end_of_the_turn__kept_the_first_time_it_is_seen(
    status: ThreadStatus | None, outcome: Outcome | None
) -> None:
    result = noted(thread=facts(status)).dialogue.turns[0]

    assert result.outcome is outcome
    assert result.outcome_at == (NOW if outcome else None)


@pytest.mark.parametrize("status", [*ThreadStatus, None])
@pytest.mark.parametrize("outcome", Outcome)
def test_note__end_already_seen__nothing_shown_later_changes_it(
    outcome: Outcome, status: ThreadStatus | None
) -> None:
    """T3 forgets ends: a stop turns {ready, completed} into {stopped, null} (58-2)."""
    before = record(turns=(ended(turn(), outcome),))

    for thread in (facts(status, error=LIMIT_TEXT), VANISHED):
        assert noted(before, thread=thread).dialogue.turns == before.dialogue.turns


def test_note__sent_turn_that_the_thread_does_not_show__not_ended_by_an_older_state() -> None:
    """Right after a second message T3 still shows the first turn's end for 50 to 220 ms."""
    before = record(turns=(ended(turn()), turn(2, Purpose.FIX_FORWARD, requested_at=None)))

    assert noted(before, thread=facts(ThreadStatus.IDLE)).dialogue.turns == before.dialogue.turns


def test_note__thread_vanished__ends_a_sent_turn() -> None:
    assert noted(thread=VANISHED).dialogue.turns[0].outcome is Outcome.VANISHED


@pytest.mark.parametrize(
    "thread", [UNSEEN, OTHER_SERVER, removed(Presence.ARCHIVED), removed(Presence.DELETED)]
)
def test_note__thread_not_shown_for_another_reason__ends_no_turn(thread: Any) -> None:
    assert noted(thread=thread).dialogue.turns[0].outcome is None


@pytest.mark.parametrize("status", [ThreadStatus.IDLE, ThreadStatus.INTERRUPTED, None])
def test_note__limits_text_without_a_failure__is_no_limit(status: ThreadStatus | None) -> None:
    """On 0.0.28 an old error is still shown while the next turn runs (31b)."""
    result = noted(thread=facts(status, error=LIMIT_TEXT))

    assert result.pauses == Pauses()


def test_note__run_without_turns__nothing_to_note() -> None:
    assert noted(record(turns=())) == record(turns=())
