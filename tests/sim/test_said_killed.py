"""``/afk retry`` while ticks are killed, or overlap: one approval, one run, one answer.

By default the forges share what is played (`support.sampling`).
"""

import httpx
import pytest
from support.chaos import Killed, KillingTransport, Loom
from support.loops import labels, records, threads
from support.sampling import kill_points, seeds
from support.saying import handed_back, named, reactions, replies, say

from afk.types import Forge
from afk_sandbox.forge.records import Comment, Issue
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, World, world

MOST = 7
"""One more than the writes of a retry before its run is claimed, on either forge."""


def told_to_retry(here: World) -> tuple[Issue, Comment]:
    """Return an issue that was handed back an hour ago, and the comment that asks again."""
    issue = handed_back(here)
    issue.body = "[[slow=40000]] [[push]]"
    here.tick(after=3600)
    told = say(here, issue, "/afk retry")
    named(here, issue)
    here.clock.sleep(60)
    return issue, told


def assert_one_new_run(here: World, issue: Issue, told: Comment) -> None:
    """The comment was heard once, and one run came of it."""
    for _ in range(3):
        ticked = here.tick(after=120)
        assert ticked.exit_code == 0, ticked.output
    first, second = records(here, issue)
    assert (first["stage"], second["stage"]) == ("ended", "running")
    assert second["approval"]["event"] == f"comment-{told.id}"
    assert replies(here, issue) == [("retry", "retried")]
    assert reactions(told) == ["eyes"]
    assert len(threads(here, issue)) == 2
    assert labels(issue) == {READY, IN_PROGRESS}
    applied = [one for one in issue.events if one.label is not None and one.label.name == READY]
    assert len(applied) == 3, "put on, taken off at the end, put on for the comment"


POINTS = [(kind, nth) for kind in Forge for nth in kill_points(kind, MOST)]


@pytest.mark.parametrize(("kind", "nth"), POINTS)
def test_retry__tick_killed_at_a_write__is_completed_and_not_repeated(
    kind: Forge, nth: int
) -> None:
    """Killed before a write is killed after the one before it."""
    with world(kind) as here:
        issue, told = told_to_retry(here)
        transport = KillingTransport(nth, after=True)
        with pytest.raises(Killed):
            here.run("tick", transport=transport)
        assert labels(issue) in ({HUMAN}, {READY}, {READY, HUMAN})

        assert_one_new_run(here, issue, told)


@pytest.mark.parametrize("kind", list(Forge))
@pytest.mark.parametrize("seed", seeds(1, 40))
def test_retry__two_ticks_at_once__one_new_run(kind: Forge, seed: int) -> None:
    with world(kind) as here:
        issue, told = told_to_retry(here)

        def tick(transport: httpx.BaseTransport) -> None:
            here.run("tick", transport=transport)

        Loom(seed).run(tick, tick)
        here.t3.advance()

        assert_one_new_run(here, issue, told)
