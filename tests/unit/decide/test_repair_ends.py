"""Runs that are over although their records say otherwise, and issues that nobody follows."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from support.factories import (
    AFK,
    LABELLED,
    MARA,
    NOW,
    READY,
    RUN_ID,
    approval,
    changed,
    comment,
    config,
    event,
    issue,
    labels,
    record,
)
from support.sights import OTHER_RUN, approved, ended, flawed, recorded, said, shown, sight

from afk.decide.look_alikes import SPOILT
from afk.decide.repair import diagnose
from afk.decide.sight import End, Promote, Repair, Sight, TakeLabelOff
from afk.record import names
from afk.record.codec import Flaw, Records
from afk.record.state import RunRecord, Stage
from afk.types import EventKind, Issue, Reason, Verdict

TRACKED = "agent-tracked"
OFF = event(EventKind.UNLABELED, order=5, actor=AFK, at=NOW)
TICK = timedelta(seconds=600)


def repairs(run: RunRecord | None = None, **changes: Any) -> tuple[Repair, ...]:
    seen = sight(**{"records": recorded(run or approved()), **changes})
    return diagnose(seen, config()).repairs


def end(run: RunRecord, verdict: Verdict, reason: Reason, **changes: Any) -> End:
    (found,) = recorded(run).runs
    return End(found, changes.pop("put_back", run), verdict, reason, **changes)


# --- what the timeline shows -------------------------------------------------------------------


@pytest.mark.parametrize("stage", [Stage.APPROVED, Stage.CLAIMED, Stage.RUNNING])
@pytest.mark.parametrize("told", [False, True])
@pytest.mark.parametrize("t3", ["", sight().environment_id])
def test_diagnose__label_taken_off_at_its_end__ended_again_whatever_t3_shows(
    stage: Stage, told: bool, t3: str
) -> None:
    run = record(stage=stage)
    unlocked = replace(OFF, order=6, label="agent-in-progress")
    events = (event(), OFF, *((unlocked,) if told else ()))
    found = repairs(run, issue=issue(events=events, labels=()), blank=None, environment_id=t3)
    expected = end(run, Verdict.STOPPED, Reason.RECORD_OVERWRITTEN, told=told, settled=True)
    assert found == (expected,)


@pytest.mark.parametrize("stage", [Stage.ENDING, Stage.ENDED])
def test_diagnose__label_taken_off_and_the_record_knows__nothing(stage: Stage) -> None:
    here = issue(events=(event(), OFF), labels=())
    assert repairs(record(stage=stage), issue=here, blank=None) == ()


def test_diagnose__more_than_can_be_read__nothing_is_ended() -> None:
    here = issue(events=(event(), OFF), labels=(), oversized="more than 1,000 comments")
    assert repairs(record(), issue=here) == ()


def test_diagnose__ended_by_the_timeline__is_not_promoted() -> None:
    here = issue(events=(event(), OFF), labels=())
    found = repairs(issue=here, blank=None, threads=(shown(said()),))
    assert found == (
        end(approved(), Verdict.STOPPED, Reason.RECORD_OVERWRITTEN, told=False, settled=True),
    )


# --- a record that was put back ----------------------------------------------------------------


@pytest.mark.parametrize("stage", [Stage.APPROVED, Stage.CLAIMED])
@pytest.mark.parametrize("attempt", [2, 3])
def test_diagnose__thread_of_a_later_attempt__is_parked_under_it(
    stage: Stage, attempt: int
) -> None:
    run = approved(1, stage)
    later = shown(said(attempt=attempt), attempt=attempt)
    put_back = changed(run, attempt=attempt, thread_id=later.thread.id)
    expected = end(run, Verdict.NEEDS_HUMAN, Reason.RECORD_REGRESSED, put_back=put_back)
    assert repairs(run, threads=(later,)) == (expected,)


@pytest.mark.parametrize(
    ("run", "changes"),
    [
        (record(stage=Stage.RUNNING), {}),
        (approved(), {"environment_id": ""}),
        (changed(approved(), environment_id="another"), {}),
        (approved(2), {}),
    ],
    ids=["running", "T3 was not read", "another T3", "known"],
)
def test_diagnose__thread_of_a_later_attempt__of_a_run_it_does_not_tell_of__is_left(
    run: RunRecord, changes: dict[str, Any]
) -> None:
    later = shown(attempt=2, body=False)
    found = repairs(run, threads=(later,), **changes)
    assert not [one for one in found if isinstance(one, End)]


# --- what nobody asks for any more -------------------------------------------------------------


@pytest.mark.parametrize("stage", [Stage.APPROVED, Stage.CLAIMED])
@pytest.mark.parametrize(
    ("here", "reason"),
    [
        (issue(open=False), Reason.CLOSED_BY_PERSON),
        (issue(open=False, labels=()), Reason.CLOSED_BY_PERSON),
        (issue(labels=()), Reason.READY_REMOVED),
    ],
)
def test_diagnose__start_that_is_not_wanted__stopped(
    stage: Stage, here: Issue, reason: Reason
) -> None:
    run = approved(stage=stage)
    assert repairs(run, issue=here) == (end(run, Verdict.STOPPED, reason),)


@pytest.mark.parametrize("here", [issue(open=False), issue(labels=())])
def test_diagnose__not_wanted_but_at_work__is_a_run_and_its_rules_decide(here: Issue) -> None:
    assert repairs(record(), issue=here) == ()
    at_work = shown(said())
    (found,) = recorded(approved()).runs
    assert repairs(issue=here, threads=(at_work,)) == (Promote(found, 1),)


@pytest.mark.parametrize("body", ["/afk retry", "/afk stop", ""])
@pytest.mark.parametrize("put_on", [False, True])
def test_diagnose__retry_whose_label_is_not_on__goes_on_while_its_comment_stands(
    body: str, put_on: bool
) -> None:
    """Half done it is finished; taken back its approval is nobody's, which the gates refuse."""
    at = NOW - timedelta(minutes=10)
    run = replace(approved(), approval=approval(at=at, event="comment-40"))
    written = replace(recorded(run).runs[0], comment=comment(id=41, created_at=at))
    said_so = comment(id=40, body=body, created_at=at, updated_at=at)
    applied = (event(order=9, actor=MARA, at=NOW),) if put_on else ()
    off = event(EventKind.UNLABELED, order=2, at=LABELLED, actor=MARA)
    here = issue(labels=(), comments=(said_so,), events=(event(), off, *applied))
    found = repairs(run, issue=here, records=Records(runs=(written,)))
    wanted = body != "/afk retry" or not put_on
    over = End(written, run, Verdict.STOPPED, Reason.READY_REMOVED)
    assert found == (() if wanted else (over,))


