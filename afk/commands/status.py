"""``afk status``: what is in flight."""

import argparse
from collections.abc import Mapping

from afk.commands.reading import reading
from afk.observe.opening import open_tick
from afk.ports import Deps
from afk.record.codec import summary
from afk.types import IssueKey
from afk.watcher import survey


def run(options: argparse.Namespace, deps: Deps, environ: Mapping[str, str]) -> dict[str, object]:
    """List everything; there is nothing to choose."""
    del options, environ
    return status(deps)


def status(deps: Deps) -> dict[str, object]:
    """List the runs in flight; reads only."""
    now = open_tick(reading(deps))
    survey(now)
    for record in now.runs.values():
        key = IssueKey(record.repository, record.issue)
        turns = f"{len(record.turns)} turns, {record.corrective_turns} corrective"
        deps.report.event(f"{record.stage.value}, {turns}, thread {record.thread_id}", key=key)
    if not now.runs:
        deps.report.event("no run is in flight")
    return {"runs": [summary(record) for record in now.runs.values()]}
