"""What a tick takes into account of the repositories that are other shards' business."""

from collections.abc import Sequence
from datetime import timedelta

from afk.decide.provider_gate import instance_of
from afk.decide.sharding import within
from afk.decide.start_gates import Ceilings
from afk.model.agent import AgentThread
from afk.observe.tick import Tick
from afk.record.names import parse_title


def counted_threads(tick: Tick) -> Sequence[AgentThread]:
    """Return the threads of afk's that count against the ceilings of this tick.

    A shard that no plan has made has ceilings of its own, for its own repositories.
    """
    threads = tick.t3.snapshot.threads if tick.t3.snapshot is not None else ()
    if not tick.focus.apart:
        return threads
    return [
        one
        for one in threads
        if (named := parse_title(one.title)) is not None and named[1].repo in tick.config.watched
    ]


def of_all_shards(tick: Tick, counted: Ceilings, *, has_place: bool) -> Ceilings:
    """Return the ceilings with what the plan says of other shards, if the tick is one of them."""
    return within(tick.focus.share, counted, stale=plan_is_stale(tick), has_place=has_place)


def plan_is_stale(tick: Tick) -> bool:
    """Say whether nothing starts by the tick's plan.

    It is good for as long as a tick may live; one of the future was made by another clock, and
    would hide whatever began since.
    """
    share, snapshot = tick.focus.share, tick.t3.snapshot
    return (
        share is not None
        and share.as_of is not None
        and snapshot is not None
        and abs(snapshot.server_now - share.as_of) > timedelta(seconds=tick.config.tick_seconds)
    )


def its_part(tick: Tick, most: int) -> int:
    """Return how much of a bound on writes is a shard's: all of them write with one token."""
    return max(1, most // tick.focus.shards)


def shut_elsewhere(tick: Tick, repo: str, agent: str) -> str:
    """Return that a run of another shard waits for the usage limit of a repository's provider."""
    share = tick.focus.share
    return share.shut.get(instance_of(repo, tick.config, agent), "") if share is not None else ""


def other_server(tick: Tick) -> bool:
    """Say whether T3 is another server than a run in flight was started on, in any shard."""
    share = tick.focus.share
    return tick.names_other_server() or (share is not None and share.other_server)
