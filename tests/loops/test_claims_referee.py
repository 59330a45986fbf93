"""T3 as the referee: of a project's threads that run or are about to, the oldest goes on."""

import httpx
import pytest
from support.poll_rig import (
    BODY,
    STARTED,
    Between,
    assert_started,
    commands,
    forget,
    held,
    labels,
    on_both_forges,
    polled,
    prompts,
    record,
    records,
    said,
    threads,
    writes,
)
from support.rivals import contested, hiding, project_of, rival, send

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, READY, world


def only(issue: Issue) -> dict[str, str]:
    """Return what a workflow is given that was dispatched for one issue."""
    return {"AFK_REPOSITORY": issue.repo.full_name, "AFK_ISSUE": str(issue.number)}


@pytest.mark.protocol_1
@on_both_forges
def test_referee__an_older_thread_is_about_to_start__ours_gives_way_and_is_deleted(
    kind: Forge,
) -> None:
    with world(kind) as here:
        issue, _, thread = contested(here)
        # The rival shows only after this tick's first look, as when two ticks overlap.
        ticked = here.run("tick", "--json", transport=hiding(here, thread))
        assert ticked.exit_code == 0
        assert "another run of this repository goes first" in said(ticked, "event")
        assert held(ticked, issue) == STARTED
        returned = record(here, issue)
        assert (returned["stage"], returned["thread"]["attempt"]) == ("approved", 2)
        assert prompts(here, issue) == []
        assert threads(here, issue) == []
        assert commands(here)[-1] == "thread.delete"
        assert labels(issue) == {READY}
        assert "dispatch_failures" not in returned["thread"]


@pytest.mark.protocol_1
@on_both_forges
def test_referee__the_older_thread_is_at_work__ours_gives_way(kind: Forge) -> None:
    with world(kind) as here:
        issue, _, thread = contested(here, starts=True)
        here.run("tick", transport=hiding(here, thread))
        assert record(here, issue)["stage"] == "approved"
        assert threads(here, issue) == []


@on_both_forges
def test_referee__the_older_one_has_pushed_already__ours_gives_way(kind: Forge) -> None:
    """Its agent is at rest, its run is in flight: CI may turn red while ours is at work."""
    with world(kind) as here:
        repo = here.repository("shop")
        theirs = here.issue(repo, "Add a sink", "[[push=slow]]")
        issue = here.issue(repo, "Add a till", BODY)
        begun: list[str] = []

        def meddle(request: httpx.Request) -> httpx.Response | None:
            if request.url.path.endswith("/comments") and not begun:
                begun.append("theirs")
                here.run("tick", inputs=only(theirs))
                here.clock.sleep(20)
                here.t3.advance()
            return None

        here.clock.sleep(60)
        ticked = here.run("tick", "--json", transport=Between(meddle), inputs=only(issue))

        assert "another run of this repository goes first" in said(ticked, "event")
        assert record(here, theirs)["stage"] == "running"
        assert record(here, issue)["stage"] == "approved"
        assert prompts(here, issue) == []


@on_both_forges
def test_referee__the_older_one_never_started__is_waited_for_as_long_as_a_tick_lives(
    kind: Forge,
) -> None:
    with world(kind) as here:
        issue, theirs, _ = contested(here)
        here.settings["tick_seconds"] = 600
        polled(here, after=539)
        assert record(here, issue)["stage"] == "approved"
        assert threads(here, issue) == []
        polled(here, after=61)
        assert_started(here, issue)
        assert prompts(here, theirs) == []


@on_both_forges
def test_referee__thread_that_is_no_run_s__does_not_count(kind: Forge) -> None:
    """Somebody's own thread in the same project is none of afk's business."""
    with world(kind) as here:
        issue, _, _ = contested(here, title="Trying something out", starts=True)
        polled(here, after=0)
        assert_started(here, issue)


@on_both_forges
def test_referee__run_in_another_project__does_not_count(kind: Forge) -> None:
    with world(kind) as here:
        here.t3.folders["/srv/else"] = True
        project_of(here, "/srv/else")
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.repository("site")
        elsewhere = rival(here, "[afk 01234567] owner/site#9", "p/srv/else")
        polled(here, after=0)
        assert_started(here, issue)
        assert elsewhere in {one["id"] for one in threads(here)}


