"""What CI says, does not say, or says too early, and what a run makes of it."""

from dataclasses import replace

import pytest
from support.loops import (
    HOUR,
    assert_ended,
    both,
    comment,
    record,
    said,
    start,
    tick,
    until,
)
from support.overheard import Mark, doorbell

from afk.types import Forge
from afk_sandbox.forge.ci import CI, DEPLOY, Job, Pace
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World, world


def begin(here: World, body: str, **settings: object) -> Issue:
    """Start a run in a repository with a deploy workflow beside its CI."""
    repo = here.repository("shop", **{"ci": {"grace_seconds": 60}, **settings})
    repo.workflows = (CI, DEPLOY)
    issue = here.issue(repo, "Add a till", body)
    tick(here)
    return issue


@both
def test_ci__says_nothing_for_ever__frozen_after_ci_seconds(kind: Forge) -> None:
    """No check appears at all: not green, not red, and nobody pays an agent for it."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[push=none]]")
        tick(here)
        tick(here, after=2 * HOUR - 120)
        assert record(here, issue)["stage"] == "running"

        tick(here, after=120)

        assert_ended(here, issue, "frozen", "ci-silent")
        assert "`ci_seconds=7200`" in comment(here, issue)
        assert len(bell.rings) == 1


@both
def test_ci__none_is_green__closed_after_the_grace(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[push=none]]", ci={"none": "green", "grace_seconds": 600})
        tick(here, after=300)
        tick(here, after=200)
        assert issue.closed_at is None

        until(here, issue, after=200)

        assert_ended(here, issue, "done", "landed")


@both
def test_ci__pending_for_long__closed_when_it_is_green(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[push=slow]]")
        for _ in range(3):
            tick(here, after=60)
            assert issue.closed_at is None

        until(here, issue, after=300)

        assert_ended(here, issue, "done", "landed")


@both
def test_ci__set_of_checks_grows__green_waits_for_the_last_one(kind: Forge) -> None:
    """All that is there is green, and the workflow that decides has not appeared yet."""
    with world(kind) as here:
        here.forge.pace = Pace(rest=90)
        late = replace(CI, name="late", file="late.yml", jobs=(Job("early"), Job("later")))
        repo = here.repository("shop", ci={"grace_seconds": 300})
        repo.workflows = (late,)
        issue = here.issue(repo, "Add a till", "[[push]]")
        tick(here)
        here.t3.advance()

        tick(here, after=30)
        tick(here, after=30)
        assert issue.closed_at is None
        until(here, issue)

        assert_ended(here, issue, "done", "landed")


@both
@pytest.mark.parametrize("tip", ["green", "red"])
def test_ci__cancelled_by_a_newer_push__the_tip_may_say_green(kind: Forge, tip: str) -> None:
    """A tip that contains the commit decides if it is green; its red is nobody's but its own."""
    with world(kind) as here:
        issue = start(here, "[[push=slow]]")
        here.clock.sleep(5)
        here.forge.push(issue.repo, "main", f"Something else\n\nCI: {tip}", here.owner)
        before = Mark(here)

        for _ in range(4):
            tick(here, after=120)

        if tip == "green":
            assert_ended(here, issue, "done", "landed")
            return
        assert record(here, issue)["stage"] == "running"
        assert "thread.turn.start" not in before.commands
        tick(here, after=2 * HOUR)
        assert_ended(here, issue, "frozen", "ci-silent")


@both
def test_ci__own_red_beside_a_green_tip__own_verdict_wins(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[push=red,green]]")
        here.clock.sleep(30)
        here.forge.push(issue.repo, "main", "Something else\n\nCI: green", here.owner)

        tick(here, after=30)

        assert len(said(here, issue)) == 2
        until(here, issue)
        assert_ended(here, issue, "done", "landed", turns=2)


@pytest.mark.parametrize("kind", [Forge.GITHUB])
def test_ci__runner_is_lost__no_corrective_turn_ever(kind: Forge) -> None:
    """An outage is not red: it waits, and a person hears of it in the end."""
    with world(kind) as here:
        issue = start(here, "[[push=lost]]")
        before = Mark(here)

        for _ in range(5):
            tick(here, after=1800)

        assert_ended(here, issue, "frozen", "ci-silent")
        assert "thread.turn.start" not in before.commands


@both
def test_ci__required_names_one_check__the_others_do_not_count(kind: Forge) -> None:
    """``ci.required`` says what must be green: a red check beside it costs nobody a turn."""
    with world(kind) as here:
        issue = start(here, "[[push=red]]", ci={"required": ["ci / lint"], "grace_seconds": 60})

        until(here, issue)

        assert_ended(here, issue, "done", "landed")


@both
@pytest.mark.parametrize(
    ("word", "turns"), [("green", 1), ("deploy-red,green", 2)], ids=["green", "red"]
)
def test_deploy__by_workflow__decides_after_the_build(kind: Forge, word: str, turns: int) -> None:
    """A failed deploy is red although every check of the build is green."""
    with world(kind) as here:
        issue = begin(here, f"[[push={word}]]", deploy={"workflow": "deploy"})
        here.t3.advance()
        tick(here, after=9)
        assert issue.closed_at is None

        found = until(here, issue)

        assert_ended(here, issue, "done", "landed", turns=turns)
        assert "deployed" in found["phases"]
        assert "- [x] deployed" in comment(here, issue)
        if turns == 2:
            assert "deploy" in said(here, issue)[1]


@both
def test_deploy__never_runs__frozen_not_closed(kind: Forge) -> None:
    """Green checks are not enough where a deploy has to be seen."""
    with world(kind) as here:
        issue = start(here, "[[push]]", deploy={"workflow": "deploy"})
        tick(here)
        tick(here, after=2 * HOUR - 120)
        assert issue.closed_at is None
        assert record(here, issue)["stage"] == "running"

        tick(here, after=120)

        assert_ended(here, issue, "frozen", "ci-silent")


@both
def test_commit__without_the_trailer__is_not_the_runs(kind: Forge) -> None:
    """A commit that only names the issue proves nothing: somebody else may have pushed it."""
    with world(kind) as here:
        issue = start(here, "[[idle]] [[slow=300]]")
        text = f"Add a till (#{issue.number})\n\nAFK-Run: {'0' * 36}"
        here.forge.push(issue.repo, "main", text, here.owner)
        tick(here)

        until(here, issue)

        assert_ended(here, issue, "needs-human", "unmarked-commits")
