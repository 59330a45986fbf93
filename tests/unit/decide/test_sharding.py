"""Shards: every repository once, equal work, and parts that add up to no more than there is."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import NOW, config

from afk.config import Config
from afk.decide.sharding import (
    Standing,
    fill,
    free_places,
    narrowed,
    one_of_several,
    shares,
    within,
)
from afk.decide.start_gates import Ceilings
from afk.errors import ConfigError

NAMES = [f"owner/r{n}" for n in range(40)]
works = st.dictionaries(st.sampled_from(NAMES), st.integers(1, 30), max_size=40)


@given(works, st.integers(1, 12), st.integers(1, 60))
def test_fill__whatever_there_is__every_repository_once_and_no_shard_empty(
    work: dict[str, int], most: int, each: int
) -> None:
    shards = fill(work, most=most, each=each)

    assert Counter(name for one in shards for name in one) == Counter(list(work))
    assert all(shards)
    assert len(shards) <= most
    assert shards == fill(dict(reversed(work.items())), most=most, each=each)


@given(works, st.integers(1, 12))
def test_fill__in_as_many_as_may_be__nobody_has_more_than_one_piece_too_much(
    work: dict[str, int], most: int
) -> None:
    loads = [sum(work[name] for name in one) for one in fill(work, most=most, each=1)]

    assert not work or max(loads) - min(loads) <= max(work.values())


@pytest.mark.parametrize(("each", "shards"), [(100, 1), (10, 1), (9, 2), (1, 4)])
def test_fill__little_to_do__begins_no_other_shard(each: int, shards: int) -> None:
    work = dict.fromkeys(NAMES[:5], 2)

    assert len(fill(work, most=4, each=each)) == shards


def test_fill__most_to_do__is_placed_first_where_there_is_least() -> None:
    work = {"owner/a": 1, "owner/b": 1, "owner/c": 5, "owner/d": 4}
    assert fill(work, most=2, each=1) == [("owner/b", "owner/c"), ("owner/a", "owner/d")]


def test_fill__names_that_would_fill_an_environment_variable__make_more_shards() -> None:
    long = {f"{'o' * 100}/{n:0100}": 1 for n in range(700)}

    shards = fill(long, most=2, each=1)

    assert len(shards) == 3
    assert max(sum(map(len, one)) for one in shards) <= 60_000


@pytest.mark.parametrize(
    ("counted", "free"),
    [
        (Ceilings(), 4),
        (Ceilings(in_flight=3), 1),
        (Ceilings(in_flight=9), 0),
        (Ceilings(started_today=22), 2),
        (Ceilings(in_flight=None), 0),
        (Ceilings(started_today=None), 0),
        (Ceilings(agent_seen=False), 0),
        (Ceilings(in_flight=1, promised=2), 1),
        (Ceilings(promised=9), 0),
    ],
)
def test_free_places__the_least_that_any_ceiling_leaves(counted: Ceilings, free: int) -> None:
    assert free_places(counted, config()) == free


def standing(**changes: Any) -> Standing:
    return replace(Standing(ceilings=Ceilings(in_flight=1), as_of=NOW), **changes)


def test_shares__places__go_to_what_would_start_and_what_is_left_goes_round() -> None:
    shards = [("owner/a", "owner/b"), ("owner/c",), ("owner/d",)]
    settings = config(max_in_flight=5, max_dispatch_per_tick=9)

    made = shares(shards, standing(starts=["owner/b"], at_work={"owner/d": 1}), settings)

    assert [(one.shard, one.shards) for one in made] == [("1/3", 3), ("2/3", 3), ("3/3", 3)]
    assert [one.places for one in made] == [2, 1, 1]
    assert [one.promised for one in made] == [2, 3, 3]
    assert [one.in_flight for one in made] == [1, 1, 1]
    assert [one.elsewhere for one in made] == [1, 1, 0]


def test_shares__nothing_known_of_t3__no_places() -> None:
    counted = Ceilings(started_today=None, agent_seen=False)

    (one,) = shares([("owner/a",)], standing(ceilings=counted, as_of=None), config())

    assert (one.places, one.promised, one.started_today) == (0, 0, None)


def test_shares__no_shards__none() -> None:
    assert shares([], standing(), config()) == []


def test_shares__a_usage_limit__shuts_the_provider_for_the_other_shards() -> None:
    """The run's own shard knows it by the record; there its "go on" must not wait for itself."""
    limits = [("owner/a", "codex", "the provider's usage is limited")]

    mine, others = shares([("owner/a",), ("owner/b",)], standing(limits=limits), config())

    assert mine.shut == {}
    assert others.shut == {"codex": "the provider's usage is limited"}


