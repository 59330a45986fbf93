"""Ticks that die while starting: every step left behind is completed, returned, or undone."""

from collections.abc import Callable

import pytest
from support.chaos import Killed, KillingTransport
from support.poll_rig import (
    BODY,
    assert_started,
    commands,
    forget,
    held,
    labels,
    on_both_forges,
    polled,
    prompts,
    ready,
    record,
    records,
    said,
    threads,
    writes,
)

from afk.types import Forge
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, World, world

CLAIM, PROJECT, THREAD, TURN, LABEL = range(2, 7)
"""The writes of a first start after the tracked label, in order; the last records that it runs."""


def killed(here: World, nth: int, *arguments: str, after: bool = True) -> None:
    """Tick until the n-th write, and die there; ``after``: it took effect."""
    here.clock.sleep(60)
    with pytest.raises(Killed):
        here.run(*(arguments or ("tick",)), transport=KillingTransport(nth, after=after))


def begun(here: World, nth: int) -> Issue:
    """An approved issue whose start died behind its n-th write."""
    issue = here.issue(here.repository("shop"), "Add a till", BODY)
    killed(here, nth)
    assert record(here, issue)["stage"] == "claimed"
    return issue


def locks(issue: Issue) -> int:
    """Return how often the in-progress label was put on."""
    return sum(
        event.kind is EventKind.LABELED
        and event.label is not None
        and event.label.name == IN_PROGRESS
        for event in issue.events
    )


@on_both_forges
def test_claim__left_and_taken_by_a_person_since__starts_once_they_let_it_go(kind: Forge) -> None:
    with world(kind) as here:
        issue = begun(here, THREAD)
        here.forge.add_label(issue, IN_PROGRESS, here.owner)

        assert f"a person put {IN_PROGRESS} on" in polled(here).output
        polled(here)
        assert (record(here, issue)["stage"], prompts(here, issue)) == ("approved", [])
        assert IN_PROGRESS in labels(issue)

        here.forge.remove_label(issue, IN_PROGRESS, here.owner)
        polled(here)
        assert_started(here, issue)


@pytest.mark.parametrize("command", ["tick", "poll"])
@pytest.mark.parametrize("nth", [CLAIM, PROJECT, THREAD])
@on_both_forges
def test_claim__left_before_the_first_message__is_resumed_under_its_own_ids(
    kind: Forge, nth: int, command: str
) -> None:
    with world(kind) as here:
        issue = begun(here, nth)
        claim = record(here, issue)
        assert labels(issue) == {READY}
        here.clock.sleep(60)
        ticked = here.run(command, "--json")
        assert ticked.exit_code == 0
        assert_started(here, issue)
        assert [thread["id"] for thread in threads(here, issue)] == [claim["thread"]["id"]]
        turns = record(here, issue)["dialogue"]["turns"]
        assert turns[0]["message_id"] == claim["dialogue"]["turns"][0]["message_id"]
        assert locks(issue) == 1
        assert ticked.document["decisions"] == []


@pytest.mark.parametrize("nth", [CLAIM, THREAD])
@on_both_forges
def test_watch__alone__leaves_a_claim_as_it_is(kind: Forge, nth: int) -> None:
    """Starting is the poller's; the claim goes on locking the repository."""
    with world(kind) as here:
        issue = begun(here, nth)
        forget(here)
        here.clock.sleep(60)
        ticked = here.run("watch", "--json")
        assert ticked.exit_code == 0
        assert [run["stage"] for run in ticked.document["runs"]] == ["claimed"]
        assert writes(here) == []
        assert prompts(here, issue) == []
        assert labels(issue) == {READY}


@pytest.mark.parametrize("command", ["tick", "poll", "watch"])
@on_both_forges
def test_claim__whose_first_message_t3_shows__becomes_running_whatever_the_gates_say(
    kind: Forge, command: str
) -> None:
    with world(kind) as here:
        issue = begun(here, TURN)
        assert IN_PROGRESS not in labels(issue)
        here.forge.lock(issue, here.owner)
        here.settings["runs_per_day"] = 0
        here.clock.sleep(60)
        ticked = here.run(command, "--json")
        assert ticked.exit_code == 0
        assert_started(here, issue)
        assert locks(issue) == 1


@on_both_forges
def test_label__put_on_and_then_killed__is_recorded_by_the_next_tick(kind: Forge) -> None:
    with world(kind) as here:
        issue = begun(here, LABEL)
        assert IN_PROGRESS in labels(issue)
        polled(here)
        assert_started(here, issue)
        assert locks(issue) == 1


def blocked(here: World, issue: Issue) -> None:
    blocker = here.forge.open_issue(issue.repo, "Choose a printer", here.owner)
    here.forge.add_dependency(issue, blocker, here.owner)


def locked(here: World, issue: Issue) -> None:
    here.forge.lock(issue, here.owner)


def at_a_ceiling(here: World, issue: Issue) -> None:
    del issue
    here.settings["max_in_flight"] = 0


def too_old(here: World, issue: Issue) -> None:
    del issue
    here.clock.sleep(8 * 86_400)


