"""``afk report``: one HTML page of what is now and what was, from the records on the forge."""

import argparse
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Final

from afk.act.dashboard import board_content
from afk.decide.board_content import HANDED, ended_run, remembered, still_handed_back
from afk.deps import Deps
from afk.errors import ConfigError, one_of_many
from afk.model.board import Past
from afk.observe.choosing import decide_starts
from afk.observe.fitness import look_fit
from afk.observe.opening import open_tick
from afk.observe.overheard import Overheard
from afk.observe.survey import look_over, survey
from afk.observe.tick import Tick
from afk.record.state import RunRecord
from afk.report.figures import Figures, figures, report_run
from afk.report.page import as_json, report_page
from afk.text.dashboard import render_board, sections_of
from afk.types import Issue

_LONGEST: Final = 3_650
_ROOM: Final = 1_000_000
PAGE: Final = "page"
"""Where the outcome holds the page, which the command line writes to its file."""


def run(options: argparse.Namespace, deps: Deps, environ: Mapping[str, str]) -> dict[str, object]:
    """Write the page about the last days that are asked for."""
    del environ
    if not 1 <= options.days <= _LONGEST:
        raise ConfigError(
            f"--days is {options.days}",
            cause="it is no number of days that anybody looks back",
            next_step=f"give a number from 1 to {_LONGEST}",
        )
    return report(deps, options.days)


def report(deps: Deps, days: int) -> dict[str, object]:
    """Read what is and what was, and return the page and its figures; reads only."""
    heard = Overheard(deps.report)
    deps = replace(deps, report=heard)
    tick = open_tick(deps, everything=True)
    survey(tick)
    decisions = decide_starts(tick, look_fit, look_over).decisions
    since = tick.now - timedelta(days=days)
    past, cut = _past(tick, since)
    issues = {issue.key: issue for issue in (*past, *tick.issues.values())}
    records = {
        found.record.run_id: (found.record, issue)
        for issue in issues.values()
        for found in tick.forge.records(issue).runs
    }
    shown = _figures(tick, records, since, cut)
    ended = [ended_run(record, issue.title) for record, issue in records.values()]
    handed = deps.boards.handed_back(tick.config.watched)
    memory = remembered([one for one in ended if one is not None], tick.config, tick.now)
    stands = [one for one in memory if one.verdict not in HANDED or still_handed_back(one, handed)]
    content = board_content(tick, stands, handed, decisions, heard.troubles)
    web = deps.tracker.web.rstrip("/")
    now = sections_of(render_board(content, web=web, as_of=tick.now, room=_ROOM))
    assets = files("afk.report") / "assets"
    page = report_page(
        shown,
        now,
        style=(assets / "page.css").read_text(encoding="utf-8"),
        script=(assets / "page.js").read_text(encoding="utf-8"),
    )
    for repo in cut:
        deps.report.warn(f"more happened in {repo} than is read: older runs are not shown")
    return {PAGE: deps.mask(page), "report": as_json(shown)}


def _past(tick: Tick, since: datetime) -> tuple[list[Issue], list[str]]:
    """Read every repository's past; what cannot be read is reported, and its runs are missing."""
    issues: list[Issue] = []
    cut: list[str] = []
    for repo in tick.config.watched:
        with one_of_many(tick.deps.report, doing=f"read the past of {repo}"):
            found: Past = tick.deps.history.past(repo, since)
            issues += found.issues
            cut += [repo] if found.cut else []
    return issues, cut


def _figures(
    tick: Tick,
    records: Mapping[str, tuple[RunRecord, Issue]],
    since: datetime,
    cut: list[str],
) -> Figures:
    web = tick.deps.tracker.web.rstrip("/")
    rows = [report_run(record, issue.title, web) for record, issue in records.values()]
    runs = [one for one in rows if one is not None]
    return figures(runs, since=since, until=tick.now, cut=cut)
