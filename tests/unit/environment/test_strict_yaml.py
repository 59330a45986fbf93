"""YAML without guesses, and never more of it than a configuration needs."""

import time

import pytest

from afk.environment.strict_yaml import DEEPEST, MOST_CHARACTERS, MOST_VALUES, read
from afk.errors import ConfigError


def refused(text: str) -> str:
    """Return what is said of a text; it is said at once and at moderate length."""
    begun = time.process_time()
    with pytest.raises(ConfigError) as caught:
        read(text, "afk.yml")
    assert time.process_time() - begun < 5
    assert len(str(caught.value)) < 700
    assert caught.value.next_step
    return caught.value.what


def test_read__plain_values__are_what_they_look_like() -> None:
    text = "a: true\nb: False\nc: [0, -7, 42]\nd: main\ne: {f: null, g: ~, h: }\ni: |\n  no\n"
    found = read(text, "afk.yml")
    assert found.values == {
        "a": True,
        "b": False,
        "c": [0, -7, 42],
        "d": "main",
        "e": {"f": None, "g": None, "h": None},
        "i": "no\n",
    }
    assert found.values["a"] is True
    assert found.lines["c", 2] == 3
    assert found.lines["e", "f"] == 5


def test_read__nothing__is_nothing() -> None:
    assert (
        read("", "afk.yml").values == read("# x\n", "x").values == read("---\n", "x").values == {}
    )


@pytest.mark.parametrize(
    "value",
    [
        "no",
        "Yes",
        "on",
        "OFF",
        "010",
        "08",
        "0o10",
        "0x1F",
        "0b11",
        "1_000",
        "+5",
        "-0",
        "1:20",
        "1.5",
        "2.0",
        ".5",
        "1e3",
        ".inf",
        ".NaN",
        "2026-01-01",
        "=",
        "<<",
        "9" * 19,
        "00",
        "-010",
    ],
)
def test_read__value_of_more_than_one_reading__is_refused_with_its_line(value: str) -> None:
    assert refused(f"a: 1\nb: {value}").startswith(f"afk.yml:2: b: '{value[:40]}")
    assert read(f"b: '{value}'", "x").values == {"b": value}


@pytest.mark.parametrize(
    "value",
    [
        "4o-mini",
        "1.2.3",
        "3773/x",
        "v1",
        "1.x",
        "12ab",
        "nope",
        "0day",
    ],
)
def test_read__text_that_begins_like_a_number__is_a_text(value: str) -> None:
    assert read(f"a: {value}", "x").values == {"a": value}


@pytest.mark.parametrize("text", ["a: &x 1", "a: 1\n\nb: *x", "&x a: 1", "a: &x [*x]", "a: [*x]"])
def test_read__anchor_or_alias__is_refused(text: str) -> None:
    where = 3 if "\n" in text else 1
    assert refused(text) == f"afk.yml:{where}: an anchor (&) or alias (*)"


def test_read__aliases_of_aliases__cost_nothing() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    assert refused("\n".join(lines)) == "afk.yml:1: an anchor (&) or alias (*)"


@pytest.mark.parametrize("tag", ["!!int", "!!str", "!!python/object:os.system", "!x", "!"])
def test_read__tag__is_refused(tag: str) -> None:
    assert refused(f"a: {tag} x").startswith("afk.yml:1: a tag (")


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"k{n}: 1" for n in range(MOST_VALUES)),
        "a: [" + "x," * MOST_VALUES + "x]",
        "a: " + "[" * (DEEPEST + 5),
        "a: " + "{a: " * 2_000,
        "\n".join(" " * n + "a:" for n in range(400)),
    ],
)
def test_read__endless_or_deep__is_refused(text: str) -> None:
    assert "it goes on and on, or deeper" in refused(text)


def test_read__a_megabyte__is_refused_unread() -> None:
    many = "\n".join(f"key{n}: {n}" for n in range(80_000))
    assert refused(many) == f"afk.yml is longer than {MOST_CHARACTERS} characters"
    assert "goes on" in refused("[" * MOST_CHARACTERS)


@pytest.mark.parametrize("key", ["on", "1", "2026-01-01", "[a]", "{a: b}", "null", "~", "true"])
def test_read__key_that_is_no_text__is_refused(key: str) -> None:
    assert refused(f"a: 1\n? {key}\n: 1").startswith("afk.yml:2: the key ")


def test_read__key_in_quotes__is_text() -> None:
    assert read("'on': 1", "x").values == {"on": 1}


def test_read__key_twice__names_both_lines() -> None:
    text = "a:\n  b: 1\n  c: 2\n  b: 3"
    assert refused(text) == "afk.yml:4: the key 'b' stands twice, first in line 2"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- a", "afk.yml is not a mapping"),
        ("word", "afk.yml is not a mapping"),
        ("a: 1\n---\nb: 2", "afk.yml holds 2 documents"),
        ("a: 1\nb: [", "afk.yml:2: the configuration is not valid YAML"),
        ("a: 1\n\tb: 2", "afk.yml:2: the configuration is not valid YAML"),
        ("a: \x07", "afk.yml: the configuration is not valid YAML"),
        ("%YAML 3.0\n---\na: 1", "afk.yml:1: the configuration is not valid YAML"),
    ],
)
def test_read__no_configuration__is_refused(text: str, says: str) -> None:
    assert refused(text).startswith(says)


def test_text__place_of_a_value__is_its_line_or_the_nearest() -> None:
    found = read("a:\n  - x\n  - y\nb: {c: x}\nd/e: 1", "afk.yml")
    assert found.find("a", "y") == 3
    assert found.find("b", {"c": "x"}) == 4
    assert found.find("c", "x") == 4
    assert found.find("a", "z") == found.find("z", "x") == 0
    assert found.find("d/e", "d/e") == 5
    assert found.line_of(("b", "c", "f")) == 4
    assert found.line_of(("z",)) == found.line_of(()) == 1
    assert read("", "x").line_of(("a",)) == 0
