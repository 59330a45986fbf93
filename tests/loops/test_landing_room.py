"""Places in a repository whose work lands by pull request: who waits for people holds none."""

import httpx
import pytest
from support.chaos import Killed
from support.landing import QUIET, begin, go_on, how, purposes, to_people, to_the_end, waits
from support.landing_oracle import working
from support.loops import both, comment, record, said, t3_down, threads, tick
from support.overheard import Mark
from support.poll_rig import Between, is_command
from support.rivals import RIVAL, rival, send

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World, world

BODY = "[[ci=green*]] [[slow=900]]"


def reviewed(here: World) -> Issue:
    """A run that waits for people; what they asked for is past its quiet time."""
    issue = begin(here, BODY)
    pull = to_people(here, issue)
    here.people.request_changes(pull, here.owner, "Greet louder, please.")
    here.clock.sleep(QUIET)
    return issue


def meet(here: World, issue: Issue) -> str:
    """Let another tick start a run right when this one has written down its turn."""
    project = threads(here, issue)[0].project_id
    made: list[str] = []

    def meddle(request: httpx.Request) -> None:
        if request.method == "PATCH" and not made:
            made.append(rival(here, RIVAL.format(99), project, starts=True))

    ticked = here.run("tick", transport=Between(meddle))
    assert ticked.exit_code == 0, ticked.output
    assert "another run went first" in ticked.output
    return made[0]


@both
def test_waiting_for_people__holds_no_place__the_next_one_starts(kind: Forge) -> None:
    with world(kind) as here:
        first = begin(here, BODY)
        to_people(here, first)
        second = here.issue(first.repo, "Add a sink", BODY)
        tick(here)

        assert record(here, second)["stage"] == "running"
        assert len(said(here, second)) == 1
        to_people(here, second)
        assert waits(here, first)


@both
def test_review__while_another_is_at_work__its_turn_waits_for_the_place(kind: Forge) -> None:
    with world(kind) as here:
        first = begin(here, BODY)
        pull = to_people(here, first)
        second = here.issue(first.repo, "Add a sink", "[[ci=green*]] [[slow=2000]]")
        tick(here)
        here.people.request_changes(pull, here.owner, "Greet louder, please.")
        for _ in range(6):
            tick(here, after=200)
            assert len(working(here, first.repo)) == 1
        assert purposes(here, first) == ["first"]
        assert "another run is at work here" in comment(here, first)
        assert waits(here, first)

        go_on(here, lambda: len(purposes(here, first)) > 1, ticks=30)

        assert purposes(here, first) == ["first", "review"]
        assert waits(here, second)


@both
def test_review__another_run_starts_at_that_moment__gives_the_place_back(kind: Forge) -> None:
    with world(kind) as here:
        issue = reviewed(here)
        thread = meet(here, issue)
        assert len(said(here, issue)) == 1
        assert waits(here, issue)
        tick(here)
        assert len(said(here, issue)) == 1
        assert waits(here, issue)

        send(here, "thread.delete", threadId=thread)
        tick(here)

        assert len(said(here, issue)) == 2
        assert purposes(here, issue) == ["first", "review"]
        assert not waits(here, issue)


@both
def test_review_taken_back__while_its_turn_waits_for_the_place__a_person_merges(
    kind: Forge,
) -> None:
    with world(kind) as here:
        issue = reviewed(here)
        meet(here, issue)
        pull = here.people.pull_for(issue)
        assert pull is not None
        here.people.approve(pull, here.owner)
        tick(here)
        here.people.merge(pull, here.owner)

        to_the_end(here, issue)

        assert how(here, issue) == ("done", "landed")
        assert len(said(here, issue)) == 1


@both
def test_turn_intended_and_its_tick_died__another_runs_now__waits_for_the_place(
    kind: Forge,
) -> None:
    with world(kind) as here:
        issue = reviewed(here)

        def die(request: httpx.Request) -> None:
            if is_command(request, "thread.turn.start"):
                raise Killed

        with pytest.raises(Killed):
            here.run("tick", transport=Between(die))
        assert not waits(here, issue)
        project = threads(here, issue)[0].project_id
        rival(here, RIVAL.format(99), project, starts=True)
        tick(here)

        assert waits(here, issue)
        assert len(said(here, issue)) == 1


@both
def test_t3_is_away_for_hours__a_review_is_due__handed_back_and_nothing_closed(
    kind: Forge,
) -> None:
    with world(kind) as here:
        issue = reviewed(here)
        pull = here.people.pull_for(issue)
        assert pull is not None
        t3_down(here)
        tick(here, code=1)
        after = Mark(here)
        here.tick(after=15_000)

        assert record(here, issue)["verdict"] == "frozen"
        assert record(here, issue)["reason"] == "unseen"
        assert pull.open
        assert issue.closed_at is None
        assert after.commands == []
