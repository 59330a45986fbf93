"""Random lives of one run: whatever happens and wherever ticks die, what must never does not.

The model (`support.run_world`) asserts on the way: no turn beside another, none into a thread in
which somebody else wrote, none to another server, no second first turn in a thread, replacements
and corrective turns within their bounds, closed only with green on a pushed commit.
"""

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.run_world import CONFIG, ENDS, World

from afk.decide.observation import note
from afk.types import Action

AGENT = ("work", "idle", "failed", "limited", "limited-named", "asks", "died", "lost", "push")
SERVER = ("ok", "unread", "other", "wedge", "unwedge", "vanish", "foreign")
CI = ("green", "red", "pending")
EVENTS = st.sampled_from(("", *AGENT, *SERVER, *CI))
PAUSES = st.sampled_from((1, 60, 299, 301, 899, 901, 1801, 3601, 7201, 14_401))
FAULTS = st.sampled_from(("", "", "", "unwritten", "lost", "late", "unrecorded"))
TEMPERS = st.sampled_from(
    ("", "idle", "failed", "limited", "limited-named", "asks", "lost", "died")
)
STEPS = st.lists(st.tuples(EVENTS, PAUSES, FAULTS), max_size=30)
Step = tuple[str, int, str]


def live(world: World, steps: list[Step]) -> None:
    """Let things happen and ticks go by until the steps, or the run, are over."""
    for event, seconds, fault in steps:
        if event:
            world.happen(event)
        before, world.now = world.record, world.now + timedelta(seconds=seconds)
        world.tick(fault)
        if world.ended:
            return
        assert world.record.thread.replacements >= before.thread.replacements
        assert world.record.pauses.times_limited >= before.pauses.times_limited


@given(steps=STEPS, temper=TEMPERS)
def test_run__anything_happens__nothing_that_must_not(steps: list[Step], temper: str) -> None:
    live(World(temper=temper), steps)


@given(steps=STEPS, temper=TEMPERS, last=EVENTS)
@example(steps=[("push", 60, ""), ("limited", 60, "")], temper="limited", last="pending")
@example(steps=[("push", 60, ""), ("idle", 60, ""), ("red", 60, "")], temper="lost", last="")
@example(steps=[("push", 60, ""), ("idle", 60, ""), ("unread", 60, "")], temper="", last="red")
@example(steps=[("push", 60, ""), ("asks", 60, "lost")], temper="asks", last="red")
def test_run__then_nothing_more_happens__it_ends_by_itself(
    steps: list[Step], temper: str, last: str
) -> None:
    """Whatever state a run is left in, some rule or deadline ends it within four days."""
    world = World(temper=temper)
    live(world, steps)
    if last:
        world.happen(last)

    for _ in range(4 * 96):
        if world.ended:
            break
        world.now += timedelta(minutes=15)
        world.tick()

    assert world.ended, world.history[-12:]
    assert world.ended.action in ENDS
    assert world.ended.reason is not None


@given(steps=STEPS, temper=TEMPERS)
def test_note__at_any_moment_of_a_life__twice_is_once(steps: list[Step], temper: str) -> None:
    world = World(temper=temper)
    live(world, steps)

    seen = world.look()
    once = note(seen, CONFIG)
    world.record = once

    assert note(world.look(), CONFIG) == once


@pytest.mark.parametrize("attempts", range(1, 6))
def test_run__red_for_ever__every_corrective_turn_and_then_frozen(attempts: int) -> None:
    world = World(temper="idle")
    live(world, [("push", 60, ""), ("idle", 60, ""), ("red", 60, "")] + [("", 60, "")] * attempts)

    assert len(world.corrective) == min(attempts + 1, 5)
    assert (world.ended is not None) is (attempts == 5)


def test_run__healthy__closes_in_the_tick_that_sees_green() -> None:
    world = World()
    live(world, [("push", 60, ""), ("idle", 60, ""), ("green", 60, "")])

    assert world.ended is not None
    assert world.ended.action is Action.CLOSE_SUCCESS


def test_run__request_lost_and_ticks_that_die__the_same_turn_and_no_other() -> None:
    world = World()
    steps: list[Step] = [("push", 60, ""), ("idle", 60, ""), ("red", 60, "lost")]
    live(world, [*steps, ("", 60, "unwritten"), ("", 60, "unrecorded"), ("", 60, "")])

    assert world.thread is not None
    assert len(world.thread.messages) == 2
    assert world.record.corrective_turns == 1
    assert world.record.dialogue.turns[-1].requested_at is not None


def test_run__green_while_a_slow_tick_sends_a_turn__not_closed_under_it() -> None:
    """T3's bad minute: the corrective turn arrives after another tick saw CI turn green."""
    world = World()
    live(world, [("push", 60, ""), ("idle", 60, ""), ("red", 60, "late"), ("green", 60, "")])

    assert world.ended is None
    assert world.history[-1] == "fix-forward arrives"
