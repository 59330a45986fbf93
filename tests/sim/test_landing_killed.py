"""A landing by pull request, killed at any of its writes: the next ticks take it to its end.

The run meets a conflict, red CI and a review on its way, and is merged by whom the policy names.
Killed before a write is killed after the one before it. By default every
fifth write is one of three policies' and the forges take turns; ``AFK_SIM_ALL=1`` plays each of
them on both.
"""

import pytest
from support.chaos import Killed, KillingTransport
from support.invariants import assert_locks
from support.landing_story import MOST_TICKS, POLICIES, Story
from support.overheard import doorbell
from support.sampling import ALL

from afk.types import Forge
from afk_sandbox.world import world

MOST_WRITES = 36
"""At least as many as a landing has on either forge, in T3 and at the doorbells together."""
EVERY = [
    (kind, policy, nth) for nth in range(1, MOST_WRITES) for kind in Forge for policy in POLICIES
]
"""The sample takes every fifth write, the policies and the forges in turns."""
SAMPLE = [(list(Forge)[nth // 5 % 2], POLICIES[nth % 3], nth) for nth in range(1, MOST_WRITES, 5)]


def killed(story: Story, transport: KillingTransport) -> None:
    """Tick until the tick is killed, or the run is over."""
    for _ in range(MOST_TICKS):
        try:
            story.tick(transport)
        except Killed:
            return
        if story.over:
            return


@pytest.mark.parametrize(("kind", "policy", "nth"), EVERY if ALL else SAMPLE)
def test_landing__killed_at_a_write__goes_on_and_ends_right(
    kind: Forge, policy: str, nth: int
) -> None:
    with world(kind) as here, doorbell(here) as bell:
        story = Story(here, policy)
        transport = KillingTransport(nth, after=True)
        killed(story, transport)
        story.look()
        for _ in range(2):
            code, output = story.tick()
            assert code == 0, output
        assert_locks(here, [story.issue])
        story.to_the_end()

        assert transport.writes <= nth
        assert transport.dead or transport.writes < nth
        story.assert_told_once(bell, rings=2 if transport.rang else 1)
