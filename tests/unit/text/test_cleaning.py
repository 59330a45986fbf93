"""Text from strangers: what is taken out, what stays, and how long it may be."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afk.text import cleaning
from afk.text.cleaning import (
    clean_text,
    inert_markdown,
    is_visible,
    one_line,
    visible_text,
    without_comments,
)

HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("<!->\x1b[]\x07\\;m\r\n\t`\u200b\u202e\u2028\ufe0f\u3164\U000e0041"),
    )
)
DEFAULT_IGNORABLE = (
    0x00AD,
    0x034F,
    0x061C,
    *range(0x115F, 0x1161),
    *range(0x17B4, 0x17B6),
    *range(0x180B, 0x1810),
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    0x3164,
    *range(0xFE00, 0xFE10),
    0xFEFF,
    0xFFA0,
    *range(0xFFF0, 0xFFF9),
    *range(0x1BCA0, 0x1BCA4),
    *range(0x1D173, 0x1D17B),
    *range(0xE0000, 0xE1000),
)
"""Unicode's Default_Ignorable_Code_Point: https://www.unicode.org/reports/tr44/ ."""


def test_visible_text__ignorable_characters__are_all_removed() -> None:
    assert [hex(code) for code in DEFAULT_IGNORABLE if visible_text(f"a{chr(code)}b") != "ab"] == []


@pytest.mark.parametrize(
    "text", ["plain", "naïve", "日本語", "🙂", "tab\tand\nnewline", "a\u00a0b"]
)
def test_visible_text__what_a_person_sees__is_kept(text: str) -> None:
    assert visible_text(text) == text


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_visible_text__any_line_break__becomes_a_newline(ending: str) -> None:
    """Words on two lines never run together into one."""
    assert visible_text(f"one{ending}two") == "one\ntwo"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[38;5;196mred\x1b[m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;https://x.test\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bMup", "up"),
        ("lonely \x1b", "lonely "),
        ("\x9b31mred", "31mred"),
    ],
)
def test_visible_text__terminal_sequences__are_removed(text: str, shown: str) -> None:
    assert visible_text(text) == shown


@pytest.mark.parametrize("rest", ["never in production", "a\nb", "a\x1b[0m\nb"])
def test_visible_text__command_that_never_ends__takes_no_text_along(rest: str) -> None:
    """A browser shows what follows; the person who approved has read it."""
    assert visible_text(f"x\x1b]{rest}") == "x" + visible_text(rest)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a<!-- hidden -->b", "ab"),
        ("a<!-- two\nlines -->b", "ab"),
        ("a<!-- never closed", "a[cut here: a comment that never ends]"),
        ("a<!-- never closed <b>", "a[cut here: a comment that never ends]"),
        ("a\n[//]: # (hidden)\nb", "a\n\nb"),
        ("a\n  [comment]: <> (hidden)\nb", "a\n\nb"),
        ("a\n[x]: https://example.com\nb", "a\n[x]: https://example.com\nb"),
        ("a<!---->b", "ab"),
        ("a<!-- x --!>b", "ab"),
        ("a<!-->b<!-- c -->", "ab"),
        ("a<!--->b<!-- c -->", "ab"),
        ("a --> b", "a --> b"),
        ("a <! b", "a <! b"),
    ],
)
def test_without_comments__each_form__ends_where_a_browser_ends_it(text: str, left: str) -> None:
    assert without_comments(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "do it<!-\u200b- hidden -->",
        "do it<!--\u202e hidden -->",
        "do it<\u2060!-- hidden -->",
        "do it<!-- hidden --\u200b>",
        "\u200bdo it<!-<!-- x -->- hidden -->",
    ],
)
def test_clean_text__comment_and_invisible_characters_combined__neither_hides_the_other(
    text: str,
) -> None:
    left = clean_text(text, 100)
    assert left.startswith("do it")
    assert "hidden" not in left


@given(HOSTILE)
def test_visible_text__any_text__has_no_invisible_character_left(text: str) -> None:
    shown = visible_text(text)
    kinds = {unicodedata.category(one) for one in shown if one not in "\n\t"}
    assert not kinds & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not {ord(one) for one in shown} & set(DEFAULT_IGNORABLE)
    assert visible_text(shown) == shown


@given(HOSTILE, st.integers(1, 60))
def test_clean_text__any_text__is_bounded_and_says_when_it_was_cut(text: str, limit: int) -> None:
    mark = "\n[cut here: too long]"
    cleaned = clean_text(text, limit)
    whole = clean_text(text, 1_000_000)
    if len(whole) <= limit:
        assert cleaned == whole
    else:
        assert cleaned.endswith(mark)
        assert len(cleaned) <= limit + len(mark)
        assert whole.startswith(cleaned.removesuffix(mark))


@given(
    st.text(st.characters(categories=["Lu", "Ll", "Nd", "P", "S", "Zs"], exclude_characters="<"))
)
def test_clean_text__text_without_anything_hidden__is_left_as_it_is(text: str) -> None:
    """Only what the approver could not see is taken out."""
    assert clean_text(text, 1_000_000) == text.strip()


@given(HOSTILE, st.integers(1, 60))
def test_one_line__any_text__is_one_bounded_line(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert line == line.strip()
    assert len(line.splitlines()) <= 1
    assert not any(unicodedata.category(one) in ("Cc", "Cf") for one in line)
    assert "  " not in line


@pytest.mark.parametrize(
    ("text", "limit", "line"),
    [
        ("  a \n\n b\tc ", 10, "a b c"),
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("abcd efg", 6, "abcd…"),
        ("ab", 1, "…"),
        ("", 5, ""),
    ],
)
def test_one_line__a_text__collapsed_and_cut(text: str, limit: int, line: str) -> None:
    assert one_line(text, limit) == line


@given(HOSTILE, st.integers(1, 60))
def test_inert_markdown__any_text__stays_one_code_span(text: str, limit: int) -> None:
    """In a code span nothing mentions, links or closes; so nothing may end the span early."""
    span = inert_markdown(text, limit)
    assert span[0] == span[-1] == "`"
    assert len(span) > 2
    assert "`" not in span[1:-1]
    assert "\n" not in span


@pytest.mark.parametrize(
    "piece", ["<!--", "<!-- -", "\x1b[", "\x1b]", "\x1b[0;", "\u200b", "<", "-->", "\r"]
)
def test_clean_text__a_megabyte_of_one_piece__takes_no_time(piece: str) -> None:
    """Anybody may post a text of any size: no pattern may need more than linear time."""
    started = time.process_time()
    clean_text(piece * (1_000_000 // len(piece)), 1000)
    assert time.process_time() - started < 5


def test_clean_text__cut_behind_a_word__leaves_no_blank_there() -> None:
    assert clean_text("one two three", 8) == "one two\n[cut here: too long]"


@pytest.mark.parametrize(
    ("character", "shows"),
    [
        ("a", True),
        ("\n", True),
        ("\u4e2d", True),
        ("\x80", False),
        ("\u200b", False),
        ("\ud83d", False),
        ("\ue000", False),
        ("\u0378", False),
        ("\u2028", False),
        ("\u2029", False),
        ("\ufe00", False),
        ("\ufe0f", False),
        ("\U000e0041", False),
    ],
)
def test_is_visible__a_character__shows_or_does_not(character: str, shows: bool) -> None:
    assert is_visible(character) is shows


def test_shown__looked_up_a_second_time__is_the_same() -> None:
    assert "a\x00a\x00é".translate(cleaning._Shown()) == "aaé"
