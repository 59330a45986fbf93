"""T3 says no, or nothing, while a run starts: parked, tried again, or waited for; never locked."""

from typing import Any

import httpx
import pytest
from support.overheard import doorbell
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
    prompts,
    ready,
    record,
    said,
    spoiling,
    threads,
    writes,
)
from support.straight import Straight

from afk.types import Forge
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, READY, TRACKED, World, world

HOUR = 3600


def assert_never_locked(issue: Issue) -> None:
    """The in-progress label was never put on by anybody."""
    added = [one.label for one in issue.events if one.kind is EventKind.LABELED]
    assert {label.name for label in added if label} <= {READY, HUMAN, TRACKED}


def tick_through(here: World, transport: httpx.BaseTransport) -> int:
    """Tick a minute later over this transport; returns the exit code."""
    here.clock.sleep(60)
    return here.run("tick", transport=transport).exit_code


@pytest.mark.protocol_1
@on_both_forges
def test_workspace__that_does_not_exist_on_t3_s_host__parks_at_once(kind: Forge) -> None:
    """A 400 says that asking again is of no use."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        del here.t3.folders["/srv/shop"]
        ticked = polled(here)
        assert ticked.exit_code == 1
        assert "refused with 400" in said(ticked, "error")
        found = record(here, issue)
        assert (found["stage"], found["verdict"]) == ("ended", "needs-human")
        assert found["reason"] == "workspace-refused"
        assert labels(issue) == {HUMAN}
        assert "Correct `workspace` in the configuration" in issue.comments[0].body
        assert commands(here) == ["project.create"]
        assert_never_locked(issue)
        assert ticked.document["runs"] == []
        forget(here)
        assert polled(here).exit_code == 0
        assert writes(here) == []


@on_both_forges
def test_workspace__corrected_and_labelled_again__starts(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        del here.t3.folders["/srv/shop"]
        polled(here)
        here.t3.folders["/srv/shop"] = True
        ready(here, issue)
        assert held(polled(here), issue) == STARTED
        assert len(prompts(here, issue)) == 1


@pytest.mark.protocol_1
@pytest.mark.parametrize("refused", ["project.create", "thread.create", "thread.turn.start"])
@on_both_forges
def test_t3__refuses_three_times__parks_and_leaves_nothing_behind(
    kind: Forge, refused: str
) -> None:
    """Each try under fresh ids, which T3 remembers for ever; a tick tries once."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        other = here.issue(here.repository("site"), "Add a page", BODY)
        here.settings["max_dispatch_per_tick"] = 1
        tried: set[str] = set()

        def spoils(request: httpx.Request) -> bool:
            if not is_command(request, refused):
                return False
            tried.add(request.content.decode().split('"commandId":"')[1][:36])
            return True

        for attempt in (2, 3):
            assert tick_through(here, spoiling(spoils, 500)) == 1
            waiting = record(here, issue)
            assert (waiting["stage"], waiting["thread"]["attempt"]) == ("approved", attempt)
            assert threads(here) == []
            assert labels(issue) == {READY}
        assert tick_through(here, spoiling(spoils, 500)) == 1
        found = record(here, issue)
        assert (found["stage"], found["reason"]) == ("ended", "dispatch-failed")
        assert labels(issue) == {HUMAN}
        assert "T3 refused to start the run three times" in issue.comments[0].body
        assert len(tried) >= 3
        assert prompts(here, issue) == []
        assert_never_locked(issue)
        assert_never_locked(other)
        polled(here)
        assert_started(here, other)


