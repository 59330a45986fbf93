"""Which ready issues start now, and what is done about the others.

Pure. `select_dispatchable` decides in the order in which issues may start; `plan` turns each
decision into one step, refusals included, so that what is not started is accounted for, too.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from afk.config import Config
from afk.decide.approval import Standing
from afk.decide.order import Place, priority_of
from afk.decide.start_gates import (
    Candidate,
    Ceilings,
    Explanation,
    GateAnswer,
    deciding,
    explain,
    why_taken,
)
from afk.record.state import Approval
from afk.text.gates import waits_in_line_for
from afk.text.overview import Group
from afk.types import Event, Issue, IssueKey

__all__ = [
    "Candidate",
    "Ceilings",
    "DispatchDecision",
    "Explanation",
    "GateAnswer",
    "Leave",
    "ParkEdited",
    "ParkOversized",
    "Pin",
    "Planned",
    "RefuseApplication",
    "StartRun",
    "Step",
    "deciding",
    "explain",
    "goes_first",
    "left_unread",
    "plan",
    "select_dispatchable",
]

_NOTHING_RUNS: Final = Ceilings()
_PARKED: Final = frozenset({Standing.EDITED, Standing.UNPROVEN})
_NOBODY_IS_TOLD: Final = frozenset({Standing.OWN, Standing.UNKNOWN, Standing.UNLISTED_APP})
"""Nothing is written on the issue, so the tick has to be loud."""


@dataclass(frozen=True, slots=True)
class DispatchDecision:
    """Start, or the first gate that said no; ``holds``: every gate that was asked and says no.

    ``unread``: its turn cannot come in this tick, so nobody looked further than the listing.
    """

    key: IssueKey
    start: bool
    gate: str = ""
    evidence: str = ""
    approval: Approval | None = None
    holds: tuple[GateAnswer, ...] = ()
    unread: bool = False


def left_unread(key: IssueKey, answers: Sequence[GateAnswer]) -> DispatchDecision:
    """Return the decision about an issue that nothing but a listing tells of."""
    holds = tuple(one for one in answers if not one.passed)
    gate, evidence = (holds[0].gate, holds[0].evidence) if holds else ("", "its turn is not yet")
    return DispatchDecision(
        key, start=False, gate=gate, evidence=evidence, holds=holds, unread=True
    )


def select_dispatchable(
    issues: Iterable[Candidate],
    config: Config,
    in_flight_repos: Collection[str],
    ceilings: Ceilings = _NOTHING_RUNS,
) -> list[DispatchDecision]:
    """Return a decision for every issue, in the order in which they may start.

    One start per repository and tick; ceilings are counted down as issues are chosen. A mapping
    of repositories says why each is taken.
    """
    busy = {name: why_taken(name, in_flight_repos) for name in in_flight_repos}
    chosen = 0
    decisions = []
    for candidate in sorted(issues, key=order):
        explained = explain(candidate, config, busy, ceilings, chosen)
        no = explained.first_no
        key = candidate.issue.key
        if no is None:
            decisions.append(
                DispatchDecision(key, start=True, approval=candidate.appraisal.approval)
            )
            busy[key.repo] = goes_first(key)
            chosen += 1
        else:
            approval, holds = candidate.appraisal.approval, deciding(explained.answers)
            decisions.append(
                DispatchDecision(key, False, no.gate, no.evidence, approval, holds)  # noqa: FBT003  the field's name says it
            )
    return decisions


def goes_first(key: IssueKey) -> str:
    """Return why nothing else starts in the repository of an issue that starts in this tick."""
    return f"another run is in flight in {key.repo}: that of {key}"


def order(candidate: Candidate) -> Place:
    """Return the place in line: priority label (lower first, none last), approval, number."""
    level = priority_of(label.name for label in candidate.issue.labels)
    event = candidate.appraisal.event
    approved_at = event.at if event else candidate.issue.updated_at
    key = candidate.issue.key
    return (level, approved_at, key.repo, key.number)


@dataclass(frozen=True, slots=True)
class StartRun:
    """Start a run on the issue."""

    issue: Issue


@dataclass(frozen=True, slots=True)
class Pin:
    """Write down an approval that has to wait; ``waiting_for`` is what its comment says."""

    issue: Issue
    application: Event
    waiting_for: str


@dataclass(frozen=True, slots=True)
class ParkEdited:
    """Hand back an approval whose text is not provably the approved one."""

    issue: Issue
    application: Event


@dataclass(frozen=True, slots=True)
class ParkOversized:
    """Hand back an issue that is larger than afk reads."""

    issue: Issue


@dataclass(frozen=True, slots=True)
class RefuseApplication:
    """Take the ready label off again: whoever put it on may not write."""

    issue: Issue


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Ask for the label once more: it was put on before afk vouched for its name."""

    issue: Issue
    application: Event | None


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave the issue as it is."""

    issue: Issue


Step = StartRun | Pin | ParkEdited | ParkOversized | RefuseApplication | AskAgain | Leave

_WORDS: Final = {
    StartRun: "start",
    Pin: "record the approval, which has to wait",
    ParkEdited: "hand back: the text is not provably the approved one",
    ParkOversized: "hand back: larger than afk reads",
    RefuseApplication: "take the label off: set without write permission",
    AskAgain: "ask for the label once more: it was put on before afk knew its name",
    Leave: "leave as it is",
}
_GROUPS: Final[Mapping[type, Group]] = {
    ParkEdited: Group.BACK,
    ParkOversized: Group.BACK,
    RefuseApplication: Group.ASKS,
    AskAgain: Group.ASKS,
}


@dataclass(frozen=True, slots=True)
class Planned:
    """One issue's step. ``says`` is why it does not start; ``loud`` when nobody else is told."""

    step: Step
    says: str = ""
    loud: bool = False

    @property
    def key(self) -> IssueKey:
        """Return the issue."""
        return self.step.issue.key

    @property
    def group(self) -> Group:
        """Return among what the issue is told of afterwards."""
        return _GROUPS.get(type(self.step), Group.WAITING)

    @property
    def words(self) -> str:
        """Return what a tick that writes nothing says it would do."""
        return _WORDS[type(self.step)]


