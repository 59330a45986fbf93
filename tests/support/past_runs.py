"""Runs of the past by the thousand, the same ones every time, and titles that mean harm."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Final

from afk.report.figures import Figures, ReportRun, figures
from afk.report.page import report_page
from afk.text.reason_words import OUTCOMES, SHORT_REASONS, UNDER_WAY
from afk.types import Reason, Verdict

UNTIL: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WEB: Final = "https://forge.example"
REPOSITORIES: Final = ("acme/shop", "acme/site", "acme/api")
TITLES: Final = (
    "Add a till to the shop",
    "Sort orders by date",
    "Greet people by name",
    "Invoices round to the wrong cent",
    "Upload fails for names with blanks",
    "Show the total on every page",
)
HOSTILE: Final = (
    "</script><script>window.hit = 1</script>",
    '<img src=x onerror="window.hit = 2">',
    "\u202etxt.exe\u202c <b>bold</b>",
    "x" * 10_000,
    "&lt;img src=x onerror=window.hit=3&gt;",
    '" onmouseover="window.hit=4',
    "<!--<script>",
    "]]><svg onload=window.hit=5>",
    "javascript:window.hit=6",
    "${window.hit=7} {{window.hit=8}}",
)
_FAILURES: Final = (
    (Verdict.NEEDS_HUMAN, Reason.NOTHING_PUSHED),
    (Verdict.NEEDS_HUMAN, Reason.AGENT_FAILED),
    (Verdict.NEEDS_HUMAN, Reason.ASKED_AGAIN),
    (Verdict.FROZEN, Reason.ATTEMPTS_SPENT),
    (Verdict.FROZEN, Reason.CI_SILENT),
    (Verdict.STOPPED, Reason.READY_REMOVED),
)


def past_runs(count: int, *, days: int = 30, titles: Sequence[str] = TITLES) -> list[ReportRun]:
    """Return so many runs, spread over the last days; the newest three are under way."""
    chance = random.Random(count)
    return [_run(chance, number, count, days, titles) for number in range(count)]


def _run(
    chance: random.Random, number: int, count: int, days: int, titles: Sequence[str]
) -> ReportRun:
    asked = UNTIL - timedelta(days=days * number / count, minutes=7)
    under_way = number < 3
    landed = chance.random() < 0.78
    verdict, reason = (Verdict.DONE, Reason.LANDED) if landed else chance.choice(_FAILURES)
    lead = round(chance.lognormvariate(8.1, 0.9))
    turns = 1 + min(int(chance.expovariate(1.1)), 6)
    ended = min(asked + timedelta(seconds=lead), UNTIL)
    repository = chance.choice(REPOSITORIES)
    return ReportRun(
        repository=repository,
        issue=count - number,
        title=titles[number % len(titles)],
        url=f"{WEB}/{repository}/./issues/{count - number}",
        outcome=UNDER_WAY if under_way else OUTCOMES[verdict],
        reason="" if under_way or landed else SHORT_REASONS[reason],
        asked_at=asked,
        ended_at=None if under_way else ended,
        lead=None if under_way else round((ended - asked).total_seconds()),
        turns=turns,
        fixes=turns - 1,
        tokens=chance.randrange(20_000, 900_000) if chance.random() < 0.7 else 0,
        verdict=None if under_way else verdict,
    )


def past_figures(runs: Sequence[ReportRun], *, days: int = 30, **more: Sequence[str]) -> Figures:
    """Return the figures of these runs."""
    return figures(runs, since=UNTIL - timedelta(days=days), until=UNTIL, **more)


def page_of(shown: Figures, now: str = "### Working now\n\nNo agent is at work.") -> str:
    """Return the page, with the style and the script that come with afk."""
    assets = files("afk.report") / "assets"
    return report_page(
        shown,
        now,
        style=(assets / "page.css").read_text(encoding="utf-8"),
        script=(assets / "page.js").read_text(encoding="utf-8"),
    )
