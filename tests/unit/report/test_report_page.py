"""The page as text: nothing is asked of anybody, and nobody's words are taken for its own.

What it does in a browser is looked at in `tests/browser`.
"""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.past_runs import HOSTILE, page_of, past_figures, past_runs

from afk.report.charts import figure
from afk.report.figures import Chart, Series
from afk.report.page import as_json, took


class Tags(HTMLParser):
    """Keeps what a parser takes for an element, and its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def test_page__nothing__says_so() -> None:
    page = page_of(past_figures([]))

    assert "No run has ended in these days." in page
    assert "none ended" in page
    assert "<title>afk report, 2026-10-24 to 2026-11-23</title>" in page


def test_page__asks_nobody_for_anything() -> None:
    page = page_of(past_figures(past_runs(120)))
    found = Tags(page)

    assert not {"img", "link", "iframe", "object", "embed", "base"} & set(found.tags)
    assert not [one for one in found.attributes if one[0] in ("src", "srcset", "style", "action")]
    assert not [one for one in found.attributes if one[0].startswith("on")]
    assert "default-src 'none'" in page
    assert "url(" not in page
    assert "@import" not in page


def test_page__hostile_titles__stay_text() -> None:
    plain = Tags(page_of(past_figures(past_runs(120))))
    hostile = Tags(page_of(past_figures(past_runs(120, titles=HOSTILE))))

    assert hostile.tags == plain.tags
    assert not [one for one in hostile.attributes if one[0].startswith("on")]


@settings(max_examples=20)
@given(st.text())
def test_page__any_title__comes_out_as_it_went_in(title: str) -> None:
    runs = past_runs(3, titles=[title])
    page = page_of(past_figures(runs))

    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert data is not None
    assert not set("<>&") & set(data[1])
    assert [row[0] for row in json.loads(data[1])] == [title] * 3
    assert page.count("<script") == page.count("</script>") == 2


def test_page__markdown_of_now__is_html_and_nobody_elses() -> None:
    now = "### Working now\n\n- [`a`](https://x.example) <img src=x>\n- [b](javascript:alert(1))"
    page = page_of(past_figures([]), now)

    assert '<li><a href="https://x.example"><code>a</code></a> &lt;img src=x&gt;</li>' in page
    assert 'href="javascript' not in page


def test_page__first_rows__stand_without_scripts_and_the_rest_is_told() -> None:
    page = page_of(past_figures(past_runs(60)))

    assert page.count('<tr role="row"><td') == 50
    assert "Without scripts only the newest 50 runs are shown." in page
    assert "Without scripts" not in page_of(past_figures(past_runs(50)))


def test_page__cut__says_whose_older_runs_are_missing() -> None:
    page = page_of(past_figures(past_runs(3), cut=["acme/shop", "a<b"]))

    assert "older runs of acme/shop, a&lt;b are not shown" in page
    assert "More happened" not in page_of(past_figures(past_runs(3)))


def test_page__no_address__links_nothing() -> None:
    (run,) = past_runs(1)

    assert '<td role="cell"><bdi>' in page_of(past_figures([replace(run, url="")]))


@pytest.mark.parametrize(
    ("tokens", "shown"), [(0, "none"), (812, "812"), (45_400, "45 k"), (100_047_402, "100 M")]
)
def test_page__tokens__in_few_characters(tokens: int, shown: str) -> None:
    (run,) = past_runs(1)
    page = page_of(past_figures([replace(run, tokens=tokens)]))

    assert f"<dt>Tokens that T3 showed</dt><dd>{shown}</dd>" in page


def test_took__in_words() -> None:
    assert (took(None), took(59), took(90_061)) == ("", "1 min", "1 d 1 h")


@pytest.mark.parametrize("most", [0, 1, 2, 3, 5, 7, 12, 99, 1_001, 123_456])
def test_figure__columns__end_below_their_highest_line(most: int) -> None:
    chart = Chart("T", "A", ("2026-11-23",), (Series("a", "done", (most,)), Series("b", "x", (0,))))

    drawn = figure(chart, 0)

    marks = [int(one) for one in re.findall(r'class="mark" x="0" y="[0-9.-]+">(\d+)<', drawn)]
    assert marks[0] == 0
    assert max(marks) >= max(most, 1)
    assert 2 <= len(marks) <= 5
    assert drawn.count("2026-11-23</text>") == 1


def test_figure__has_a_name_for_who_listens_and_a_table() -> None:
    chart = Chart("T<", "About", ("a<", "b"), (Series("runs", "plain", (3, 0)),), sideways=True)

    drawn = figure(chart, 4)

    assert 'role="img" aria-labelledby="chart4"' in drawn
    assert '<th scope="row">a&lt;</th><td>3</td>' in drawn
    assert '<th scope="row">b</th>' not in drawn
    assert "a<" not in drawn


def test_as_json__is_plain() -> None:
    found = as_json(past_figures(past_runs(5), cut=["acme/shop"]))

    assert json.loads(json.dumps(found)) == found
    rows = found["rows"]
    assert isinstance(rows, list)
    assert [one["ended_at"] is None for one in rows] == [True, True, True, False, False]
    assert found["not_read_whole"] == ["acme/shop"]
