"""What only looks like a run, and which repairs follow, in which order."""

from datetime import timedelta

import pytest
from support.factories import (
    IN_PROGRESS,
    READY,
    changed,
    comment,
    config,
    issue,
    record,
)
from support.sights import (
    OTHER_RUN,
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

from afk.decide.approval import Standing
from afk.decide.repair import diagnose
from afk.decide.sight import (
    DeleteDuplicate,
    Diagnosis,
    Park,
    Promote,
    Rebuild,
    ShownThread,
    Sight,
    StopThread,
    TakeLabelOff,
)
from afk.model.agent import Presence
from afk.record.codec import Flaw, Records
from afk.record.state import Stage
from afk.types import Event


@pytest.mark.parametrize(
    "seen",
    [
        sight(),
        sight(blank=None, issue=issue(labels=())),
        sight(records=recorded(record()), threads=(shown(said()),)),
        sight(records=recorded(approved()), threads=(shown(body=False, asked_at=None),)),
        sight(records=recorded(approved()), threads=(shown("somebody-elses"),)),
        sight(records=recorded(record()), issue=locked(OWN_LOCK), threads=(shown(said()),)),
        sight(threads=(shown(said(), live=False),)),
        sight(records=recorded(ended(OTHER_RUN)), threads=(shown(run=OTHER_RUN, live=False),)),
        sight(records=flawed(Flaw.BAD_MAC, at=-timedelta(minutes=1))),
        sight(records=Records(recorded(record()).runs, flawed=flawed(Flaw.BAD_MAC).flawed)),
        sight(records=flawed(Flaw.BAD_MAC), blank=None),
    ],
    ids=[
        "a fresh approval",
        "an issue without labels",
        "a run at work",
        "a claim whose thread nobody wrote in",
        "an approval in whose thread somebody else wrote",
        "a run at work under its lock",
        "a thread that is over",
        "an ended run and its ended thread",
        "a flawed record of an older approval",
        "a flawed record beside a believed one",
        "a flawed record without an approval",
    ],
)
def test_diagnose__in_order__nothing(seen: Sight) -> None:
    assert diagnose(seen, config()) == Diagnosis()


def test_diagnose__a_run_recorded_twice__the_second_comment_goes() -> None:
    second = comment(id=700)
    seen = sight(records=recorded(record(), duplicates=(second,)), threads=(shown(said()),))

    assert diagnose(seen, config()) == Diagnosis((DeleteDuplicate(second),))


@pytest.mark.parametrize(
    ("by_word", "presence", "stopped"),
    [
        (True, Presence.ARCHIVED, True),
        (True, Presence.PRESENT, False),
        (False, Presence.ARCHIVED, False),
    ],
)
def test_diagnose__ended_at_a_persons_word_and_at_work_in_an_archived_thread__stopped(
    presence: Presence, *, by_word: bool, stopped: bool
) -> None:
    """T3 shows no messages of an archived thread; who put it away does not go on in it."""
    hidden = shown(body=False, presence=presence)
    over = recorded(changed(ended(), by_word=by_word))
    seen = sight(records=over, threads=(hidden,), issue=issue(labels=()), blank=None)

    stop = StopThread(hidden.thread.id, "its run has ended", archived=True)
    assert diagnose(seen, config()) == Diagnosis((stop,) if stopped else ())


@pytest.mark.parametrize("last", [said(), said(2), said(1, 2)])
def test_diagnose__an_ended_runs_agent_works_on_what_afk_sent__stopped(last: str) -> None:
    """A slow tick sent it meanwhile: of the record's own messages, or one beyond them."""
    works = shown("earlier", last)
    rests = shown("earlier", last, live=False)
    seen = sight(
        records=recorded(ended()), threads=(rests, works), issue=issue(labels=()), blank=None
    )

    assert diagnose(seen, config()) == Diagnosis(
        (StopThread(works.thread.id, "its run has ended"),)
    )


@pytest.mark.parametrize(
    "goes_on",
    [shown(said(), "a-persons"), shown(), shown(said(), live=False), shown(said(), body=False)],
    ids=["a person wrote last", "nobody wrote", "not live", "not read"],
)
def test_diagnose__an_ended_runs_thread_that_afk_does_not_drive__left_alone(
    goes_on: ShownThread,
) -> None:
    seen = sight(records=recorded(ended()), threads=(goes_on,), issue=issue(labels=()), blank=None)

    assert diagnose(seen, config()) == Diagnosis()


@pytest.mark.parametrize("stage", [Stage.APPROVED, Stage.CLAIMED])
@pytest.mark.parametrize("spoken", [1, 2])
def test_diagnose__first_message_of_an_unstarted_run__promoted_at_its_attempt(
    stage: Stage, spoken: int
) -> None:
    """The agent is at work, so the run is followed, whichever attempt came through."""
    seen = sight(
        records=recorded(approved(2, stage)),
        threads=(shown(said(attempt=spoken), attempt=spoken),),
    )

    (found,) = seen.records.runs
    assert diagnose(seen, config()) == Diagnosis((Promote(found, spoken),))


def test_diagnose__first_message_of_two_attempts__promoted_once() -> None:
    threads = (shown(said(attempt=1), attempt=1), shown(said(attempt=2), attempt=2))
    seen = sight(records=recorded(approved(2)), threads=threads)

    assert diagnose(seen, config()).repairs == (Promote(seen.records.runs[0], 1),)


@pytest.mark.parametrize(
    "stage", [one for one in Stage if one not in (Stage.APPROVED, Stage.CLAIMED)]
)
def test_diagnose__first_message_of_a_run_that_was_started__is_no_promotion(stage: Stage) -> None:
    seen = sight(records=recorded(record(stage=stage)), threads=(shown(said()),))

    assert not any(isinstance(one, Promote) for one in diagnose(seen, config()).repairs)


def test_diagnose__thread_of_a_claim_could_not_be_read__not_promoted() -> None:
    seen = sight(records=recorded(approved()), threads=(shown(said(), body=False),))

    assert diagnose(seen, config()) == Diagnosis()


def test_diagnose__everything_at_once__in_the_order_in_which_it_is_made() -> None:
    """A second comment first, then agents, then labels: what is left is still found again."""
    second = comment(id=700)
    late = shown(said(2, run=OTHER_RUN), run=OTHER_RUN)
    seen = sight(
        issue=locked(OWN_LOCK),
        records=recorded(ended(), ended(OTHER_RUN), duplicates=(second,)),
        threads=(late,),
    )

    assert diagnose(seen, config()) == Diagnosis(
        (
            DeleteDuplicate(second),
            StopThread(late.thread.id, "its run has ended"),
            TakeLabelOff(READY, "its run has ended"),
            TakeLabelOff(IN_PROGRESS, "no run"),
        )
    )


@pytest.mark.parametrize("locker", [None, Standing.REFUSED])
@pytest.mark.parametrize("lock", [OWN_LOCK, THEIR_LOCK])
def test_diagnose__a_promotion_under_a_lock__the_run_keeps_it(
    lock: Event, locker: Standing | None
) -> None:
    """Whoever set it: taken off first, it would be missing from the run that is promoted."""
    seen = sight(
        issue=locked(lock), records=recorded(approved()), threads=(shown(said()),), locker=locker
    )

    assert diagnose(seen, config()) == Diagnosis((Promote(seen.records.runs[0], 1),))


@pytest.mark.parametrize("stage", list(Stage))
def test_diagnose__any_stage__never_believes_and_parks_at_once(stage: Stage) -> None:
    """A record that is believed is never replaced."""
    seen = sight(records=recorded(record(stage=stage)), threads=(shown(said()),))

    found = diagnose(seen, config())

    assert not any(isinstance(one, (Park, Rebuild)) for one in found.repairs)
