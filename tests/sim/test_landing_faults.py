"""Every request of a landing goes wrong: it ends as without the fault, only later.

In every second tick of a run its n-th request is struck in one way, n and way being the same
throughout; the ticks between are clean, so each fault is a single one. By default the way moves on
with n and the forges take turns; ``AFK_SIM_ALL=1`` plays every way at every n on both.
"""

import pytest
from support.invariants import assert_no_secrets
from support.landing_story import MOST_TICKS, POLICIES, Story
from support.overheard import doorbell
from support.sampling import ALL
from support.striking import EVERY_WAY, Memory, Striking

from afk.types import Forge
from afk_sandbox.world import world

MOST_REQUESTS = 52
"""At least as many as any tick of a landing has."""
EVERY = [(kind, nth, how) for kind in Forge for nth in range(1, MOST_REQUESTS) for how in EVERY_WAY]
SAMPLE = [
    (list(Forge)[nth // 2 % 2], nth, EVERY_WAY[7 * nth % len(EVERY_WAY)])
    for nth in range(1, MOST_REQUESTS, 2)
]


@pytest.mark.parametrize(("kind", "nth", "how"), EVERY if ALL else SAMPLE)
def test_landing__one_request_of_every_second_tick_goes_wrong__ends_as_without_it(
    kind: Forge, nth: int, how: str
) -> None:
    policy = POLICIES[(nth + EVERY_WAY.index(how)) % len(POLICIES)]
    with world(kind) as here, doorbell(here) as bell:
        story, memory, outputs = Story(here, policy), Memory(), []
        for step in range(2 * MOST_TICKS):
            transport = Striking(here, 0 if step % 2 else nth, how, memory)
            code, output = story.tick(transport)
            outputs.append(output)
            assert code in ((0, 1) if transport.struck else (0,)), (transport.struck, output)
            assert transport.seen < MOST_REQUESTS
            if story.over:
                break
        story.to_the_end()

        story.assert_told_once(bell, rings=2)
        assert_no_secrets(here, outputs, [bell])
