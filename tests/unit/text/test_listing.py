"""Rows as aligned text."""

import pytest
from hypothesis import given
from support.rows import HOSTILE, row

from afk.text.listing import listing, troubles, width


def test_listing__nothing__is_nothing() -> None:
    assert listing([]) == []
    assert troubles([]) == []


def test_listing__of_some__stands_in_columns_under_headings() -> None:
    rows = [
        row(issue="acme/app#12", title="Sink", holds=["waiting for acme/app#9", "max_in_flight=1"]),
        row(group="working", state="fixing CI, try 2 of 5", elapsed="5 min", title="配線"),
        row(group="working", state="at work", url="", elapsed="1 h"),
        row(issue="acme/app#8", group="landed", state="landed", elapsed="2 d"),
    ]
    assert listing(rows) == [
        "At work",
        "  acme/app#7  配線        fixing CI, try 2 of 5, 5 min",
        "    https://forge.test/acme/app/issues/7",
        "  acme/app#7  Add a till  1 h",
        "",
        "Waiting",
        "  acme/app#12  Sink",
        "    https://forge.test/acme/app/issues/7",
        "    - waiting for acme/app#9",
        "    - max_in_flight=1",
        "",
        "Landed",
        "  acme/app#8  Add a till  2 d ago",
        "    https://forge.test/acme/app/issues/7",
    ]


@pytest.mark.parametrize(("more", "below"), [(0, []), (1, ["  and 1 more"]), (3, ["  and 3 more"])])
def test_listing__of_very_many__says_how_many_more(more: int, below: list[str]) -> None:
    lines = listing([row(url="") for _ in range(200 + more)])
    assert lines[201:] == below


def test_troubles__some__stand_under_a_heading() -> None:
    assert troubles(["It broke."]) == ["", "Needs a look", "  - It broke."]


def test_width__marks_and_wide_characters__are_counted_as_shown() -> None:
    assert (width("e\u0301"), width("配"), width("a")) == (1, 2, 1)


@given(HOSTILE, HOSTILE)
def test_listing__anybody_s_text__is_one_short_line(title: str, hold: str) -> None:
    lines = listing([row(title=title, holds=[hold])])
    assert len(lines) == 4
    assert lines[1].startswith("  acme/app#7")
    assert not any("\n" in line or "\u202e" in line or "\x1b" in line for line in lines)
    assert all(len(line) < 500 for line in lines)
