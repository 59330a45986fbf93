"""A server's own words in a comment: bounded, inert, without secrets."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afk.text.quoting import quoted


def inside(text: str, limit: int = 200) -> str:
    """Return what stands in the block, which begins and ends with one fence."""
    first, *lines, last = quoted(text, limit).split("\n")
    assert first == f"{last}text"
    return "\n".join(lines)


def test_quoted__plain_words__stand_as_they_are() -> None:
    assert quoted("Plan <b>expired</b>.\n\nAsk @owner", 200) == (
        "```text\nPlan <b>expired</b>.\nAsk @owner\n```"
    )


def test_quoted__lines__keep_their_indent_and_all_twelve_of_them_stand() -> None:
    lines = [f"  at step {number}" for number in range(1, 13)]
    assert inside("  \n".join(lines), 300) == "\n".join(lines)


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\u202e"])
def test_quoted__nothing_to_see__is_no_block(text: str) -> None:
    assert quoted(text, 200) == ""


@pytest.mark.parametrize("text", ["```\n# Approved", "a ```` b", "``````"])
def test_quoted__fences_in_the_text__do_not_end_the_block(text: str) -> None:
    block = quoted(text, 200)
    fence = block.split("\n")[-1]
    assert len(fence) > max(len(run) for run in re.findall("`+", text))
    assert block.count(fence) == 2


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Incorrect API key provided: sk-proj-abc123def456", "Incorrect API key provided: ***"),
        ("Authorization: Bearer abcdefghijkl.", "Authorization: Bearer ***"),
        ("see https://bob:hunter22@x.test/v1", "see https://***@x.test/v1"),
        ("ghp_0123456789abcdef and github_pat_11ABCDEFG", "*** and ***"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.sig", "***"),
        ("token=abcdef1 password: secret12", "token=*** password: ***"),
        ("id 0123456789abcdef0123456789abcdef", "id ***"),
        ("request req_011CZcvEeBrMnSHvbrUd2mFB", "request req_011CZcvEeBrMnSHvbrUd2mFB"),
        ("a" * 40, "a" * 40),
        ("1" * 40, "1" * 40),
    ],
)
def test_quoted__what_looks_like_a_secret__is_hidden(text: str, shown: str) -> None:
    assert inside(text) == shown


def test_quoted__too_long_or_too_many_lines__is_cut_and_says_so() -> None:
    assert inside("word " * 100, 20) == inside("word " * 100, 21) == "word word word word…"
    assert inside("\n".join("abcdefghijklmnopq")).split("\n") == [*"abcdefghijk", "l…"]
    assert inside("x " * 9 + "sk-proj-abc123def456", 21) == "x x x x x x x x x ***"


@given(st.text(st.one_of(st.characters(), st.sampled_from("`~\n<!->"))), st.integers(1, 50))
def test_quoted__any_text__is_one_block_that_nothing_in_it_ends(text: str, limit: int) -> None:
    block = quoted(text, limit)
    if block:
        first, *lines, last = block.split("\n")
        assert set(last) == {"`"}
        assert all(last not in line for line in lines)
        assert len("\n".join(lines)) <= limit
        assert first == f"{last}text"