# --- at rest -----------------------------------------------------------------------------------


def tracked(*runs: RunRecord, events: tuple[Any, ...] = (), **changes: Any) -> Sight:
    here = issue(labels=labels(TRACKED), events=(event(), *events))
    return sight(**{"issue": here, "records": recorded(*runs), "blank": None, **changes})


OVER = changed(ended(), ended_at=NOW - TICK)
PUT_ON = event(order=3, label=TRACKED, actor=AFK, at=NOW - TICK)
AT_REST = (TakeLabelOff(TRACKED, "nothing is left to do"),)


@pytest.mark.parametrize(
    "seen",
    [
        tracked(),
        tracked(OVER),
        tracked(ended()),
        tracked(OVER, events=(PUT_ON,)),
        tracked(events=(PUT_ON,)),
        tracked(OVER, events=(replace(PUT_ON, actor=MARA, at=NOW),)),
        tracked(OVER, threads=(shown(said(), live=False),)),
        tracked(changed(OVER, by_word=True)),
        tracked(OVER, environment_id=""),
    ],
    ids=range(9),
)
def test_diagnose__nothing_can_be_written_over_it_any_more__is_followed_no_longer(
    seen: Sight,
) -> None:
    assert diagnose(seen, config()).repairs == AT_REST


@pytest.mark.parametrize(
    "seen",
    [
        replace(tracked(OVER), now=NOW - timedelta(microseconds=1)),
        tracked(OVER, events=(replace(PUT_ON, at=PUT_ON.at + timedelta(microseconds=1)),)),
        tracked(OVER, record(run_id=OTHER_RUN)),
        tracked(OVER, issue=issue(labels=labels("other"))),
        tracked(OVER, issue=issue(labels=labels(TRACKED), oversized="very much")),
        tracked(blank=sight().blank),
        tracked(
            threads=(shown(said()),),
            blank=None,
            of_runs=frozenset({names.thread_id(RUN_ID, 1)}),
        ),
        tracked(changed(OVER, by_word=True), environment_id=""),
        tracked(OVER, threads=(shown(said()),)),
    ],
    ids=range(9),
)
def test_diagnose__something_may_still_happen__is_followed_on(seen: Sight) -> None:
    assert TakeLabelOff(TRACKED, "nothing is left to do") not in diagnose(seen, config()).repairs


def test_diagnose__approved_again_and_the_run_of_that_is_over__is_followed_no_longer() -> None:
    seen = tracked(OVER, blank=sight().blank)
    found = diagnose(seen, config()).repairs
    assert found == (TakeLabelOff(READY, "its run has ended"), *AT_REST)


@pytest.mark.parametrize("flaw", Flaw)
@pytest.mark.parametrize(
    ("changes", "at_rest"),
    [
        ({}, False),
        ({"blank": None}, True),
        ({"blank": None, "threads": (shown(said()),)}, False),
        ({"records": None}, True),
    ],
    ids=["the approval's own", "no approval", "an agent at work", "an older approval's"],
)
def test_diagnose__a_comment_of_ours_in_other_hands__goes_once_nothing_rests_on_it(
    flaw: Flaw, changes: dict[str, Any], at_rest: bool
) -> None:
    records = flawed(flaw, at=-timedelta(seconds=1) if "records" in changes else timedelta())
    seen = sight(**{**changes, "records": records})
    spoilt = tuple(one for one, _ in records.flawed) if at_rest and flaw in SPOILT else ()
    assert diagnose(seen, config()).spoilt == spoilt


def test_diagnose__start_that_is_recorded_nowhere_yet__is_ended_on_any_t3() -> None:
    run = changed(approved(), environment_id="")
    assert repairs(run, issue=issue(open=False)) == (
        end(run, Verdict.STOPPED, Reason.CLOSED_BY_PERSON),
    )
