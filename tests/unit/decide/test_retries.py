"""Which application of the ready label stands for a comment, and what takes that back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from support.factories import (
    AFK,
    HUMAN,
    LABELLED,
    MARA,
    NOW,
    OWN,
    READY,
    STRANGER,
    approval,
    comment,
    config,
    event,
    issue,
    labels,
    record,
)

from afk.decide.approval import newest_application, same_application
from afk.decide.retries import (
    application_by,
    half_done,
    overtaken,
    taken_back,
    with_retries,
)
from afk.record.codec import Found
from afk.record.state import Stage
from afk.types import GHOST, Comment, Event, EventKind, Issue

SAID = NOW - timedelta(minutes=10)
RECORDED = SAID + timedelta(minutes=1)
TOLD = comment(id=40, body="/afk retry", created_at=SAID, updated_at=SAID)
RETRY = record(
    stage=Stage.APPROVED, approval=approval(at=SAID, event="comment-40"), run_id="of the comment"
)
FOUND = Found(RETRY, comment(id=41, author=AFK, created_at=RECORDED, updated_at=RECORDED))
MOMENT = timedelta(microseconds=1)
OFF = event(EventKind.UNLABELED, order=2, actor=AFK, at=LABELLED + timedelta(minutes=30))
ON = event(order=9, actor=AFK, at=RECORDED)


def told(events: Sequence[Event], *comments: Comment, **changes: Any) -> Issue:
    return issue(events=tuple(events), comments=comments or (TOLD,), **changes)


def seen(here: Issue, *runs: Found) -> Issue:
    return with_retries(here, runs or (FOUND,), READY, OWN)


def approved(here: Issue) -> bool:
    return same_application(RETRY.approval, newest_application(here, config()))


def test_with_retries__afk_put_it_on_for_the_comment__is_the_comment_s() -> None:
    shown = seen(told([event(), OFF, ON]))
    application = newest_application(shown, config())
    assert approved(shown)
    assert application is not None
    assert (application.actor, application.order) == (MARA, ON.order)
    assert shown.events[:2] == (event(), OFF)
    assert application.shown == ON, "the run that the forge's own event asks for may have begun"
    assert seen(shown) == shown, "shown twice it is the same"


def test_with_retries__it_was_on_all_the_time__is_the_comment_s() -> None:
    assert approved(seen(told([event(actor=STRANGER)])))


@pytest.mark.parametrize(
    "events",
    [
        [event(), OFF],
        [event(), OFF, replace(ON, actor=STRANGER)],
        [event(), OFF, replace(ON, label="other")],
        [event(), OFF, replace(ON, of_other_label=True)],
        [event(), OFF, ON, replace(ON, order=12, at=NOW)],
        [event(), OFF, ON, replace(ON, order=12, at=NOW, actor=MARA)],
        [event(at=SAID + timedelta(seconds=5))],
    ],
    ids=range(7),
)
def test_with_retries__anything_else__stays_what_it_is(events: Sequence[Event]) -> None:
    """Only the first that afk made after recording it: a later one is nobody's word, or newer."""
    assert not approved(seen(told(events)))


@pytest.mark.parametrize(
    "now",
    [
        (),
        (replace(TOLD, body="/afk stop"),),
        (replace(TOLD, updated_at=NOW),),
        (replace(TOLD, edited_by=MARA),),
        (replace(TOLD, author=STRANGER),),
        (replace(TOLD, author=GHOST),),
        (replace(TOLD, created_at=NOW, updated_at=NOW),),
    ],
    ids=range(7),
)
def test_with_retries__comment_no_longer_as_it_was__the_approval_is_nobody_s(
    now: Sequence[Comment],
) -> None:
    here = replace(told([event(), OFF, ON]), comments=tuple(now))
    application = newest_application(seen(here), config())
    assert application is not None
    assert application.actor == GHOST
    assert (application.at, application.key) == (SAID, "comment-40")
    assert taken_back(here, RETRY)
    assert not half_done(replace(here, events=(event(), OFF)), FOUND, config(), OWN)


def test_with_retries__no_retry_on_record__same_issue() -> None:
    here = told([event(), OFF, ON])
    other = Found(record(), comment(author=AFK))
    assert with_retries(here, [other], READY, OWN) is here
    assert not taken_back(here, record())
    assert seen(told([OFF])) == told([OFF])


def test_with_retries__two_of_them__each_has_its_own() -> None:
    at = SAID + timedelta(minutes=5)
    again = Found(
        replace(RETRY, approval=approval(at=at, event="comment-50")),
        replace(FOUND.comment, id=51, created_at=at),
    )
    second = comment(id=50, body="/afk retry", created_at=at, updated_at=at)
    off = replace(OFF, order=10, at=RECORDED + timedelta(minutes=1))
    here = told([event(), OFF, ON, off, replace(ON, order=11, at=at)], TOLD, second)

    shown = seen(here, again, FOUND)

    assert [one.key for one in shown.events] == ["", "", "comment-40", "", "comment-50"]


