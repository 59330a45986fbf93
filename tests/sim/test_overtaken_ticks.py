"""A whole tick comes between any two requests of another: what it was about to do is dropped.

Every tick of a run is overtaken before its n-th request, n being the same throughout. By default
each forge has a quarter of the numbers; ``AFK_SIM_ALL=1`` plays each on both.
"""

import httpx
import pytest
from support.invariants import assert_always, assert_locks, assert_settled
from support.loops import CI_GRACE, records
from support.overheard import doorbell
from support.poll_rig import Between
from support.sampling import ALL, kill_points

from afk.types import Forge
from afk_sandbox.world import World, world

MOST_REQUESTS = 33
"""At least as many as any tick of the run has."""
POINTS = [(kind, nth) for kind in Forge for nth in kill_points(kind, MOST_REQUESTS)]


def overtaken(here: World, nth: int) -> int:
    """Tick, with another whole tick before the n-th request; returns how many there were."""
    sent: list[httpx.Request] = []

    def meddle(request: httpx.Request) -> None:
        sent.append(request)
        if len(sent) == nth:
            other = here.run("tick")
            assert other.exit_code == 0, other.output

    here.clock.sleep(60)
    here.t3.advance()
    ticked = here.run("tick", transport=Between(meddle))
    assert ticked.exit_code in (0, 1), ticked.output
    return len(sent)


@pytest.mark.parametrize(("kind", "nth"), POINTS if ALL else POINTS[::2])
def test_ticks__each_overtaken_by_another__one_run_as_if_alone(kind: Forge, nth: int) -> None:
    with world(kind) as here, doorbell(here) as bell:
        body = "[[ask]] [[push=red,green]]"
        issue = here.issue(here.repository("shop", **CI_GRACE), "Add a till", body)
        for _ in range(10):
            assert overtaken(here, nth) <= MOST_REQUESTS
            assert_always(here, [issue])
            if all(one["stage"] == "ended" for one in records(here, issue)):
                break
        here.tick()
        here.tick()

        assert_locks(here, [issue])
        assert_settled(here, [issue], bell)
        [found] = records(here, issue)
        assert found["verdict"] == "done"
        assert [turn["purpose"] for turn in found["dialogue"]["turns"]] == ["first", "fix-forward"]
        assert len(bell.rings) <= 2
