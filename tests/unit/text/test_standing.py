"""Where a run stands, in a few words, and the words for every reason."""

from datetime import timedelta
from typing import Any

import pytest
from support.factories import NOW, PUSHED, STARTED, config, record, turn

from afk.record.landing import Landing
from afk.record.state import Outcome, Purpose, Stage
from afk.text.reason_words import OUTCOMES, SHORT_REASONS
from afk.text.standing import standing, waits
from afk.types import Reason, Verdict

OVER = turn(outcome=Outcome.COMPLETED, outcome_at=NOW)
REVIEWED = Landing(branch="afk/7-x", pull=9, waiting_since=NOW)


@pytest.mark.parametrize(
    ("changes", "words", "waiting"),
    [
        ({}, "the agent is at work, since 2026-11-23 11:30 UTC", False),
        ({"stage": Stage.CLAIMED}, "being started, since 2026-11-23 11:30 UTC", False),
        (
            {"stage": Stage.ENDING, "verdict": Verdict.DONE, "ending_at": NOW},
            "ending (landed), since 2026-11-23 12:00 UTC",
            False,
        ),
        ({"unseen_at": NOW}, "T3 does not show it, since 2026-11-23 12:00 UTC", False),
        ({"held_at": NOW}, "the provider's usage limit, since 2026-11-23 12:00 UTC", True),
        (
            {"limited_at": NOW, "next_try": NOW + timedelta(hours=2)},
            "the provider's usage limit until 2026-11-23 14:00 UTC, since 2026-11-23 12:00 UTC",
            True,
        ),
        (
            {"turns": (OVER,), "landing": REVIEWED},
            "people, to look at its pull request, since 2026-11-23 12:00 UTC",
            True,
        ),
        ({"turns": (OVER,)}, "between two steps, since 2026-11-23 12:00 UTC", False),
        ({"turns": (turn(sent_at=None),)}, "between two steps", False),
        (
            {"turns": (OVER,), "pushed": (PUSHED,), "pushed_at": STARTED},
            "pushed, CI has the word, since 2026-11-23 11:30 UTC",
            False,
        ),
        (
            {"turns": (OVER, turn(2, Purpose.FIX_FORWARD, sent_at=NOW))},
            "fixing CI, try 1 of 5, since 2026-11-23 12:00 UTC",
            False,
        ),
    ],
)
def test_standing__each_state__in_words(
    changes: dict[str, Any], words: str, *, waiting: bool
) -> None:
    one = record(**changes)

    assert standing(one, config()) == words
    assert waits(one) is waiting


@pytest.mark.parametrize("purpose", Purpose)
def test_standing__every_turn__has_words(purpose: Purpose) -> None:
    assert ", since 2026" in standing(record(turns=(turn(1, purpose),)), config())


def test_standing__no_turn_at_all__says_so_without_a_time() -> None:
    assert standing(record(turns=()), config()) == "between two steps"


def test_words__every_verdict_and_reason__has_some_of_its_own() -> None:
    assert set(OUTCOMES) == set(Verdict)
    assert set(SHORT_REASONS) == set(Reason)
    assert len(set(SHORT_REASONS.values())) == len(Reason)
    assert all(len(words) < 35 for words in SHORT_REASONS.values())
