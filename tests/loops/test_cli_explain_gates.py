"""``afk explain``: which issue it is about, and what each gate answers for itself."""

from typing import Any

import pytest
from support.poll_rig import (
    BODY,
    assert_started,
    assert_untouched,
    forget,
    labels,
    on_both_forges,
    polled,
    said,
    writes,
)

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import IN_PROGRESS, World, world

GATES = [
    "kill-switch",
    "allowlist",
    "open",
    "not-a-pull-request",
    "not-locked",
    "not-archived",
    "readable",
    "ready-label",
    "not-handed-back",
    "approved",
    "not-run-yet",
    "no-open-blocker",
    "no-other-pull-request",
    "repository-free",
    "agent-known",
    "provider-open",
    "agent-seen",
    "max_in_flight",
    "max_dispatch_per_tick",
    "runs_per_issue",
    "runs_per_day",
]


def gates(here: World, ref: str) -> dict[str, Any]:
    """Explain an issue; returns evidence by gate, None where it passed."""
    answers = here.run("explain", ref, "--json").document["gates"]
    return {one["gate"]: None if one["passed"] else one["evidence"] for one in answers}


def running(here: World, name: str = "shop") -> Issue:
    """An issue whose agent is at work."""
    issue = here.issue(here.repository(name), "Add a till", BODY)
    polled(here)
    assert_started(here, issue)
    return issue


def somebodys_lock(here: World) -> None:
    repo = here.repository("shop")
    theirs = here.forge.open_issue(repo, "Repaint", here.owner)
    here.forge.add_label(theirs, IN_PROGRESS, here.owner)
    here.issue(repo, "Add a till", BODY)


@on_both_forges
def test_explain__nothing_in_the_way__prints_gates_on_demand_and_starts_nothing(
    kind: Forge,
) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.clock.sleep(60)
        ticked = here.run("explain", issue.ref)
        assert ticked.exit_code == 0
        first, second, *_ = ticked.output.splitlines()
        assert first == f"{issue.ref} It starts in the next tick."
        assert second == "blockers found: none"
        ticked = here.run("explain", issue.ref, "--all")
        lines = [line for line in ticked.output.splitlines() if line.startswith("pass ")]
        assert lines == [f"pass {gate}" for gate in GATES]
        assert writes(here) == []
        assert_untouched(here, issue)


@on_both_forges
def test_explain__several_in_the_way__each_gate_answers_for_itself(kind: Forge) -> None:
    with world(kind) as here:
        first = running(here)
        issue = here.issue(first.repo, "Add a sink", f"Blocked by #99. {BODY}")
        here.settings |= {"max_in_flight": 1, "runs_per_day": 1}
        shut = {gate: why for gate, why in gates(here, issue.ref).items() if why is not None}
        assert shut == {
            "no-open-blocker": "waiting for owner/shop#99",
            "repository-free": "another run is in flight in owner/shop: that of owner/shop#1",
            "max_in_flight": "max_in_flight=1 is at 1",
            "runs_per_day": "runs_per_day=1 is at 1",
        }


@on_both_forges
def test_explain__of_another_repository__counts_what_runs_everywhere(kind: Forge) -> None:
    with world(kind) as here:
        first = running(here)
        issue = here.issue(here.repository("site"), "Add a page", BODY)
        here.settings["max_in_flight"] = 1
        ticked = here.run("explain", issue.ref, "--json")
        assert gates(here, issue.ref)["max_in_flight"] == "max_in_flight=1 is at 1"
        assert first.number == issue.number
        assert ticked.document["runs"] == []
        assert "run is in flight" not in said(ticked)


@on_both_forges
def test_explain__of_a_run_in_flight__says_where_it_stands(kind: Forge) -> None:
    with world(kind) as here:
        issue = running(here)
        here.clock.sleep(60)
        forget(here)
        ticked = here.run("explain", issue.ref, "--json")
        assert [run["stage"] for run in ticked.document["runs"]] == ["running"]
        assert said(ticked).startswith("Its run is in flight since ")
        assert "(1 min): the agent is at work. The next tick waits: " in said(ticked)
        (then,) = ticked.document["next"]
        assert (then["action"], ticked.document["gates"]) == ("wait", [])
        assert writes(here) == []


