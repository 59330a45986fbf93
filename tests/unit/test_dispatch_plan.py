"""What is done about every ready issue, those that do not start included."""

from dataclasses import replace
from typing import Any

import pytest
from support.factories import HUMAN, READY, approval, config, event, issue, labels

from afk.decide.approval import Appraisal, Standing
from afk.dispatch_policy import (
    AskAgain,
    Candidate,
    DispatchDecision,
    GateAnswer,
    Leave,
    ParkEdited,
    ParkOversized,
    Pin,
    Planned,
    RefuseApplication,
    StartRun,
    Step,
    explain,
    plan,
    select_dispatchable,
)
from afk.text.messages import waits_for
from afk.text.overview import Group

ISSUE = issue()
EVENT = event(key="4711")
LARGE = issue(oversized="more than 1,000 comments")
NOT_FREE = "repository-free"


def planned(
    standing: Standing = Standing.APPROVED, gate: str = "approved", **changes: Any
) -> Planned:
    """Return what is done where this gate says no to an application of this standing."""
    pinned, seen = changes.pop("pinned", approval()), changes.pop("event", EVENT)
    one = Candidate(issue=ISSUE, appraisal=Appraisal(standing, seen, pinned))
    one = replace(one, **changes)
    decision = DispatchDecision(one.issue.key, start=False, gate=gate, evidence="as it was seen")
    (found,) = plan([decision], {one.issue.key: one}, config())
    assert found.key == one.issue.key
    assert found.says == "as it was seen"
    return found


PINNED = Pin(ISSUE, EVENT, waits_for(NOT_FREE, "as it was seen"))
TAKEN_OFF, HANDED_BACK = RefuseApplication(ISSUE), ParkEdited(ISSUE, EVENT)


@pytest.mark.parametrize(
    ("standing", "seen", "step", "group"),
    [
        (Standing.APPROVED, {"gate": NOT_FREE}, PINNED, Group.WAITING),
        (Standing.APPROVED, {"gate": NOT_FREE, "spent": None}, PINNED, Group.WAITING),
        (Standing.APPROVED, {"gate": NOT_FREE, "spent": True}, Leave(ISSUE), Group.WAITING),
        (Standing.APPROVED, {"gate": NOT_FREE, "event": None}, Leave(ISSUE), Group.WAITING),
        (Standing.APPROVED, {"gate": NOT_FREE, "pinned": None}, Leave(ISSUE), Group.WAITING),
        (Standing.REFUSED, {}, TAKEN_OFF, Group.ASKS),
        (Standing.REFUSED, {"gate": "open"}, Leave(ISSUE), Group.WAITING),
        (Standing.RENAMED, {}, AskAgain(ISSUE, EVENT), Group.ASKS),
        (Standing.RENAMED, {"event": None}, AskAgain(ISSUE, None), Group.ASKS),
        (Standing.RENAMED, {"gate": "open"}, Leave(ISSUE), Group.WAITING),
        (Standing.EDITED, {}, HANDED_BACK, Group.BACK),
        (Standing.UNPROVEN, {}, HANDED_BACK, Group.BACK),
        (Standing.EDITED, {"gate": "open"}, Leave(ISSUE), Group.WAITING),
        (Standing.EDITED, {"spent": True}, Leave(ISSUE), Group.WAITING),
        (Standing.EDITED, {"pinned": None}, Leave(ISSUE), Group.WAITING),
        (Standing.EXPIRED, {}, Leave(ISSUE), Group.WAITING),
        (Standing.APPROVED, {"issue": LARGE}, ParkOversized(LARGE), Group.BACK),
        (Standing.REFUSED, {"issue": LARGE}, ParkOversized(LARGE), Group.BACK),
    ],
    ids=range(18),
)
def test_plan__one_that_does_not_start__is_accounted_for(
    standing: Standing, seen: dict[str, Any], step: Step, group: Group
) -> None:
    found = planned(standing, **seen)
    assert found.step == step
    assert found.group is group
    assert found.words
    assert not found.loud


@pytest.mark.parametrize(
    ("on", "told"),
    [((), False), ((READY,), False), ((HUMAN,), True), ((READY, HUMAN), False)],
)
def test_plan__larger_than_afk_reads__is_handed_over_once(on: tuple[str, ...], told: bool) -> None:
    seen = replace(LARGE, labels=labels(*on))
    assert planned(issue=seen).step == (Leave(seen) if told else ParkOversized(seen))


@pytest.mark.parametrize("standing", Standing)
def test_plan__nothing_is_written_on_the_issue__the_tick_is_loud(standing: Standing) -> None:
    told_nobody = (Standing.OWN, Standing.UNKNOWN, Standing.UNLISTED_APP)
    assert planned(standing).loud is (standing in told_nobody)
    assert not planned(standing, gate="open").loud


def test_plan__those_that_start_and_others__one_step_each_in_their_order() -> None:
    other = issue(number=8)
    candidates = {
        one.key: Candidate(issue=one, appraisal=Appraisal(Standing.EXPIRED, EVENT, approval()))
        for one in (ISSUE, other)
    }
    decisions = [
        DispatchDecision(other.key, start=False, gate="approved", evidence="too old"),
        DispatchDecision(ISSUE.key, start=True),
    ]
    assert plan(decisions, candidates, config()) == [
        Planned(Leave(other), says="too old"),
        Planned(StartRun(ISSUE)),
    ]


@pytest.mark.parametrize("gate", ["provider-open", "not-run-yet"])
@pytest.mark.parametrize("answer", [None, True, False])
def test_explain__a_gate_that_was_not_asked__lets_nothing_through(
    gate: str, *, answer: bool | None
) -> None:
    spent = None if answer is None else not answer
    one = Candidate(issue=ISSUE, appraisal=Appraisal(Standing.APPROVED, EVENT, approval()))
    of_provider = gate == "provider-open"
    one = replace(one, provider_open=answer) if of_provider else replace(one, spent=spent)
    found = {shown.gate: shown for shown in explain(one, config(), ()).answers}[gate]
    why = "this approval has had its run" if gate == "not-run-yet" else one.provider_shut
    assert (
        found
        == {
            None: GateAnswer(gate, passed=False, evidence="not asked", asked=False),
            True: GateAnswer(gate, passed=True),
            False: GateAnswer(gate, passed=False, evidence=why),
        }[answer]
    )


def test_select_dispatchable__one_that_is_held__keeps_its_approval_and_every_gate() -> None:
    one = Candidate(issue=ISSUE, appraisal=Appraisal(Standing.APPROVED, EVENT, approval()))
    (found,) = select_dispatchable([one], config(kill_switch=True), ("acme/app",))
    assert (found.start, found.gate, found.approval) == (False, "kill-switch", approval())
    assert [held.gate for held in found.holds] == ["kill-switch"]
    (found,) = select_dispatchable([one], config(max_in_flight=0), ("acme/app",))
    assert [held.gate for held in found.holds] == ["repository-free", "max_in_flight"]
