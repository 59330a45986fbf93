"""Shards and ticks that overlap: each thinks there is room, and T3 decides who was first."""

from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest
from support.chaos import Loom
from support.loops import record as newest
from support.poll_rig import on_both_forges, polled
from support.sampling import seeds
from support.shards import plan, planned_round, several, shares, starts, tick_shard

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World, world

SHORT = "[[slow=200]] [[push]]"


def in_flight(here: World, issue: Issue) -> bool:
    return newest(here, issue).get("stage") in ("claimed", "running", "ending")


def woven(here: World, seed: int, *jobs: Callable[[httpx.BaseTransport], Any]) -> None:
    """Run jobs side by side, request by request."""

    def job(one: Callable[[httpx.BaseTransport], Any], transport: httpx.BaseTransport) -> None:
        one(transport)

    Loom(seed).run(*(partial(job, one) for one in jobs))
    here.t3.advance()


@pytest.mark.parametrize("seed", seeds(1, 30))
@on_both_forges
def test_shards__of_two_plans_at_once__keep_every_ceiling(kind: Forge, seed: int) -> None:
    """The second plan was made before the first one's shards had begun: each thinks it has room."""
    with world(kind) as here:
        here.settings |= {"max_in_flight": 2, "runs_per_day": 3}
        issues = several(here, 4, SHORT)
        here.clock.sleep(60)
        for step in range(3):
            two = [plan(here, "--shards", "4", "--fill", "1") for _ in range(2)]
            # The second plan's shards are others: its repositories stand elsewhere.
            mixed = [one for planned in two for one in shares(planned)]
            jobs = [
                (lambda transport, share=share: tick_shard(here, share, transport=transport))
                for share in mixed[:: 1 if step else -1]
            ]
            woven(here, seed * 10 + step, *jobs)
            assert sum(in_flight(here, one) for one in issues) <= 2
            assert sum(starts(here, issues)) <= 3
            here.clock.sleep(120)
            here.t3.advance()
        for _ in range(8):
            planned_round(here, shards=4, after=200)
        assert sum(starts(here, issues)) == 3
        assert sorted(bool(one.closed_at) for one in issues) == [False, True, True, True]


@pytest.mark.parametrize("seed", seeds(1, 30))
@on_both_forges
def test_ticks__two_at_once__keep_every_ceiling_too(kind: Forge, seed: int) -> None:
    """What decides between shards decides between ticks: each is pointed at another repository."""
    with world(kind) as here:
        here.settings["max_in_flight"] = 1
        issues = several(here, 3)
        here.clock.sleep(60)
        jobs = [
            (lambda transport, name=name: here.run("tick", "--repo", name, transport=transport))
            for name in ("owner/r0", "owner/r1", "owner/r2")
        ]
        woven(here, seed, *jobs)
        assert sum(starts(here, issues)) <= 1
        polled(here)
        polled(here)
        assert sum(starts(here, issues)) == 1
