"""The shipped workflow, run by act against the sandbox's servers, as GitHub would run it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.act_rig import Act, against

from afk.record.codec import is_record
from afk.types import Forge
from afk_sandbox.world import IN_PROGRESS, READY, World, world

EVENTS: Mapping[str, Mapping[str, Any]] = {
    "issues": {"action": "labeled", "issue": {"number": 1}, "label": {"name": READY}},
    "schedule": {"schedule": "*/5 * * * *"},
    "workflow_dispatch": {"inputs": {"repository": "owner/shop", "issue": "1"}},
}


def of_a_pull(head: str) -> Mapping[str, Any]:
    """Return the event of a pull request that was closed, with its branch in this repository."""
    return {
        "action": "closed",
        "repository": {"default_branch": "trunk", "full_name": "owner/afk"},
        "pull_request": {"number": 3, "head": {"repo": {"full_name": head}}},
    }


@pytest.fixture
def here(request: pytest.FixtureRequest) -> Iterator[World]:
    """A forge and T3 that live in today's time, for afk's clock here is the real one.

    GitHub unless a test says otherwise: act runs GitHub's workflow, whatever the forge.
    """
    with world(getattr(request, "param", Forge.GITHUB)) as one:
        one.clock.moment = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
        one.issue(one.repository("shop"), "Add a till", "A till, please. [[push]]")
        yield one


@pytest.fixture
def act(here: World, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Act:
    """Return act with the secrets, and without the variables that arm afk.

    The installation is shared by all tests, workers included: the action's own lock is in charge.
    """
    return against(here, tmp_path, tmp_path_factory.getbasetemp())


def arm(act: Act) -> None:
    act.variables |= {"AFK_KILL_SWITCH": "false", "AFK_ALLOWLIST": "owner/shop"}


@pytest.mark.parametrize(
    ("here", "event"),
    [
        (Forge.GITHUB, "issues"),
        (Forge.FORGEJO, "schedule"),
        (Forge.GITHUB, "workflow_dispatch"),
    ],
    indirect=["here"],
)
def test_workflow__armed__starts_the_ready_issue(event: str, act: Act, here: World) -> None:
    """Every trigger ends in the same tick: a record, a thread, the lock."""
    arm(act)

    ran = act.run("afk.yml", event, EVENTS[event])

    assert ran.code == 0, ran.out
    assert "owner/shop#1 started thread" in ran.out
    assert "checked out []" in ran.out
    issue = here.forge.repositories[0].issues[1]
    assert IN_PROGRESS in {label.name for label in issue.labels}
    assert [is_record(comment.body) for comment in issue.comments] == [True]
    threads = here.t3.snapshot()["threads"]
    assert [thread["title"].endswith("owner/shop#1") for thread in threads] == [True]
    assert not [secret for secret in act.secrets.values() if secret in ran.out]


@pytest.mark.parametrize("event", ["pull_request", "pull_request_review"])
def test_workflow__pull_request__ticks_on_the_default_branch(event: str, act: Act) -> None:
    """What it proposes is not what runs beside the secrets."""
    arm(act)

    ran = act.run("afk.yml", event, of_a_pull("owner/afk"))

    assert ran.code == 0, ran.out
    assert "checked out [trunk]" in ran.out
    assert "owner/shop#1 started thread" in ran.out


def test_workflow__pull_request_of_a_fork__starts_no_job(act: Act, here: World) -> None:
    arm(act)

    ran = act.run("afk.yml", "pull_request", of_a_pull("stranger/afk"))

    assert ran.code == 0, ran.out
    assert "checked out" not in ran.out
    assert here.requests() == (0, 0)


@pytest.mark.parametrize("missing", ["AFK_KILL_SWITCH", "AFK_ALLOWLIST", "both"])
def test_workflow__a_gate_not_set__sends_nothing(missing: str, act: Act, here: World) -> None:
    """Ships disabled: either variable alone does not arm it."""
    arm(act)
    for name in ("AFK_KILL_SWITCH", "AFK_ALLOWLIST"):
        if missing in (name, "both"):
            del act.variables[name]

    ran = act.run("afk.yml", "issues", EVENTS["issues"])

    assert ran.code == 0, ran.out
    assert "nothing to do: " in ran.out
    assert here.requests() == (0, 0)


def test_workflow__by_the_clock_without_the_variable__starts_no_job(act: Act, here: World) -> None:
    """So is a mirror of afk, or a fork: the workflow is there, the variables are not."""
    ran = act.run("afk.yml", "schedule", EVENTS["schedule"])

    assert ran.code == 0, ran.out
    assert "nothing to do" not in ran.out
    assert here.requests() == (0, 0)


def test_workflow__in_a_mirror__starts_no_job(act: Act, here: World) -> None:
    arm(act)

    ran = act.run("afk.yml", "issues", {**EVENTS["issues"], "repository": {"mirror": True}})

    assert ran.code == 0, ran.out
    assert "started thread" not in ran.out
    assert here.requests() == (0, 0)


def test_workflow__dispatched_as_a_dry_run__writes_nothing(act: Act, here: World) -> None:
    arm(act)
    inputs = {"repository": "owner/shop", "issue": "1", "dry-run": "true"}

    ran = act.run("afk.yml", "workflow_dispatch", {"inputs": inputs})

    assert ran.code == 0, ran.out
    assert "owner/shop#1" in ran.out
    issue = here.forge.repositories[0].issues[1]
    assert [label.name for label in issue.labels] == [READY]
    assert issue.comments == []
    assert here.t3.snapshot()["threads"] == []
    assert {one.method for one in here.t3_log.exchanges} == {"GET"}


@pytest.mark.parametrize(
    ("here", "inputs", "said"),
    [
        (Forge.GITHUB, {"repository": "$(touch pwned)"}, "$(touch pwned) is not in the allowlist"),
        (Forge.FORGEJO, {"issue": "1; touch pwned"}, "'1; touch pwned' is no issue's number"),
    ],
    indirect=["here"],
)
def test_workflow__a_value_that_would_be_shell__is_a_value(
    inputs: Mapping[str, str], said: str, act: Act, here: World
) -> None:
    """Inputs reach afk through the environment only."""
    arm(act)

    ran = act.run("afk.yml", "workflow_dispatch", {"inputs": {"dry-run": "true", **inputs}})

    assert ran.code != 0
    assert said in ran.out
    assert not list(act.scratch.rglob("pwned"))
    assert here.requests() == (0, 0)
