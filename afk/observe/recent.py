"""Runs that ended lately, found by their threads in T3: no listing of a forge shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from afk.errors import AfkError, answer_or_error
from afk.observe.overview import ended_row
from afk.observe.tick import Tick
from afk.parallel import gather
from afk.record.names import parse_title
from afk.record.state import RunRecord, Stage
from afk.text.overview import IssueRow
from afk.types import Issue, IssueKey

DAYS: Final = 7
_MOST: Final = 12
"""Issues that are asked for: each costs requests of its own."""


@dataclass(frozen=True, slots=True)
class Recent:
    """The runs that ended lately, the newest first, and how many issues were not asked for."""

    rows: tuple[IssueRow, ...] = ()
    left: int = 0


def recent_endings(tick: Tick) -> Recent:
    """Return the runs that ended within `DAYS`; what cannot be read is reported."""
    keys = _keys(tick)
    asked = [key for key in keys if key not in tick.issues][:_MOST]
    answers = gather(lambda key: answer_or_error(lambda: tick.deps.tracker.reread(key)), asked)
    issues = [tick.issues[key] for key in keys if key in tick.issues]
    for key, answer in zip(asked, answers, strict=True):
        if isinstance(answer, AfkError):
            tick.deps.report.error(answer, key=key)
        elif answer is not None:
            issues.append(answer)
    found = [(record, issue) for issue in issues for record in _ended(tick, issue)]
    found.sort(key=lambda one: str(one[0].ending.ended_at), reverse=True)
    rows = tuple(ended_row(tick, record, issue.title) for record, issue in found)
    return Recent(rows, sum(key not in tick.issues for key in keys) - len(asked))


def _keys(tick: Tick) -> Sequence[IssueKey]:
    """Return the issues of threads that moved lately, the newest first."""
    snapshot = tick.t3.snapshot
    if snapshot is None:
        return []
    since = snapshot.server_now - timedelta(days=DAYS)
    moved = [one for one in snapshot.threads if one.updated_at >= since]
    found: dict[IssueKey, None] = {}
    for thread in sorted(moved, key=lambda one: one.updated_at, reverse=True):
        named = parse_title(thread.title)
        if named is None or named[1].repo not in tick.config.watched:
            continue
        if tick.t3.at_home(thread, named[1]):
            found[named[1]] = None
    return list(found)


def _ended(tick: Tick, issue: Issue) -> list[RunRecord]:
    since = tick.now - timedelta(days=DAYS)
    records = [one.record for one in tick.forge.records(issue).runs]
    return [
        one
        for one in records
        if one.stage is Stage.ENDED and one.ending.ended_at is not None
        if one.ending.ended_at >= since
    ]
