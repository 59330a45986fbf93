"""What the next tick does about one issue, and every gate's answer: reads only.

Decided by the code that a tick decides with, on a ledger of its own: nothing is said that a tick
would not act on, and asking changes nothing about the tick that is asked in.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final

from afk.decide.decision import Decision, wait
from afk.decide.explaining import MENDED_FIRST, STARTS, UNTOLD, UNTOLD_RUN, held, of_run, over
from afk.decide.start_gates import applying, deciding
from afk.dispatch_policy import Candidate, DispatchDecision, GateAnswer, explain, goes_first
from afk.errors import one_of_many
from afk.observe.choosing import decide_starts
from afk.observe.fitness import look_fit
from afk.observe.ready_issue import busy_repositories, candidate, ceilings, unasked
from afk.observe.run_in_flight import follow
from afk.observe.survey import Surveyed, look_over, survey_alone
from afk.observe.tick import Tick
from afk.observe.turn_gate import SENDS_TURN, gated
from afk.record.codec import Found
from afk.record.state import RunRecord, Stage
from afk.types import Issue, IssueKey

DRY_RUN: Final = GateAnswer(
    "dry-run", passed=False, evidence="AFK_DRY_RUN is true, so a tick only says what it would do"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What becomes of an issue: in a sentence, whether it starts, and the gates' answers.

    ``answers`` are those of the gates that have a say. ``runs``: those of the issue that are in
    flight; they have passed the gates, which are then not asked. ``decisions``: what the next tick
    does about each of these, None where it goes on with a start or an end.
    """

    sentence: str
    starts: bool
    answers: tuple[GateAnswer, ...] = ()
    runs: tuple[RunRecord, ...] = ()
    decisions: tuple[Decision | None, ...] = ()

    @property
    def holds(self) -> tuple[GateAnswer, ...]:
        """Return the answers that keep the issue from starting."""
        return deciding(self.answers)


def explained(tick: Tick, issue: Issue, *, dry_run: bool = False) -> Explained:
    """Return what the next tick does about an issue that was read in this one.

    ``dry_run``: ticks are kept from writing by the environment. What cannot be read is reported.
    """
    issue = tick.forge.seen(issue)
    issues = {**tick.issues, issue.key: issue}
    waiting = {key: head for key, head in tick.waiting.items() if key != issue.key}
    tick = replace(tick, issues=issues, waiting=waiting, ledger=deepcopy(tick.ledger))
    surveyed = next((one for one in survey_alone(tick) if one.issue.key == issue.key), None)
    if surveyed is not None and surveyed.in_flight:
        return _of_runs(tick, surveyed)
    ended = _ended(surveyed)
    asked = issue.has_label(tick.config.ready_label)
    if ended is not None and not (issue.open or asked):
        return Explained(sentence=over(ended, issue, tick.config), starts=False)
    answers = applying(_answers(tick, issue))
    if dry_run:
        answers = (*answers, DRY_RUN)
    if ended is not None and not asked:
        sentence, starts = over(ended, issue, tick.config), False
    else:
        sentence, starts = _sentence(tick, answers, surveyed)
    return Explained(sentence=sentence, starts=starts, answers=answers)


def _of_runs(tick: Tick, surveyed: Surveyed) -> Explained:
    """Return what the next tick does about the runs of an issue, the newest last."""
    runs = sorted(surveyed.in_flight, key=lambda one: one.record.approval.at)
    found = [look_ahead(tick, surveyed.issue, one) for one in runs]
    mended = bool(surveyed.diagnosis.repairs)
    return Explained(
        sentence=" ".join(of_run(*one, tick.config, tick.now, mended=mended) for one in found),
        starts=False,
        runs=tuple(record for record, _ in found),
        decisions=tuple(decision for _, decision in found),
    )


def look_ahead(tick: Tick, issue: Issue, found: Found) -> tuple[RunRecord, Decision | None]:
    """Return a run as it stands and what is decided of it; None: its start or end goes on.

    What cannot be told is reported, and waited for.
    """
    if found.record.stage is not Stage.RUNNING:
        return found.record, None
    with one_of_many(tick.deps.report, issue.key):
        seen = follow(tick, issue, found)
        if seen.decision.action in SENDS_TURN:
            seen = gated(tick, seen)
        return seen.record, seen.decision
    return found.record, wait("unread", UNTOLD_RUN)


def _answers(tick: Tick, issue: Issue) -> tuple[GateAnswer, ...]:
    """Ask every gate when the issue's turn comes: after those that a tick would start before it."""
    choice = decide_starts(tick, look_fit, look_over)
    tick, candidates, decisions = choice.tick, choice.candidates, choice.decisions
    one = _looked_at(tick, issue)
    if issue.repo.name in tick.config.allowlist:
        archived = tick.deps.tracker.repository(issue.repo.name).archived
        one = replace(one, archived=archived)
    if tick.t3.snapshot is None:
        one = replace(one, provider_open=None)
    first = _before(issue.key, decisions) if issue.key in candidates else []
    busy = {key.repo: goes_first(key) for key in first} | dict(busy_repositories(tick))
    answers = explain(one, tick.config, busy, ceilings(tick), len(first)).answers
    decided = next((one for one in decisions if one.key == issue.key and not one.start), None)
    return answers if decided is None else _by_the_tick(answers, decided)


def _by_the_tick(
    answers: Sequence[GateAnswer], decided: DispatchDecision
) -> tuple[GateAnswer, ...]:
    """Return the answers with those at the end that the tick does not ask for.

    It asks some things only of what would start: what holds an issue anyhow comes first.
    """
    known = {one.gate for one in decided.holds}
    more = [one for one in answers if not one.passed and one.asked and one.gate not in known]
    return (*(one for one in answers if one not in more), *more)


def _before(key: IssueKey, decisions: Sequence[DispatchDecision]) -> list[IssueKey]:
    """Return the issues that the next tick starts before this one."""
    return [one.key for one in takewhile(lambda one: one.key != key, decisions) if one.start]


def _looked_at(tick: Tick, issue: Issue) -> Candidate:
    """Ask for every gate; what cannot be asked is reported, and its gates say so."""
    with one_of_many(tick.deps.report, issue.key):
        return candidate(tick, issue, ask_all=True)
    return unasked(tick, issue)


def _sentence(
    tick: Tick, answers: Sequence[GateAnswer], surveyed: Surveyed | None
) -> tuple[str, bool]:
    """Return what the next tick does about the issue, in a sentence, and whether it starts."""
    if surveyed is None:
        return UNTOLD, False
    if surveyed.diagnosis.repairs:
        return MENDED_FIRST, False
    shut = deciding(answers)
    return (held(shut, tick.config), False) if shut else (STARTS, True)


def _ended(surveyed: Surveyed | None) -> RunRecord | None:
    """Return the newest run of the issue that is over."""
    records = [found.record for found in surveyed.records.runs] if surveyed is not None else []
    ended = [one for one in records if one.stage is Stage.ENDED]
    return max(ended, key=lambda one: one.approval.at, default=None)
