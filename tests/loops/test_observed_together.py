"""What many runs share: the requests of a tick that watches them; a trouble stays one's own.

The bounds are those of the design: on GitHub one request for the listing and one for each 25 runs,
on Forgejo what a run has alone (its issue, its commit), and the rest once a repository.
"""

import math
import re
from collections import Counter

import pytest
from support.loops import record, tick
from support.overheard import Mark

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.forge.records import Issue, Repository
from afk_sandbox.world import IN_PROGRESS, World, world

both = pytest.mark.parametrize("kind", list(Forge))
RUNS = 2


def in_one_repository(here: World, runs: int = RUNS) -> list[Issue]:
    """Runs that land by pull request, all at work side by side."""
    here.settings |= {"landing": "pull-request", "merge": "approved", "max_in_flight": runs}
    here.settings |= {"runs_per_repository": runs, "max_open_reviews": runs, "runs_per_day": 99}
    repo = here.repository("shop")
    issues = [here.issue(repo, f"Add {n}", "[[slow=3000]] [[ci=slow]]") for n in range(runs)]
    for _ in range(runs):
        tick(here, after=1)
    tick(here)
    assert all(record(here, one)["stage"] == "running" for one in issues)
    return issues


def asked(here: World) -> Counter[str]:
    """Tick, and return what the forge was asked, by kind of thing."""
    mark = Mark(here)
    tick(here)
    assert mark.writes == []
    return Counter(_kind(one.path) for one in mark.forge)


def _kind(path: str) -> str:
    found = re.findall(r"/(graphql|timeline|compare|statuses|runs|pulls|commits|branches)\b", path)
    return str(found[-1]) if found else "else"


@both
def test_watch__runs_of_one_repository__share_what_they_read(kind: Forge) -> None:
    with world(kind) as here:
        in_one_repository(here)
        at_work = asked(here)
        tick(here, after=3000)
        tick(here, after=5)
        ci = asked(here)
        here.clock.sleep(300)
        for _ in range(4):
            tick(here)
        people = asked(here)

        for counted in (at_work, ci, people):
            if kind is Forge.GITHUB:
                assert counted.total() == 1 + math.ceil(RUNS / 25)
                continue
            assert counted["pulls"] == 1
            assert counted["timeline"] == RUNS
            assert counted["commits"] == counted["branches"] == 0
        if kind is Forge.FORGEJO:
            assert at_work["compare"] == 1 + RUNS, "the base, and each branch that is not there yet"
            assert ci["compare"] == people["compare"] == 1
            assert ci["statuses"] == people["statuses"] == people["runs"] == RUNS


@both
def test_watch__new_commits_on_the_base__compared_once(kind: Forge) -> None:
    """Runs that began at different commits of one branch."""
    with world(kind) as here:
        first = in_one_repository(here, 2)
        repo = first[0].repo
        here.settings |= {"max_in_flight": 3, "runs_per_repository": 3}
        push(here, repo, 2)
        first.append(here.issue(repo, "Add one more", "[[slow=3000]] [[ci=slow]]"))
        tick(here)
        push(here, repo, 3)
        tick(here)
        assert len({record(here, one)["commits"]["base"] for one in first}) == 2

        counted = asked(here)

        assert counted["compare"] == (1 + 3 if kind is Forge.FORGEJO else 0)


def push(here: World, repo: Repository, count: int) -> None:
    """Let others push to the default branch."""
    for number in range(count):
        here.forge.push(repo, repo.default_branch, f"other {number}\n\nCI: none", here.owner)


def test_watch__one_repository_out_of_order__is_its_own_trouble() -> None:
    """Asked for together it would spoil the others: then each repository is asked by itself."""
    with world(Forge.FORGEJO) as here:
        names = ("shop", "site", "blog")
        issues = [here.issue(here.repository(one), "Add a till", "[[slow=3000]]") for one in names]
        tick(here)
        tick(here)
        fault, broken = Fault("before", status=502), "/owner/site/compare/"
        here.faults["forge"] = lambda _method, path: fault if broken in path else None
        mark = Mark(here)

        said = tick(here, code=1)

        assert mark.writes == []
        for one in issues:
            assert IN_PROGRESS in {label.name for label in one.labels}
            assert record(here, one)["stage"] == "running"
        assert "owner/shop#1 waits: the agent is at work" in said
        assert "owner/blog#1 waits: the agent is at work" in said
        assert "owner/site#1 waits" not in said
