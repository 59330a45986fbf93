"""Of a body whose end alone is wanted, that end is kept and the bound still holds."""

import gzip
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afk.adapters.body import TooMuch, read


def kept(parts: Sequence[bytes], keep: int, most: int = 10_000, **headers: str) -> bytes:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return read(named, parts, most, lambda: None, keep=keep)


@given(st.lists(st.binary(max_size=40), max_size=40), st.integers(min_value=1, max_value=100))
def test_end__however_it_comes__is_the_last_bytes(parts: list[bytes], keep: int) -> None:
    whole = b"".join(parts)
    assert kept(parts, keep) == whole[-keep:]
    assert kept([gzip.compress(whole)], keep, content_encoding="gzip") == whole[-keep:]


def test_end__nothing_said__is_all_of_it() -> None:
    assert kept([b"one ", b"two"], 0) == b"one two"


def test_end__of_more_than_the_bound__is_refused_all_the_same() -> None:
    with pytest.raises(TooMuch):
        kept([b"x" * 60] * 2, 10, most=100)


def test_end__of_a_log_of_many_megabytes__is_held_and_nothing_else() -> None:
    """Parts that are generated one by one: no more than twice the end is ever there."""
    parts = (b"%06d\n" % number for number in range(1_000_000))
    assert read({}, parts, 10_000_000, lambda: None, keep=14) == b"999998\n999999\n"
