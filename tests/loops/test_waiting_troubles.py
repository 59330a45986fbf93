"""Issues that wait unread, where a tick died over their start, or something cannot be read."""

from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

import pytest
from support.chaos import Killed, KillingTransport
from support.loops import command, start, tick
from support.loops import threads as threads_of
from support.poll_rig import (
    BODY,
    STARTED,
    forget,
    held,
    labels,
    on_both_forges,
    polled,
    record,
    said,
    threads,
)
from support.waiting import HOURS, lock, read, unlock, waiting

from afk.types import Forge
from afk_sandbox.faults import App, Fault, Receive, Send
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, TRACKED, world

CLAIM, THREAD, TURN = 1, 3, 4
"""Writes of a start of what has waited, by their place."""


@pytest.mark.parametrize(
    ("nth", "busy", "free"),
    [(CLAIM, "claimed", "running"), (THREAD, "approved", "running"), (TURN, "running", "ended")],
)
@on_both_forges
def test_claim__left_behind_long_ago__is_seen_to_once_there_is_room(
    kind: Forge, nth: int, busy: str, free: str
) -> None:
    """With a thread in T3 that is the next tick; without one nobody is at work meanwhile.

    ``busy`` and ``free``: what becomes of it while the repository is, and then.
    """
    with world(kind) as here:
        repo = here.repository("shop")
        theirs = lock(here, repo)
        (issue,) = waiting(here, repo, "Add a till")
        unlock(here, theirs)
        with pytest.raises(Killed):
            here.run("tick", transport=KillingTransport(nth, after=True))
        assert record(here, issue)["stage"] == "claimed"
        assert (threads(here, issue) == []) == (nth == CLAIM)
        theirs = lock(here, repo)
        forget(here)
        polled(here, after=2 * HOURS)
        assert read(here, issue) == ([] if nth == CLAIM else [issue])
        assert record(here, issue)["stage"] == busy
        unlock(here, theirs)
        assert polled(here).exit_code == 0
        assert record(here, issue)["stage"] == free
        assert len(threads(here, issue)) == 1


@on_both_forges
def test_claim__left_behind_in_a_busy_repository__is_stopped_with_all_others(kind: Forge) -> None:
    with world(kind) as here:
        repo = here.repository("shop")
        theirs = lock(here, repo)
        issue, other = waiting(here, repo, "Add a till", "Add a sink")
        unlock(here, theirs)
        with pytest.raises(Killed):
            here.run("tick", transport=KillingTransport(CLAIM, after=True))
        lock(here, repo)
        here.clock.sleep(2 * HOURS)
        told = here.run("stop", "--all", "--json").document
        assert told["stopped"] == [issue.ref]
        assert record(here, other)["stage"] == "approved"


@on_both_forges
def test_waiting__its_blocker_cannot_be_asked_for__is_read(kind: Forge) -> None:
    """GitHub fails over the question; on Forgejo what fails counts as open, as it always does."""
    with world(kind) as here:
        repo = here.repository("shop")
        blocker = here.forge.open_issue(repo, "Sign the contract", here.owner)
        (issue,) = waiting(here, repo, "Add a till", body=f"Blocked by {blocker.ref}\n{BODY}")
        here.faults["forge"] = nth_question(2)
        ticked = polled(here)
        del here.faults["forge"]
        assert held(ticked, issue) == ("no-open-blocker", f"waiting for {blocker.ref}")
        assert read(here, issue) == ([issue] if kind is Forge.GITHUB else [])
        assert threads(here) == []


def nth_question(number: int) -> Callable[[str, str], Fault | None]:
    """Refuse one of the GraphQL queries, and on Forgejo the issue that the others wait for."""
    asked: list[str] = []

    def broken(_: str, path: str) -> Fault | None:
        asked.extend([path] if path.endswith("/graphql") else [])
        meant = path.endswith("/graphql") and len(asked) == number
        return Fault("before", 403) if meant or path.endswith("/issues/1") else None

    return broken


def test_waiting__what_was_to_start_before_it_cannot__has_its_place() -> None:
    """Forgejo lists an archived repository like any other: only who would start there finds out."""
    with world(Forge.FORGEJO) as here:
        here.settings["max_in_flight"] = 0
        shop, site = here.repository("shop"), here.repository("site")
        (first,) = waiting(here, shop, "Add a till")
        (second,) = waiting(here, site, "Add a page")
        here.forge.comment(first, here.owner, "Soon, please.")
        here.forge.archive(shop)
        forget(here)
        here.settings["max_in_flight"] = 1
        ticked = polled(here)
        assert held(ticked, first).gate == "not-archived"
        assert held(ticked, second) == STARTED


@on_both_forges
def test_waiting__cannot_be_read_when_its_turn_comes__starts_nothing_there(kind: Forge) -> None:
    with world(kind) as here:
        repo = here.repository("shop")
        theirs = lock(here, repo)
        (issue,) = waiting(here, repo, "Add a till")
        unlock(here, theirs)
        path = f"/issues/{issue.number}/timeline" if kind is Forge.FORGEJO else "/graphql"
        listed = [0]

        def broken(_: str, asked: str) -> Fault | None:
            listed[0] += asked.endswith("/graphql")
            first = kind is Forge.GITHUB and listed[0] == 1
            return Fault("before", 500) if asked.endswith(path) and not first else None

        here.faults["forge"] = broken
        ticked = polled(here)
        del here.faults["forge"]
        assert ticked.exit_code == 1
        assert ticked.document["decisions"] == []
        assert threads(here) == []
        assert held(polled(here), issue) == STARTED


