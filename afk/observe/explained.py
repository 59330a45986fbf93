"""What the next tick does about one issue, and every gate's answer: reads only.

Decided by the code that a tick decides with, on a ledger of its own: nothing is said that a tick
would not act on, and asking changes nothing about the tick that is asked in.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final

from afk.dispatch_policy import (
    Candidate,
    DispatchDecision,
    GateAnswer,
    explain,
    goes_first,
)
from afk.errors import one_of_many
from afk.observe.choosing import decide_starts
from afk.observe.fitness import look_fit
from afk.observe.ready_issue import busy_repositories, candidate, ceilings, unasked
from afk.observe.survey import Surveyed, survey
from afk.observe.tick import Tick
from afk.record.state import RunRecord, Stage
from afk.text.messages import headline, minutes
from afk.types import Issue, IssueKey

_DRY_RUN: Final = GateAnswer(
    "dry-run", passed=False, evidence="AFK_DRY_RUN is true, so a tick only says what it would do"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What becomes of an issue: in a sentence, whether it starts, and the answer of every gate.

    ``runs``: those of the issue that are in flight; they have passed the gates, which are then not
    asked.
    """

    sentence: str
    starts: bool
    answers: tuple[GateAnswer, ...] = ()
    runs: tuple[RunRecord, ...] = ()


def explained(tick: Tick, issue: Issue, *, dry_run: bool = False) -> Explained:
    """Return what the next tick does about an issue that was read in this one.

    ``dry_run``: ticks are kept from writing by the environment. What cannot be read is reported.
    """
    issue = tick.forge.seen(issue)
    tick = replace(tick, issues={**tick.issues, issue.key: issue}, ledger=deepcopy(tick.ledger))
    surveyed = next((one for one in survey(tick) if one.issue.key == issue.key), None)
    here = (issue.repo.name, issue.number)
    runs = [one for one in tick.ledger.runs.values() if (one.repository, one.issue) == here]
    if runs:
        sentence = f"its run is in flight ({runs[-1].stage.value}), which the comment tells of"
        return Explained(sentence=sentence, starts=False, runs=tuple(runs))
    answers = _answers(tick, issue)
    if dry_run:
        answers = (*answers, _DRY_RUN)
    sentence, starts = _verdict(tick, issue, answers, surveyed)
    return Explained(sentence=sentence, starts=starts, answers=answers)


def _answers(tick: Tick, issue: Issue) -> tuple[GateAnswer, ...]:
    """Ask every gate when the issue's turn comes: after those that a tick would start before it."""
    candidates, decisions = decide_starts(tick, look_fit)
    one = _looked_at(tick, issue)
    if issue.repo.name in tick.config.allowlist:
        archived = tick.deps.tracker.repository(issue.repo.name).archived
        one = replace(one, archived=archived)
    if tick.t3.snapshot is None:
        one = replace(one, provider_open=None)
    first = _before(issue.key, decisions) if issue.key in candidates else []
    busy = {key.repo: goes_first(key) for key in first} | dict(busy_repositories(tick))
    return explain(one, tick.config, busy, ceilings(tick), len(first)).answers


def _before(key: IssueKey, decisions: Sequence[DispatchDecision]) -> list[IssueKey]:
    """Return the issues that the next tick starts before this one."""
    return [one.key for one in takewhile(lambda one: one.key != key, decisions) if one.start]


def _looked_at(tick: Tick, issue: Issue) -> Candidate:
    """Ask for every gate; what cannot be asked is reported, and its gates say so."""
    with one_of_many(tick.deps.report, issue.key):
        return candidate(tick, issue, ask_all=True)
    return unasked(tick, issue)


def _verdict(
    tick: Tick, issue: Issue, answers: Sequence[GateAnswer], surveyed: Surveyed | None
) -> tuple[str, bool]:
    """Return what the next tick does about the issue, in a sentence, and whether it starts."""
    shut = [one for one in answers if not one.passed]
    answered = (one for one in shut if one.asked)
    no = next(answered, shut[0] if shut else None)  # one that could not be asked decides nothing
    ended = _ended(surveyed)
    if ended is not None and not issue.has_label(tick.config.ready_label):
        return f"it does not start: {_how_it_ended(ended)}, and nobody has asked since", False
    if surveyed is None or issue.key in tick.ledger.hands_off:
        return "it does not start: what the forge or T3 shows of it could not be told", False
    if surveyed.diagnosis.repairs:
        return "the next tick puts it in order first, and decides then", False
    if no is None:
        return "it starts in the next tick", True
    return f"it does not start: {no.evidence or 'not asked'} (gate {no.gate})", False


def _ended(surveyed: Surveyed | None) -> RunRecord | None:
    """Return the newest run of the issue that is over."""
    records = [found.record for found in surveyed.records.runs] if surveyed is not None else []
    ended = [one for one in records if one.stage is Stage.ENDED]
    return max(ended, key=lambda one: one.approval.at, default=None)


def _how_it_ended(record: RunRecord) -> str:
    at = record.ending.ended_at or record.ending.at or record.approval.at
    said = headline(record.verdict) if record.verdict is not None else "Over"
    return f"its last run ended as {said!r} at {minutes(at)}"
