"""A token that may read, or only comment: found before anything starts, and named."""

import json
from collections.abc import Callable

import httpx
import pytest
from support.poll_rig import (
    BODY,
    STARTED,
    Between,
    assert_started,
    commands,
    held,
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
from afk_sandbox.world import HUMAN, READY, World, world


@on_both_forges
def test_account__that_may_only_read__starts_nothing_and_the_token_is_named(kind: Forge) -> None:
    """It may comment on a public repository all the same, as anybody may."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        other = here.issue(here.repository("site"), "Add a page", BODY)
        here.forge.set_access(issue.repo, here.bot, "read")

        ticked = polled(here)

        assert ticked.exit_code == 2
        told = said(ticked, "error")
        assert "the token" in told
        assert "permission" in told
        assert "server is in trouble" not in said(ticked)
        assert "trusted" not in said(ticked)
        assert threads(here, issue) == []
        assert not any("Starting" in one.body for one in issue.comments)
        assert_started(here, other)


@on_both_forges
def test_account__that_may_only_read_with_the_approver_trusted__starts_nothing(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.settings["trusted"] = [here.owner.id]
        here.forge.set_access(issue.repo, here.bot, "read")
        ticked = polled(here)
        assert ticked.exit_code == 2
        assert "lacks" in said(ticked, "error")
        assert commands(here) == []
        assert not any("Starting" in one.body for one in issue.comments)
        here.forge.set_access(issue.repo, here.bot, "write")
        assert held(polled(here), issue) == STARTED


def test_token__that_may_read_only__starts_nothing_and_the_scope_is_named() -> None:
    with world(Forge.FORGEJO) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        scopes = ("read:issue", "read:repository", "read:user")
        here.environ["AFK_TOKEN"] = here.forge.token_for(here.bot, scopes=scopes)
        ticked = polled(here)
        assert ticked.exit_code == 2
        assert "the token lacks the scope write:issue" in said(ticked, "error")
        assert (commands(here), issue.comments) == ([], [])


def test_token__that_may_open_no_pull_requests__starts_nothing_and_the_scope_is_named() -> None:
    """Where work lands by them; what it would be pushed to the branch for needs no such right."""
    with world(Forge.FORGEJO) as here:
        issue = here.issue(here.repository("shop", landing="pull-request"), "Add a till", BODY)
        pushed = here.issue(here.repository("site"), "Add a page", BODY)
        scopes = ("write:issue", "read:repository", "read:user")
        here.environ["AFK_TOKEN"] = here.forge.token_for(here.bot, scopes=scopes)

        ticked = polled(here)

        assert ticked.exit_code == 2
        assert "write:repository" in said(ticked, "error")
        assert threads(here, issue) == []
        assert not any("Starting" in one.body for one in issue.comments)
        assert_started(here, pushed)


@on_both_forges
def test_approver__listed_as_trusted__is_not_asked_about(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.settings["trusted"] = [here.owner.id]
        assert held(polled(here), issue) == STARTED
        asked = [one.path for one in here.log.exchanges if "/permission" in one.path]
        assert asked == []


def test_explain__rights_that_cannot_be_asked__says_which_gates_were_not() -> None:
    with world(Forge.GITHUB) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.forge.set_access(issue.repo, here.bot, "read")
        out = here.run("explain", issue.ref)
        assert out.exit_code == 2
        assert "? approved: not asked" in out.output
        assert "NO approved" not in out.output


@on_both_forges
def test_explain__gates_behind_a_no__give_their_own_answer(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.forge.lock(issue, here.owner)
        told = here.run("explain", issue.ref).output.splitlines()
        shut = [line for line in told if "pass" not in line]
        assert "NO not-locked: the conversation is locked" in shut
        assert not any("approved" in line for line in shut)
        assert "pass approved" in here.run("explain", issue.ref, "--all").output
        here.settings["allowlist"] = []
        here.repository("site")
        refused = here.run("explain", issue.ref)
        assert refused.exit_code == 2
        assert "approved" not in refused.output


@on_both_forges
def test_explain__label_off_or_its_own_run_in_flight__says_what_is_so(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        polled(here)
        told = here.run("explain", issue.ref).output
        assert "Its run is in flight" in told
        assert "NO repository-free" not in told
        other = here.issue(here.repository("site"), "Add a page", BODY, ready=False)
        told = here.run("explain", other.ref, "--all").output
        assert "NO ready-label: ready-for-agent is not on the issue" in told
        assert "approved" not in told  # there is no approval that could be asked about
        assert "nobody applied" not in told
        here.forge.add_label(other, HUMAN, here.owner)
        told = here.run("explain", other.ref).output
        assert "NO not-handed-back: ready-for-human is on the issue" in told
        here.faults["t3"] = lambda _method, _path: Fault("before", 500)
        told = here.run("explain", other.ref, "--all").output
        assert "? provider-open: not asked" in told
        assert "NO agent-seen: T3 was not read in this tick" in told
        assert "provider-open" not in here.run("explain", other.ref).output


# --- between the claim and the first turn


def unlabelled(here: World, issue: Issue) -> None:
    here.forge.remove_label(issue, READY, here.owner)


def closed(here: World, issue: Issue) -> None:
    here.forge.close(issue, here.owner)


def locked(here: World, issue: Issue) -> None:
    here.forge.lock(issue, here.owner)


def edited(here: World, issue: Issue) -> None:
    here.forge.edit_body(issue, here.owner, "Something else")


def labelled_again(here: World, issue: Issue) -> None:
    here.forge.remove_label(issue, READY, here.owner)
    here.clock.sleep(2)
    here.forge.add_label(issue, READY, here.owner)


def deleted(here: World, issue: Issue) -> None:
    here.forge.delete_issue(issue)


def on_thread_create(act: Callable[[], None]) -> Between:
    """Act once T3 is asked for the thread: the claim stands, the first turn is next."""
    done: list[bool] = []

    def meddle(request: httpx.Request) -> None:
        body = request.content
        if b"thread.create" in body and not done and json.loads(body)["type"] == "thread.create":
            done.append(True)
            act()

    return Between(meddle)


@on_both_forges
@pytest.mark.parametrize("act", [unlabelled, closed, locked, edited, labelled_again])
def test_issue__changed_between_claim_and_first_turn__gets_no_turn(
    kind: Forge, act: Callable[[World, Issue], None]
) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.clock.sleep(60)

        here.run("tick", "--json", transport=on_thread_create(lambda: act(here, issue)))

        assert "thread.turn.start" not in commands(here)
        assert commands(here)[-1] == "thread.delete"
        assert record(here, issue).get("stage", "approved") == "approved"


@on_both_forges
def test_issue__deleted_between_claim_and_first_turn__gets_no_turn(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.clock.sleep(60)
        here.run("tick", "--json", transport=on_thread_create(lambda: deleted(here, issue)))
        assert "thread.turn.start" not in commands(here)
        marks = [one for one in writes(here) if "/labels" in one]
        assert len(marks) == 1, "the tracked label, and no lock"
