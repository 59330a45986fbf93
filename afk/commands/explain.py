"""``afk explain``: why an issue starts, or does not.

The answer is the next tick's own, decided by the code that a tick decides with: nothing is said
that a tick would not act on.
"""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from afk.commands.chosen import chosen, key_of, read_known
from afk.decide.start_gates import blockers_read
from afk.deps import Deps
from afk.dispatch_policy import GateAnswer
from afk.errors import NotFound
from afk.observe.explained import explained
from afk.observe.opening import open_tick
from afk.record.codec import as_json
from afk.types import IssueKey


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
    found = explained(open_tick(deps), issue, dry_run=dry_run)
    deps.report.event(found.sentence, key=key)
    for answer in found.answers:
        mark = "pass" if answer.passed else "NO  " if answer.asked else "?   "
        evidence = f": {answer.evidence}" if answer.evidence else ""
        deps.report.event(f"{mark} {answer.gate}{evidence}")
    deps.report.event(f"read as what it waits for: {blockers_read(issue)}", key=key)
    for record in found.runs:
        deps.report.event(f"a run is in flight: {record.stage.value}", key=key)
    runs = [as_json(one) for one in found.runs]
    gates = _gates(found.answers)
    return {"verdict": found.sentence, "starts": found.starts, "gates": gates, "runs": runs}


def _gates(answers: Sequence[GateAnswer]) -> list[dict[str, Any]]:
    return [
        {"gate": one.gate, "passed": one.passed, "evidence": one.evidence}
        | ({} if one.asked else {"asked": False})
        for one in answers
    ]
