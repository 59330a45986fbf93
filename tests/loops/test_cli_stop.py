"""`afk stop`: a person's act through afk; and ticks that are pointed at something."""

import httpx
import pytest
from support import troubles
from support.loops import at_work
from support.poll_rig import (
    BODY,
    STARTED,
    Between,
    assert_started,
    commands,
    forget,
    held,
    is_command,
    labels,
    on_both_forges,
    polled,
    record,
    said,
    threads,
    writes,
)

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, World, world


def two_runs(here: World) -> tuple[Issue, Issue]:
    """One issue in each of two repositories, both with an agent at work."""
    found = [here.issue(here.repository(name), "Add it", BODY) for name in ("shop", "site")]
    polled(here)
    for issue in found:
        assert_started(here, issue)
    return found[0], found[1]


def assert_stopped(here: World, issue: Issue) -> None:
    """The verdict, the labels off, and the issue as open as it was."""
    found = record(here, issue)
    assert (found["stage"], found["verdict"]) == ("ended", "stopped")
    assert found["reason"] == "stop-command"
    assert labels(issue) == set()
    assert issue.open
    assert "Somebody asked afk to stop this run" in issue.comments[0].body


@on_both_forges
def test_stop__one_run__ends_it_and_leaves_the_other(kind: Forge) -> None:
    with world(kind) as here:
        first, second = two_runs(here)
        here.clock.sleep(60)
        ticked = here.run("stop", first.ref, "--json")
        assert ticked.exit_code == 0
        assert ticked.document["stopped"] == [first.ref]
        assert_stopped(here, first)
        assert_started(here, second)
        assert at_work(here) == [record(here, second)["thread"]["id"]]
        assert held_off(here, first)


def held_off(here: World, issue: Issue) -> bool:
    """Say whether the next tick leaves a stopped issue alone."""
    forget(here)
    polled(here)
    return len(threads(here, issue)) == 1 and "thread.create" not in commands(here)


@on_both_forges
def test_stop__all__ends_every_run_and_starts_none(kind: Forge) -> None:
    with world(kind) as here:
        first, second = two_runs(here)
        waiting = here.issue(first.repo, "Add more", BODY)
        here.clock.sleep(60)
        ticked = here.run("stop", "--all", "--json")
        assert ticked.exit_code == 0
        assert sorted(ticked.document["stopped"]) == [first.ref, second.ref]
        assert_stopped(here, first)
        assert_stopped(here, second)
        assert at_work(here) == []
        assert threads(here, waiting) == []
        assert labels(waiting) == {READY}


@on_both_forges
def test_stop__before_the_kill_switch__leaves_nothing_at_work(kind: Forge) -> None:
    """The documented order; after it a tick sends nothing and nothing is left to look after."""
    with world(kind) as here:
        two_runs(here)
        here.run("stop", "--all")
        here.settings["kill_switch"] = True
        forget(here)
        assert polled(here).exit_code == 0
        assert here.requests() == (0, 0)
        assert at_work(here) == []


@on_both_forges
def test_stop__issue_without_a_run__says_so_and_writes_nothing(kind: Forge) -> None:
    with world(kind) as here:
        first, _ = two_runs(here)
        waiting = here.issue(first.repo, "Add more", BODY)
        for ref in (waiting.ref, "owner/shop#99"):
            forget(here)
            ticked = here.run("stop", ref, "--json")
            assert ticked.exit_code == 0
            assert "nothing to stop: no agent is at work there" in said(ticked)
            assert ticked.document["stopped"] == []
            assert writes(here) == []


@on_both_forges
def test_stop__dry_run__says_what_it_would_stop_and_writes_nothing(kind: Forge) -> None:
    with world(kind) as here:
        first, second = two_runs(here)
        forget(here)
        ticked = here.run("stop", "--all", "--dry-run", "--json")
        would = {one["issue"] for one in ticked.document["said"] if one["text"] == "would stop"}
        assert would == {first.ref, second.ref}
        assert "no such run" not in said(ticked)
        assert writes(here) == []


