"""docs/performance.md and its plots say what the bench kept, and nothing else."""

import re
from dataclasses import replace
from typing import Final
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.results import Start, Waiting
from docs.performance import KEPT, PAGE, comparison, kept, plots, rendered, start, waiting
from docs.plots import dots, lines, scale

NOW, BEFORE = kept("results"), kept("before")
TEXT: Final = PAGE.read_text(encoding="utf-8")


def test_page__is_as_the_results_have_it() -> None:
    assert rendered(TEXT, NOW, BEFORE) == TEXT, "run `make docs`"
    with pytest.raises(AssertionError, match="no place for"):
        rendered("# Performance", NOW, BEFORE)


def test_plots__are_as_the_results_have_them__and_are_all_shown() -> None:
    made = plots(NOW, BEFORE)
    shown = re.findall(r"\(performance/([^)]+\.svg)\)", TEXT)
    assert sorted(made) == sorted(shown)
    for name, drawing in made.items():
        assert (KEPT / name).read_text(encoding="utf-8") == drawing, "run `make docs`"


WATCHED: Final = {
    "idle": 0,
    "4 runs watched": 4,
    "100 repositories, 25 runs, 20 waiting": 25,
    "the longest of the 4 jobs": 7,
    "204 runs watched": 204,
    "204 runs watched, 1,000 waiting": 204,
}
"""How many runs a tick looks at that only watches and waits."""


def test_results__of_ticks_that_only_watch__are_within_what_they_may_take() -> None:
    """docs/adr/0021-two-milliseconds-a-run.md."""
    rows = [row for row in NOW.rows if row.tick in WATCHED]
    assert len(rows) == 4 * len(WATCHED)
    for row in rows:
        may = 1.3 * row.floor + 0.002 * WATCHED[row.tick]
        assert row.seconds <= may, (row.forge, row.protocol, row.tick, row.seconds, may)


def test_comparison__leaves_out_what_was_not_measured_before() -> None:
    assert comparison(NOW, replace(BEFORE, rows=())).count("\n") == 2
    point = Waiting(forge="github", issues=77_777, requests=5)
    head, _, *rows = waiting(replace(NOW, waiting=(point,)), BEFORE).splitlines()
    assert head.split("|")[3] == " 77,777 "
    assert [row.split("|")[3].strip() for row in rows] == ["5", "", "", ""]


def test_start__not_measured__says_so() -> None:
    told = start(replace(NOW, start=Start(cold=None, kept=None)), BEFORE)
    assert told.count("not measured") == 2


def drawn(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314  made here


def test_dots__have_a_place_by_their_value_and_a_title_that_tells_it() -> None:
    text = dots("a < b", "s", [("one & two", {"afk": 1.0, "floor": 0.1}), ("three", {"afk": 10})])
    picture = drawn(text)
    titles = [one.text for one in picture.iter() if one.tag.endswith("}title")]
    assert titles[0] == "a < b"
    assert {"one & two, afk: 1 s", "one & two, floor: 0.1 s", "three, afk: 10 s"} <= set(titles)
    circles = [one for one in picture.iter() if one.tag.endswith("}circle")]
    _, first, second = [(float(one.get("cx", 0)), float(one.get("cy", 0))) for one in circles]
    assert first < second


def test_lines__begin_at_zero__far_on_the_left() -> None:
    text = lines("t", ("issues", "requests"), {"a": [(0, 9), (10, 9), (100, 90)]})
    picture = drawn(text)
    (way,) = [one.get("d", "") for one in picture.iter() if one.tag.endswith("}path")]
    points = [tuple(float(n) for n in one.split()) for one in way[1:].split(" L")]
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert points[0][1] == points[1][1] > points[2][1]
    assert points[0][0] == 70


@given(st.lists(st.floats(0.001, 1e6), min_size=1, max_size=8))
def test_scale__holds_every_value__in_its_order(values: list[float]) -> None:
    one = scale(values, 100, 500)
    places = [one.at(value) for value in sorted(values)]
    assert all(100 - 1e-6 <= place <= 500 + 1e-6 for place in places)
    assert places == sorted(places)
    assert one.at(0) == 100
    assert next(iter(one.marks())) == pytest.approx(one.low)