def test_application_by__a_comment__is_behind_everything() -> None:
    made = application_by(told([event(), OFF]), TOLD)
    assert made == Event(kind=EventKind.LABELED, order=3, at=SAID, actor=MARA, key="comment-40")
    assert application_by(told([]), TOLD).order == 1


def test_half_done__label_not_on_yet__has_to_be_finished() -> None:
    here = told([event(), OFF], labels=labels(HUMAN))
    assert half_done(here, FOUND, config(), OWN)
    assert not half_done(replace(here, open=False), FOUND, config(), OWN)
    begun = replace(FOUND, record=replace(RETRY, stage=Stage.RUNNING))
    assert not half_done(here, begun, config(), OWN)
    plain = replace(FOUND, record=replace(RETRY, approval=approval()))
    assert not half_done(here, plain, config(), OWN)


def test_half_done__somebody_did_something_to_the_label_since__is_left() -> None:
    since = replace(OFF, order=8, at=NOW, actor=MARA)
    assert not half_done(told([event(), OFF, since], labels=()), FOUND, config(), OWN)


@pytest.mark.parametrize(
    ("human", "unfinished"),
    [
        (event(order=5, label=HUMAN, at=LABELLED), True),
        (event(order=5, label=HUMAN, at=NOW, actor=AFK), True),
        (event(order=5, label=HUMAN, at=NOW), False),
        (event(order=0, label=HUMAN, at=LABELLED), False),
    ],
    ids=["before the comment", "by afk", "a person's newer word", "overridden"],
)
def test_half_done__hand_over_still_stands__has_to_be_finished(
    human: Event, unfinished: bool
) -> None:
    here = seen(told([event(), human], labels=labels(READY, HUMAN)))
    assert half_done(here, FOUND, config(), OWN) is unfinished
    assert not half_done(replace(here, labels=labels(READY)), FOUND, config(), OWN)


def test_half_done__hand_over_whose_event_is_not_known__has_to_be_finished() -> None:
    here = seen(told([event()], labels=labels(READY, HUMAN)))
    assert half_done(here, FOUND, config(), OWN)


@pytest.mark.parametrize(
    ("one", "over"),
    [
        (replace(OFF, at=NOW, actor=MARA), True),
        (replace(OFF, at=NOW, actor=AFK), False),
        (replace(OFF, at=SAID, actor=MARA), True),
        (replace(OFF, at=SAID - MOMENT, actor=MARA), False),
        (event(order=5, label=HUMAN, at=NOW), True),
        (event(order=5, label=HUMAN, at=NOW, actor=AFK), False),
        (event(order=5), False),
    ],
    ids=range(7),
)
def test_overtaken__by_a_person_s_newer_act_only(one: Event, over: bool) -> None:
    assert overtaken(told([one]), TOLD, config(), OWN) is over


def test_overtaken__a_person_s_act_stands__whatever_afk_did_to_the_label_later() -> None:
    """It takes off what a stranger put on in between: that is no newer word of anybody's."""
    off, again = replace(OFF, at=NOW, actor=MARA), replace(OFF, order=9, at=NOW, actor=AFK)
    assert overtaken(told([off, event(order=8, at=NOW), again]), TOLD, config(), OWN)
    human = event(order=5, label=HUMAN, at=NOW)
    by_us = event(order=9, label=HUMAN, at=NOW, actor=AFK)
    assert overtaken(told([human, by_us]), TOLD, config(), OWN)
    other = replace(OFF, at=NOW, actor=MARA, of_other_label=True)
    assert not overtaken(told([other]), TOLD, config(), OWN)


def at(event_at: datetime, **changes: Any) -> Event:
    return event(at=event_at, **changes)


@pytest.mark.parametrize(
    ("events", "shown"),
    [
        ([at(SAID)], True),
        ([at(SAID + MOMENT)], False),
        ([at(LABELLED), event(EventKind.CLOSED, order=3, at=NOW)], True),
        ([at(LABELLED), at(LABELLED, order=2, label="other")], True),
        ([at(LABELLED), replace(OFF, at=RECORDED)], False),
        ([at(LABELLED), replace(OFF, at=RECORDED + MOMENT)], True),
        ([event(), OFF, replace(OFF, order=8, at=RECORDED), ON], True),
    ],
    ids=range(7),
)
def test_with_retries__to_the_moment__is_what_was_on_or_came_next(
    events: Sequence[Event], shown: bool
) -> None:
    assert any(one.key == "comment-40" for one in seen(told(events)).events) is shown


@pytest.mark.parametrize(("later", "unfinished"), [(timedelta(0), True), (MOMENT, False)])
def test_half_done__to_the_moment__a_newer_word_is_left(later: timedelta, unfinished: bool) -> None:
    off = replace(OFF, order=8, at=RECORDED + later, actor=MARA)
    assert half_done(told([event(), off], labels=()), FOUND, config(), OWN) is unfinished
    human = event(order=5, label=HUMAN, at=SAID - MOMENT + later)
    here = seen(told([event(), human], labels=labels(READY, HUMAN)))
    assert half_done(here, FOUND, config(), OWN) is unfinished
