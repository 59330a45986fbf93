"""A T3 Code that is upgraded to orchestration protocol 2 under a run."""

from typing import Final

from support.loops import (
    CI_GRACE,
    assert_ended,
    both,
    record,
    said,
    start,
    threads,
    tick,
    until,
)
from support.overheard import Mark, doorbell

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.world import World, world

ONE: Final = "0.0.32"


def upgraded(here: World) -> None:
    """Let the server be upgraded, which restarts it."""
    here.t3.upgrade()


@both
def test_upgrade__after_the_agent_pushed__the_run_goes_on_without_another_thread_or_turn(
    kind: Forge,
) -> None:
    with world(kind, t3_version=ONE) as here, doorbell(here) as bell:
        issue = start(here, "[[push]]")
        before = Mark(here)
        upgraded(here)
        until(here, issue)

        assert_ended(here, issue, "done", "landed", turns=1)
        assert len(threads(here, issue)) == 1
        assert before.commands == []
        assert len(bell.rings) == 1


@both
def test_upgrade__under_an_agent_at_work__it_is_told_to_go_on_in_its_own_thread(
    kind: Forge,
) -> None:
    """It ended with the old server: what it was asked stands, and no first turn is sent again."""
    with world(kind, t3_version=ONE) as here:
        issue = start(here, "[[slow=900]] [[push]]")
        [thread] = threads(here, issue)
        before = Mark(here)
        upgraded(here)
        tick(here)

        assert before.commands == ["thread.turn.start"]
        assert len(threads(here, issue)) == 1
        assert [text.partition(".")[0] for text in said(here, issue)[1:]] == [
            "Go on where you stopped"
        ]
        assert record(here, issue)["thread"]["id"] == thread.id
        until(here, issue, after=900)
        assert_ended(here, issue, "done", "landed", turns=2)


@both
def test_upgrade__of_a_run_gone_red__is_corrected_in_the_same_thread(kind: Forge) -> None:
    with world(kind, t3_version=ONE) as here:
        issue = start(here, "[[push=red,green]]")
        upgraded(here)
        until(here, issue)
        assert_ended(here, issue, "done", "landed", turns=2)
        assert len(threads(here, issue)) == 1


@both
def test_upgrade__between_two_requests_of_a_tick__is_this_ticks_trouble_alone(
    kind: Forge,
) -> None:
    with world(kind, t3_version=ONE) as here:
        repo = here.repository("shop", **CI_GRACE)
        issue = here.issue(repo, "Add a till", "[[push]]")

        def strike(method: str, path: str) -> Fault | None:
            if method == "POST" and path.endswith("/dispatch") and here.t3.protocol == 1:
                here.t3.upgrade()
            return None

        here.faults["t3"] = strike
        ticked = here.tick()
        assert ticked.exit_code == 1
        assert "in the middle of a tick" in ticked.output
        assert said(here, issue) == []

        until(here, issue)
        assert_ended(here, issue, "done", "landed")
        assert len(said(here, issue)) == 1
        assert len([one for one in threads(here, issue) if one.messages]) == 1
