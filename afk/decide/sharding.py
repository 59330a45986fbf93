"""How the repositories are shared out among shards, and how many runs each may start. Pure.

The parts of the free places add up to no more than there are, whatever becomes of a shard; what
another plan gives out meanwhile is seen to when a run gets its thread (`afk.decide.first_come`).
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from afk.config import Config
from afk.decide.start_gates import Ceilings
from afk.errors import ConfigError
from afk.model.share import Share

MOST: Final = 256
"""Jobs that GitHub makes of one matrix:
https://docs.github.com/en/actions/reference/limits
"""
_ROOM: Final = 60_000
"""Characters of names in one shard: an environment variable has 128 KiB on Linux, quotes included.
"""
_SHARED_OUT: Final = ("max_in_flight", "max_dispatch_per_tick", "runs_per_day")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How everything stands when a plan is made.

    ``starts``: the repositories in which runs would start now, in their order. ``at_work``: how
    many runs hold a place in each repository. ``limits``: runs that wait for a provider's usage
    limit, each with its repository, its provider instance and the words for it.
    """

    ceilings: Ceilings
    starts: Sequence[str] = ()
    at_work: Mapping[str, int] = field(default_factory=dict)
    limits: Sequence[tuple[str, str, str]] = ()
    as_of: datetime | None = None
    other_server: bool = False


def fill(work: Mapping[str, int], *, most: int, each: int) -> list[tuple[str, ...]]:
    """Return the repositories of each shard, by how much there is to do in them.

    No more shards than ``most``, and another one only where there is more to do than ``each`` for
    every one before: a shard is a job that has to start. What is most is placed first, always
    where there is least so far, so equal work is shared out equally, and alike every time. Only
    names that would not fit into ``most`` shards make more of them.
    """
    if not work:
        return []
    count = min(most, len(work), max(1, -(-sum(work.values()) // each)))
    shards: list[list[str]] = [[] for _ in range(count)]
    loads, lengths = [0] * count, [0] * count
    for name in sorted(work, key=lambda one: (-work[one], one)):
        fits = [n for n, length in enumerate(lengths) if length + len(name) <= _ROOM]
        if not fits:
            shards.append([])
            loads.append(0)
            lengths.append(0)
            fits = [len(shards) - 1]
        here = min(fits, key=lambda n: loads[n])
        shards[here].append(name)
        loads[here] += work[name]
        lengths[here] += len(name)
    return [tuple(sorted(one)) for one in shards]


def free_places(ceilings: Ceilings, config: Config) -> int:
    """Return how many runs may start now, in all repositories that the ceilings are about."""
    if ceilings.in_flight is None or ceilings.started_today is None or not ceilings.agent_seen:
        return 0
    free = min(
        config.max_in_flight - ceilings.in_flight,
        config.max_dispatch_per_tick,
        config.runs_per_day - ceilings.started_today,
    )
    return max(free - ceilings.promised, 0)


def shares(shards: Sequence[Sequence[str]], stands: Standing, config: Config) -> list[Share]:
    """Return what each shard is told.

    A shard has a place for each run that would start in its repositories now; what is left over
    goes to whoever has least, for what is labelled between the plan and the shard.
    """
    free = free_places(stands.ceilings, config)
    places = [sum(name in shard for name in stands.starts) for shard in map(frozenset, shards)]
    for _ in range(free - sum(places) if shards else 0):
        places[places.index(min(places))] += 1
    total = stands.ceilings.in_flight
    return [
        Share(
            shard=f"{number}/{len(shards)}",
            repositories=tuple(shard),
            shards=len(shards),
            places=places[number - 1],
            promised=free - places[number - 1],
            in_flight=total,
            elsewhere=(total or 0) - sum(stands.at_work.get(name, 0) for name in shard),
            started_today=stands.ceilings.started_today,
            as_of=stands.as_of,
            shut={instance: words for repo, instance, words in stands.limits if repo not in shard},
            other_server=stands.other_server,
        )
        for number, shard in enumerate(shards, start=1)
    ]


def within(
    share: Share | None, counted: Ceilings, *, stale: bool = False, has_place: bool = False
) -> Ceilings:
    """Return the ceilings of a shard, of which ``counted`` are its own runs; as they are without.

    What ends in a shard frees no place in it: who is next is seen where everything is, in the
    plan. ``stale``: the plan is so old that nothing starts by it. ``has_place``: it is about a
    claim, which holds its place already.
    """
    if share is None:
        return counted
    total, own = share.in_flight, counted.in_flight
    if has_place:
        in_flight = None if own is None or total is None else own + share.elsewhere
        return replace(counted, in_flight=in_flight)
    return replace(
        counted,
        in_flight=None if own is None or total is None else max(total, own + share.elsewhere),
        started_today=share.started_today,
        promised=share.promised + (share.places if stale else 0),
    )


def narrowed(config: Config, repositories: Collection[str]) -> Config:
    """Return the configuration with these repositories alone; the others' settings stay known."""
    return replace(
        config,
        allowlist=tuple(name for name in config.allowlist if name in repositories),
        draining=tuple(name for name in config.draining if name in repositories),
    )


def one_of_several(config: Config, part: int, parts: int) -> Config:
    """Return the configuration of a shard that no plan has made: always the same repositories.

    It has a part of each ceiling, so that all of them together keep it. Raises `ConfigError` where
    a part would be nothing: its issues would wait for ever.
    """
    for setting in _SHARED_OUT:
        if getattr(config, setting) < parts:
            raise ConfigError(
                f"{setting} is {getattr(config, setting)}, which is not enough for {parts} shards",
                cause="without a plan every shard has its own part of it, and none may be nothing",
                next_step=f"set {setting} to {parts} or more, or use fewer shards",
            )
    ours = [name for name in config.watched if _place(name) % parts == part - 1]
    parted = {
        name: getattr(config, name) // parts + (part <= getattr(config, name) % parts)
        for name in _SHARED_OUT
    }
    return replace(narrowed(config, ours), **parted)


def _place(name: str) -> int:
    """Return a number that the name alone decides, alike in every process."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
