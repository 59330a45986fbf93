"""Several runs in one repository, and how many pull requests may wait for people there."""

from typing import Any

from support.landing import begin, ended, go_on, how, purposes, to_people, waits
from support.loops import CI_GRACE, both, record, records, said, threads, tick
from support.overheard import Mark

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World, world

SLOW = "[[slow=3000]] [[ci=green]]"


def several(here: World, *bodies: str, merge: str = "human", **settings: Any) -> list[Issue]:
    """One repository with room for two runs unless settings say otherwise, and its issues."""
    here.settings |= {"landing": "pull-request", "merge": merge}
    repo = here.repository("shop", **(CI_GRACE | {"runs_per_repository": 2} | settings))
    return [here.issue(repo, f"Task {number}", body) for number, body in enumerate(bodies, 1)]


def busy(here: World) -> int:
    """Return in how many threads an agent is at work; one at rest keeps its session."""
    here.t3.advance()
    sessions = [one.session for one in here.t3.state.threads.values() if one.deleted_at is None]
    return sum(one is not None and one.status == "running" for one in sessions)


def running(here: World, *issues: Issue) -> list[bool]:
    return [record(here, issue).get("stage") == "running" for issue in issues]


@both
def test_two_at_once__one_start_a_tick_and_never_a_third(kind: Forge) -> None:
    with world(kind) as here:
        issues = several(here, SLOW, SLOW, SLOW)
        tick(here)
        assert running(here, *issues) == [True, False, False]
        tick(here)
        assert running(here, *issues) == [True, True, False]
        for _ in range(3):
            tick(here)

        assert running(here, *issues) == [True, True, False]
        assert busy(here) == 2
        assert threads(here, issues[2]) == []
        branches = {record(here, one)["landing"]["branch"] for one in issues[:2]}
        assert len(branches) == 2
        for issue in issues[:2]:
            assert len(said(here, issue)) == 1
            assert f"Branch: {record(here, issue)['landing']['branch']}\n" in said(here, issue)[0]


@both
def test_two_at_once__a_place_that_is_free_again__is_taken(kind: Forge) -> None:
    with world(kind) as here:
        issues = several(here, "[[ci=green]]", SLOW, SLOW)
        go_on(here, lambda: all(running(here, *issues)))

        assert waits(here, issues[0])
        assert busy(here) == 2


@both
def test_two_at_once__on_the_same_line__both_land(kind: Forge) -> None:
    with world(kind) as here:
        body = "[[slow=240]] [[ci=green*]] [[touch=app.py:3]]"
        issues = several(here, body, body, merge="green", ci={"grace_seconds": 60, "reruns": 0})

        go_on(here, lambda: all(ended(here, one) for one in issues), ticks=30)

        assert [how(here, one) for one in issues] == [("done", "landed")] * 2
        assert sorted(purposes(here, issues[0]) + purposes(here, issues[1])) == [
            "first",
            "first",
            "rebase",
        ]
        pulls = [here.people.pull_for(one) for one in issues]
        assert all(one is not None and one.merge is not None for one in pulls)
        assert [len(records(here, one)) for one in issues] == [1, 1]


@both
def test_max_open_reviews__reached__nothing_starts_until_one_is_dealt_with(kind: Forge) -> None:
    with world(kind) as here:
        here.settings["max_open_reviews"] = 1
        first, second = several(here, "[[ci=green]]", SLOW, runs_per_repository=1)
        tick(here)
        pull = to_people(here, first)
        tick(here)
        after = Mark(here)
        for _ in range(3):
            tick(here, after=600)

        assert after.commands == []
        assert (after.writes, threads(here, second)) == ([], [])
        told = [one.body for one in second.comments if one.author is here.bot]
        assert "1 pull request waits for people in owner/shop (max_open_reviews=1)" in told[0]
        here.people.merge(pull, here.owner)
        go_on(here, lambda: running(here, second) == [True])
        assert how(here, first) == ("done", "landed")


@both
def test_room__held_by_another__a_review_waits_for_its_turn(kind: Forge) -> None:
    """A run that waits for people holds no place, and takes none that is taken."""
    with world(kind) as here:
        first = begin(here, "[[ci=green*]]")
        pull = to_people(here, first)
        second = here.issue(first.repo, "Add a sink", "[[slow=2400]] [[ci=green]]")
        go_on(here, lambda: running(here, second) == [True])
        here.people.request_changes(pull, here.owner, "Greet louder, please.")
        for _ in range(3):
            tick(here, after=300)
        assert purposes(here, first) == ["first"]
        assert busy(here) == 1

        go_on(here, lambda: purposes(here, first) == ["first", "review"], ticks=20, after=300)

        assert waits(here, second)
        assert len(said(here, first)) == 2
