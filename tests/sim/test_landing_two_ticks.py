"""Two ticks at once on runs that land by pull request: one pull request, one merge, no crowd.

Woven request by request, or one whole tick between two requests of another. A seed is a pattern;
``AFK_SIM_ALL=1`` plays more of them.
"""

from collections.abc import Callable

import httpx
import pytest
from support.chaos import Loom
from support.landing import QUIET, begin, ended, go_on, to_people, waits
from support.landing_oracle import assert_landing, assert_over, working
from support.landing_story import MOST_TICKS, POLICIES, Story
from support.loops import record, tick
from support.overheard import doorbell
from support.poll_rig import Between
from support.sampling import ALL, seeds

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World, world

MOST_REQUESTS = 44
POINTS = [(kind, nth) for nth in range(1, MOST_REQUESTS) for kind in Forge]
SOME_POINTS = [(list(Forge)[nth // 11 % 2], nth) for nth in range(1, MOST_REQUESTS, 11)]
AT_WORK = "[[ci=green*]] [[slow=900]]"


@pytest.mark.parametrize("seed", seeds(1, 30))
@pytest.mark.parametrize("kind", list(Forge))
def test_two_ticks__a_whole_landing_woven__as_if_alone(kind: Forge, seed: int) -> None:
    with world(kind) as here, doorbell(here) as bell:
        story = Story(here, POLICIES[seed % 3])
        for step in range(MOST_TICKS):
            here.clock.sleep(200)
            here.t3.advance()
            story.people()
            woven(here, seed * 100 + step, ("tick",), ("tick",))
            story.look()
            if story.over:
                break
        story.to_the_end()

        story.assert_told_once(bell, rings=2)


@pytest.mark.parametrize(("kind", "nth"), POINTS if ALL else SOME_POINTS)
def test_ticks__of_a_landing__each_overtaken_by_another__as_if_alone(kind: Forge, nth: int) -> None:
    with world(kind) as here, doorbell(here) as bell:
        story = Story(here, POLICIES[nth % 3])
        for _ in range(MOST_TICKS):
            sent: list[httpx.Request] = []

            def meddle(request: httpx.Request, sent: list[httpx.Request] = sent) -> None:
                sent.append(request)
                if len(sent) == nth:
                    other = here.run("tick")
                    assert other.exit_code == 0, other.output

            code, output = story.tick(Between(meddle))
            assert code in (0, 1), output
            if story.over:
                break
        story.to_the_end()

        story.assert_told_once(bell, rings=2)


def woven(here: World, seed: int, *commands: tuple[str, ...]) -> list[str]:
    """Run several ticks side by side; returns what each said."""
    outputs: list[str] = []

    def run(arguments: tuple[str, ...]) -> Callable[[httpx.BaseTransport], None]:
        return lambda transport: outputs.append(here.run(*arguments, transport=transport).output)

    Loom(seed).run(*(run(one) for one in commands))
    assert len(outputs) == len(commands)
    return outputs


def on(issue: Issue) -> tuple[str, ...]:
    """Return the command that acts on one issue only."""
    return ("tick", "--repo", issue.repo.full_name, "--issue", str(issue.number))


def crowd(here: World, waiting: int, busy: int, room: int) -> list[Issue]:
    """So many runs that wait for people with a review past its quiet time, so many at work."""
    issues = [begin(here, AT_WORK, runs_per_repository=room)]
    repo = issues[0].repo
    to_people(here, issues[0])
    for number in range(1, waiting):
        issues.append(here.issue(repo, f"Add a shelf {number}", AT_WORK))
        go_on(here, lambda: waits(here, issues[-1]), ticks=25)
    for number in range(busy):
        issues.append(here.issue(repo, f"Add a lamp {number}", "[[ci=green*]] [[slow=30000]]"))
        go_on(here, lambda: record(here, issues[-1]).get("stage") == "running")
    for issue in issues[:waiting]:
        pull = here.people.pull_for(issue)
        assert pull is not None
        here.people.request_changes(pull, here.people.reviewer(repo), f"Louder, {issue.number}.")
    here.clock.sleep(QUIET + 60)
    here.t3.advance()
    return issues


CROWDS = {
    "a start and a review": (1, 0, 1, 1),
    "two reviews": (2, 0, 0, 1),
    "a start and two reviews": (2, 0, 1, 1),
    "one place left of two": (1, 1, 1, 2),
    "two reviews for one place of two": (2, 1, 0, 2),
}
"""Runs that wait, runs at work, issues to start, and the room for all of them."""


@pytest.mark.parametrize("seed", seeds(1, 12))
@pytest.mark.parametrize("crowded", list(CROWDS))
@pytest.mark.parametrize("kind", list(Forge))
def test_two_ticks__start_or_wake_at_the_same_moment__no_more_at_work_than_there_is_room(
    kind: Forge, crowded: str, seed: int
) -> None:
    waiting, busy, new, room = CROWDS[crowded]
    with world(kind) as here:
        issues = crowd(here, waiting, busy, room)
        fresh = [here.issue(issues[0].repo, f"Add a bell {one}", AT_WORK) for one in range(new)]
        issues += fresh
        here.clock.sleep(60)
        here.t3.advance()
        woven(here, seed, *(on(one) for one in [*issues[:waiting], *fresh]))
        assert_landing(here, issues, room=room)

        told = [*issues[:waiting], *fresh]
        for _ in range(60):
            tick(here, after=200)
            assert_landing(here, issues, room=room)
            answered = all("review" in turns(here, one) for one in issues[:waiting])
            quiet = len(working(here, issues[0].repo)) <= busy
            if answered and quiet and all(waits(here, one) for one in told):
                break
        assert [turns(here, one) for one in issues[:waiting]] == [["first", "review"]] * waiting
        assert all(waits(here, one) for one in told)


def turns(here: World, issue: Issue) -> list[str]:
    """Return what the turns of an issue's run were for."""
    return [turn["purpose"] for turn in record(here, issue)["dialogue"]["turns"]]


@pytest.mark.parametrize("policy", ["green", "approved"])
@pytest.mark.parametrize("room", [2, 3])
@pytest.mark.parametrize("kind", list(Forge))
def test_several_runs__of_one_repository_on_the_same_line__all_land(
    kind: Forge, room: int, policy: str
) -> None:
    with world(kind) as here, doorbell(here) as bell:
        here.settings |= {"landing": "pull-request", "merge": policy, "conflict_turns": room}
        repo = here.repository("shop", ci={"grace_seconds": 60}, runs_per_repository=room)
        body = "[[ci=green*]] [[touch=app.py:3]] [[slow=700]]"
        issues = [here.issue(repo, f"Add a till {number}", body) for number in range(room + 1)]
        most = 0
        for _ in range(60):
            tick(here, after=200)
            assert_landing(here, issues, room=room)
            most = max(most, len(working(here, repo)))
            for issue in issues:
                pull = here.people.pull_for(issue)
                if policy == "approved" and pull is not None and pull.open and waits(here, issue):
                    here.people.approve(pull, here.people.reviewer(repo))
            if all(ended(here, issue) for issue in issues):
                break

        assert most == room
        for issue in issues:
            assert record(here, issue)["verdict"] == "done", record(here, issue)
            assert_over(here, issue, bell)
