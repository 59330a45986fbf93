"""What T3 shows outweighs what the record says: late first messages, and who came first."""

import itertools
from collections.abc import Callable
from typing import Any

import httpx
from support.chaos import Killed, KillingTransport
from support.loops import at_work
from support.poll_rig import (
    BODY,
    Between,
    assert_started,
    forget,
    is_command,
    labels,
    on_both_forges,
    polled,
    prompts,
    reads,
    record,
    said,
    spoiling,
    threads,
    writes,
)

from afk.record import names
from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, World, world

THREAD, FIRST_TURN, CREATED = 4, 5, 1
"""The writes of a start that create the thread and tell it; that of a return that records it."""


def killed(here: World, nth: int) -> None:
    """Tick until the n-th write has taken effect, and die there."""
    here.clock.sleep(60)
    try:
        here.run("tick", transport=KillingTransport(nth, after=True))
    except Killed:
        return
    raise AssertionError("the tick was to be killed")


def start_turn(here: World, thread: str, message: str, text: str) -> None:
    """Send an agent a message, as a slow tick or a person would."""
    said = {"messageId": message, "role": "user", "text": text, "attachments": []}
    here.t3.dispatch(
        {
            "type": "thread.turn.start",
            "commandId": f"somebody else's {message}",
            "threadId": thread,
            "message": said,
            "runtimeMode": "full-access",
            "interactionMode": "default",
            "createdAt": "now",
        }
    )
    here.t3.advance()


def returned_and_then_started(here: World) -> tuple[Issue, dict[str, Any]]:
    """A claim that one tick returned while the slow one that made it sent its first message."""
    issue = here.issue(here.repository("shop"), "Add a till", BODY)
    killed(here, THREAD)
    claim = record(here, issue)
    here.settings["max_in_flight"] = 0
    killed(here, CREATED)
    returned = record(here, issue)
    assert (claim["stage"], returned["stage"]) == ("claimed", "approved")
    assert returned["thread"]["attempt"] == 2
    assert [one["id"] for one in threads(here, issue)] == [claim["thread"]["id"]]
    start_turn(here, claim["thread"]["id"], claim["dialogue"]["turns"][0]["message_id"], "[[hang]]")
    return issue, claim


@on_both_forges
def test_approval__whose_first_message_t3_shows__becomes_running_under_that_attempt(
    kind: Forge,
) -> None:
    """An agent is at work, so its run is followed, whatever the gates say and the record said."""
    with world(kind) as here:
        issue, claim = returned_and_then_started(here)
        assert polled(here).exit_code == 0
        assert_started(here, issue)
        now = record(here, issue)
        assert (now["thread"]["id"], now["thread"].get("attempt", 1)) == (claim["thread"]["id"], 1)
        first, claimed = now["dialogue"]["turns"][0], claim["dialogue"]["turns"][0]
        assert first["message_id"] == claimed["message_id"]
        del here.settings["max_in_flight"]
        polled(here)
        assert len(threads(here, issue)) == 1


