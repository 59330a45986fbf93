"""People's acts: which events are one, whose they are, and what is not one."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from support.factories import (
    AFK,
    HUMAN,
    IN_PROGRESS,
    LABELLED,
    NOW,
    OWN,
    PUSHED,
    READY,
    config,
    event,
    issue,
    labels,
    record,
    turn,
)
from support.run_factories import branch, ended, happened, observed, on, pushed, removed

from afk.decide.peoples_acts import released, stopping_act, unlocked
from afk.model.agent import Presence
from afk.record.state import RunRecord, Stage
from afk.types import GHOST, EventKind, Issue, Reason

ENDING = record(stage=Stage.ENDING, ending_at=NOW - timedelta(minutes=5, microseconds=-250))


def act(shown: Issue, before: RunRecord | None = None, **changes: Any) -> Reason | None:
    before = before or record()
    return stopping_act(observed(before, issue=shown, **changes), before, config())


def test_stopping_act__nobody_did_anything__none() -> None:
    assert act(issue()) is None


# --- the ready label ---------------------------------------------------------------------------


def test_stopping_act__ready_taken_off_by_a_person__ready_removed() -> None:
    assert act(happened(on(EventKind.UNLABELED), labels=())) is Reason.READY_REMOVED


def test_stopping_act__ready_gone_without_an_event__ready_removed() -> None:
    """A label deleted from the repository leaves its issues without a trace."""
    assert act(happened(labels=())) is Reason.READY_REMOVED


def test_stopping_act__approver_s_account_deleted__authority_is_gone() -> None:
    """Both forges then show the same event as a ghost's."""
    shown = issue(events=(event(actor=GHOST),))

    assert act(shown) is Reason.AUTHORITY_REVOKED
    assert act(issue(events=(event(actor=GHOST, at=NOW),))) is Reason.LABELLED_AGAIN


def test_stopping_act__ready_taken_off_and_put_on_again__labelled_again() -> None:
    again = event(order=10, at=NOW - timedelta(minutes=2))

    assert act(happened(on(EventKind.UNLABELED), again)) is Reason.LABELLED_AGAIN


@pytest.mark.parametrize(
    "changes", [{"at": LABELLED + timedelta(seconds=1)}, {"actor": AFK}, {"key": "77"}]
)
def test_stopping_act__another_application_than_the_recorded__labelled_again(
    changes: dict[str, Any],
) -> None:
    assert act(issue(events=(event(**changes),))) is Reason.LABELLED_AGAIN


def test_stopping_act__newest_application_by_order_not_by_time__labelled_again() -> None:
    """Times can be backdated (forgejo/14.0.0/076-label-backdated-by-owner)."""
    backdated = event(order=10, at=LABELLED - timedelta(days=3))

    assert act(happened(backdated)) is Reason.LABELLED_AGAIN


def test_stopping_act__event_of_another_label_of_that_name__ready_removed() -> None:
    """A label deleted and created anew under the same name was never applied by anybody."""
    shown = issue(events=(event(of_other_label=True),))

    assert act(shown) is Reason.READY_REMOVED


# --- ready-for-human ---------------------------------------------------------------------------


def test_stopping_act__human_label_added_after_the_approval__human_label_added() -> None:
    shown = happened(on(EventKind.LABELED, label=HUMAN), labels=labels(READY, HUMAN))

    assert act(shown) is Reason.HUMAN_LABEL_ADDED


def test_stopping_act__human_label_older_than_the_approval__no_act() -> None:
    """The ready label applied after it overrides it: that is the way back."""
    older = event(order=0, at=LABELLED - timedelta(hours=1), label=HUMAN)

    assert act(issue(events=(older, event()), labels=labels(READY, HUMAN))) is None


def test_stopping_act__human_label_added_by_afk__no_act() -> None:
    shown = happened(on(EventKind.LABELED, label=HUMAN, actor=AFK), labels=labels(READY, HUMAN))

    assert act(shown) is None


def test_stopping_act__human_label_added_and_taken_off_again__no_act() -> None:
    assert act(happened(on(EventKind.LABELED, label=HUMAN))) is None


def test_stopping_act__human_label_without_an_event__human_label_added() -> None:
    assert act(issue(labels=labels(READY, HUMAN))) is Reason.HUMAN_LABEL_ADDED


# --- the thread --------------------------------------------------------------------------------


@pytest.mark.parametrize("presence", [Presence.ARCHIVED, Presence.DELETED])
def test_stopping_act__thread_taken_away_during_a_turn__thread_removed(presence: Presence) -> None:
    assert act(issue(), thread=removed(presence)) is Reason.THREAD_REMOVED


@pytest.mark.parametrize("presence", [Presence.ARCHIVED, Presence.DELETED])
def test_stopping_act__thread_taken_away_after_its_last_turn__no_act(presence: Presence) -> None:
    """People tidy up; CI decides about what was pushed."""
    before = pushed(turns=(ended(turn()),))

    assert act(issue(), before, thread=removed(presence), branch=branch(PUSHED)) is None


@pytest.mark.parametrize(
    "presence", [Presence.PRESENT, Presence.VANISHED, Presence.UNREAD, Presence.OTHER_SERVER]
)
def test_stopping_act__thread_not_taken_away_by_anybody__no_act(presence: Presence) -> None:
    assert act(issue(), thread=removed(presence)) is None


def test_stopping_act__thread_gone_without_any_turn__no_act() -> None:
    assert act(issue(), record(turns=()), thread=removed()) is None


# --- the in-progress label ---------------------------------------------------------------------


def test_unlocked__in_progress_label__says_whether_it_has_to_be_put_back() -> None:
    assert unlocked(issue(), config())
    assert not unlocked(issue(labels=labels(READY, IN_PROGRESS)), config())


def test_stopping_act__in_progress_taken_off_by_a_person__no_act() -> None:
    """It is put back, the run goes on."""
    assert act(happened(on(EventKind.UNLABELED, label=IN_PROGRESS))) is None


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({}, True),
        ({"at": NOW - timedelta(minutes=5)}, True),
        ({"at": NOW - timedelta(minutes=5, seconds=1)}, False),
        ({"actor": AFK}, False),
        ({"actor": GHOST}, True),
        ({"label": READY}, False),
        ({"kind": EventKind.LABELED}, False),
    ],
)
def test_released__in_progress_taken_off_while_ending__a_persons_word(
    *, changes: dict[str, Any], word: bool
) -> None:
    """Forges keep whole seconds: a removal in the second the ending began counts."""
    shown = happened(replace(on(EventKind.UNLABELED, label=IN_PROGRESS), **changes))

    assert (released(shown, ENDING, config(), OWN) is not None) is word


def test_released__label_still_on__no_word() -> None:
    shown = happened(on(EventKind.UNLABELED, label=IN_PROGRESS), labels=labels(READY, IN_PROGRESS))

    assert not released(shown, ENDING, config(), OWN)


def test_released__run_is_not_ending__no_word() -> None:
    shown = happened(on(EventKind.UNLABELED, label=IN_PROGRESS))

    assert not released(shown, record(), config(), OWN)