@pytest.mark.protocol_1
@pytest.mark.parametrize("act", [blocked, locked, at_a_ceiling, too_old])
@pytest.mark.parametrize("nth", [CLAIM, THREAD])
@on_both_forges
def test_claim__gates_shut_meanwhile__is_returned_and_its_thread_deleted(
    kind: Forge, nth: int, act: Callable[[World, Issue], None]
) -> None:
    with world(kind) as here:
        issue = begun(here, nth)
        claim = record(here, issue)
        act(here, issue)
        ticked = polled(here)
        assert ticked.exit_code == 0
        assert "returning the claim: " in said(ticked, "event")
        returned = record(here, issue)
        assert (returned["stage"], returned["thread"]["attempt"]) == ("approved", 2)
        assert returned["thread"]["id"] != claim["thread"]["id"]
        assert "claimed_at" not in returned["thread"]
        assert threads(here, issue) == []
        assert commands(here)[-1] == "thread.delete"
        assert locks(issue) == 0
        assert ticked.document["runs"] == []


@on_both_forges
def test_claim__returned__starts_in_a_fresh_thread_once_the_gates_open(kind: Forge) -> None:
    """A deleted thread's id can never be used again."""
    with world(kind) as here:
        issue = begun(here, THREAD)
        here.settings["max_in_flight"] = 0
        polled(here)
        del here.settings["max_in_flight"]
        polled(here)
        assert_started(here, issue)
        run = record(here, issue)
        assert [thread["id"] for thread in threads(here, issue)] == [run["thread"]["id"]]
        assert run["thread"]["attempt"] == 2


@on_both_forges
def test_claim__text_edited_meanwhile__is_returned_and_then_parked(kind: Forge) -> None:
    with world(kind) as here:
        issue = begun(here, THREAD)
        here.forge.edit_body(issue, here.owner, "Something else. [[push]]")
        polled(here)
        polled(here)
        found = record(here, issue)
        assert (found["stage"], found["reason"]) == ("ended", "edited")
        assert labels(issue) == {HUMAN}
        assert threads(here) == []
        assert locks(issue) == 0


@on_both_forges
def test_claim__label_taken_off_and_put_on_again__ends_superseded_and_the_new_run_starts(
    kind: Forge,
) -> None:
    """The claim was made for another application of the label: it must not be resumed."""
    with world(kind) as here:
        issue = begun(here, THREAD)
        old = record(here, issue)
        here.forge.remove_label(issue, READY, here.owner)
        here.forge.edit_body(issue, here.owner, "Two tills. [[slow=3000]]")
        ready(here, issue)
        polled(here)
        polled(here)
        first, second = records(here, issue)
        assert (first["run_id"], first["stage"]) == (old["run_id"], "ended")
        assert (first["verdict"], first["reason"]) == ("superseded", "labelled-again")
        assert second["stage"] == "running"
        (text,) = prompts(here, issue)
        assert f"AFK-Run: {second['run_id']}" in text
        assert locks(issue) == 1


@on_both_forges
def test_claim__label_taken_off_for_good__ends_as_stopped(kind: Forge) -> None:
    """Found by the label of what has a record: nobody asks for it any more, and it says so."""
    with world(kind) as here:
        issue = begun(here, THREAD)
        here.forge.remove_label(issue, READY, here.owner)
        polled(here)
        found = record(here, issue)
        assert (found["stage"], found["verdict"]) == ("ended", "stopped")
        assert found["reason"] == "ready-removed"
        assert prompts(here, issue) == []
        assert labels(issue) == set()
        assert locks(issue) == 0


@on_both_forges
def test_claims__two_of_one_repository__are_both_returned_and_then_one_runs(kind: Forge) -> None:
    """Two machines claimed different issues at the same moment and both died."""
    with world(kind) as here:
        repo = here.repository("shop")
        issues = [here.issue(repo, f"Do {n}", BODY) for n in (1, 2)]
        bodies = []
        for issue in issues:
            # The other one's claim is out of sight for as long as this one is made.
            hidden, issue.comments = issue.comments, []
            others = [one for one in issues if one is not issue]
            for other in others:
                other.labels, kept = [], other.labels
            killed(here, CLAIM)
            for other in others:
                other.labels = kept
            issue.comments += hidden
            bodies.append(record(here, issue)["stage"])
        assert bodies == ["claimed", "claimed"]
        polled(here)
        assert [record(here, issue)["stage"] for issue in issues] == ["approved", "approved"]
        assert threads(here) == []
        ticked = polled(here)
        assert_started(here, issues[0])
        assert held(ticked, issues[1]).gate == "repository-free"
        assert len(threads(here)) == 1


@on_both_forges
def test_claim__in_a_dry_run__is_left_and_said(kind: Forge) -> None:
    with world(kind) as here:
        issue = begun(here, THREAD)
        forget(here)
        ticked = polled(here, "--dry-run")
        assert "would resume or return the claim" in said(ticked, "event")
        assert writes(here) == []
        assert record(here, issue)["stage"] == "claimed"


@on_both_forges
def test_claim__of_an_issue_the_tick_is_not_pointed_at__is_left(kind: Forge) -> None:
    with world(kind) as here:
        issue = begun(here, THREAD)
        here.repository("site")
        forget(here)
        ticked = polled(here, "--repo", "owner/site")
        assert ticked.exit_code == 0
        assert writes(here) == []
        assert record(here, issue)["stage"] == "claimed"