@pytest.mark.protocol_1
@on_both_forges
def test_t3__refuses_twice_and_then_takes_it__runs_once(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        for _ in range(2):
            tick_through(here, spoiling(lambda one: is_command(one, "thread.turn.start"), 500))
        polled(here)
        assert_started(here, issue)
        assert record(here, issue)["thread"]["dispatch_failures"] == 2
        assert len(threads(here, issue)) == 1


@pytest.mark.parametrize("lost", ["project.create", "thread.create", "thread.turn.start"])
@pytest.mark.parametrize("after", [False, True], ids=["before-effect", "after-effect"])
@on_both_forges
def test_t3__goes_down_while_a_run_starts__the_next_tick_completes_it(
    kind: Forge, lost: str, after: bool
) -> None:
    """Whether the command took effect is unknown; the same one is sent again, never another."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        inner = Straight()
        down: list[str] = []

        def meddle(request: httpx.Request) -> httpx.Response | None:
            if not is_command(request, lost) and not (down and "orchestration" in request.url.path):
                return None
            if after and not down:
                inner.handle_request(request).read()
            down.append(request.url.path)
            raise httpx.ReadError("gone")

        assert tick_through(here, Between(meddle)) == 1
        claim = record(here, issue)
        assert claim["stage"] == "claimed"
        assert_never_locked(issue)
        ticked = polled(here)
        assert ticked.exit_code == 0
        assert_started(here, issue)
        assert [one["id"] for one in threads(here, issue)] == [claim["thread"]["id"]]
        assert "dispatch_failures" not in record(here, issue)["thread"]
        inner.close()


@pytest.mark.protocol_1
@pytest.mark.parametrize(
    ("made", "said_so"),
    [("project.create", "show a project for /srv/shop"), ("thread.create", "show the thread")],
)
@on_both_forges
def test_t3__does_not_show_what_it_created__nothing_is_sent_and_the_claim_stays(
    kind: Forge, made: str, said_so: str
) -> None:
    """Its projection lags behind: without it nobody can tell who goes first."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        old: list[dict[str, Any]] = []

        def meddle(request: httpx.Request) -> httpx.Response | None:
            if is_command(request, made):
                old.append(here.t3.shell())
            stale = old and request.url.path.endswith("/shell")
            return httpx.Response(200, json=old[0]) if stale else None

        here.clock.sleep(60)
        ticked = here.run("tick", "--json", transport=Between(meddle))
        assert ticked.exit_code == 1
        assert f"T3 does not {said_so}" in said(ticked, "error")
        assert record(here, issue)["stage"] == "claimed"
        assert prompts(here, issue) == []
        assert_never_locked(issue)
        polled(here)
        assert_started(here, issue)
        assert len(threads(here, issue)) == 1


@on_both_forges
def test_claim__made_on_another_server__is_held_rings_once_and_ends_at_the_deadline(
    kind: Forge,
) -> None:
    """What became of it there cannot be seen; meanwhile nothing starts anywhere."""
    with world(kind) as here, doorbell(here) as bell:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        tick_through(here, spoiling(lambda one: is_command(one, "thread.create"), 503))
        assert record(here, issue)["stage"] == "claimed"
        here.t3.environment_id = "another-environment"
        other = here.issue(here.repository("site"), "Add a page", BODY)
        for _ in range(2):
            ticked = polled(here)
            assert "claim held: T3 is another server" in said(ticked, "event")
            assert held(ticked, other).evidence.startswith("T3 is another server")
        assert [ring["title"] for ring in bell.rings] == ["T3 is another server: owner/shop#1"]
        assert threads(here) == []
        assert "**Waiting:** the T3 server that it was to start on" in issue.comments[0].body
        ticked = polled(here, after=4 * HOUR)
        found = record(here, issue)
        assert (found["stage"], found["reason"]) == ("ended", "unseen")
        assert labels(issue) == {HUMAN}
        assert_never_locked(issue)
        assert held(ticked, other) == STARTED


@on_both_forges
def test_claim__its_server_is_back__is_resumed(kind: Forge) -> None:
    with world(kind) as here, doorbell(here) as bell:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        tick_through(here, spoiling(lambda one: is_command(one, "thread.create"), 503))
        mine, here.t3.environment_id = here.t3.environment_id, "another-environment"
        polled(here)
        here.t3.environment_id = mine
        polled(here)
        assert_started(here, issue)
        assert len(bell.rings) == 1
