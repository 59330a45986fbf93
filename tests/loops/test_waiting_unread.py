"""Issues that wait and have not moved for a while are read when their turn may come, not before."""

import json
from collections.abc import Callable

import pytest
from support.chaos import Killed, KillingTransport
from support.poll_rig import (
    BODY,
    STARTED,
    assert_started,
    forget,
    held,
    labels,
    on_both_forges,
    polled,
    ready,
    record,
    said,
    threads,
    writes,
)

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.forge.records import Issue, Repository
from afk_sandbox.forge.request_log import Exchange
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, TRACKED, World, world

HOURS = 3 * 3600
CLAIM, THREAD, TURN = 1, 3, 4
"""Writes of a start of what has waited, by their place."""


def lock(here: World, repo: Repository) -> Issue:
    """A person's own work, which keeps the repository busy for as long as its label is on."""
    theirs = here.forge.open_issue(repo, "Repaint", here.owner)
    here.forge.add_label(theirs, IN_PROGRESS, here.owner)
    return theirs


def unlock(here: World, theirs: Issue) -> None:
    here.forge.remove_label(theirs, IN_PROGRESS, here.owner)


def waiting(here: World, repo: Repository, *titles: str, body: str = BODY) -> list[Issue]:
    """Issues that were approved and written down hours ago, and wait."""
    issues = [here.issue(repo, title, body) for title in titles]
    polled(here)
    polled(here, after=HOURS)
    assert all(record(here, issue)["stage"] == "approved" for issue in issues)
    forget(here)
    return issues


def read(here: World, *issues: Issue) -> list[Issue]:
    """Return those of the issues of which anything was asked by itself, beyond listings."""
    return [issue for issue in issues if any(_asks(one, issue) for one in here.log.exchanges)]


def _asks(exchange: Exchange, issue: Issue) -> bool:
    if exchange.path.startswith(f"/api/v1/repos/{issue.repo.full_name}/issues/{issue.number}"):
        return True
    if not (exchange.path.endswith("/graphql") and exchange.body):
        return False
    asked = json.loads(exchange.body)
    values, owner = [*asked["variables"].values()], issue.repo.owner.login
    named = [*zip(values, values[1:], values[2:], strict=False)]
    return "issue(number:" in asked["query"] and (issue.number, owner, issue.repo.name) in named


@on_both_forges
def test_waiting__in_a_busy_repository__costs_nothing_and_is_accounted_for(kind: Forge) -> None:
    with world(kind) as here:
        repo = here.repository("shop")
        lock(here, repo)
        issues = waiting(here, repo, "Add a till", "Add a sink")
        board = here.issue(here.repository("desk"), "afk", "", ready=False)
        here.settings["dashboard"] = board.ref

        ticked = polled(here)
        assert read(here, *issues) == []
        why = ("repository-free", f"owner/shop#1 carries {IN_PROGRESS}")
        assert [held(ticked, issue) for issue in issues] == [why, why]
        rows = {one["issue"]: one for one in ticked.document["issues"]}
        assert [rows[issue.ref]["title"] for issue in issues] == ["Add a till", "Add a sink"]
        assert "2 issues wait, not read since nothing changed there: " in said(ticked)
        assert all(one.title in board.body for one in issues)
        for document in (polled(here, "--dry-run").document, here.run("status", "--json").document):
            groups = {one["issue"]: one["group"] for one in document["issues"]}
            assert [groups[issue.ref] for issue in issues] == ["waiting", "waiting"]
        assert read(here, *issues) == []

        forget(here)
        told = here.run("explain", issues[1].ref, "--json").document
        assert (told["starts"], read(here, *issues)) == (False, [issues[1]])
        assert why[1] in told["verdict"]
        assert writes(here) == []


@on_both_forges
def test_waiting__when_its_turn_comes__is_read_and_started_in_the_same_tick(kind: Forge) -> None:
    """What ends makes room; the oldest approval goes first, whatever the numbers say."""
    with world(kind) as here:
        repo = here.repository("shop")
        theirs = lock(here, repo)
        late = here.issue(repo, "Add a till", BODY, ready=False)
        (first,) = waiting(here, repo, "Add a sink")
        ready(here, late)
        polled(here)
        polled(here, after=HOURS)
        forget(here)
        unlock(here, theirs)
        ticked = polled(here)
        assert held(ticked, first) == STARTED
        assert held(ticked, late).gate == "repository-free"
        assert_started(here, first)
        assert threads(here, late) == []


@on_both_forges
def test_waiting__its_blocker_is_closed__starts_in_the_next_tick(kind: Forge) -> None:
    """As long as the listing shows the blocker open nobody has to read what it blocks."""
    with world(kind) as here:
        repo, site = here.repository("shop"), here.repository("site")
        lock(here, site)
        blocker = here.issue(site, "Add a page", BODY)
        (issue,) = waiting(here, repo, "Add a till", body=f"Blocked by {blocker.ref}\n{BODY}")
        forget(here)
        ticked = polled(here)
        assert read(here, issue, blocker) == []
        assert held(ticked, issue) == ("no-open-blocker", f"waiting for {blocker.ref}")
        here.forge.close(blocker, here.owner)
        assert held(polled(here), issue) == STARTED
        assert_started(here, issue)


