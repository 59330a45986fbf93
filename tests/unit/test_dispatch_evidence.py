"""What each gate says of an issue that it holds back."""

from dataclasses import replace
from typing import Any

import pytest
from support.factories import HUMAN, READY, approval, config, event, issue, labels

from afk.decide.agent_choice import AgentChoice
from afk.decide.approval import Appraisal, Standing
from afk.decide.start_gates import Candidate, Ceilings, GateAnswer, explain
from afk.model.pull import ClosingPull
from afk.types import Account, Blocker, IssueKey

APPROVED = Appraisal(Standing.APPROVED, event(), approval())
BO = Account(12, "bo")
OFF = "ready-for-agent is not on the issue"
CLOSE_IT = "would close the issue and are still open"


def said(gate: str, one: Candidate, **changes: Any) -> GateAnswer:
    """Return a gate's answer to an issue."""
    settings = changes.pop("settings", config())
    found = explain(one, settings, changes.pop("busy", ()), Ceilings(**changes))
    (answer,) = [one for one in found.answers if one.gate == gate]
    return answer


def candidate(**changes: Any) -> Candidate:
    shown = {name: changes.pop(name) for name in ("labels", "blockers", "body") if name in changes}
    return replace(Candidate(issue=issue(**shown), appraisal=APPROVED), **changes)


def other(number: int, repo: str = "acme/app") -> ClosingPull:
    return ClosingPull(number, repo, BO, f"fix-{number}")


@pytest.mark.parametrize(
    ("gate", "seen", "evidence"),
    [
        ("ready-label", {"labels": ()}, OFF),
        (
            "ready-label",
            {"labels": labels("Ready-For-Agent", "bug")},
            f"{OFF}; Ready-For-Agent is, which is another label to afk",
        ),
        ("ready-label", {"labels": labels("bug")}, OFF),
        ("not-handed-back", {"labels": labels(HUMAN)}, "ready-for-human is on the issue"),
        (
            "not-handed-back",
            {"labels": labels(READY, HUMAN)},
            "ready-for-human is newer than ready-for-agent",
        ),
        (
            "no-other-pull-request",
            {"others": (other(9),)},
            "pull request acme/app#9 would close the issue and is still open",
        ),
        (
            "no-other-pull-request",
            {"others": (other(9), other(9), other(3, "acme/secret"))},
            f"pull request acme/app#9, a pull request elsewhere {CLOSE_IT}",
        ),
        (
            "no-other-pull-request",
            {"others": tuple(other(number) for number in range(1, 6))},
            f"pull request acme/app#1, pull request acme/app#2, pull request acme/app#3 {CLOSE_IT}",
        ),
        (
            "no-open-blocker",
            {"blockers": tuple(Blocker(f"acme/app#{one}", one == 2) for one in range(1, 9))},
            "waiting for acme/app#1, acme/app#3, acme/app#4, acme/app#5, acme/app#6",
        ),
        (
            "agent-known",
            {"agent": AgentChoice(why_not="agent:x is not known")},
            "agent:x is not known",
        ),
    ],
    ids=range(10),
)
def test_explain__gate_that_says_no__says_why(
    gate: str, seen: dict[str, Any], evidence: str
) -> None:
    assert said(gate, candidate(**seen)) == GateAnswer(gate, passed=False, evidence=evidence)


@pytest.mark.parametrize("standing", Standing)
def test_explain__approval_that_does_not_count__says_what_mends_it(standing: Standing) -> None:
    mends = {
        Standing.RENAMED: ": take it off and put it on again",
        Standing.EXPIRED: " (approval_max_age=60): label it again",
        Standing.AHEAD: " (2026-11-23 11:00 UTC): set the clocks right, then label it again",
        Standing.UNKNOWN: "; `trusted: [10]` in the configuration lets it",
        Standing.UNLISTED_APP: "; `trusted: [10]` in the configuration lets it",
        Standing.OWN: ": label it as yourself, and give afk an account of its own",
    }
    one = candidate(appraisal=Appraisal(standing, event(), approval()))
    found = said("approved", one, settings=config(approval_max_age=60))
    passed = standing is Standing.APPROVED
    assert found == GateAnswer(
        "approved",
        passed=passed,
        evidence="" if passed else f"{standing.value}{mends.get(standing, '')}",
        asked=standing not in (Standing.NOT_ASKED, Standing.OFF),
    )


@pytest.mark.parametrize("standing", [Standing.AHEAD, Standing.UNKNOWN, Standing.UNLISTED_APP])
def test_explain__approval_without_its_event__says_what_is_known(standing: Standing) -> None:
    one = candidate(appraisal=Appraisal(standing))
    assert said("approved", one).evidence == standing.value


def test_explain__dashboard__is_never_worked_on() -> None:
    key = IssueKey("acme/app", 7)
    found = said("not-the-dashboard", candidate(), settings=config(dashboard=str(key)))
    assert found == GateAnswer("not-the-dashboard", passed=False, evidence="it is afk's dashboard")
    gates = [one.gate for one in explain(candidate(), config(), ()).answers]
    assert "not-the-dashboard" not in gates


@pytest.mark.parametrize(
    ("busy", "evidence"),
    [
        (("acme/app",), "another run is in flight in acme/app"),
        ({"acme/app": ""}, "another run is in flight in acme/app"),
        ({"acme/app": "a lock"}, "a lock"),
        ({"acme/other": "a lock"}, ""),
        ((), ""),
    ],
)
def test_explain__repository_that_is_taken__says_by_what(busy: Any, evidence: str) -> None:
    found = said("repository-free", candidate(), busy=busy)
    assert found == GateAnswer("repository-free", passed=not evidence, evidence=evidence)


@pytest.mark.parametrize(
    ("count", "evidence"),
    [(None, "could not be read"), (3, "is at 3"), (4, "is at 4"), (2, "")],
)
def test_explain__ceilings__count_what_is_at_work(count: int | None, evidence: str) -> None:
    settings = config(max_in_flight=3, runs_per_day=3, runs_per_issue=3)
    for gate, changes in (
        ("max_in_flight", {"in_flight": count}),
        ("runs_per_day", {"started_today": count}),
        ("runs_per_issue", {}),
    ):
        found = said(gate, candidate(runs=count), settings=settings, **changes)
        told = f"{gate}=3 {evidence}" if evidence else ""
        assert found == GateAnswer(gate, passed=not evidence, evidence=told)
