"""A tick killed after any write: the next ticks put it right.

Killed before a write is killed after the one before it.
"""

import pytest
from support.chaos import Killed, KillingTransport
from support.happy import MOST_WRITES, assert_one_done_run, begin, tick_until_settled

from afk.types import Forge
from afk_sandbox.world import world


@pytest.mark.parametrize("nth", range(1, MOST_WRITES + 1))
@pytest.mark.parametrize("kind", list(Forge))
def test_tick__killed_at_a_write__one_thread_one_verdict(kind: Forge, nth: int) -> None:
    """Writes are counted over the whole happy path; ticks before and after are clean."""
    with world(kind) as here:
        issue = begin(here)
        transport = KillingTransport(nth, after=True)
        for _ in range(6):
            here.clock.sleep(120)
            try:
                here.run("tick", transport=transport)
            except Killed:
                break
        tick_until_settled(here, issue)

        assert transport.dead or transport.writes < nth
        assert_one_done_run(here, issue)
