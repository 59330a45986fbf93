"""From run records to figures. Pure.

A run is asked for when its label is put on and is over when its last step was recorded; the time
between is its lead time, waits included. Times are aware UTC datetimes, spans are seconds.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from afk.record.state import RunRecord, Stage
from afk.text.cleaning import one_line
from afk.text.reason_words import OUTCOMES, SHORT_REASONS, UNDER_WAY
from afk.text.waits import address
from afk.types import Verdict

_TITLE: Final = 200
_HOUR: Final = 3_600
_BUCKETS: Final = (
    ("under 15 min", 900),
    ("15 to 30 min", 1_800),
    ("30 to 60 min", _HOUR),
    ("1 to 2 h", 2 * _HOUR),
    ("2 to 4 h", 4 * _HOUR),
    ("4 to 8 h", 8 * _HOUR),
    ("8 to 24 h", 24 * _HOUR),
    ("1 to 3 days", 72 * _HOUR),
)
_LONGER: Final = "over 3 days"
_MOST_TURNS: Final = 6
_MOST_REASONS: Final = 12
_DAYS_OF_A_WEEK: Final = 7
_BY_DAY: Final = 45
"""Up to so many days a column is a day, beyond a week."""
_SERIES: Final = (Verdict.DONE, Verdict.NEEDS_HUMAN, Verdict.FROZEN, Verdict.STOPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRun:
    """One run as a row. ``lead`` is None while it is under way; ``reason``: why it did not land."""

    repository: str
    issue: int
    title: str
    url: str
    outcome: str
    reason: str
    asked_at: datetime
    ended_at: datetime | None
    lead: int | None
    turns: int
    fixes: int
    tokens: int
    verdict: Verdict | None


def report_run(record: RunRecord, title: str, web: str) -> ReportRun | None:
    """Return a run's row; None for an approval that only waits."""
    if record.stage is Stage.APPROVED:
        return None
    over = record.stage is Stage.ENDED
    at = (record.ending.ended_at or record.ending.at) if over else None
    verdict = record.verdict if over else None
    lead = None if at is None else max(round((at - record.approval.at).total_seconds()), 0)
    failed = verdict not in (None, Verdict.DONE)
    sent = [turn for turn in record.dialogue.turns if turn.sent_at is not None]
    return ReportRun(
        repository=record.repository,
        issue=record.issue,
        title=one_line(title, _TITLE) or f"#{record.issue}",
        url=address(web, record.repository, record.issue) if web else "",
        outcome=OUTCOMES[verdict] if verdict is not None else UNDER_WAY,
        reason=SHORT_REASONS[record.reason] if failed and record.reason is not None else "",
        asked_at=record.approval.at,
        ended_at=at,
        lead=lead,
        turns=len(sent),
        fixes=record.corrective_turns,
        tokens=sum(turn.tokens_in + turn.tokens_out for turn in record.dialogue.turns),
        verdict=verdict,
    )


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of thing, counted in each of a chart's places."""

    name: str
    kind: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: what it shows, the names of its places, and what is counted in them."""

    title: str
    about: str
    places: tuple[str, ...]
    series: tuple[Series, ...]
    sideways: bool = False

    @property
    def total(self) -> int:
        """Return everything that is counted."""
        return sum(sum(one.counts) for one in self.series)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfRepository:
    """A repository's figures; ``median`` is that of its landed runs' lead times."""

    name: str
    runs: int
    landed: int
    median: int | None
    turns: float
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything that the page shows. ``cut``: repositories of which older runs are missing."""

    since: datetime
    until: datetime
    runs: tuple[ReportRun, ...]
    counts: Mapping[str, int]
    median: int | None
    slow: int | None
    charts: tuple[Chart, ...]
    repositories: tuple[OfRepository, ...]
    cut: tuple[str, ...]

    @property
    def tokens(self) -> int:
        """Return all tokens that T3 has shown."""
        return sum(one.tokens for one in self.runs)