@given(
    works,
    st.integers(1, 8),
    st.integers(0, 9),
    st.integers(1, 9),
    st.integers(0, 9),
    st.integers(1, 9),
    st.integers(1, 9),
    st.data(),
)
def test_shares__whatever_the_shards_do__all_together_keep_every_ceiling(
    work: dict[str, int],
    most: int,
    in_flight: int,
    max_in_flight: int,
    started: int,
    per_day: int,
    per_tick: int,
    data: st.DataObject,
) -> None:
    """Runs of theirs end meanwhile, issues are labelled: each starts all that its gates let it."""
    settings = config(
        max_in_flight=max_in_flight, runs_per_day=per_day, max_dispatch_per_tick=per_tick
    )
    shards = fill(work, most=most, each=1)
    some = st.sampled_from(sorted(work)) if work else st.nothing()
    at_work = Counter(data.draw(st.lists(some, max_size=in_flight if work else 0)))
    counted = Ceilings(in_flight=at_work.total(), started_today=started)
    starts = data.draw(st.lists(some, unique=True, max_size=len(work)))
    starts = starts[: free_places(counted, settings)]

    made = shares(shards, standing(ceilings=counted, starts=starts, at_work=at_work), settings)

    standing_runs = begun = 0
    for share in made:
        own = sum(at_work[name] for name in share.repositories)
        own -= data.draw(st.integers(0, own))
        chosen = 0
        while _lets(within(share, Ceilings(in_flight=own)), chosen, settings):
            chosen += 1
        assert chosen == share.places
        standing_runs += own + chosen
        begun += chosen
    assert standing_runs <= max(max_in_flight, at_work.total())
    assert begun <= per_tick
    assert started + begun <= max(per_day, started)


def _lets(ceilings: Ceilings, chosen: int, settings: Config) -> bool:
    """Say whether the gates of `afk.decide.start_gates` let one more start."""
    assert ceilings.in_flight is not None
    assert ceilings.started_today is not None
    taken = chosen + ceilings.promised
    return (
        ceilings.in_flight + taken < settings.max_in_flight
        and taken < settings.max_dispatch_per_tick
        and ceilings.started_today + taken < settings.runs_per_day
    )


def test_within__no_share__as_counted() -> None:
    assert within(None, Ceilings(in_flight=2), stale=True) == Ceilings(in_flight=2)


def test_within__an_old_plan__leaves_every_place_to_others() -> None:
    (one,) = shares([("owner/a",)], standing(), config())

    assert within(one, Ceilings(in_flight=0), stale=True).promised == 3


@pytest.mark.parametrize("has_place", [True, False])
def test_within__not_counted__is_not_known(*, has_place: bool) -> None:
    (one,) = shares([("owner/a",)], standing(ceilings=Ceilings(in_flight=None)), config())

    assert within(one, Ceilings(in_flight=1), has_place=has_place).in_flight is None


def test_within__more_of_its_own_than_the_plan_knew__leave_fewer_places() -> None:
    one, _ = shares([("owner/a",), ("owner/b",)], standing(at_work={"owner/b": 1}), config())

    assert [within(one, Ceilings(in_flight=own)).in_flight for own in (0, 2)] == [1, 3]


def test_within__a_claim__is_asked_about_the_others_alone() -> None:
    """It is among those that the plan counted, and needs no place of those that it gave out."""
    shards = [("owner/a",), ("owner/b",)]
    settings = config(max_in_flight=2)
    full = standing(ceilings=Ceilings(in_flight=2), at_work={"owner/a": 1, "owner/b": 1})

    mine, _ = shares(shards, full, settings)

    assert within(mine, Ceilings(in_flight=0), has_place=True) == Ceilings(in_flight=1)


def test_narrowed__keeps_settings_and_which_list_a_repository_is_on() -> None:
    whole = config(allowlist=("owner/a", "owner/b"), draining=("owner/c", "owner/d"))

    some = narrowed(whole, ["owner/b", "owner/c", "owner/unknown"])

    assert (some.allowlist, some.draining) == (("owner/b",), ("owner/c",))
    assert some.repositories == whole.repositories


@given(st.integers(1, 4), st.integers(4, 9), st.integers(4, 30))
def test_one_of_several__repositories_and_ceilings__are_shared_out_whole(
    parts: int, most: int, per_day: int
) -> None:
    whole = config(allowlist=tuple(NAMES), max_in_flight=most, runs_per_day=per_day)

    made = [one_of_several(whole, part, parts) for part in range(1, parts + 1)]

    assert sorted(name for one in made for name in one.watched) == sorted(NAMES)
    assert sum(one.max_in_flight for one in made) == most
    assert sum(one.max_dispatch_per_tick for one in made) == whole.max_dispatch_per_tick
    assert sum(one.runs_per_day for one in made) == per_day


@pytest.mark.parametrize("setting", ["max_in_flight", "max_dispatch_per_tick", "runs_per_day"])
def test_one_of_several__a_part_would_be_nothing__refused(setting: str) -> None:
    usual = {"max_in_flight": 9, "max_dispatch_per_tick": 9, "runs_per_day": 9}

    with pytest.raises(ConfigError, match=f"{setting} is 2, .* 3 shards") as refused:
        one_of_several(config(**{**usual, setting: 2}), 3, 3)
    assert refused.value.cause.startswith("without a plan every shard has its own part of it")
    assert refused.value.next_step == f"set {setting} to 3 or more, or use fewer shards"


def test_one_of_several__another_version__has_the_same_repositories_in_each_part() -> None:
    """Else two jobs of one look, of which one runs a newer afk, would both watch a repository."""
    whole = config(allowlist=tuple(NAMES[:8]))
    parts = [one_of_several(whole, part, 2).watched for part in (1, 2)]
    assert [[name.removeprefix("owner/r") for name in one] for one in parts] == [
        ["0", "3", "5", "6", "7"],
        ["1", "2", "4"],
    ]


def test_standing__as_of_and_the_server__are_passed_on() -> None:
    old = standing(as_of=NOW - timedelta(hours=1), other_server=True)
    (one,) = shares([("owner/a",)], old, config())

    assert (one.as_of, one.other_server) == (NOW - timedelta(hours=1), True)
    assert not shares([("owner/a",)], standing(), config())[0].other_server
