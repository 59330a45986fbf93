"""What a command found, shown where somebody reads it: at the end of the log, and in the summary.

Owns what goes where: a summary where the runner shows one, else the same as text in the log.
Secrets are taken out of every text before it is cut or escaped, since what is left of one then may
be in no mask.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from afk.adapters.runner.reporter import ConsoleReporter, Said
from afk.text.listing import listing, troubles
from afk.text.overview import IssueRow, headline
from afk.text.summary import Facts, summary, told


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is shown of a command. ``rows`` None: it looked at no issues.

    ``quotas``: what is left of each limit, in words; ``lag``: how late the command came, "" where
    nothing tells; ``recent``: within which time the runs that are over ended.
    """

    title: str
    rows: Sequence[IssueRow] | None = None
    dry_run: bool = False
    requests: Mapping[str, int] = field(default_factory=dict)
    quotas: Sequence[str] = ()
    lag: str = ""
    recent: str = ""


def show(page: Page, report: ConsoleReporter, *, in_log: bool) -> str:
    """Write the page and return its headline; ``in_log`` False: the log is not for reading."""
    rows = _masked(page.rows or (), report)
    seen = [one for one in report.lines if one.kind != "event"]
    first = ""
    if page.rows is not None:
        first = headline(rows, troubles=len(seen), dry_run=page.dry_run, recent=page.recent)
    summarised = report.io.runner.shows_summary
    if first and in_log:
        lines = [] if summarised else [*listing(rows), *troubles(map(_line, seen))]
        report.io.block([first, *lines, *([page.lag] if page.lag else [])])
    if summarised:
        facts = Facts(
            title=page.title,
            headline=first,
            requests=page.requests,
            quotas=page.quotas,
            lag=page.lag,
            events=[] if first else [_line(one) for one in report.lines if one.kind == "event"],
        )
        parts = [told(one.kind, one.issue, one.text) for one in seen]
        report.io.append_summary(summary(facts, rows, parts))
    return first


def _line(one: Said) -> str:
    return f"{one.issue} {one.text}" if one.issue else one.text


def _masked(rows: Sequence[IssueRow], report: ConsoleReporter) -> list[IssueRow]:
    apply = report.mask.apply

    def hidden(value: Any) -> Any:
        return [apply(one) for one in value] if isinstance(value, list) else apply(value)

    return [IssueRow(**{name: hidden(value) for name, value in one.items()}) for one in rows]  # type: ignore[typeddict-item]  # the same names and kinds
