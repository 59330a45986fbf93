"""``afk explain``: why an issue starts, or does not."""

import argparse
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from afk.commands.chosen import chosen, key_of
from afk.dispatch_policy import Explanation
from afk.errors import NotFound
from afk.observe.opening import open_tick
from afk.observe.ready_issue import candidate, explanation
from afk.observe.survey import survey
from afk.ports import Deps
from afk.record.codec import as_json
from afk.types import IssueKey


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
    one = candidate(tick, issue)
    if key.repo in deps.config.allowlist:
        one = replace(one, archived=deps.tracker.repository(key.repo).archived)
    answers = explanation(tick, one)
    for answer in answers.answers:
        mark = "pass" if answer.passed else "NO  "
        evidence = f": {answer.evidence}" if answer.evidence else ""
        deps.report.event(f"{mark} {answer.gate}{evidence}")
    here = (key.repo, key.number)
    running = [run for run in tick.ledger.runs.values() if (run.repository, run.issue) == here]
    for record in running:
        deps.report.event(f"a run is in flight: {record.stage.value}", key=key)
    return {"gates": _gates(answers), "runs": [as_json(run) for run in running]}


def _gates(answers: Explanation) -> list[dict[str, Any]]:
    return [
        {"gate": one.gate, "passed": one.passed, "evidence": one.evidence}
        for one in answers.answers
    ]
