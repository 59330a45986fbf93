"""How a run ends: the steps, their order, and each of them repeated after a kill right there."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from support.chaos import Killed, KillingTransport
from support.loops import (
    assert_ended,
    both,
    record,
    records,
    reopened,
    start,
    tick,
)
from support.overheard import Overheard, doorbell
from support.sampling import kill_points

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, World, world


def nothing(here: World, issue: Issue) -> None:
    """The agent alone brings the end about."""


def edit(here: World, issue: Issue) -> None:
    """The text is no longer the approved one when a corrective turn is due."""
    here.forge.edit_body(issue, here.owner, "Something else.")


def hand_over(here: World, issue: Issue) -> None:
    here.forge.add_label(issue, HUMAN, here.owner)


@dataclass(frozen=True)
class Ending:
    """How to get there in one tick, and what that tick has to do, in this order."""

    body: str
    verdict: str
    reason: str
    steps: tuple[str, ...]
    act: Callable[[World, Issue], None] = nothing
    rings: int = 1
    attempts: int = 5
    closed: bool = False


FIRST = ("record ending", "thread.session.stop")
LAST = ("wake", "ring", "record ended", "labels ['human']")
DONE = Ending(
    "[[push]]",
    "done",
    "landed",
    (*FIRST, "state closed", "labels ['locked']", "ring", "record ended", "labels []"),
    closed=True,
)
ESCALATED = Ending(
    "[[idle]]",
    "needs-human",
    "nothing-pushed",
    (*FIRST, "labels ['locked', 'human']", *LAST),
)
ASKED = Ending(
    "[[approval=2]]",
    "needs-human",
    "asked-again",
    (
        "record ending",
        "thread.approval.respond",
        "thread.session.stop",
        "labels ['locked', 'human']",
        *LAST,
    ),
)
FROZEN = Ending(
    "[[push=red]] [[close]]",
    "frozen",
    "attempts-spent",
    (*FIRST, "state open", "labels ['locked', 'human']", *LAST),
    attempts=0,
)
PARKED = Ending(
    "[[push=red]]",
    "needs-human",
    "edited",
    (*FIRST, "labels ['locked', 'human']", *LAST),
    act=edit,
)
STOPPED = Ending(
    "[[slow=4000]]",
    "stopped",
    "human-label-added",
    (*FIRST, "labels ['locked', 'human']", "record ended", "labels ['human']"),
    act=hand_over,
    rings=0,
)
ENDINGS = {
    "done": DONE,
    "escalated": ESCALATED,
    "asked": ASKED,
    "frozen": FROZEN,
    "parked": PARKED,
    "stopped": STOPPED,
}
every = pytest.mark.parametrize("how", list(ENDINGS.values()), ids=list(ENDINGS))


def just_before(here: World, how: Ending) -> Issue:
    """Bring a run to where the next tick ends it."""
    here.settings["fix_forward_max_attempts"] = how.attempts
    issue = start(here, how.body)
    if how is ASKED:
        tick(here)  # the first request was answered, the agent asks again
    how.act(here, issue)
    here.clock.sleep(60)
    here.t3.advance()
    return issue


@pytest.mark.protocol_1
@both
@every
def test_end__in_one_tick__every_step_in_its_order(kind: Forge, how: Ending) -> None:
    """The lock comes off last; where nothing has to change on the forge nothing is sent."""
    with world(kind) as here, doorbell(here) as bell:
        issue = just_before(here, how)
        overheard = Overheard(issue)

        ticked = here.run("tick", transport=overheard)

        assert ticked.exit_code == 0, ticked.output
        assert tuple(overheard.steps) == how.steps
        marked = {HUMAN} if how.verdict != "done" else set()
        assert_ended(here, issue, how.verdict, how.reason, closed=how.closed, marked=marked)
        assert len(bell.rings) == how.rings


@both
@every
def test_end__killed_after_any_write__completed_once(kind: Forge, how: Ending) -> None:
    """Killed after a write is killed before the next one; the bell may ring twice only then."""
    killed = 0
    for nth in kill_points(kind, 12):
        with world(kind) as here, doorbell(here) as bell:
            issue = just_before(here, how)
            transport = KillingTransport(nth, after=True)
            try:
                here.run("tick", transport=transport)
            except Killed:
                killed += 1
            else:
                break
            rung = len(bell.rings)
            recorded = record(here, issue)["stage"] == "ended"

            tick(here)
            tick(here)

            marked = {HUMAN} if how.verdict != "done" else set()
            assert_ended(here, issue, how.verdict, how.reason, closed=how.closed, marked=marked)
            assert len(bell.rings) == how.rings + (1 if rung and not recorded else 0)
            assert len({ring["id"] for ring in bell.rings}) == how.rings
            assert len(records(here, issue)) == 1
            assert reopened(issue) == (1 if how is FROZEN else 0)
    assert killed >= len(how.steps) // 2
