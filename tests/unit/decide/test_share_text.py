"""A share on its way from one job to another: the same when it arrives, or refused."""

import json
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import NOW

from afk.decide.share_text import part_of, shards_in, share_of, share_text
from afk.errors import ConfigError
from afk.model.share import Share

counts = st.integers(0, 10_000)
maybe = st.none() | counts
made = st.builds(
    Share,
    shard=st.just("2/8"),
    repositories=st.lists(st.just("owner/a") | st.just("owner/ü\n"), max_size=3).map(tuple),
    shards=st.integers(1, 256),
    places=counts,
    promised=counts,
    in_flight=maybe,
    elsewhere=counts,
    started_today=maybe,
    as_of=st.none() | st.datetimes(timezones=st.just(UTC)),
    shut=st.dictionaries(st.text(max_size=5), st.text(max_size=9), max_size=2),
    other_server=st.booleans(),
)


@given(made)
def test_share__there_and_back__is_the_same_on_one_line(share: Share) -> None:
    text = share_text(share)

    assert share_of(text) == share
    assert text.isascii()
    assert "\n" not in text


def test_share__in_an_environment_variable__takes_no_room_for_blanks() -> None:
    text = share_text(Share(shard="1/1", repositories=("owner/a", "owner/b")))
    assert not any(map(str.isspace, text))


@pytest.mark.parametrize(
    "text",
    [
        "unfilled",
        "none",
        "{}",
        "[]",
        "null",
        "1/8 ",
        "1/8/8",
        '{"shard":"1/1","repositories":7}',
    ],
)
def test_share__anything_else__is_refused_and_says_where_it_comes_from(text: str) -> None:
    with pytest.raises(ConfigError, match="AFK_SHARD is no part of a plan") as refused:
        part_of(text) or share_of(text)
    assert "Forgejo 11" in str(refused.value)
    assert refused.value.next_step == (
        "pass what `afk plan` prints for a shard, or a part such as 2/8 (docs/many-repositories.md)"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"places": -1},
        {"promised": -1},
        {"elsewhere": -1},
        {"in_flight": -1},
        {"started_today": -1},
        {"shards": 0},
        {"as_of": NOW.replace(tzinfo=None)},
    ],
)
def test_share__what_no_plan_says__is_refused(changes: dict[str, Any]) -> None:
    text = share_text(replace(Share(shard="1/1", repositories=("owner/a",)), **changes))

    with pytest.raises(ConfigError):
        share_of(text)


def test_share__a_field_that_nobody_knows__is_left_out() -> None:
    """A plan of a newer version names more than this one needs to know."""
    data = json.loads(share_text(Share(shard="1/1", repositories=("owner/a",))))

    assert share_of(json.dumps({**data, "more": 1})).repositories == ("owner/a",)


@pytest.mark.parametrize("text", ["9/8", "0/8", "1/0", "0/0", "1/1000", "999999999/999999999"])
def test_part__that_there_is_not__is_refused_by_its_number(text: str) -> None:
    with pytest.raises(ConfigError, match=f"AFK_SHARD={text} names no part") as refused:
        part_of(text)
    assert refused.value.cause.startswith("of 8 parts the first is 1/8 and the last 8/8")
    assert refused.value.next_step.startswith("give every job another part")


@pytest.mark.parametrize("text", ["1/1", "2/8", "256/256", "999/999"])
def test_part__of_so_many(text: str) -> None:
    part, parts = map(int, text.split("/"))

    assert part_of(text) == (part, parts)


def test_part__of_something_else__is_none() -> None:
    assert part_of("") is None
    assert part_of(share_text(Share(shard="1/1", repositories=()))) is None


@pytest.mark.parametrize(
    ("text", "shards"),
    [
        ("2/8", 8),
        (share_text(Share(shard="1/3", repositories=("owner/a",), shards=3)), 3),
        ("", 1),
        ("none", 1),
        ("9/8", 1),
        ("{}", 1),
    ],
)
def test_shards_in__a_text__so_many_write_at_once(text: str, shards: int) -> None:
    assert shards_in(text) == shards