def test_waiting__a_long_queue__is_listed_only_where_something_may_start() -> None:
    """What moved in it is seen in the next tick all the same, and the oldest goes first.

    On GitHub, whose pages are shorter; Forgejo's part is in test_forgejo_listing.
    """
    with world(Forge.GITHUB) as here:
        repo = here.repository("shop")
        theirs = lock(here, repo)
        queue = [here.forge.open_issue(repo, f"Wish {n}", here.owner, BODY) for n in range(52)]
        for issue in queue:
            for name in (READY, TRACKED):
                here.forge.add_label(issue, name, here.owner)
            here.clock.sleep(1)
        here.clock.sleep(HOURS)
        forget(here)
        few = polled(here)
        assert here.requests()[0] == 4, "the listing, what moved, the person's lock, who they are"
        assert read(here, *queue) == []
        assert "others wait where nothing can start now" in said(few)
        unlock(here, theirs)
        here.faults["t3"] = lambda *_: Fault("before")
        blind = said(polled(here))
        del here.faults["t3"]
        assert "52 others wait" in blind
        assert "carries the label" not in blind, "it is no quiet forge"
        here.forge.add_label(theirs, IN_PROGRESS, here.owner)
        here.clock.sleep(HOURS)

        here.forge.add_label(queue[0], HUMAN, here.owner)
        forget(here)
        ticked = polled(here)
        assert read(here, *queue) == [queue[0]]
        assert held(ticked, queue[0]).gate == "not-handed-back"
        forget(here)
        told = here.run("status", "--json").document
        assert {one["issue"] for one in told["issues"]} == {one.ref for one in queue}
        unlock(here, theirs)
        here.faults["forge"] = nth_question(4)
        ticked = polled(here)
        del here.faults["forge"]
        assert (ticked.exit_code, threads(here)) == (1, [])
        ticked = polled(here)
        assert held(ticked, queue[1]) == STARTED
        assert sum(one["start"] for one in ticked.document["decisions"]) == 1


@pytest.mark.parametrize("beside", ["here", "elsewhere"])
@on_both_forges
def test_run__whose_label_somebody_took_off_while_no_tick_came__is_found_before_another_starts(
    kind: Forge, beside: str
) -> None:
    """It waits for CI, its thread is at rest, and its labels say that it waits in line."""
    with world(kind) as here:
        here.settings |= {"ci_seconds": 2 * 86_400, "max_in_flight": 1}
        site = here.repository("site")
        issue = start(here, "[[push=none]]")
        tick(here, after=300)
        tick(here, after=300)
        command(here, "thread.session.stop", threads_of(here, issue)[0])
        here.clock.sleep(HOURS)
        here.forge.remove_label(issue, IN_PROGRESS, here.owner)
        other = here.issue(issue.repo if beside == "here" else site, "Add a sink", BODY)
        here.forge.define_label(other.repo, "priority:1")
        here.forge.add_label(other, "priority:1", here.owner)
        ticked = polled(here, after=HOURS)

        assert record(here, issue)["stage"] == "running"
        assert IN_PROGRESS in labels(issue)
        assert held(ticked, other).gate == (
            "repository-free" if beside == "here" else "max_in_flight"
        )
        assert threads(here, other) == []


def test_run__hidden_in_a_long_queue__is_found_before_another_starts() -> None:
    """Of the queue not even all was listed, and who would start comes before it by any order."""
    with world(Forge.GITHUB) as here:
        here.settings["ci_seconds"] = 2 * 86_400
        repo = here.repository("shop")
        here.forge.define_label(repo, "priority:0")
        other = here.issue(repo, "Add a sink", BODY)
        here.forge.add_label(other, "priority:0", here.owner)
        issue = here.issue(repo, "Add a till", "[[push=none]]")
        for after in (60, 300, 300):
            here.tick("--repo", repo.full_name, "--issue", str(issue.number), after=after)
        command(here, "thread.session.stop", threads_of(here, issue)[0])
        here.forge.remove_label(issue, IN_PROGRESS, here.owner)
        for number in range(52):
            wish = here.forge.open_issue(repo, f"Wish {number}", here.owner, BODY)
            for name in (READY, TRACKED):
                here.forge.add_label(wish, name, here.owner)
        here.clock.sleep(HOURS)
        here.forge.comment(other, here.owner, "Soon?")
        ticked = polled(here)

        assert held(ticked, other).gate == "repository-free"
        assert record(here, issue)["stage"] == "running"
        assert IN_PROGRESS in labels(issue)
        assert len(threads(here)) == 1


@on_both_forges
def test_waiting__behind_a_proxy_whose_clock_is_ahead__what_moved_is_read(kind: Forge) -> None:
    """The time of an answer is the proxy's, that of a comment the forge's."""
    with world(kind, around=dated_ahead) as here:
        repo = here.repository("shop")
        lock(here, repo)
        (issue,) = waiting(here, repo, "Add a till")
        here.forge.comment(issue, here.owner, "/afk stop")
        polled(here)

        assert read(here, issue) == [issue]
        assert record(here, issue)["reason"] == "stop-command"


def dated_ahead(app: App) -> App:
    """Put a proxy in front that answers by a clock of its own."""

    async def served(scope: Any, receive: Receive, send: Send) -> None:
        async def dated(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*map(later, message["headers"])]}
            await send(message)

        await app(scope, receive, dated if scope["type"] == "http" else send)

    return served


def later(header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    name, value = header
    if name.lower() != b"date":
        return header
    at = parsedate_to_datetime(value.decode()) + timedelta(hours=4)
    return name, format_datetime(at, usegmt=True).encode()
