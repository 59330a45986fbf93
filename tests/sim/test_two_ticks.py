"""Two ticks at once, woven request by request: one thread, one verdict.

A seed is a pattern; ``AFK_SIM_ALL=1`` plays more of them.
"""

import pytest
from support.chaos import Loom
from support.happy import (
    assert_one_done_run,
    begin,
    live_threads,
    tick_until_settled,
    user_messages,
)
from support.sampling import seeds

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World, world


def weave(here: World, seed: int) -> None:
    """Run two whole ticks side by side."""
    outputs: list[str] = []

    def tick(transport: object) -> None:
        outputs.append(here.run("tick", transport=transport).output)  # type: ignore[arg-type]

    Loom(seed).run(tick, tick)
    assert len(outputs) == 2


@pytest.mark.parametrize("seed", seeds(3, 40))
@pytest.mark.parametrize("kind", list(Forge))
def test_two_ticks__happy_path__one_thread_one_verdict(kind: Forge, seed: int) -> None:
    """Every step of the way two ticks overlap, in another pattern per seed."""
    with world(kind) as here:
        issue = begin(here)
        for step in range(4):
            here.clock.sleep(120)
            weave(here, seed * 100 + step)
            assert len(user_messages(here, issue)) <= 1
        tick_until_settled(here, issue)

        assert_one_done_run(here, issue)


@pytest.mark.parametrize("seed", seeds(3, 40))
@pytest.mark.parametrize("kind", list(Forge))
def test_two_ticks__two_issues_of_one_repository__one_runs(kind: Forge, seed: int) -> None:
    """Each tick is pointed at another issue of one repository; T3 decides between them."""
    with world(kind) as here:
        repo = here.repository("shop", ci={"grace_seconds": 60})
        issues = [here.issue(repo, f"Add {what}", "[[slow=300]] [[push]]") for what in "ab"]
        here.clock.sleep(60)

        def tick(issue: Issue) -> object:
            arguments = ("tick", "--repo", "owner/shop", "--issue", str(issue.number))
            return lambda transport: here.run(*arguments, transport=transport)

        Loom(seed).run(*(tick(issue) for issue in issues))  # type: ignore[arg-type]

        assert len(live_threads(here)) <= 1
        for _ in range(16):
            here.tick(after=120)
            assert len(live_threads(here)) <= 1
            if all(issue.closed_at is not None for issue in issues):
                break
        assert all(issue.closed_at is not None for issue in issues)
        assert [len(user_messages(here, issue)) for issue in issues] == [1, 1]
