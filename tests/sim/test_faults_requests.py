"""Every request of a whole run goes wrong once: it ends as without the fault, only later.

The run is started, pushes red, is corrected, pushes green and is closed: what any run asks of
either server. Each of these requests is struck in a world of its own. By default the way it goes
wrong moves on from request to request; ``AFK_SIM_ALL=1`` plays every way on every request.
"""

from itertools import count

import pytest
from support.invariants import (
    assert_always,
    assert_disarmed,
    assert_locks,
    assert_no_secrets,
    assert_settled,
)
from support.loops import CI_GRACE, records, threads
from support.overheard import doorbell
from support.sampling import ALL
from support.troubles import KINDS, Server, Trouble, arm, tick

from afk.types import Forge
from afk_sandbox.world import world

SHARDS = 4
TICKS = 14


def play(kind: Forge, server: Server, nth: int, how: str) -> bool:
    """Play the run with one request struck; False when it has no such request."""
    with world(kind) as here, doorbell(here) as bell:
        issue = here.issue(here.repository("shop", **CI_GRACE), "Add a till", "[[push=red,green]]")
        trouble = Trouble(here, server, nth, how)
        arm(here, [trouble])
        outputs: list[str] = []
        clean = 0
        for _ in range(TICKS):
            before = len(trouble.struck)
            code, output = tick(here, [trouble])
            outputs.append(output)
            struck = len(trouble.struck) > before
            assert code in ((0, 1) if struck else (0,)), output
            assert_always(here, [issue])
            if struck:
                assert_disarmed(here)
            clean = 0 if struck else clean + 1
            if clean >= 2:
                assert_locks(here, [issue])
            if clean and all(one["stage"] == "ended" for one in records(here, issue)):
                break

        assert_settled(here, [issue], bell)
        [found] = records(here, issue)
        assert found["verdict"] == "done"
        purposes = [turn["purpose"] for turn in found["dialogue"]["turns"]]
        assert purposes == ["first", "fix-forward"]
        assert len([thread for thread in threads(here, issue) if thread.messages]) == 1
        assert_no_secrets(here, outputs, [bell])
        return bool(trouble.struck)


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("server", ["forge", "t3"])
@pytest.mark.parametrize("kind", list(Forge))
def test_one_request__goes_wrong__ends_as_without_it(
    kind: Forge, server: Server, shard: int
) -> None:
    """What both forges ask of T3 is the same, so by default they share its requests."""
    step = SHARDS if ALL or server == "forge" else 2 * SHARDS
    first = shard + 1 if step == SHARDS else 2 * shard + 1 + list(Forge).index(kind)
    struck = 0
    for nth in count(first, step):
        ways = KINDS if ALL else (KINDS[(5 * nth + 3 * list(Forge).index(kind)) % len(KINDS)],)
        for how in ways:
            try:
                met = play(kind, server, nth, how)
            except AssertionError as error:
                error.add_note(f"{how} at request {nth} of {server}")
                raise
        if not met:
            break
        struck += 1
    assert struck >= (7 if server == "forge" else 2)
