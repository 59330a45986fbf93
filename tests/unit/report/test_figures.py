"""From records to figures: what counts, when, and how much."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import LABELLED, NOW, record, turn
from support.past_runs import UNTIL, past_figures, past_runs

from afk.record.state import Outcome, Purpose, RunRecord, Stage
from afk.report.figures import Figures, ReportRun, figures, report_run
from afk.types import Reason, Verdict

WEB = "https://forge.example"


def over(verdict: Verdict = Verdict.DONE, reason: Reason = Reason.LANDED, **more: Any) -> RunRecord:
    """Return the record of a run that ended an hour after it was asked for."""
    return record(stage=Stage.ENDED, verdict=verdict, reason=reason, **{"ended_at": NOW} | more)


def row(one: RunRecord, title: str = "Add a till") -> ReportRun:
    found = report_run(one, title, WEB)
    assert found is not None
    return found


def test_report_run__landed__took_from_its_label_to_its_end() -> None:
    turns = (
        turn(outcome=Outcome.COMPLETED, tokens_in=1_000, tokens_out=200),
        turn(2, Purpose.FIX_FORWARD, tokens_in=30),
        turn(3, Purpose.FIX_FORWARD, sent_at=None),
    )

    found = row(over(turns=turns))

    assert (found.outcome, found.reason, found.lead) == ("landed", "", 3_600)
    assert (found.turns, found.fixes, found.tokens) == (2, 1, 1_230)
    assert (found.asked_at, found.ended_at) == (LABELLED, NOW)
    assert found.url == "https://forge.example/acme/app/./issues/7"


def test_report_run__under_way__has_taken_no_time_yet() -> None:
    found = row(record(stage=Stage.ENDING, verdict=Verdict.FROZEN, reason=Reason.CI_SILENT))

    assert (found.outcome, found.reason) == ("under way", "")
    assert (found.lead, found.ended_at, found.verdict) == (None, None, None)


def test_report_run__failed__says_why() -> None:
    assert row(over(Verdict.FROZEN, Reason.CI_SILENT)).reason == "CI never answered"
    assert row(over(Verdict.DONE, Reason.LANDED, ended_at=None, ending_at=NOW)).lead == 3_600


def test_report_run__a_clock_that_went_back__took_no_time() -> None:
    assert row(over(ended_at=LABELLED - timedelta(days=1))).lead == 0


def test_report_run__waits__is_no_run_yet() -> None:
    assert report_run(record(stage=Stage.APPROVED), "x", WEB) is None


def test_report_run__title__is_cleaned_and_cut() -> None:
    assert row(over(), "\u202eAdd\na till").title == "Add a till"
    assert len(row(over(), "x" * 10_000).title) == 200
    assert row(over(), "\u200b").title == "#7"
    assert report_run(over(), "x", "") == replace(row(over(), "x"), url="")


def shown(*runs: ReportRun, days: int = 30) -> Figures:
    return figures(runs, since=NOW - timedelta(days=days), until=NOW)


def test_figures__none__are_none() -> None:
    found = shown()

    assert (found.runs, found.charts, found.repositories) == ((), (), ())
    assert (found.median, found.slow, found.tokens) == (None, None, 0)


def test_figures__ended_before_that__is_left_out() -> None:
    old = row(over(ended_at=NOW - timedelta(days=31)))
    long_ago = replace(row(record()), asked_at=NOW - timedelta(days=400))

    assert shown(old, long_ago).runs == (long_ago,), "what is under way is shown, however old"


def test_figures__leads__are_those_of_landed_runs() -> None:
    landed = [replace(row(over()), issue=one, lead=one * 60) for one in range(1, 101)]
    failed = replace(row(over(Verdict.FROZEN, Reason.CI_SILENT)), lead=10**9)

    found = shown(*landed, failed)

    assert (found.median, found.slow) == (51 * 60, 91 * 60)
    assert found.counts == {"landed": 100, "CI still red": 1}
    (of,) = found.repositories
    assert (of.name, of.runs, of.landed, of.median) == ("acme/app", 101, 100, 51 * 60)


@pytest.mark.parametrize(("days", "places"), [(1, 2), (30, 31), (44, 45), (45, 7), (365, 53)])
def test_figures__over_time__are_days_or_weeks_to_today(days: int, places: int) -> None:
    (chart, *_) = shown(row(over()), days=days).charts

    assert chart.title == "Runs that ended"
    assert len(chart.places) == places
    assert chart.series[0].counts[-1] == 1
    assert chart.total == 1


def test_figures__charts__only_those_with_something_in_them() -> None:
    assert [one.title for one in shown(row(record())).charts] == []
    titles = [one.title for one in shown(row(over(Verdict.FROZEN, Reason.CI_SILENT))).charts]
    assert titles == ["Runs that ended", "Messages to the agent per run", "Why runs did not land"]


@pytest.mark.parametrize(
    ("lead", "name"),
    [(0, "under 15 min"), (900, "15 to 30 min"), (259_199, "1 to 3 days"), (10**9, "over 3 days")],
)
def test_figures__lead__is_in_one_place(lead: int, name: str) -> None:
    chart = next(
        one
        for one in shown(replace(row(over()), lead=lead)).charts
        if one.title == "From label to landed"
    )

    assert [
        place for place, count in zip(chart.places, chart.series[0].counts, strict=True) if count
    ] == [name]


@given(st.integers(0, 300), st.integers(1, 400))
def test_figures__any_number_of_runs__adds_up(count: int, days: int) -> None:
    found = past_figures(past_runs(count, days=days), days=days)

    assert sum(found.counts.values()) == len(found.runs) == count
    assert sum(one.runs for one in found.repositories) == count
    ended = [one for one in found.runs if one.ended_at is not None]
    over_time = [one for one in found.charts if one.title == "Runs that ended"]
    assert sum(one.total for one in over_time) == len(ended)
    assert all(one.asked_at <= UNTIL for one in found.runs)
