"""The commands against servers: what they print, what they return, what they leave alone."""

import re
from typing import Any

import pytest
from support.poll_rig import (
    BODY,
    assert_started,
    forget,
    on_both_forges,
    polled,
    record,
    said,
    writes,
)

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import IN_PROGRESS, READY, World, world


def running(here: World, name: str = "shop") -> Issue:
    """An issue whose agent is at work."""
    issue = here.issue(here.repository(name), "Add a till", BODY)
    polled(here)
    assert_started(here, issue)
    return issue


# --- --json and --dry-run ----------------------------------------------------------------------


@on_both_forges
def test_json__of_a_tick__is_one_document_with_all_that_was_said_and_done(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.clock.sleep(60)
        document = here.run("tick", "--json").document
        assert list(document) == [
            "command",
            "exit_code",
            "headline",
            "said",
            "requests",
            "runs",
            "decisions",
            "issues",
            "at_work",
        ]
        assert (document["command"], document["exit_code"]) == ("tick", 0)
        assert document["requests"] == {kind.value: len(here.log), "T3": len(here.t3_log)}
        (run,) = document["runs"]
        assert (run["repository"], run["issue"], run["stage"]) == ("owner/shop", 1, "running")
        assert document["decisions"] == [
            {"issue": issue.ref, "start": True, "gate": "", "evidence": ""}
        ]
        (row,) = document["issues"]
        assert (row["issue"], row["title"], row["group"]) == (issue.ref, "Add a till", "started")
        assert row["holds"] == ["the agent's turn is under way"] or row["holds"] == []
        assert document["headline"] == "1 started."
        kinds = {one["kind"] for one in document["said"]}
        assert kinds == {"event"}


@pytest.mark.parametrize("command", ["tick", "poll", "watch", "status", "stop"])
@on_both_forges
def test_json__of_any_command__has_runs_and_decisions(kind: Forge, command: str) -> None:
    with world(kind) as here:
        running(here)
        arguments = [command, "--all"] if command == "stop" else [command]
        document = here.run(*arguments, "--json").document
        assert {"command", "exit_code", "said", "requests", "runs", "decisions"} <= set(document)


def ready_issues(here: World) -> None:
    here.issue(here.repository("shop"), "Add a till", BODY)
    here.issue(here.repository("site"), "Add a page", f"Blocked by #9. {BODY}")


def strangers_labels(here: World) -> None:
    repo = here.repository("shop")
    here.forge.web_form_issue(repo, here.stranger, [READY], body=BODY)
    here.forge.web_form_issue(repo, here.stranger, [IN_PROGRESS], body=BODY)


def edited_text(here: World) -> None:
    issue = here.issue(here.repository("shop"), "Add a till", BODY)
    here.clock.sleep(60)
    here.forge.edit_body(issue, here.owner, "Else")


def somebodys_lock(here: World) -> None:
    repo = here.repository("shop")
    theirs = here.forge.open_issue(repo, "Repaint", here.owner)
    here.forge.add_label(theirs, IN_PROGRESS, here.owner)
    here.issue(repo, "Add a till", BODY)


def edited_record(here: World) -> None:
    here.settings["max_in_flight"] = 0
    issue = here.issue(here.repository("shop"), "Add a till", BODY)
    polled(here)
    here.clock.sleep(60)
    comment = issue.comments[0]
    here.forge.edit_comment(comment, here.owner, comment.body[:60])
    del here.settings["max_in_flight"]


def a_run(here: World) -> None:
    issue = running(here)
    here.issue(issue.repo, "Add a sink", BODY)


@pytest.mark.parametrize(
    "given", [ready_issues, strangers_labels, edited_text, somebodys_lock, edited_record, a_run]
)
@on_both_forges
def test_dry_run__of_a_tick__decides_the_same_and_writes_nothing(kind: Forge, given: Any) -> None:
    with world(kind) as here:
        given(here)
        forget(here)
        here.clock.sleep(60)
        dry = here.run("tick", "--dry-run", "--json")
        assert writes(here) == []
        assert dry.exit_code == 0
        here.environ["AFK_DRY_RUN"] = "true"
        assert here.run("tick", "--json").document["decisions"] == dry.document["decisions"]
        assert writes(here) == []
        here.environ["AFK_DRY_RUN"] = "false"
        wet = here.run("tick", "--json")
        assert wet.document["decisions"] == dry.document["decisions"]
        for one in wet.document["decisions"]:
            assert ("would start" in said(dry)) or not one["start"]


# --- tick and status ---------------------------------------------------------------------------


def test_tick__on_github__says_what_is_left_of_each_quota() -> None:
    with world(Forge.GITHUB) as here:
        here.issue(here.repository("shop"), "Add a till", BODY)
        ticked = here.tick()
        assert re.search(r"^quota left: core \d+ of \d+ an hour$", ticked.output, re.MULTILINE)
        assert re.search(r"^quota left: graphql \d+ of \d+ an hour$", ticked.output, re.MULTILINE)


@on_both_forges
def test_status__lists_runs_in_flight_and_writes_nothing(kind: Forge) -> None:
    with world(kind) as here:
        here.repository("site")
        ticked = here.run("status")
        assert ticked.output.startswith("Nothing is at work and no issue is ready.\n")
        issue = running(here)
        forget(here)
        ticked = here.run("status", "--json")
        (run,) = ticked.document["runs"]
        assert run["thread"]["id"] == record(here, issue)["thread"]["id"]
        (row,) = ticked.document["issues"]
        assert (row["issue"], row["group"]) == (issue.ref, "working")
        assert writes(here) == []
