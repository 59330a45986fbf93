"""``afk status``: what is at work, what waits for what, and what ended lately."""

import argparse
from collections.abc import Mapping

from afk.decide.explaining import next_step
from afk.deps import Deps
from afk.observe.choosing import decide_starts
from afk.observe.explained import DRY_RUN, look_ahead
from afk.observe.fitness import look_fit
from afk.observe.opening import open_tick
from afk.observe.overview import rows_of
from afk.observe.recent import DAYS, recent_endings
from afk.observe.survey import survey_alone
from afk.observe.tick import Tick
from afk.parallel import gather
from afk.record.codec import Found, as_json
from afk.types import Issue


def run(options: argparse.Namespace, deps: Deps, environ: Mapping[str, str]) -> dict[str, object]:
    """Tell of everything; there is nothing to choose."""
    del options
    return tell_all(deps, dry_run=environ.get("AFK_DRY_RUN", "").strip().lower() == "true")


def tell_all(deps: Deps, *, dry_run: bool = False) -> dict[str, object]:
    """Return the runs in flight, the issues that wait, and what ended lately; reads only.

    What would start in the next tick is found as the tick finds it. ``dry_run``: ticks are kept
    from writing by the environment.
    """
    tick = open_tick(deps)
    runs: list[tuple[Issue, Found]] = []

    def look_over(seen: Tick) -> Tick:
        runs.extend((one.issue, found) for one in survey_alone(seen) for found in one.in_flight)
        return seen

    choice = decide_starts(look_over(tick), look_fit, look_over)
    tick, decisions = choice.tick, choice.decisions
    for record, decision in gather(lambda run: look_ahead(tick, *run), runs):
        tick.ledger.stands(record)
        step = next_step(record, decision, tick.config, tick.now)
        tick.ledger.waits[record.run_id] = f"the next tick {step}"
    held = [DRY_RUN.evidence] if dry_run else []
    ended = recent_endings(tick)
    if ended.left:
        deps.report.event(f"not asked for: {ended.left} more issues whose threads moved lately")
    return {
        "runs": [as_json(record) for record in tick.ledger.runs.values()],
        "issues": [*rows_of(tick, decisions, next_tick=held), *ended.rows],
        "recent": f"ended in the last {DAYS} days",
    }
