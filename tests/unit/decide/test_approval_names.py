"""Whether a label was put on under the name it has now, and the record an approval begins with."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from support.factories import (
    HUMAN,
    KEYS,
    LABELLED,
    READY,
    RUN_ID,
    config,
    event,
    issue,
    labels,
    repository,
)

from afk.decide.approval import blank_record, came_by_rename, name_is_younger, pin
from afk.record.label_mark import Home, describe
from afk.record.state import Keys, RunRecord, Stage
from afk.types import Event, EventKind, Label

HOME = Home("forge.example", repository())
SECOND = timedelta(seconds=1)
PLAIN = Label(READY, 5, "")


def told(since: datetime, keys: Keys = KEYS, name: str = READY) -> Label:
    label = replace(PLAIN, name=name)
    return replace(label, description=describe(HOME, label, since, keys))


def younger(*on: Label, events: tuple[Event, ...] = ()) -> bool:
    seen = issue(labels=on, events=(event(), *events))
    return name_is_younger(seen, event(), config(), HOME, KEYS)


@pytest.mark.parametrize(
    ("on", "answer"),
    [
        ((), False),
        ((Label(READY),), False),
        ((PLAIN,), True),
        ((told(LABELLED - SECOND),), False),
        ((told(LABELLED),), True),
        ((told(LABELLED + SECOND),), True),
        ((told(LABELLED - SECOND, Keys(current=b"a forger's")),), True),
        ((told(LABELLED - SECOND, Keys(current=KEYS.previous)),), False),
        ((told(LABELLED, name=HUMAN), told(LABELLED - SECOND)), False),
        ((Label(HUMAN, 6, ""), told(LABELLED + SECOND)), True),
        ((Label(READY), told(LABELLED + SECOND)), True),
        ((Label(HUMAN), told(LABELLED - SECOND), PLAIN), True),
    ],
    ids=range(12),
)
def test_name_is_younger__only_what_afk_vouches_for_since_before__is_not(
    on: tuple[Label, ...], answer: bool
) -> None:
    assert younger(*on) is answer


@pytest.mark.parametrize(
    ("off", "answer"),
    [
        (event(EventKind.UNLABELED, order=0), False),
        (event(EventKind.UNLABELED, order=1), False),
        (event(EventKind.UNLABELED, order=2), True),
        (event(EventKind.UNLABELED, order=2, label=HUMAN), False),
        (event(EventKind.LABELED, order=2), False),
    ],
)
def test_name_is_younger__taken_off_under_this_name_since__is_another(
    off: Event, answer: bool
) -> None:
    assert younger(Label(READY), events=(off,)) is answer


@pytest.mark.parametrize(
    ("on", "events", "answer"),
    [
        ((READY,), [event(label="old")], True),
        ((READY,), [event(label="old"), event(EventKind.UNLABELED, label="old", order=2)], False),
        ((READY, "old"), [event(label="old")], False),
        ((), [event(label="old")], False),
        ((READY,), [], False),
        ((READY,), [event(EventKind.CLOSED)], False),
        ((READY,), [event(EventKind.UNLABELED, label="old")], False),
    ],
    ids=range(7),
)
def test_came_by_rename__a_label_never_taken_off_is_gone(
    on: tuple[str, ...], events: list[Event], answer: bool
) -> None:
    assert came_by_rename(issue(labels=labels(*on), events=tuple(events)), config()) is answer


def test_blank_record__of_an_application__says_where_it_stands_and_nothing_more() -> None:
    application = event(key="4711")
    assert blank_record(issue(), "forgejo", RUN_ID, application) == RunRecord(
        forge="forgejo",
        repository_id=100,
        repository="acme/app",
        issue=7,
        run_id=RUN_ID,
        approval=pin(issue(), application),
        stage=Stage.APPROVED,
    )
