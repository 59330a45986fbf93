"""``afk explain``: why an issue starts, or does not.

The answer is the next tick's own, decided by the code that a tick decides with: nothing is said
that a tick would not act on.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any, Final

from afk.commands.chosen import chosen, key_of, read_known
from afk.decide.start_gates import blockers_read
from afk.deps import Deps
from afk.dispatch_policy import (
    Candidate,
    DispatchDecision,
    Explanation,
    GateAnswer,
    explain,
    goes_first,
)
from afk.errors import NotFound, one_of_many
from afk.observe.opening import open_tick
from afk.observe.ready_issue import busy_repositories, candidate, ceilings, unasked
from afk.observe.survey import Surveyed, survey
from afk.observe.tick import Tick
from afk.poller import decide_starts
from afk.record.codec import as_json
from afk.record.state import RunRecord, Stage
from afk.text.messages import headline, minutes
from afk.types import Issue, IssueKey

_DRY_RUN: Final = GateAnswer(
    "dry-run", passed=False, evidence="AFK_DRY_RUN is true, so a tick only says what it would do"
)


def run(options: argparse.Namespace, deps: Deps, environ: Mapping[str, str]) -> dict[str, object]:
    """Explain the issue that the command line names, else the environment."""
    dry_run = environ.get("AFK_DRY_RUN", "").strip().lower() == "true"
    return tell_gates(deps, key_of(options.issue or chosen(environ)), dry_run=dry_run)


def tell_gates(deps: Deps, key: IssueKey, *, dry_run: bool = False) -> dict[str, object]:
    """Print what the next tick does about one issue, and every gate's answer; reads only.

    ``dry_run``: ticks are kept from writing by the environment. The gates before a start are not
    asked of a run in flight: it has passed them.
    """
    issue = read_known(deps, key)
    if issue is None:
        raise NotFound(
            f"{key} does not exist",
            cause="the number is wrong, or the issue was deleted or transferred",
            next_step="check the number",
        )
    tick = open_tick(deps)
    tick = replace(tick, issues={**tick.issues, key: issue})
    surveyed = next((one for one in survey(tick) if one.issue.key == key), None)
    running = [
        one for one in tick.ledger.runs.values() if (one.repository, one.issue) == _here(key)
    ]
    if running:
        verdict = f"its run is in flight ({running[-1].stage.value}), which the comment tells of"
        deps.report.event(verdict, key=key)
        deps.report.event(_blockers(issue), key=key)
        for record in running:
            deps.report.event(f"a run is in flight: {record.stage.value}", key=key)
        runs = [as_json(one) for one in running]
        return {"verdict": verdict, "starts": False, "gates": [], "runs": runs}
    answers = _answers(tick, issue, dry_run=dry_run)
    verdict, starts = _verdict(tick, issue, answers, surveyed)
    deps.report.event(verdict, key=key)
    for answer in answers.answers:
        mark = "pass" if answer.passed else "NO  " if answer.asked else "?   "
        evidence = f": {answer.evidence}" if answer.evidence else ""
        deps.report.event(f"{mark} {answer.gate}{evidence}")
    deps.report.event(_blockers(issue), key=key)
    return {"verdict": verdict, "starts": starts, "gates": _gates(answers), "runs": []}


def _blockers(issue: Issue) -> str:
    return f"read as what it waits for: {blockers_read(issue)}"


def _here(key: IssueKey) -> tuple[str, int]:
    """Return an issue as records name it."""
    return key.repo, key.number


def _answers(tick: Tick, issue: Issue, *, dry_run: bool) -> Explanation:
    """Ask every gate when the issue's turn comes: after those that a tick would start before it."""
    candidates, decisions = decide_starts(tick)
    one = _looked_at(tick, issue)
    if issue.repo.name in tick.config.allowlist:
        archived = tick.deps.tracker.repository(issue.repo.name).archived
        one = replace(one, archived=archived)
    if tick.t3.snapshot is None:
        one = replace(one, provider_open=None)
    first = _before(issue.key, decisions) if issue.key in candidates else []
    busy = {key.repo: goes_first(key) for key in first} | dict(busy_repositories(tick))
    found = explain(one, tick.config, busy, ceilings(tick), len(first))
    return replace(found, answers=(*found.answers, _DRY_RUN)) if dry_run else found


def _before(key: IssueKey, decisions: Sequence[DispatchDecision]) -> list[IssueKey]:
    """Return the issues that the next tick starts before this one."""
    return [one.key for one in takewhile(lambda one: one.key != key, decisions) if one.start]


def _looked_at(tick: Tick, issue: Issue) -> Candidate:
    """Ask for every gate; what cannot be asked is reported, and its gates say so."""
    with one_of_many(tick.deps.report, issue.key):
        return candidate(tick, issue, ask_all=True)
    return unasked(tick, issue)


def _verdict(
    tick: Tick, issue: Issue, answers: Explanation, surveyed: Surveyed | None
) -> tuple[str, bool]:
    """Return what the next tick does about the issue, in a sentence, and whether it starts."""
    answered = (one for one in answers.answers if one.asked and not one.passed)
    no = next(answered, answers.first_no)  # a gate that could not be asked decides nothing
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


def _gates(answers: Explanation) -> list[dict[str, Any]]:
    return [
        {"gate": one.gate, "passed": one.passed, "evidence": one.evidence}
        | ({} if one.asked else {"asked": False})
        for one in answers.answers
    ]
