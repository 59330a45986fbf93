"""A provider's usage limit is no failure: it is waited out, then the thread is told to go on."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from support.loops import (
    HOUR,
    assert_ended,
    both,
    comment,
    labels,
    record,
    records,
    said,
    start,
    tick,
    until,
)
from support.overheard import Mark, doorbell

from afk.types import Forge
from afk_sandbox.world import IN_PROGRESS, READY, world

GO_ON = "Go on where you stopped."


@both
def test_limit__names_its_reset__one_turn_after_it(kind: Forge) -> None:
    """Not a second before; the comment says until when, and the lock stays."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[limit=5000]] [[push]]")
        tick(here)
        found = record(here, issue)
        reset = datetime.fromisoformat(found["pauses"]["first_reset"])
        assert found["pauses"]["next_try"] == found["pauses"]["first_reset"]
        assert "Paused by a usage limit" in comment(here, issue)
        assert labels(issue) == {READY, IN_PROGRESS}
        before = Mark(here)

        tick(here, after=(reset - here.clock.now() - timedelta(seconds=2)).total_seconds())
        assert before.commands == []
        assert bell.rings == []
        tick(here, after=5)

        assert before.commands == ["thread.turn.start"]
        assert said(here, issue)[-1].startswith(GO_ON)
        until(here, issue)
        assert_ended(here, issue, "done", "landed", turns=2)
        assert record(here, issue)["pauses"]["waited_seconds"] < 10


@both
def test_limit__names_no_reset_and_repeats__pauses_grow(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[limit=x,x,x]] [[push]]")
        tick(here)
        moments = []
        for _ in range(30):
            before = Mark(here)
            tick(here, after=300)
            if "thread.turn.start" in before.commands:
                moments.append(here.clock.now())
            if record(here, issue)["stage"] == "ended":
                break

        assert_ended(here, issue, "done", "landed", turns=4)
        pauses = [(b - a).total_seconds() for a, b in pairwise(moments)]
        assert len(moments) == 3
        assert [round(pause / 900) for pause in pauses] == [2, 4]


@both
def test_limit__outlasts_the_wait_before_a_push__handed_over(kind: Forge) -> None:
    with world(kind) as here, doorbell(here) as bell:
        here.settings["usage_wait_seconds"] = 2 * HOUR
        issue = start(here, "[[limit=x,x,x,x,x,x,x,x,x]] [[push]]")
        for _ in range(12):
            tick(here, after=1000)

        assert_ended(here, issue, "needs-human", "usage-limit", turns=len(said(here, issue)))
        assert 2 <= len(said(here, issue)) <= 5
        assert "`usage_wait_seconds=7200`" in comment(here, issue)
        assert len(bell.rings) == 1


@both
@pytest.mark.parametrize(
    ("pushes", "verdict", "reason"),
    [("red,green", "frozen", "usage-limit"), ("green", "done", "landed")],
    ids=["red", "green"],
)
def test_limit__outlasts_the_wait_after_a_push__ci_decides(
    kind: Forge, pushes: str, verdict: str, reason: str
) -> None:
    """A corrective turn that runs into the limit freezes in the end; green needs no turn."""
    with world(kind) as here:
        here.settings["usage_wait_seconds"] = HOUR
        issue = start(
            here, f"[[push={pushes}]] [[limit@2=x,x,x]] [[limit@3=x,x,x]] [[limit@4=x,x,x]]"
        )
        for _ in range(8):
            tick(here, after=900)

        assert record(here, issue)["verdict"] == verdict
        assert record(here, issue)["reason"] == reason
        assert record(here, issue)["stage"] == "ended"
        assert len(said(here, issue)) == (1 if verdict == "done" else 4)


@both
def test_limit__paused_time__counts_in_no_budget(kind: Forge) -> None:
    """Five hours of waiting, and neither ``prepush_seconds`` nor the red budget is touched."""
    with world(kind) as here:
        issue = start(here, "[[limit@1=18000]] [[limit@3=0,18000]] [[push=red,green]]")
        tick(here)
        tick(here, after=18_100)  # goes on, pushes red
        tick(here)  # corrective turn runs into the limit
        tick(here)
        assert record(here, issue)["pauses"]["times_limited"] == 2
        assert record(here, issue)["stage"] == "running"

        tick(here, after=18_100)
        until(here, issue)

        assert_ended(here, issue, "done", "landed", turns=4)
        assert record(here, issue)["pauses"]["paused_seconds"] >= 36_000


@both
def test_limit__nothing_new_starts_on_that_provider_meanwhile(kind: Forge) -> None:
    """The limited run stands sentinel; what waits says what for, and starts once it is through."""
    with world(kind) as here:
        issue = start(here, "[[limit=3000]] [[push]]")
        tick(here)
        other = here.issue(here.repository("other"), "Add a drawer", "[[push]]")
        for _ in range(3):
            tick(here, after=600)
        assert said(here, other) == []
        assert [one["stage"] for one in records(here, other)] == ["approved"]
        assert "usage is limited" in comment(here, other)

        for _ in range(8):
            tick(here, after=300)

        assert_ended(here, issue, "done", "landed", turns=2)
        assert record(here, other)["verdict"] == "done"


@both
def test_limit__ready_taken_off_meanwhile__no_turn(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[limit=600]] [[push]]")
        tick(here)
        here.forge.remove_label(issue, READY, here.owner)
        before = Mark(here)

        tick(here, after=700)

        assert_ended(here, issue, "stopped", "ready-removed")
        assert "thread.turn.start" not in before.commands