@on_both_forges
def test_referee__rival_whose_run_has_ended__does_not_count(kind: Forge) -> None:
    """A person went on in the thread of a run that is over: that locks nothing."""
    with world(kind) as here:
        repo = here.repository("shop")
        done = here.issue(repo, "Add a sink", "[[idle]]")
        polled(here)
        polled(here)
        assert record(here, done)["stage"] == "ended"
        modes = {"runtimeMode": "full-access", "interactionMode": "default"}
        text = {"messageId": "mine", "role": "user", "text": "go on [[hang]]", "attachments": []}
        old = record(here, done)["thread"]["id"]
        send(here, "thread.turn.start", threadId=old, message=text, **modes)
        issue = here.issue(repo, "Add a till", BODY)
        polled(here)
        assert_started(here, issue)
        assert len(prompts(here, done)) == 2


@pytest.mark.protocol_1
@pytest.mark.parametrize("why", ["deleted", "not to be read now"])
@on_both_forges
def test_referee__rival_s_issue_cannot_be_told__ours_gives_way(kind: Forge, why: str) -> None:
    """Then its run counts as alive."""
    with world(kind) as here:
        issue, theirs, thread = contested(here, starts=True)
        if why == "deleted":
            here.forge.delete_issue(theirs)
        unreadable = None if why == "deleted" else theirs
        assert here.run("poll", transport=hiding(here, thread, unreadable)).exit_code == 0
        assert record(here, issue)["stage"] == "approved"
        assert threads(here, issue) == []


@on_both_forges
def test_two_ticks__the_second_runs_whole_within_the_first__one_claim_one_thread(
    kind: Forge,
) -> None:
    """The inner tick claims and starts between the outer one's last look and its own claim."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.clock.sleep(60)
        ran: list[int] = []

        def meddle(request: httpx.Request) -> None:
            path = request.url.path
            if not ran and request.method == "POST" and path.endswith("/comments"):
                ran.append(0)
                ran[0] = here.run("tick").exit_code

        ticked = here.run("tick", "--json", transport=Between(meddle))
        assert (ran, ticked.exit_code) == ([0], 0)
        assert "dropped: another tick recorded the run first" in said(ticked, "event")
        assert len(records(here, issue)) == 1
        assert_started(here, issue)
        assert len(threads(here, issue)) == 1


@on_both_forges
def test_two_ticks__over_a_recorded_approval__the_slower_one_drops_its_claim(
    kind: Forge,
) -> None:
    with world(kind) as here:
        here.settings["max_in_flight"] = 0
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        polled(here)
        assert record(here, issue)["stage"] == "approved"
        del here.settings["max_in_flight"]
        here.clock.sleep(60)
        ran: list[int] = []

        def meddle(request: httpx.Request) -> None:
            reads_a_comment = "/issues/comments/" in request.url.path or (
                b"on IssueComment" in request.content and b"node(id" in request.content
            )
            if not ran and reads_a_comment:
                ran.append(0)
                ran[0] = here.run("tick").exit_code

        ticked = here.run("tick", "--json", transport=Between(meddle))
        assert (ran, ticked.exit_code) == ([0], 0)
        assert "dropped: another tick wrote the record first" in said(ticked, "event")
        assert_started(here, issue)
        assert len(threads(here, issue)) == 1


@on_both_forges
def test_two_ticks__the_issue_vanishes_before_the_claim__nothing_is_written(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.clock.sleep(60)

        def meddle(request: httpx.Request) -> None:
            if request.url.path.endswith(("/permission", "/assignees")):
                issue.repo.issues.pop(issue.number, None)

        ticked = here.run("tick", "--json", transport=Between(meddle))
        assert ticked.exit_code in (0, 1)
        assert writes(here) == []


@on_both_forges
def test_project__that_a_person_made_for_the_folder__is_used(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        theirs = project_of(here, "/srv/shop")
        polled(here)
        assert [one["projectId"] for one in threads(here, issue)] == [theirs]
        assert "project.create" not in commands(here)


@on_both_forges
def test_project__deleted_by_a_person__gets_a_successor_under_another_id(kind: Forge) -> None:
    """A deleted project keeps its id for ever: T3 answers an opaque 500."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", "[[idle]]")
        polled(here)
        (first,) = {one["projectId"] for one in threads(here, issue)}
        polled(here)
        assert labels(issue) == {HUMAN}
        send(here, "project.delete", projectId=first, force=True)
        other = here.issue(issue.repo, "Add a sink", BODY)
        forget(here)
        assert polled(here).exit_code == 0
        assert_started(here, other)
        assert commands(here).count("project.create") == 2
        assert {one["projectId"] for one in threads(here, other)} != {first}
