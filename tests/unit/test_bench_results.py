"""What the bench makes of what it measured: ratios, floors, lines, text."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.results import (
    Reaction,
    Results,
    Row,
    Start,
    Waiting,
    by_cron,
    floor,
    from_json,
    longest_line,
    to_json,
)
from bench.table import HEAD, line, reaction_line, start_line, waiting_line

ROW = Row(
    forge="github",
    protocol=2,
    tick="4 runs start",
    forge_requests=40,
    t3_requests=10,
    points=7,
    line=12,
    seconds=2.0,
    floor=1.6,
    megabytes=60.0,
    plain_requests=100,
    plain_seconds=8.0,
)
ALONE = replace(ROW, forge="forgejo", points=None, plain_requests=None, plain_seconds=None)


def test_ratios__are_to_the_floor_and_to_the_plain_script() -> None:
    assert (ROW.over_floor, ROW.times_quicker) == (1.25, 4.0)
    assert ALONE.times_quicker is None


@pytest.mark.parametrize(
    ("requests", "line", "seconds"),
    [(0, 0, 1.0), (1, 0, 1.05), (16, 0, 1.05), (17, 0, 1.1), (17, 10, 1.5), (320, 10, 2.0)],
)
def test_floor__is_the_start_and_the_longer_of_what_goes_at_once_and_in_a_line(
    requests: int, line: int, seconds: float
) -> None:
    assert floor(1.0, requests, at_once=16, latency=0.05, line=line) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("spans", "count"),
    [
        ([], 0),
        ([(0, 1)], 1),
        ([(0, 1), (0, 1), (0.5, 1.5)], 1),
        ([(0, 1), (1, 2), (2.5, 3)], 3),
        ([(0, 10), (0, 1), (1, 2), (2, 3)], 3),
    ],
)
def test_longest_line__counts_requests_that_waited_for_the_one_before(
    spans: list[tuple[float, float]], count: int
) -> None:
    assert longest_line(spans) == count


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(1, 4)), max_size=9))
def test_longest_line__is_the_longest_there_is(some: list[tuple[int, int]]) -> None:
    spans = [(float(sent), float(sent + took)) for sent, took in some]

    def longest(free: float) -> int:
        return max((1 + longest(end) for sent, end in spans if sent >= free), default=0)

    assert longest_line(spans) == longest(0)


def test_by_cron__half_a_period_as_a_rule_and_a_whole_one_at_worst() -> None:
    assert by_cron(2.0) == (152.0, 302.0)


def test_json__keeps_everything_to_the_millisecond() -> None:
    noticed = Reaction(forge="github", change="labelled", woken="its event", seconds=(3.0, 1.0))
    results = Results(
        machine="2 cores",
        rows=(ROW, ALONE),
        waiting=(Waiting(forge="github", issues=10_000, requests=9),),
        reactions=(noticed,),
        start=Start(cold=1.5, kept=None),
    )
    assert from_json(to_json(results)) == results
    assert from_json(to_json(replace(results, rows=(replace(ROW, seconds=2.00049),)))).rows == (
        ROW,
    )
    assert (noticed.median, noticed.worst) == (2.0, 3.0)


def test_text__names_every_number_and_leaves_out_what_there_is_none_of() -> None:
    numbers = ["40", "10", "7", "12", "2.00", "1.60", "1.25", "60", "100", "8.0", "4.0"]
    assert line(ROW).split() == ["github", "2", *numbers, "4", "runs", "start"]
    assert line(ALONE).split()[4] == "-"
    assert line(ALONE).split()[10:13] == ["-", "-", "-"]
    assert max(len(one) for one in HEAD.splitlines()) < 100
    assert waiting_line(Waiting(forge="github", issues=10_000, requests=9)).split() == (
        ["github", "10,000", "waiting", "9", "requests"]
    )
    noticed = Reaction(forge="github", change="CI red", woken="--every 5", seconds=(1.0, 2.0, 6.0))
    assert "2.0 median    6.0 worst of 3" in reaction_line(noticed)
    assert "1.5 s cold, 0.20 s with the folder kept" in start_line(Start(cold=1.5, kept=0.2))
    assert "not measured" in start_line(Start(cold=None, kept=None))
