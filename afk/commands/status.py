"""``afk status``: what is in flight."""

import argparse
from collections.abc import Mapping

from afk.deps import Deps
from afk.observe.opening import open_tick
from afk.observe.survey import survey
from afk.record.codec import as_json
from afk.record.state import RunRecord
from afk.types import IssueKey


def run(options: argparse.Namespace, deps: Deps, environ: Mapping[str, str]) -> dict[str, object]:
    """List everything; there is nothing to choose."""
    del options, environ
    return tell_runs(deps)


def _where(record: RunRecord) -> str:
    """Return where a run stands, in words."""
    pull = f"pull request #{record.landing.pull}" if record.landing.pull else ""
    if record.waits_for_people:
        return f"waits for people ({pull})"
    return f"{record.stage.value} ({pull})" if pull else record.stage.value


def tell_runs(deps: Deps) -> dict[str, object]:
    """List the runs in flight; reads only."""
    tick = open_tick(deps)
    survey(tick)
    for record in tick.ledger.runs.values():
        key = IssueKey(record.repository, record.issue)
        turns = f"{len(record.dialogue.turns)} turns, {record.corrective_turns} corrective"
        deps.report.event(f"{_where(record)}, {turns}, thread {record.thread.id}", key=key)
    if not tick.ledger.runs:
        deps.report.event("no run is in flight")
    return {"runs": [as_json(record) for record in tick.ledger.runs.values()]}
