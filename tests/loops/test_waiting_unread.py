"""Issues that wait and have not moved for a while are read when their turn may come, not before."""

from collections.abc import Callable

import pytest
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
from support.waiting import HOURS, lock, read, unlock, waiting

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, TRACKED, World, world


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
        assert "2 issues wait, not read again because nothing changed there: " in said(ticked)
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
def test_waiting__behind_one_whose_turn_comes__explain_looks_at_that_one_too(kind: Forge) -> None:
    """Nobody has read it for hours, and it goes first: what is told is what the next tick does."""
    with world(kind) as here:
        repo = here.repository("shop")
        theirs = lock(here, repo)
        first, second = waiting(here, repo, "Add a till", "Add a sink")
        unlock(here, theirs)
        told = here.run("explain", second.ref, "--json").document
        assert (told["starts"], read(here, first)) == (False, [first])
        assert first.ref in told["verdict"]
        assert writes(here) == []
        ticked = polled(here)
        assert held(ticked, first) == STARTED
        assert held(ticked, second).gate == "repository-free"


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
