"""A thousand repositories: plan and shards come to the same end as one tick that does it all."""

import pytest
from support.loops import labels, record
from support.poll_rig import threads
from support.sampling import ALL
from support.shards import plan, shares, tick_shard

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import READY, World, world

HOUSES = {
    (Forge.FORGEJO, "1,000"): (1_000, 1_000, 200),
    (Forge.GITHUB, "1,000"): (1_000, 1_000, 15),
    (Forge.FORGEJO, "60"): (60, 60, 12),
    (Forge.GITHUB, "60"): (60, 60, 12),
}
"""Repositories, issues that wait, and runs at work, as many as may be.

On GitHub as many as its pace for writes lets end and start within one tick: where that takes
several, which issues are first depends on what ends first.
"""
TWICE = Forge.FORGEJO, "1,000"
"""Minutes; with ``AFK_SIM_ALL=1``."""


def filled(here: World, repositories: int, waiting: int, runs: int) -> list[Issue]:
    """Fill a world with runs and with issues that wait for them; returns all of the issues."""
    here.threads = False
    here.settings |= {
        "max_in_flight": runs,
        "max_dispatch_per_tick": runs,
        "runs_per_day": waiting + 2 * runs,
        "trusted": [here.owner.id],  # whom nobody has to be asked about in each repository
    }
    repos = [here.repository(f"r{n}") for n in range(repositories)]
    at_work = [_ready(here, one, "[[slow=900]] [[push]]") for one in repos[-runs:]]
    here.tick()
    here.t3.advance()
    assert len(threads(here)) == runs
    waits = [_ready(here, repos[n % repositories], "[[slow=9000]]") for n in range(waiting)]
    for level, one in ((1, waits[-1]), (2, waits[waiting // 2])):
        here.forge.define_label(one.repo, f"priority:{level}")
        here.forge.add_label(one, f"priority:{level}", here.owner)
    return [*at_work, *waits]


def _ready(here: World, repo: object, body: str) -> Issue:
    here.clock.sleep(1)
    issue = here.forge.open_issue(repo, "Do it", here.owner, body=body)  # type: ignore[arg-type]
    here.forge.add_label(issue, READY, here.owner)
    return issue


def one_tick(here: World) -> None:
    here.tick()


def plan_and_shards(here: World) -> None:
    here.clock.sleep(60)
    here.t3.advance()
    for share in shares(plan(here, "--shards", "8")):
        assert tick_shard(here, share).exit_code == 0


def played(kind: Forge, house: str, does: object) -> list[tuple[object, ...]]:
    """Let the runs end and the next ones start; returns how every issue stands then."""
    with world(kind) as here:
        issues, runs = filled(here, *HOUSES[kind, house]), HOUSES[kind, house][2]
        for _ in range(8):
            does(here)  # type: ignore[operator]
            here.t3.advance()
            if len(threads(here)) == 2 * runs:
                break
            here.clock.sleep(240)
        assert len(threads(here)) == 2 * runs
        assert all(one.closed_at for one in issues[:runs])
        return [
            (
                one.repo.full_name,
                one.number,
                _stage(here, one),
                sorted(labels(one)),
                one.closed_at is not None,
                len(threads(here, one)),
            )
            for one in issues
        ]


def _stage(here: World, issue: Issue) -> str:
    """Return where a run stands; whether an approval that waits was written down is all one.

    So many of them take more ticks, and how many each writes down differs.
    """
    stage = str(record(here, issue).get("stage", "approved"))
    return "waits" if stage == "approved" else stage


@pytest.mark.parametrize(
    ("kind", "house"),
    [one for one in HOUSES if ALL or one != TWICE],
)
def test_many_repositories__plan_and_shards__the_same_end_as_one_tick(
    kind: Forge, house: str
) -> None:
    assert played(kind, house, plan_and_shards) == played(kind, house, one_tick)
