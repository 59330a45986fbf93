"""``afk explain``: why an issue starts, or does not."""

import argparse
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from afk.commands.chosen import chosen, key_of
from afk.decide.start_gates import blockers_read
from afk.dispatch_policy import Candidate, Explanation
from afk.errors import NotFound, one_of_many
from afk.observe.opening import open_tick
from afk.observe.ready_issue import candidate, explanation, unasked
from afk.observe.survey import survey
from afk.observe.tick import Tick
from afk.ports import Deps
from afk.record.codec import as_json
from afk.types import Issue, IssueKey


def run(options: argparse.Namespace, deps: Deps, environ: Mapping[str, str]) -> dict[str, object]:
    """Explain the issue that the command line names, else the environment."""
    return tell_gates(deps, key_of(options.issue or chosen(environ)))


def tell_gates(deps: Deps, key: IssueKey) -> dict[str, object]:
    """Print every gate's answer for one issue; reads only."""
    issue = deps.tracker.reread(key)
    if issue is None:
        raise NotFound(
            f"{key} does not exist",
            cause="the number is wrong, or the issue was deleted or transferred",
            next_step="check the number",
        )
    tick = open_tick(deps)
    tick = replace(tick, issues={**tick.issues, key: issue})
    survey(tick)
    here = (key.repo, key.number)
    running = [run for run in tick.ledger.runs.values() if (run.repository, run.issue) == here]
    if running:
        tick.ledger.hold(key.repo, "its own run is in flight")
    one = _looked_at(tick, issue)
    if key.repo in deps.config.allowlist:
        one = replace(one, archived=deps.tracker.repository(key.repo).archived)
    if tick.t3.snapshot is None:
        one = replace(one, provider_open=None)
    answers = explanation(tick, one)
    for answer in answers.answers:
        mark = "pass" if answer.passed else "NO  " if answer.asked else "?   "
        evidence = f": {answer.evidence}" if answer.evidence else ""
        deps.report.event(f"{mark} {answer.gate}{evidence}")
    deps.report.event(f"read as what it waits for: {blockers_read(issue)}", key=key)
    for record in running:
        deps.report.event(f"a run is in flight: {record.stage.value}", key=key)
    return {"gates": _gates(answers), "runs": [as_json(run) for run in running]}


def _looked_at(tick: Tick, issue: Issue) -> Candidate:
    """Ask for every gate; what cannot be asked is reported, and its gates say so."""
    with one_of_many(tick.deps.report, issue.key):
        return candidate(tick, issue, ask_all=True)
    return unasked(tick, issue)


def _gates(answers: Explanation) -> list[dict[str, Any]]:
    return [
        {"gate": one.gate, "passed": one.passed, "evidence": one.evidence}
        | ({} if one.asked else {"asked": False})
        for one in answers.answers
    ]
