"""What afk writes into a label: since when it knows it under its name."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afk.record.label_mark import (
    MAX_DESCRIPTION,
    WORDS,
    Home,
    describe,
    signed_by_former_key,
    vouched_since,
)
from afk.record.state import Keys
from afk.types import Label, Repository

HOME = Home("forge.example", Repository(7, "owner/shop"))
LABEL = Label("ready-for-agent", 5, "")
SINCE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEYS = Keys(current=b"a key of today")


def vouched(label: Label = LABEL, keys: Keys = KEYS, home: Home = HOME) -> Label:
    return replace(label, description=describe(home, label, SINCE, keys))


def test_describe__of_a_label__reads_back_and_fits() -> None:
    assert (vouched().description or "").startswith(f"{WORDS} [afk 2026-03-02T09:00:00Z ")
    assert vouched_since(HOME, vouched(), KEYS) == SINCE


@given(st.text(max_size=400))
def test_describe__whatever_it_said__keeps_words_and_reads_back(words: str) -> None:
    label = vouched(replace(LABEL, description=words))
    assert label.description is not None
    assert len(label.description) <= MAX_DESCRIPTION
    assert vouched_since(HOME, label, KEYS) == SINCE
    assert describe(HOME, label, SINCE, KEYS) == label.description


@pytest.mark.parametrize(
    ("label", "home", "keys"),
    [
        (replace(vouched(), id=6), HOME, KEYS),
        (replace(vouched(), name="ready"), HOME, KEYS),
        (vouched(), Home("other.example", HOME.repo), KEYS),
        (vouched(), Home(HOME.host, Repository(8, "owner/shop")), KEYS),
        (vouched(), HOME, Keys(current=b"another")),
        (vouched(keys=Keys()), HOME, KEYS),
        (vouched(), HOME, Keys()),
        (LABEL, HOME, KEYS),
        (replace(LABEL, description=None), HOME, KEYS),
        (
            replace(LABEL, description=(vouched().description or "").replace("09:00", "08:00")),
            HOME,
            KEYS,
        ),
        (replace(LABEL, description="[afk 2026-99-02T09:00:00Z none]"), HOME, Keys()),
    ],
)
def test_vouched_since__another_label_name_place_or_key__is_none(
    label: Label, home: Home, keys: Keys
) -> None:
    assert vouched_since(home, label, keys) is None
    assert signed_by_former_key(home, label, keys) is None


def test_vouched_since__without_a_key__holds_unsigned() -> None:
    assert vouched_since(HOME, vouched(keys=Keys()), Keys()) == SINCE


def test_former_key__vouches_and_is_to_be_replaced() -> None:
    turned = Keys(current=b"a key of tomorrow", previous=KEYS.current)
    assert vouched_since(HOME, vouched(), turned) == SINCE
    assert signed_by_former_key(HOME, vouched(), turned) == SINCE
    assert signed_by_former_key(HOME, vouched(), KEYS) is None


def test_describe__long_words__fill_what_a_forge_takes() -> None:
    label = vouched(replace(LABEL, description="x" * 400))
    assert label.description is not None
    assert len(label.description) == MAX_DESCRIPTION
    words, _, mark = label.description.partition(" [")
    assert set(words) == {"x"}
    assert mark.startswith("afk 2026-03-02T09:00:00Z ")


@pytest.mark.parametrize("hours", [-9, 0, 5.5])
def test_describe__wherever_the_clock_is__says_universal_time(hours: float) -> None:
    there = SINCE.astimezone(timezone(timedelta(hours=hours)))
    assert describe(HOME, LABEL, there, KEYS) == vouched().description
