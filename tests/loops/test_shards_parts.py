"""Shards that no plan has made, or none of this time."""

import json
from datetime import datetime, timedelta

from support.poll_rig import forget, on_both_forges, said
from support.shards import plan, several, shares, starts, tick_shard, told

from afk.types import Forge
from afk_sandbox.world import world


@on_both_forges
def test_part__without_a_plan__has_its_own_repositories_and_an_nth_of_each_ceiling(
    kind: Forge,
) -> None:
    with world(kind) as here:
        here.settings |= {"max_in_flight": 2, "max_dispatch_per_tick": 2, "runs_per_day": 2}
        issues = several(here, 8)
        for _ in range(2):
            for part in ("1/2", "2/2"):
                tick_shard(here, part)
            assert sum(starts(here, issues)) == 2
        ticked = [tick_shard(here, part) for part in ("1/2", "2/2")]
        decided = [one["issue"] for each in ticked for one in each.document["decisions"]]
        assert sorted(decided) == sorted(
            f"owner/r{n}#1" for n, begun in enumerate(starts(here, issues)) if not begun
        )
        assert {one["gate"] for each in ticked for one in each.document["decisions"]} == {
            "max_in_flight"
        }


def test_part__of_more_than_a_ceiling__is_refused_before_anything_is_asked() -> None:
    with world(Forge.FORGEJO) as here:
        several(here, 1)
        forget(here)
        ticked = tick_shard(here, "1/5")
        assert ticked.exit_code == 2
        assert "max_in_flight is 4, which is not enough for 5 shards" in said(ticked, "error")
        assert here.requests() == (0, 0)


def test_shard__of_a_plan_that_is_old__starts_nothing_and_says_so() -> None:
    with world(Forge.GITHUB) as here:
        issues = several(here, 2)
        (share,) = shares(plan(here))
        here.clock.sleep(3600)
        ticked = tick_shard(here, share)
        assert "nothing starts: the plan is too old" in said(ticked)
        assert starts(here, issues) == [0, 0]
        (share,) = shares(plan(here))
        assert "too old" not in said(tick_shard(here, share))
        assert starts(here, issues) == [1, 1]
        assert "there was nothing to plan" in said(tick_shard(here, "none"))


@on_both_forges
def test_shard__of_a_plan_by_another_clock__starts_nothing(kind: Forge) -> None:
    """T3's was set back, so whatever began since would count as older."""
    with world(kind) as here:
        issues = several(here, 1)
        (share,) = told(plan(here))
        as_of = datetime.fromisoformat(share["as_of"]) + timedelta(hours=1)
        ticked = tick_shard(here, json.dumps(share | {"as_of": as_of.isoformat()}))

        assert ticked.exit_code == 0, ticked.output
        assert starts(here, issues) == [0]
        tick_shard(here, json.dumps(share))
        assert starts(here, issues) == [1]