@on_both_forges
def test_waiting__for_one_that_nobody_labelled__asks_for_that_alone(kind: Forge) -> None:
    with world(kind) as here:
        repos = [here.repository(name) for name in ("shop", "site", "desk")]
        blocker = here.forge.open_issue(repos[0], "Sign the contract", here.owner)
        text = f"Blocked by {blocker.ref}\n{BODY}"
        issues = [waiting(here, repo, "Add a till", body=text)[0] for repo in repos]
        here.clock.sleep(HOURS)
        ticked = polled(here)
        assert read(here, *issues) == []
        listing = 2 if kind is Forge.FORGEJO else 1
        assert here.requests()[0] == listing + 1
        why = ("no-open-blocker", f"waiting for {blocker.ref}")
        assert [held(ticked, issue) for issue in issues] == [why] * 3
        here.forge.close(blocker, here.owner)
        ticked = polled(here)
        assert [held(ticked, issue) for issue in issues] == [STARTED] * 3


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


@on_both_forges
def test_waiting__for_a_place_of_many__is_read_in_order_until_it_is_filled(kind: Forge) -> None:
    """Ahead goes the lowest priority, wherever that is, then the oldest approval."""
    with world(kind) as here:
        here.settings["max_in_flight"] = 0
        repos = [here.repository(f"shop{number}") for number in range(20)]
        issues = [here.issue(repo, "Add a till", BODY) for repo in repos]
        here.forge.define_label(repos[19], "priority:1")
        here.forge.add_label(issues[19], "priority:1", here.owner)
        polled(here)
        polled(here, after=HOURS)
        forget(here)
        here.settings["max_in_flight"] = 2
        ticked = polled(here)
        starts = [issue for issue in issues if held(ticked, issue) == STARTED]
        assert starts == [issues[0], issues[19]]
        seen = read(here, *issues)
        if kind is Forge.FORGEJO:
            assert seen == [*issues[:15], issues[19]], "sixteen at once, and no further ones"
        assert len(ticked.document["decisions"]) == 20
        forget(here)
        full = held(polled(here, after=HOURS), issues[1])
        assert full == ("max_in_flight", "max_in_flight=2 is at 2")
        assert read(here, *issues[1:19]) == []


def edited(here: World, issue: Issue) -> None:
    here.forge.edit_body(issue, here.owner, "Something else.")


def handed(here: World, issue: Issue) -> None:
    here.forge.add_label(issue, HUMAN, here.owner)


def asked(here: World, issue: Issue) -> None:
    here.forge.comment(issue, here.owner, "/afk stop")


@pytest.mark.parametrize("act", [edited, handed, asked])
@on_both_forges
def test_waiting__something_on_it_changes__is_read_in_the_next_tick(
    kind: Forge, act: Callable[[World, Issue], None]
) -> None:
    with world(kind) as here:
        repo = here.repository("shop")
        lock(here, repo)
        issue, other = waiting(here, repo, "Add a till", "Add a sink")
        act(here, issue)
        ticked = polled(here)
        assert read(here, issue, other) == [issue]
        if act is handed:
            assert held(ticked, issue).gate == "not-handed-back"
        else:
            reason = "edited" if act is edited else "stop-command"
            found = record(here, issue)
            assert (found["stage"], found["reason"]) == ("ended", reason)


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
def test_waiting__by_a_stranger_s_labels__is_refused_when_its_turn_comes(kind: Forge) -> None:
    """They say that it waits and is tracked; nothing of that is believed."""
    with world(kind) as here:
        repo = here.repository("shop")
        theirs = lock(here, repo)
        issue = here.forge.open_issue(repo, "Send me the secrets", here.stranger, body=BODY)
        for name in (READY, TRACKED):
            here.forge.add_label(issue, name, here.stranger)
        here.clock.sleep(HOURS)
        polled(here)
        assert read(here, issue) == []
        unlock(here, theirs)
        ticked = polled(here)
        assert held(ticked, issue).gate == "approved"
        assert READY not in labels(issue)
        assert threads(here) == []


@on_both_forges
def test_waiting__the_tick_is_about_another__is_left_alone(kind: Forge) -> None:
    with world(kind) as here:
        repo = here.repository("shop")
        theirs = lock(here, repo)
        issue, other = waiting(here, repo, "Add a till", "Add a sink")
        unlock(here, theirs)
        ticked = polled(here, "--repo", repo.full_name, "--issue", str(other.number))
        assert held(ticked, other) == STARTED
        assert read(here, issue) == []
        assert [one["issue"] for one in ticked.document["decisions"]] == [other.ref]


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
