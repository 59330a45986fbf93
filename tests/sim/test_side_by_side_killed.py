"""Ticks that act on several repositories at once, killed at any write: the next put it right.

What was under way in other threads is cut off at its next request, as by a SIGKILL.
"""

from collections import Counter

import pytest
from support.chaos import Killed, KillingTransport
from support.invariants import assert_always, assert_locks
from support.loops import CI_GRACE, record, said
from support.sampling import kill_points

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World, world

NAMES = ("shop", "site", "stall")
MOST_WRITES = 42
"""Of starts and ends of all three, on the forge and in T3."""


def killed_and_then_well(here: World, nth: int) -> tuple[list[Issue], KillingTransport]:
    """Tick until the n-th write, and die there; then tick until everything is over."""
    repos = [here.repository(name, **CI_GRACE) for name in NAMES]
    issues = [here.issue(repo, "Add a till", "[[push=red,green]]") for repo in repos]
    transport = KillingTransport(nth, after=True)
    for _ in range(8):
        here.clock.sleep(120)
        here.t3.advance()
        try:
            here.run("tick", transport=transport)
        except Killed:
            break
        assert_always(here, issues)
    for _ in range(16):
        here.tick(after=120)
        assert_always(here, issues)
        if all(record(here, issue).get("stage") == "ended" for issue in issues):
            break
    here.tick(after=3600)
    return issues, transport


KILLS = [(kind, nth) for kind in Forge for nth in kill_points(kind, MOST_WRITES)]


@pytest.mark.parametrize(("kind", "nth"), KILLS)
def test_tick__killed_while_three_are_acted_on__each_ends_once(kind: Forge, nth: int) -> None:
    with world(kind) as here:
        issues, transport = killed_and_then_well(here, nth)

        assert transport.dead or transport.writes < nth
        for issue in issues:
            found = record(here, issue)
            assert (found["stage"], found["verdict"]) == ("ended", "done")
            assert issue.closed_at is not None
            assert max(Counter(said(here, issue)).values()) == 1, "no message twice"
        assert_locks(here, issues)
