"""What a diagnosis asks beyond what every tick reads: bodies, and who set a lock."""

import pytest
from support.factories import (
    HUMAN,
    IN_PROGRESS,
    RUN_ID,
    config,
    event,
    issue,
    labels,
    record,
)
from support.sights import (
    OWN_LOCK,
    THEIR_LOCK,
    approved,
    ended,
    flawed,
    locked,
    recorded,
    said,
    shown,
    sight,
)

from afk.decide.approval import label_event
from afk.decide.repair import bodies_wanted, lock_in_question
from afk.decide.sight import (
    Sight,
)
from afk.record import names
from afk.record.codec import Flaw


@pytest.mark.parametrize(
    ("seen", "wanted"),
    [
        (sight(), []),
        (sight(records=recorded(record()), threads=(shown(),)), []),
        (sight(threads=(shown(),)), [1]),
        (sight(threads=(shown(live=False),)), []),
        (sight(threads=(shown(),), blank=None), []),
        (sight(threads=(shown(),), records=flawed(Flaw.BAD_MAC)), []),
        (sight(records=recorded(ended()), threads=(shown(),)), [1]),
        (sight(records=recorded(ended()), threads=(shown(live=False),)), []),
        (sight(records=recorded(approved()), threads=(shown(),)), [1]),
        (sight(records=recorded(approved()), threads=(shown(asked_at=None),)), []),
        (sight(records=recorded(approved()), threads=(shown(live=False),)), [1]),
        (
            sight(records=recorded(approved(2)), threads=(shown(attempt=1), shown(attempt=2))),
            [1, 2],
        ),
        (sight(records=recorded(approved(1)), threads=(shown(attempt=2),)), []),
    ],
    ids=[
        "no thread",
        "a running run: it is asked for elsewhere",
        "a stray",
        "a thread that is over",
        "a stray without an approval is stopped unread",
        "a stray beside a flawed record is parked unread",
        "an ended run's agent",
        "an ended run's ended thread",
        "a claim in whose thread somebody wrote",
        "a claim in whose thread nobody wrote",
        "a claim whose agent is through already",
        "every attempt of a claim, once each",
        "an attempt that the record does not know",
    ],
)
def test_bodies_wanted__what_decides__and_nothing_else(seen: Sight, wanted: list[int]) -> None:
    assert bodies_wanted(seen) == [names.thread_id(RUN_ID, attempt) for attempt in wanted]


@pytest.mark.parametrize(
    ("seen", "asked"),
    [
        (sight(issue=locked(THEIR_LOCK)), True),
        (sight(issue=locked(OWN_LOCK)), False),
        (sight(issue=locked()), False),
        (sight(issue=issue(events=(event(), THEIR_LOCK))), False),
        (sight(issue=issue(labels=labels(HUMAN), events=(THEIR_LOCK,))), False),
        (sight(issue=locked(THEIR_LOCK), records=recorded(record())), False),
        (sight(issue=locked(THEIR_LOCK), records=recorded(ended())), True),
        (sight(issue=locked(THEIR_LOCK), records=flawed(Flaw.BAD_MAC)), False),
        (sight(issue=locked(THEIR_LOCK), threads=(shown(said()),)), False),
    ],
    ids=[
        "somebody's lock",
        "our own",
        "nobody knows whose",
        "taken off again",
        "another label",
        "a run is in flight",
        "a run has ended",
        "a record is not believed",
        "a stray comes first",
    ],
)
def test_lock_in_question__only_where_it_decides(seen: Sight, asked: bool) -> None:
    event_of_label = label_event(seen.issue, IN_PROGRESS)

    assert lock_in_question(seen, config()) == (event_of_label if asked else None)
