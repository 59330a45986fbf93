"""``afk explain``: what becomes of an issue, and what keeps it from starting.

The answer is the next tick's own, decided by the code that a tick decides with: nothing is said
that a tick would not act on.
"""

import argparse
from collections.abc import Mapping
from typing import Any

from afk.commands.chosen import chosen, key_of, read_known, watched
from afk.decide.decision import Decision
from afk.decide.start_gates import blockers_read
from afk.deps import Deps
from afk.dispatch_policy import GateAnswer
from afk.errors import UserMustFix
from afk.observe.explained import Explained, explained
from afk.observe.opening import open_tick
from afk.record.codec import as_json
from afk.types import Issue, IssueKey


def run(options: argparse.Namespace, deps: Deps, environ: Mapping[str, str]) -> dict[str, object]:
    """Explain the issue that the command line names, else the environment."""
    dry_run = environ.get("AFK_DRY_RUN", "").strip().lower() == "true"
    key = watched(key_of(options.issue or chosen(environ)), deps.config)
    return tell(deps, key, dry_run=dry_run, everything=options.all)


def tell(
    deps: Deps, key: IssueKey, *, dry_run: bool = False, everything: bool = False
) -> dict[str, object]:
    """Print what becomes of one issue, then the gates that keep it from starting; reads only.

    ``dry_run``: ticks are kept from writing by the environment. ``everything``: print every gate
    that has a say, those too that let it through.
    """
    tick = open_tick(deps)
    issue = tick.issues.get(key) or _read(deps, key)
    found = explained(tick, issue, dry_run=dry_run)
    deps.report.event(found.sentence, key=key)
    for answer in found.answers if everything else found.holds:
        mark = "pass" if answer.passed else "NO  " if answer.asked else "?   "
        evidence = f": {answer.evidence}" if answer.evidence else ""
        deps.report.event(f"{mark} {answer.gate}{evidence}")
    deps.report.event(f"blockers found: {blockers_read(issue)}")
    return {
        "verdict": found.sentence,
        "starts": found.starts,
        "gates": [_gate(one) for one in found.answers],
        "runs": [as_json(one) for one in found.runs],
        "next": _next(found),
    }


def _read(deps: Deps, key: IssueKey) -> Issue:
    """Return an issue that no listing shows; raises what is wrong where there is none."""
    issue = read_known(deps, key)
    if issue is None:
        raise UserMustFix(
            f"{key} does not exist",
            cause="the number is wrong, or the issue was deleted or transferred",
            next_step="check the number",
        )
    return issue


def _gate(one: GateAnswer) -> dict[str, Any]:
    told = {"gate": one.gate, "passed": one.passed, "evidence": one.evidence}
    return told | ({} if one.asked else {"asked": False})


def _next(found: Explained) -> list[dict[str, Any]]:
    """Return what the next tick does about each run, in the order of the runs."""
    return [_decision(one) for one in found.decisions]


def _decision(one: Decision | None) -> dict[str, Any]:
    if one is None:
        return {"action": "go-on", "rule": "", "detail": "", "until": None}
    until = one.until.isoformat() if one.until else None
    return {"action": one.action.value, "rule": one.rule, "detail": one.detail, "until": until}
