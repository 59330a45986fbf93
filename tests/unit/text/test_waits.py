"""What a run or an issue waits for: who stands in the way, by name and link, and until when."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import NOW, REPO, STARTED, record

from afk.text.waits import held_by, limited_by, reviews_open, span, until, with_links

WEB = "https://forge.test"


@pytest.mark.parametrize(
    ("time", "says"),
    [
        (timedelta(), "0 min"),
        (timedelta(seconds=-5), "0 min"),
        (timedelta(seconds=29), "0 min"),
        (timedelta(minutes=15), "15 min"),
        (timedelta(hours=5), "5 h"),
        (timedelta(hours=2, minutes=30), "2 h 30 min"),
        (timedelta(days=5, hours=22, minutes=7), "5 d 22 h"),
        (timedelta(days=1, minutes=7), "1 d 7 min"),
    ],
)
def test_span__a_length_of_time__is_said_in_its_two_largest_units(
    time: timedelta, says: str
) -> None:
    assert span(time) == says


def test_until__says_the_instant_and_how_long__neither_moves_with_the_clock() -> None:
    told = until(NOW, STARTED)
    assert told == "until 2026-11-23 12:00 UTC (30 min from 2026-11-23 11:30 UTC)"


def test_held_by__a_run__is_named_with_what_it_waits_for_itself() -> None:
    busy = f"another run is in flight in {REPO}: that of {REPO}#7"
    assert held_by(record()) == busy
    limited = record(limited_at=STARTED, next_try=NOW)
    assert held_by(limited) == f"{busy}, which waits for a usage limit {until(NOW, STARTED)}"
    assert held_by(record(limited_at=STARTED)) == busy


def test_limited_by__a_run__is_named_with_until_when() -> None:
    limited = record(limited_at=STARTED, next_try=NOW)
    told = f"the provider's usage is limited, as the run of {REPO}#7 found"
    assert limited_by(limited, REPO) == f"{told}, {until(NOW, STARTED)}"
    assert limited_by(record(limited_at=STARTED), "ACME/other") == told
    assert limited_by(record(), REPO) == f"{told}; it is trying whether that is over"


def test_limited_by__a_run_of_somebody_else_s_repository__is_not_named() -> None:
    """The reader of a public comment may not know that it exists."""
    told = limited_by(record(limited_at=STARTED, next_try=NOW), "others/site")
    assert REPO not in told
    assert "the run of a run elsewhere" not in told
    assert until(NOW, STARTED) in told


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("the agent is at work", "the agent is at work"),
        ("the provider's usage (max_in_flight=1)", "the provider's usage (max_in_flight=1)"),
        (
            "waits for acme/app#4, a/b#5",
            f"waits for [`#4`]({WEB}/acme/app/./issues/4), [`a/b#5`]({WEB}/a/b/./issues/5)",
        ),
        ("in acme/app-two#4", f"in [`acme/app-two#4`]({WEB}/acme/app-two/./issues/4)"),
        ("a/b#5\na/b#6", f"[`a/b#5`]({WEB}/a/b/./issues/5)\n[`a/b#6`]({WEB}/a/b/./issues/6)"),
        ("see #4", "`see #4`"),
        ("ask @mara about a/b#5", f"`ask @mara about` [`a/b#5`]({WEB}/a/b/./issues/5)"),
        ("x/acme/app#4", "`x/acme/app#4`"),
        ("a/b#05", "`a/b#05`"),
        ("see https://x.test", "`see https://x.test`"),
        ("see www.x.test", "`see www.x.test`"),
        ("**loud** <b>", "`**loud** <b>`"),
        (" ", " "),
    ],
)
def test_with_links__issues_are_linked__whatever_could_do_more_is_inert(
    text: str, says: str
) -> None:
    assert with_links(text, REPO, WEB) == says


def test_with_links__without_an_address__names_only() -> None:
    assert with_links("acme/app#4", REPO, "") == "`#4`"


@given(st.text(max_size=80), st.sampled_from(["", "a/b#5", "acme/app#4 and a/b#5"]))
def test_with_links__any_text__refers_to_nothing(text: str, key: str) -> None:
    """Outside of code there is no reference, no mention, no tag, no address of an issue."""
    shown = with_links(f"{text} {key}", REPO, WEB)
    bare = "".join(shown.split("`")[::2])
    assert not set("@#<*!~&") & set(bare)
    assert "/issues/" not in bare.replace("/./issues/", "")
    assert "\n" not in bare.strip("\n") or not key


@given(st.integers(0, 40), st.text(max_size=200), st.integers(650, 900))
def test_with_links__longer_than_there_is_room__is_cut_between_pieces(
    keys: int, text: str, most: int
) -> None:
    """A cut within code would leave it open: what stands in it could mention and refer."""
    shown = with_links("o/r#1, " * keys + text, REPO, WEB, most=most)
    assert len(shown) <= most + 1
    assert shown.count("`") % 2 == 0
    assert shown.count("[") == shown.count("](") or "[" in text
    whole = with_links("o/r#1, " * keys + text, REPO, WEB)
    assert shown == whole or (shown.endswith("…") and whole.startswith(shown[:-1]))


@pytest.mark.parametrize(
    ("most", "says"),
    [(27, "see `a/b#5`, `a/b#6` and go"), (26, "see `a/b#5`, `a/b#6`…"), (20, "see `a/b#5`, …")],
)
def test_with_links__as_long_as_there_is_room__is_left_whole(most: int, says: str) -> None:
    assert with_links("see a/b#5, a/b#6 and go", REPO, "", most=most) == says
    assert len(says) <= most


def test_reviews_open__counts_in_words_a_person_would_use() -> None:
    assert (
        reviews_open(1, 1, "o/r") == "1 pull request waits for people in o/r (max_open_reviews=1)"
    )
    assert (
        reviews_open(6, 5, "o/r") == "6 pull requests wait for people in o/r (max_open_reviews=5)"
    )