def figures(
    runs: Iterable[ReportRun], *, since: datetime, until: datetime, cut: Sequence[str] = ()
) -> Figures:
    """Return the figures of the runs that were asked for or ended since, newest first."""
    shown = sorted(
        (one for one in runs if (one.ended_at or until) >= since),
        key=lambda one: (one.asked_at, one.repository, one.issue),
        reverse=True,
    )
    leads = _leads(shown)
    charts = (_over_time(shown, since, until), _lead_times(leads), _turns(shown), _reasons(shown))
    return Figures(
        since=since,
        until=until,
        runs=tuple(shown),
        counts=Counter(one.outcome for one in shown),
        median=_at(leads, 0.5),
        slow=_at(leads, 0.9),
        charts=tuple(chart for chart in charts if chart.total),
        repositories=tuple(
            _of(name, [one for one in shown if one.repository == name])
            for name in sorted({one.repository for one in shown})
        ),
        cut=tuple(cut),
    )


def _leads(runs: Iterable[ReportRun]) -> list[int]:
    return sorted(one.lead for one in runs if one.verdict is Verdict.DONE and one.lead is not None)


def _at(ordered: Sequence[int], share: float) -> int | None:
    """Return the value below which a share of the values lie, None of none."""
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else None


def _of(name: str, runs: Sequence[ReportRun]) -> OfRepository:
    return OfRepository(
        name=name,
        runs=len(runs),
        landed=sum(one.verdict is Verdict.DONE for one in runs),
        median=_at(_leads(runs), 0.5),
        turns=sum(one.turns for one in runs) / len(runs),
        tokens=sum(one.tokens for one in runs),
    )


def _over_time(runs: Sequence[ReportRun], since: datetime, until: datetime) -> Chart:
    days = (until.date() - since.date()).days + 1
    step = 1 if days <= _BY_DAY else _DAYS_OF_A_WEEK
    count = -(-days // step)
    first = until.date() - timedelta(days=count * step - 1)
    places = tuple((first + timedelta(days=step * number)).isoformat() for number in range(count))
    ended = [one for one in runs if one.ended_at is not None]
    series = tuple(
        Series(OUTCOMES[kind], kind.value, _counted(ended, kind, first, step, count))
        for kind in _SERIES
    )
    what = "day" if step == 1 else "week, by its first day"
    return Chart("Runs that ended", f"How many runs ended how, by {what} (UTC).", places, series)


def _counted(
    runs: Sequence[ReportRun], kind: Verdict, first: date, step: int, count: int
) -> tuple[int, ...]:
    found = Counter(
        (one.ended_at.date() - first).days // step
        for one in runs
        if one.ended_at is not None and one.verdict is kind
    )
    return tuple(found[number] for number in range(count))


def _lead_times(leads: Sequence[int]) -> Chart:
    names = (*(name for name, _ in _BUCKETS), _LONGER)
    found = Counter(_bucket(lead) for lead in leads)
    return Chart(
        "From label to landed",
        "How long landed runs took from the label to the closed issue, waits included.",
        names,
        (Series("landed", Verdict.DONE.value, tuple(found[name] for name in names)),),
    )


def _bucket(lead: int) -> str:
    return next((name for name, below in _BUCKETS if lead < below), _LONGER)


def _turns(runs: Sequence[ReportRun]) -> Chart:
    ended = Counter(min(one.turns, _MOST_TURNS) for one in runs if one.ended_at is not None)
    names = tuple(
        f"{number}{' or more' if number == _MOST_TURNS else ''}"
        for number in range(1, _MOST_TURNS + 1)
    )
    counts = tuple(ended[number] for number in range(1, _MOST_TURNS + 1))
    return Chart(
        "Messages to the agent per run",
        "How often the agent was told something in one run: its task, and each red CI or review.",
        names,
        (Series("runs", "plain", counts),),
    )


def _reasons(runs: Sequence[ReportRun]) -> Chart:
    over = [one for one in runs if one.verdict not in (None, Verdict.DONE, Verdict.SUPERSEDED)]
    found = Counter(one.reason for one in over).most_common(_MOST_REASONS)
    return Chart(
        "Why runs did not land",
        "The most frequent reasons for which runs ended without landing.",
        tuple(name for name, _ in found),
        (Series("runs", "plain", tuple(count for _, count in found)),),
        sideways=True,
    )