@on_both_forges
def test_start__cut_off_behind_its_first_message_and_handed_over_since__is_stopped(
    kind: Forge,
) -> None:
    """A start takes the label off that it answers, not one that a person put on since."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        killed(here, FIRST_TURN)
        assert len(prompts(here, issue)) == 1
        here.clock.sleep(5)
        here.forge.add_label(issue, HUMAN, here.owner)

        for _ in range(2):
            here.tick()

        assert (record(here, issue)["stage"], record(here, issue)["verdict"]) == (
            "ended",
            "stopped",
        )
        assert HUMAN in labels(issue)
        assert at_work(here) == []
        assert len(prompts(here, issue)) == 1


@on_both_forges
def test_approval__whose_first_message_t3_shows__is_left_by_a_dry_run(kind: Forge) -> None:
    with world(kind) as here:
        issue, _ = returned_and_then_started(here)
        forget(here)
        assert polled(here, "--dry-run").exit_code == 0
        assert writes(here) == []
        assert record(here, issue)["stage"] == "approved"


@on_both_forges
def test_referee__a_younger_thread_shows_too__ours_goes_on(kind: Forge) -> None:
    """The other tick finds ours to be the older one, and gives way by itself."""
    with world(kind) as here:
        repo = here.repository("shop")
        issue = here.issue(repo, "Add a till", BODY)
        theirs = here.forge.open_issue(repo, "Add a sink", here.owner)
        created: list[str] = []

        def meddle(request: httpx.Request) -> httpx.Response | None:
            mine = threads(here, issue)
            if mine and not created and request.url.path.endswith("/shell"):
                created.append("theirs")
                ours = here.t3.shell()["threads"][0]
                here.t3.dispatch(
                    {
                        "type": "thread.create",
                        "commandId": "theirs",
                        "threadId": "theirs",
                        "projectId": ours["projectId"],
                        "title": f"[afk 01234567] {theirs.ref}",
                        "modelSelection": ours["modelSelection"],
                        "runtimeMode": "full-access",
                        "interactionMode": "default",
                        "branch": None,
                        "worktreePath": None,
                        "createdAt": "now",
                    }
                )
            return httpx.Response(500) if is_command(request, "thread.delete") else None

        here.clock.sleep(60)
        ticked = here.run("tick", "--json", transport=Between(meddle))
        assert ticked.exit_code == 0
        assert "goes first" not in said(ticked)
        assert len(threads(here)) == 2
        assert_started(here, issue)
        assert len(prompts(here, issue)) == 1


@on_both_forges
def test_claim__its_issue_cannot_be_read_again__stays_and_the_others_go_on(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        killed(here, THREAD)
        other = here.issue(here.repository("site"), "Add a page", BODY)
        here.clock.sleep(60)
        spoilt = spoiling(lambda request: reads(request, issue), 502)
        ticked = here.run("tick", "--json", transport=spoilt)
        assert ticked.exit_code == 1
        assert "502" in said(ticked, "error")
        assert record(here, issue)["stage"] == "claimed"
        assert prompts(here, issue) == []
        assert_started(here, other)


@on_both_forges
def test_claim__settled_by_another_tick_meanwhile__is_left_to_it(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        killed(here, THREAD)
        # Forgejo's first look takes the issue from the listing.
        looks = itertools.count(1 if kind is Forge.FORGEJO else 0)
        ran: list[int] = []

        def meddle(request: httpx.Request) -> None:
            if reads(request, issue) and next(looks) == 1:
                ran.append(here.run("tick").exit_code)

        here.clock.sleep(60)
        ticked = here.run("tick", "--json", transport=Between(meddle))
        assert (ran, ticked.exit_code) == ([0], 0)
        assert_started(here, issue)
        assert len(threads(here, issue)) == 1
        assert "started thread" not in said(ticked)


@on_both_forges
def test_project__deleted_four_times__gets_the_fifth_id(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        for attempt in range(1, 5):
            taken = names.project_id("/srv/shop", attempt)
            made = {"projectId": taken, "title": "x", "workspaceRoot": "/srv/shop"}
            for kind_of in ("project.create", "project.delete"):
                command = {"type": kind_of, "commandId": f"{kind_of} {attempt}", **made}
                here.t3.dispatch({**command, "force": True, "createdAt": "now"})
        polled(here)
        assert_started(here, issue)
        (thread,) = threads(here, issue)
        assert thread["projectId"] == names.project_id("/srv/shop", 5)


def before(what: Callable[[httpx.Request], bool], act: Callable[[], object]) -> Between:
    """Let somebody act, once, just before a request of some kind is sent."""
    acted: list[bool] = []

    def meddle(request: httpx.Request) -> None:
        if not acted and what(request):
            acted.append(True)
            act()

    return Between(meddle)


def rereads_comment(request: httpx.Request) -> bool:
    """Say whether a record is read again, as before each edit."""
    asked = b"IssueComment" in request.content and b"node(id" in request.content
    return asked or (request.method == "GET" and "/issues/comments/" in request.url.path)


@on_both_forges
def test_claim__returned_by_two_ticks_at_once__loses_one_attempt(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        killed(here, THREAD)
        here.settings["max_in_flight"] = 0
        here.clock.sleep(60)
        ran: list[int] = []
        other = before(rereads_comment, lambda: ran.append(here.run("tick").exit_code))
        assert here.run("tick", transport=other).exit_code == 0
        assert ran == [0]
        returned = record(here, issue)
        assert (returned["stage"], returned["thread"]["attempt"]) == ("approved", 2)
        assert threads(here, issue) == []


@on_both_forges
def test_run__stopped_by_a_person_while_it_starts__has_no_agent_left(kind: Forge) -> None:
    """The first message is out, the record does not say so yet."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.clock.sleep(60)

        def locking(request: httpx.Request) -> bool:
            labels_one = request.method == "POST" and request.url.path.endswith("/labels")
            return labels_one and prompts(here, issue) != []

        here.run("tick", transport=before(locking, lambda: here.run("stop", issue.ref)))
        assert len(prompts(here, issue)) == 1
        assert at_work(here) == []
        found = record(here, issue)
        assert (found["stage"], found["verdict"]) == ("ended", "stopped")
        polled(here)
        assert labels(issue) == set()
        assert len(threads(here, issue)) == 1


@on_both_forges
def test_claim__somebody_wrote_in_its_thread__that_is_not_its_first_message(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        killed(here, THREAD)
        (thread,) = threads(here, issue)
        start_turn(here, thread["id"], "somebody's", "[[idle]] What is this?")
        polled(here)
        assert record(here, issue)["stage"] == "running"
        assert len(prompts(here, issue)) == 2
        assert len(threads(here, issue)) == 1
