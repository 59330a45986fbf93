"""A run's state: turns, and the clocks that stand still while nothing counts."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import NOW, STARTED, changed, record, turn

from afk.record.pauses import Pauses
from afk.record.state import IN_FLIGHT, STATUS_OF, Keys, Outcome, Purpose, RunRecord, Stage, Stop
from afk.types import ThreadStatus


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_in_flight__of_the_stages__approved_and_ended_are_not() -> None:
    assert set(Stage) - IN_FLIGHT == {Stage.APPROVED, Stage.ENDED}


def test_status_of__every_outcome__is_an_ended_status() -> None:
    assert set(STATUS_OF) == set(Outcome)
    assert ThreadStatus.RUNNING not in STATUS_OF.values()
    assert STATUS_OF[Outcome.COMPLETED] is ThreadStatus.IDLE


def test_keys__shown__never_show_a_key() -> None:
    assert "hunter2" not in repr(Keys(current=b"hunter2", previous=b"hunter2"))
    assert "set" in repr(Keys(current=b"hunter2"))
    assert "none" in repr(Keys(previous=b"hunter2"))


def test_let_go__held_for_another_runs_limit__its_time_is_a_pause() -> None:
    held = record(held_at=NOW - minutes(10), started_at=NOW - minutes(30))

    freed = held.let_go(NOW)

    assert (freed.pauses.held_at, freed.pauses.paused_seconds) == (None, 600)
    assert freed.thread.started_at == NOW - minutes(20)
    assert freed.pauses.budget_now(NOW + minutes(1)) == NOW + minutes(1)


def test_let_go__not_held_or_limited_itself__as_it_was() -> None:
    assert record().let_go(NOW) == record()
    limited = record(held_at=NOW - minutes(10), limited_at=NOW - minutes(5), next_try=NOW)
    assert limited.let_go(NOW) == limited


def test_turn__of_a_record__is_the_last_one_or_none() -> None:
    assert record(turns=()).turn is None
    assert record(turns=(turn(1), turn(2))).turn == turn(2)


def test_with_turn__new_number__is_added_behind() -> None:
    assert record().with_turn(turn(2)).dialogue.turns == (turn(1), turn(2))


def test_with_turn__known_number__takes_its_place() -> None:
    again = turn(2, Purpose.RESUME, attempt=2)
    assert record(turns=(turn(1), turn(2))).with_turn(again).dialogue.turns == (turn(1), again)


def test_corrective_turns__only_those_sent__are_counted() -> None:
    """An intended turn that T3 never showed has cost nothing."""
    fix = Purpose.FIX_FORWARD
    turns = (turn(1), turn(2, fix), turn(3, Purpose.RESUME), turn(4, fix, sent_at=None))
    assert record(turns=turns).corrective_turns == 1
    assert record(turns=(*turns, turn(5, fix))).corrective_turns == 2
    assert record().corrective_turns == 0


def test_newest_commit__of_the_pushed__is_the_last_or_empty() -> None:
    assert record().newest_commit == ""
    assert record(pushed=("a", "b")).newest_commit == "b"


@pytest.mark.parametrize(
    ("limited", "unseen", "shown"),
    [
        (None, None, NOW),
        (NOW - minutes(5), None, NOW - minutes(5)),
        (None, NOW - minutes(7), NOW - minutes(7)),
        (NOW - minutes(5), NOW - minutes(7), NOW - minutes(7)),
        (NOW + minutes(5), None, NOW),
    ],
)
def test_budget_now__while_waiting_or_unseen__stands_still(
    limited: datetime | None, unseen: datetime | None, shown: datetime
) -> None:
    assert record(limited_at=limited, unseen_at=unseen).pauses.budget_now(NOW) == shown


def test_held_and_out_of_sight__again__go_on_since_the_first_tick() -> None:
    paused = record().held(NOW - minutes(5)).out_of_sight(NOW - minutes(3))
    assert paused.held(NOW).out_of_sight(NOW) == paused
    assert paused == record(held_at=NOW - minutes(5), unseen_at=NOW - minutes(3))
    assert paused.pauses.budget_now(NOW) == NOW - minutes(5)


def test_let_go__held_only__goes_on_but_an_own_limit_stays() -> None:
    own = record(limited_at=NOW - minutes(5), held_at=NOW - minutes(3))
    assert own.let_go(NOW) == own
    let_go = record(held_at=NOW - minutes(3)).let_go(NOW)
    assert let_go == record(started_at=STARTED + minutes(3), paused_seconds=180)


def test_pauses__none__count_nothing_when_they_end() -> None:
    assert Pauses().waiting_since is None
    assert Pauses().resumed(NOW) == Pauses().seen_again(NOW) == Pauses()


def test_without_thread__an_approval__keeps_everything_but_thread_and_turns() -> None:
    bare = record(attempt=2, dispatch_failures=1, answered=("a",)).without_thread()
    assert bare == record(attempt=2, dispatch_failures=1, answered=("a",), thread_id="", turns=())


def test_resumed__not_limited__is_the_same_record() -> None:
    assert record().resumed(NOW) == record()


def test_resumed__after_a_wait__moves_every_clock_on_by_it() -> None:
    limited = record(
        limited_at=NOW - minutes(20),
        next_try=NOW,
        first_red_at=STARTED,
        pushed_at=STARTED,
        paused_seconds=10,
        waited_seconds=20,
    )
    assert limited.resumed(NOW) == changed(
        limited,
        limited_at=None,
        next_try=None,
        started_at=STARTED + minutes(20),
        first_red_at=STARTED + minutes(20),
        pushed_at=STARTED + minutes(20),
        paused_seconds=10 + 1200,
        waited_seconds=20 + 1200,
    )


def test_resumed__clocks_that_had_not_begun__stay_unset() -> None:
    resumed = record(started_at=None, limited_at=NOW - minutes(1)).resumed(NOW)
    assert (resumed.thread.started_at, resumed.commits.first_red_at, resumed.commits.pushed_at) == (
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("reset", "waited"),
    [
        (None, 1200),
        (NOW - minutes(30), 1200),
        (NOW - minutes(5), 300),
        (NOW + minutes(5), 0),
    ],
)
def test_waited__counts__only_what_came_after_the_first_named_reset(
    reset: datetime | None, waited: int
) -> None:
    limited = record(limited_at=NOW - minutes(20), first_reset=reset)
    assert limited.pauses.waited(NOW) == waited
    assert limited.resumed(NOW).pauses.waited_seconds == waited
    assert limited.resumed(NOW).pauses.waited(NOW + minutes(60)) == waited


def test_seen_again__never_unseen__is_the_same_record() -> None:
    assert record().seen_again(NOW) == record()


def test_seen_again__after_a_gap__all_clocks_but_ci_s_move_on() -> None:
    unseen = record(
        unseen_at=NOW - minutes(10), unseen_seconds=5, first_red_at=STARTED, pushed_at=STARTED
    )
    assert unseen.seen_again(NOW) == changed(
        unseen,
        unseen_at=None,
        unseen_seconds=605,
        started_at=STARTED + minutes(10),
        first_red_at=STARTED + minutes(10),
        pushed_at=STARTED,
        turns=(turn(sent_at=STARTED + minutes(10)),),
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"turns": ()},
        {"turns": (turn(sent_at=None),)},
        {"turns": (turn(outcome=Outcome.COMPLETED),)},
        {"stops": (Stop(at=STARTED + minutes(1), rule="zombie"),)},
    ],
)
def test_seen_again__turn_not_under_way__keeps_its_time(changes: dict[str, object]) -> None:
    """A stop is known to belong to a turn by their times; so they stay."""
    unseen = record(unseen_at=NOW - minutes(10), **changes)
    assert unseen.seen_again(NOW).dialogue.turns == unseen.dialogue.turns


def test_seen_again__stop_of_a_former_turn__holds_nothing_up() -> None:
    unseen = record(
        unseen_at=NOW - minutes(10), stops=(Stop(at=STARTED - minutes(1), rule="zombie"),)
    )
    assert unseen.seen_again(NOW).dialogue.turns == (turn(sent_at=STARTED + minutes(10)),)


def test_clocks__wait_and_gap_overlap__no_minute_is_given_twice() -> None:
    """Limited for 20 minutes, of which T3 was out of sight for 10: 20 in all."""
    limited = record(limited_at=NOW - minutes(20), first_red_at=STARTED)
    seen = changed(limited, unseen_at=NOW - minutes(15)).seen_again(NOW - minutes(5))
    assert seen.thread.started_at == STARTED
    assert seen.resumed(NOW).thread.started_at == STARTED + minutes(20)
    assert seen.resumed(NOW).commits.first_red_at == STARTED + minutes(20)
    unseen_still = changed(limited, unseen_at=NOW - minutes(15)).resumed(NOW - minutes(5))
    assert unseen_still.thread.started_at == STARTED + minutes(5)
    assert unseen_still.seen_again(NOW).thread.started_at == STARTED + minutes(20)


GAPS = st.lists(
    st.tuples(st.sampled_from(["limit", "resume", "hide", "show"]), st.integers(0, 600))
)


@given(GAPS)
def test_clocks__any_waits_and_gaps__budgets_count_exactly_the_time_outside_of_them(
    steps: list[tuple[str, int]],
) -> None:
    run: RunRecord = record(started_at=STARTED, turns=(), first_red_at=STARTED)
    now, counted = STARTED, timedelta()
    for step, seconds in steps:
        now += timedelta(seconds=seconds)
        if run.pauses.limited_at is None and run.pauses.unseen_at is None:
            counted += timedelta(seconds=seconds)
        if step == "limit" and run.pauses.limited_at is None and run.pauses.unseen_at is None:
            run = changed(run, limited_at=now)
        elif step == "resume":
            run = run.resumed(now)
        elif step == "hide" and run.pauses.unseen_at is None:
            run = changed(run, unseen_at=now)
        elif step == "show":
            run = run.seen_again(now)
        assert run.thread.started_at is not None
        assert run.pauses.budget_now(now) - run.thread.started_at == counted
        assert run.commits.first_red_at == run.thread.started_at