@on_both_forges
def test_explain__somebody_s_lock__is_a_reason(kind: Forge) -> None:
    with world(kind) as here:
        somebodys_lock(here)
        why = gates(here, "owner/shop#2")["repository-free"]
        assert why == f"owner/shop#1 carries {IN_PROGRESS}"
        assert labels(here.forge.issue("owner/shop#1")) == {IN_PROGRESS}


@on_both_forges
def test_explain__archived_repository__is_a_reason_on_either_forge(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.forge.archive(issue.repo)
        assert gates(here, issue.ref)["not-archived"] == "the repository is archived"


@on_both_forges
def test_explain__repository_not_in_the_allowlist__is_a_mistake_to_be_named(kind: Forge) -> None:
    with world(kind) as here:
        here.repository("shop")
        ticked = here.run("explain", "owner/shopp#1", "--json")
        assert ticked.exit_code == 2
        assert "owner/shopp is not in the allowlist" in said(ticked, "error")
        assert "Next step: did you mean owner/shop? If not, compare it" in said(ticked, "error")
        for other in ("else/where#1", "owner/bank#1"):
            assert "did you mean" not in here.run("explain", other).output
        assert here.requests() == (0, 0)


@on_both_forges
def test_explain__repository_that_only_drains__starts_nothing_and_asks_no_further(
    kind: Forge,
) -> None:
    with world(kind) as here:
        other = here.issue(here.repository("bank"), "Add a till", BODY)
        here.settings["allowlist"].remove("owner/bank")
        here.settings["draining"] = ["owner/bank"]
        assert gates(here, other.ref) == {
            "kill-switch": None,
            "allowlist": "owner/bank is not in the allowlist",
        }
        assert writes(here) == []


@on_both_forges
def test_explain__repository_that_the_forge_does_not_know__is_the_user_s_to_mend(
    kind: Forge,
) -> None:
    with world(kind) as here:
        here.repository("shop")
        here.settings["allowlist"] = ["owner/shpo"]
        here.settings["repositories"] = {"owner/shpo": {"workspace": "/srv/shop"}}
        ticked = here.run("explain", "owner/shpo#1", "--json")
        assert ticked.exit_code == 2
        assert "owner/shpo cannot be found" in said(ticked, "error")


@on_both_forges
def test_explain__issue_that_is_not_there__is_an_error_with_a_next_step(kind: Forge) -> None:
    with world(kind) as here:
        here.repository("shop")
        ticked = here.run("explain", "owner/shop#7", "--json")
        assert ticked.exit_code == 2
        assert "owner/shop#7 does not exist. Likely cause: " in said(ticked, "error")
        assert said(ticked, "error").endswith("Next step: check the number.")
        assert ticked.document["runs"] == []


def test_explain__issue_chosen_in_a_dispatched_workflow__is_the_one() -> None:
    """The workflow hands over repository and issue in two variables."""
    with world(Forge.FORGEJO) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.environ |= {"AFK_REPOSITORY": "owner/shop", "AFK_ISSUE": str(issue.number)}
        ticked = here.run("explain", "--all")
        assert ticked.exit_code == 0
        assert "pass ready-label" in ticked.output


def test_explain__no_issue__says_how_to_name_one() -> None:
    with world(Forge.FORGEJO) as here:
        here.repository("shop")
        ticked = here.run("explain")
        assert ticked.exit_code == 2
        assert "write OWNER/REPO#N" in ticked.output
        assert here.requests() == (0, 0)


@pytest.mark.parametrize("command", [("explain", "owner/shop#1"), ("status",)])
def test_while_disabled__says_which_place_says_so(command: tuple[str, ...]) -> None:
    with world(Forge.FORGEJO) as here:
        here.repository("shop")
        here.environ["AFK_KILL_SWITCH"] = "true"
        ticked = here.run(*command)
        assert ticked.exit_code == 2
        assert "the kill switch is on (AFK_KILL_SWITCH says true)" in ticked.output
        assert here.requests() == (0, 0)