def plan(
    decisions: Sequence[DispatchDecision],
    candidates: Mapping[IssueKey, Candidate],
    config: Config,
) -> list[Planned]:
    """Return one step for every decision about an issue that was read, in their order."""
    read = [decision for decision in decisions if not decision.unread]
    return [_planned(decision, candidates[decision.key], config) for decision in read]


def _planned(decision: DispatchDecision, one: Candidate, config: Config) -> Planned:
    if decision.start:
        return Planned(StartRun(one.issue))
    by_approval = decision.gate == "approved"
    return Planned(
        _step(decision, one, config),
        says=decision.evidence,
        loud=by_approval and one.appraisal.standing in _NOBODY_IS_TOLD,
    )


def _step(decision: DispatchDecision, one: Candidate, config: Config) -> Step:
    """Return what is done about an issue that does not start."""
    issue, standing, application = one.issue, one.appraisal.standing, one.appraisal.event
    by_approval = decision.gate == "approved"
    if issue.oversized:
        # Whether one that was handed over was told so before cannot be read either.
        told = issue.has_label(config.human_label) and not issue.has_label(config.ready_label)
        return Leave(issue) if told else ParkOversized(issue)
    if by_approval and standing is Standing.REFUSED:
        return RefuseApplication(issue)
    if by_approval and standing is Standing.RENAMED:
        return AskAgain(issue, application)
    if one.appraisal.approval is None or application is None:
        return Leave(issue)
    if by_approval and standing in _PARKED and not one.spent:
        return ParkEdited(issue, application)
    if standing is not Standing.APPROVED or one.spent:
        return Leave(issue)
    return Pin(issue, application, waits_in_line_for(decision.gate, decision.evidence))
