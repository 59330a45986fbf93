"""Every request of a landing goes wrong: it ends as without the fault, only later.

In every second tick of a run its n-th request is struck in one way, n and way being the same
throughout; the ticks between are clean, so each fault is a single one. By default n
moves on by seven and the way with it; ``AFK_SIM_ALL=1`` plays every way at every n, the forges
taking turns.
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
MOST_ON_GITHUB = 28
POINTS = [(nth, way) for nth in range(1, MOST_REQUESTS) for way in range(len(EVERY_WAY))]
SAMPLE = [(nth, 7 * nth // 3 % len(EVERY_WAY)) for nth in range(1, MOST_REQUESTS, 7)]


def forge_of(nth: int, way: int) -> Forge:
    """Return whose turn it is; a tick on GitHub has fewer requests."""
    return list(Forge)[(nth + way) % 2] if nth <= MOST_ON_GITHUB else Forge.FORGEJO


@pytest.mark.parametrize(("nth", "way"), POINTS if ALL else SAMPLE)
def test_landing__one_request_of_every_second_tick_goes_wrong__ends_as_without_it(
    nth: int, way: int
) -> None:
    how, policy = EVERY_WAY[way], POLICIES[(nth + way) % len(POLICIES)]
    with world(forge_of(nth, way)) as here, doorbell(here) as bell:
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
        assert story.tick()[0] == 0  # takes off what the end left on where that was not answered

        story.assert_told_once(bell, rings=2)
        assert_no_secrets(here, outputs, [bell])