@on_both_forges
def test_stop__a_claim__is_ended_before_it_ever_ran(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.clock.sleep(60)

        def meddle(request: httpx.Request) -> httpx.Response | None:
            return httpx.Response(503) if is_command(request, "thread.create") else None

        here.run("tick", transport=Between(meddle))
        assert record(here, issue)["stage"] == "claimed"
        assert here.run("stop", issue.ref).exit_code == 0
        assert_stopped(here, issue)
        assert threads(here) == []


@on_both_forges
def test_stop__t3_out_of_reach__is_begun_and_completed_by_a_later_tick(kind: Forge) -> None:
    with world(kind) as here:
        first, _ = two_runs(here)
        here.faults["t3"] = lambda _method, _path: Fault("before")
        ticked = here.run("stop", first.ref, "--json")
        assert ticked.exit_code == 1
        assert "ending: waiting for the session to stop" in said(ticked)
        assert record(here, first)["stage"] == "ending"
        assert IN_PROGRESS in labels(first)
        del here.faults["t3"]
        polled(here)
        assert_stopped(here, first)


@on_both_forges
def test_stop__of_a_run_whose_end_has_begun__goes_on_with_it(kind: Forge) -> None:
    with world(kind) as here:
        first, _ = two_runs(here)
        here.faults["t3"] = lambda _method, _path: Fault("before")
        here.run("stop", first.ref)
        assert record(here, first)["stage"] == "ending"
        del here.faults["t3"]
        assert here.run("stop", first.ref, "--json").document["stopped"] == [first.ref]
        assert_stopped(here, first)


@on_both_forges
def test_stop__by_two_at_once__one_of_them_does_it(kind: Forge) -> None:
    with world(kind) as here:
        first, _ = two_runs(here)
        ran: list[int] = []

        def meddle(request: httpx.Request) -> None:
            comment = request.method == "GET" and "/issues/comments/" in request.url.path
            node = b"node(id" in request.content and b"IssueComment" in request.content
            if not ran and (comment or node):
                ran.append(0)
                ran[0] = here.run("stop", first.ref).exit_code

        ticked = here.run("stop", first.ref, "--json", transport=Between(meddle))
        assert (ran, ticked.exit_code) == ([0], 0)
        assert ticked.document["stopped"] == []
        assert_stopped(here, first)


@on_both_forges
def test_stop__twice__the_second_one_finds_nothing(kind: Forge) -> None:
    with world(kind) as here:
        first, _ = two_runs(here)
        here.run("stop", first.ref)
        forget(here)
        assert "nothing to stop: no agent is at work there" in here.run("stop", first.ref).output
        assert writes(here) == []


@on_both_forges
def test_stop__the_forge_fails_for_one__the_others_are_stopped(kind: Forge) -> None:
    with world(kind) as here:
        first, second = two_runs(here)
        refusal = Fault("before", 502, b"{}", "application/json")
        here.faults["forge"] = lambda method, path: (
            refusal if method in ("PATCH", "POST") and "owner/shop/" in path else None
        )
        ticked = here.run("stop", "--all", "--json")
        assert ticked.exit_code == 1
        assert ticked.document["stopped"] == [second.ref]
        assert "no such run" not in said(ticked)
        assert record(here, first)["stage"] == "running"
        del here.faults["forge"]
        assert here.run("stop", "--all", "--json").document["stopped"] == [first.ref]
        assert_stopped(here, first)


@pytest.mark.parametrize("struck", [1, 2, 3, 4, 5])
@on_both_forges
def test_stop__limited_in_the_middle__says_who_is_still_at_work(kind: Forge, struck: int) -> None:
    """Of three runs each takes two edits of its record, before its session is stopped and after."""
    with world(kind) as here:
        names = ("shop", "site", "stall")
        issues = [here.issue(here.repository(name), "Add it", BODY) for name in names]
        polled(here)
        agents = {record(here, one)["thread"]["id"]: one.ref for one in issues}
        edits: list[str] = []

        def limited(method: str, path: str) -> Fault | None:
            edits.extend([path] if method == "PATCH" and "/comments/" in path else [])
            return troubles.limited(here, "forge") if len(edits) >= struck else None

        here.faults["forge"] = limited
        ticked = here.run("stop", "--all", "--json")

        stopped = ticked.document["stopped"]
        assert ticked.exit_code == 1
        assert len(stopped) == (struck - 1) // 2
        assert len(edits) == struck
        (left,) = (one for one in said(ticked, "error").split("\n") if "not seen stopped" in one)
        at_work_still = {agents[one] for one in at_work(here)}
        assert {one.ref for one in issues if one.ref in left} == {*agents.values()} - {*stopped}
        assert at_work_still <= {*agents.values()} - {*stopped}
        assert len(at_work_still) == 3 - struck // 2
        del here.faults["forge"]
        again = here.run("stop", "--all", "--json")
        assert again.exit_code == 0
        assert {*again.document["stopped"]} == {*agents.values()} - {*stopped}
        for issue in issues:
            assert_stopped(here, issue)


@pytest.mark.parametrize("by", ["options", "variables"])
@on_both_forges
def test_tick__pointed_at_a_repository__acts_there_alone(kind: Forge, by: str) -> None:
    with world(kind) as here:
        issues = [here.issue(here.repository(name), "Add it", BODY) for name in ("shop", "site")]
        stray = here.forge.web_form_issue(issues[1].repo, here.stranger, [IN_PROGRESS])
        arguments = ["--repo", "owner/shop"] if by == "options" else []
        if by == "variables":
            here.environ["AFK_REPOSITORY"] = "owner/shop"
        ticked = polled(here, *arguments)
        assert [one["issue"] for one in ticked.document["decisions"]] == [issues[0].ref]
        assert_started(here, issues[0])
        assert issues[1].comments == stray.comments == []
        assert labels(stray) == {IN_PROGRESS}
        assert not any("owner/site" in one for one in writes(here))


@on_both_forges
def test_tick__pointed_at_an_issue_by_variables__starts_that_one(kind: Forge) -> None:
    """As a dispatched workflow does."""
    with world(kind) as here:
        repo = here.repository("shop")
        here.issue(repo, "Add it", BODY)
        second = here.issue(repo, "Add that", BODY)
        here.environ |= {"AFK_REPOSITORY": "owner/shop", "AFK_ISSUE": f" {second.number}\n"}
        ticked = polled(here)
        assert held(ticked, second) == STARTED
        assert len(ticked.document["decisions"]) == 1


@on_both_forges
def test_watch__pointed_at_one__leaves_the_other_run_as_it_is(kind: Forge) -> None:
    with world(kind) as here:
        repos = [here.repository(name) for name in ("shop", "site")]
        first, second = (here.issue(repo, "Add it", "[[idle]]") for repo in repos)
        polled(here)
        here.clock.sleep(60)
        assert here.run("watch", "--repo", "owner/site").exit_code == 0
        assert record(here, first)["stage"] == "running"
        assert record(here, second)["stage"] == "ended"
        assert labels(second) == {HUMAN}
