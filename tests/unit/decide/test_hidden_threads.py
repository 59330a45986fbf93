"""When archived threads have to be looked at: where afk's labels tell of a run without a record."""

from dataclasses import replace
from typing import Any

import pytest
from support.factories import HUMAN, IN_PROGRESS, changed, config, event, issue, labels, record
from support.sights import (
    OTHER_RUN,
    OWN_LOCK,
    THEIR_LOCK,
    approved,
    ended,
    locked,
    recorded,
    said,
    shown,
    sight,
)

from afk.decide.hidden_threads import hidden_in_question
from afk.decide.sight import Sight
from afk.types import EventKind

TRACKED = config().tracked_label
AGAIN = replace(OWN_LOCK, order=4)
OFF = event(kind=EventKind.UNLABELED, label=IN_PROGRESS, order=3)


def tracked(*runs: int, label: str = TRACKED, begun: int = 1) -> Sight:
    events = [event(), *(replace(OWN_LOCK, order=2 + number) for number in range(begun))]
    here = issue(labels=labels(label), events=tuple(events))
    ids = ["0" * 8 + OTHER_RUN[8:], OTHER_RUN]
    return sight(issue=here, records=recorded(*(ended(ids[number]) for number in runs)))


def by_word(label: str = TRACKED, **changes: Any) -> Sight:
    """A run that T3 did not show when a person said that nobody was at work."""
    here = issue(labels=labels(label), events=(event(), replace(OWN_LOCK, order=2)))
    return sight(issue=here, records=recorded(changed(ended(), by_word=True)), **changes)


@pytest.mark.parametrize(
    ("seen", "asked"),
    [
        (sight(issue=locked(OWN_LOCK)), True),
        (sight(issue=locked(OWN_LOCK), records=recorded(ended())), True),
        (sight(issue=locked(OWN_LOCK, OFF, AGAIN)), True),
        (sight(issue=locked(THEIR_LOCK)), False),
        (sight(issue=locked()), False),
        (sight(issue=locked(replace(OWN_LOCK, label=HUMAN))), False),
        (sight(issue=locked(OWN_LOCK), records=recorded(record())), False),
        (sight(issue=locked(OWN_LOCK), records=recorded(approved())), False),
        (sight(issue=locked(OWN_LOCK), environment_id=""), False),
        (sight(issue=locked(OWN_LOCK), threads=(shown(said()),)), False),
        (tracked(), True),
        (tracked(0, begun=2), True),
        (tracked(0), False),
        (tracked(0, 1), False),
        (tracked(begun=0), False),
        (tracked(label=HUMAN), False),
        (by_word(), True),
        (by_word(label=HUMAN), False),
        (by_word(environment_id=""), False),
    ],
    ids=[
        "afk's lock and no record",
        "afk's lock and an ended run",
        "put on twice",
        "somebody's lock",
        "nobody knows whose",
        "another label of afk's",
        "a run at work",
        "a run that waits",
        "T3 was not read",
        "its thread is shown",
        "followed, begun, and no record",
        "followed, begun twice, and one record",
        "followed, and every run is recorded",
        "followed, and more is recorded than was begun",
        "followed, and nothing began",
        "followed no longer",
        "followed, and ended at a person's word",
        "ended at a person's word, and followed no longer",
        "ended at a person's word, and T3 was not read",
    ],
)
def test_hidden_in_question__only_where_a_label_tells_of_a_run_without_a_record(
    seen: Sight, asked: bool
) -> None:
    assert hidden_in_question(seen, config()) is asked
