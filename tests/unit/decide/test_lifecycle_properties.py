"""What holds for any record and any observation, however little sense they make together."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from support.factories import NOW, OWN, changed, config, record, turn
from support.run_factories import after_push, decided, ended, facts, observed, pushed
from support.run_strategies import configs, moved_back, observations, quiet

from afk.config import Config
from afk.decide.decision import Decision
from afk.decide.lifecycle import decide
from afk.decide.observation import Observation, note
from afk.decide.peoples_acts import stopping_act
from afk.model.agent import Presence
from afk.record.state import Outcome, Purpose, RunRecord
from afk.types import Action, CIStatus, Phase, ThreadStatus

TURNS = {Action.FIX_FORWARD, Action.RESUME, Action.REDISPATCH, Action.ANSWER}
ENDS = {
    Action.CLOSE_SUCCESS,
    Action.ESCALATE_PREPUSH,
    Action.FREEZE_ESCALATE,
    Action.END_STOPPED,
    Action.END_SUPERSEDED,
    Action.PARK,
}
BUSY = (ThreadStatus.RUNNING, ThreadStatus.NEEDS_HUMAN)


def both(seen: Observation, settings_: Config) -> tuple[RunRecord, Decision]:
    noted = note(seen, settings_)
    return noted, decide(noted, seen, settings_)


@given(seen=observations(), values=configs)
def test_decide__anything__an_action_with_what_it_needs(seen: Observation, values: Config) -> None:
    """Total; a relock is the loop's own doing and never a rule's answer."""
    _, decision = both(seen, values)

    assert decision.action in ENDS | TURNS | {Action.WAIT, Action.STOP_SESSION}
    assert decision.rule
    if decision.action in ENDS:
        assert decision.reason is not None
    if decision.action is not Action.WAIT:
        assert decision.until is None


@given(seen=observations(quiet), values=configs)
def test_decide__any_turn__only_where_one_may_be_sent(seen: Observation, values: Config) -> None:
    noted, decision = both(seen, values)
    thread = seen.thread
    if decision.action not in TURNS:
        return

    assert not thread.foreign
    assert not thread.regressed
    assert not noted.thread.rebuilt
    assert thread.presence in (Presence.PRESENT, Presence.VANISHED)
    assert decision.action is Action.ANSWER or thread.status not in BUSY
    if decision.action is Action.ANSWER:
        assert not noted.dialogue.answered
        assert thread.status is ThreadStatus.NEEDS_HUMAN
    if decision.action is Action.FIX_FORWARD:
        assert noted.corrective_turns < values.fix_forward_max_attempts
    if decision.action is Action.REDISPATCH:
        assert not noted.commits.pushed
    new_thread = decision.action is Action.REDISPATCH or thread.presence is Presence.VANISHED
    last = noted.turn
    if new_thread and (last is None or last.sent_at is not None):
        assert noted.thread.replacements < values.redispatches


@given(seen=observations(quiet), values=configs)
def test_decide__closing__only_with_green_on_the_newest_pushed_commit(
    seen: Observation, values: Config
) -> None:
    noted, decision = both(seen, values)
    green = (
        seen.verdict is not None
        and seen.verdict.status is CIStatus.GREEN
        and seen.verdict.sha == noted.newest_commit
    )

    if decision.action is Action.CLOSE_SUCCESS:
        assert green
    if green:
        assert decision.action not in {Action.FIX_FORWARD, Action.RESUME, Action.REDISPATCH}


@given(seen=observations(), values=configs)
def test_decide__a_persons_act__wins(seen: Observation, values: Config) -> None:
    noted, decision = both(seen, values)
    act = stopping_act(seen, noted, values)

    if seen.issue.oversized:
        assert decision.action is Action.PARK
    elif act is not None:
        assert decision.action in {Action.END_STOPPED, Action.END_SUPERSEDED}
        assert decision.reason is act
    else:
        assert decision.action not in {Action.END_STOPPED, Action.END_SUPERSEDED}


@given(seen=observations(), values=configs)
def test_note__anything__twice_is_once(seen: Observation, values: Config) -> None:
    once = note(seen, values)

    assert note(replace(seen, record=once), values) == once


@given(seen=observations(), values=configs)
def test_note__anything__first_times_stay_and_sums_only_grow(
    seen: Observation, values: Config
) -> None:
    """The clocks of budgets may move on (a pause is over), nothing moves back."""
    before, after = seen.record, note(seen, values)

    assert not moved_back(before.thread.started_at, after.thread.started_at)
    assert not moved_back(before.commits.first_red_at, after.commits.first_red_at)
    if before.newest_commit == after.newest_commit:
        assert not moved_back(before.commits.pushed_at, after.commits.pushed_at)
    for name in ("times_limited", "waited_seconds", "unseen_seconds", "paused_seconds"):
        assert getattr(after.pauses, name) >= getattr(before.pauses, name), name
    another = before.newest_commit != after.newest_commit
    for phase, at in before.phases.items():
        if not (another and phase in (Phase.CI, Phase.DEPLOYED)):
            assert after.phases[phase] == at
    assert before.pauses.first_reset in (None, after.pauses.first_reset)
    for was, now in zip(before.dialogue.turns, after.dialogue.turns, strict=True):
        assert was.outcome in (None, now.outcome)
        assert was.requested_at in (None, now.requested_at)
        assert not moved_back(was.sent_at, now.sent_at)


@given(seen=observations(), values=configs)
def test_note__anything__writes_nothing_that_only_acts_may_write(
    seen: Observation, values: Config
) -> None:
    before, after = seen.record, note(seen, values)

    assert (after.stage, after.verdict) == (before.stage, before.verdict)
    assert after.ending == before.ending
    assert replace(after.thread, started_at=None) == replace(before.thread, started_at=None)
    former = replace(before.dialogue, turns=(), asked=after.dialogue.asked)
    assert replace(after.dialogue, turns=()) == former
    assert [one.message_id for one in after.dialogue.turns] == [
        one.message_id for one in before.dialogue.turns
    ]


# --- paused time moves no deadline -------------------------------------------------------------

SECONDS = st.integers(0, 20_000)


def at(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


@given(begun=SECONDS, pause=st.integers(0, 43_000), later=SECONDS)
def test_decide__run_that_waited_for_a_limit__decides_as_one_that_did_not(
    begun: int, pause: int, later: int
) -> None:
    """Nothing pushed: the same action at the same working age, the pause left out."""
    went_on = turn(2, Purpose.RESUME, sent_at=NOW)
    plain = record(started_at=at(-begun)).with_turn(went_on)
    limited = record(
        started_at=at(-begun),
        turns=(ended(turn(), Outcome.LIMITED),),
        limited_at=NOW,
        next_try=at(pause),
    )
    waited = limited.resumed(at(pause)).with_turn(went_on)

    unpaused = decided(plain, now=at(later))
    paused = decided(waited, now=at(later + pause))

    assert (paused.action, paused.reason) == (unpaused.action, unpaused.reason)


@given(silent=st.integers(0, 7_199), pause=st.integers(0, 43_000), later=st.integers(0, 20_000))
def test_decide__pushed_run_that_waited_for_a_limit__decides_as_one_that_did_not(
    silent: int, pause: int, later: int
) -> None:
    over = ended(turn(2, Purpose.RESUME))
    plain = pushed(pushed_at=at(-silent), turns=(over,))
    waited = changed(plain, limited_at=NOW, next_try=at(pause)).resumed(at(pause))

    unpaused = decided(plain, now=at(later), thread=facts(None), **after_push(None))
    paused = decided(waited, now=at(later + pause), thread=facts(None), **after_push(None))

    assert (paused.action, paused.reason) == (unpaused.action, unpaused.reason)


@given(red=st.integers(0, 3_599), pause=st.integers(0, 43_000), later=st.integers(0, 7_200))
def test_decide__red_run_that_waited_for_a_limit__has_the_same_time_left(
    red: int, pause: int, later: int
) -> None:
    plain = pushed(first_red_at=at(-red), turns=(ended(turn()),))
    waited = changed(plain, limited_at=NOW, next_try=at(pause)).resumed(at(pause))
    idle = facts(ThreadStatus.IDLE)

    unpaused = decided(plain, now=at(later), thread=idle, **after_push(CIStatus.RED))
    paused = decided(waited, now=at(later + pause), thread=idle, **after_push(CIStatus.RED))

    assert (paused.action, paused.reason) == (unpaused.action, unpaused.reason)


@given(age=st.integers(0, 14_399), waited=st.integers(0, 43_199))
def test_decide__while_a_limit_is_waited_out__no_deadline_ends_it(age: int, waited: int) -> None:
    """Only the wait's own bound counts."""
    before = record(
        started_at=at(-age - waited),
        turns=(ended(turn(), Outcome.LIMITED),),
        limited_at=at(-waited),
        next_try=at(1),
    )
    seen = observed(before, thread=facts(ThreadStatus.ERROR), own=OWN)

    assert both(seen, config())[1].action is Action.WAIT
