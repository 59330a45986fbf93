"""Whether a run is among the first that the ceilings have room for, by the order of T3's threads.

Pure. Ticks, or shards of two plans, that overlap may each think that the last place is free. T3
shows every thread, in one order, to all of them: so each counts those before its own, and of two
the younger one sees the other. What cannot be told from a thread that has only just begun counts.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from afk.config import Config
from afk.decide.provider_gate import started_today
from afk.model.agent import AgentThread
from afk.record.names import parse_title

LAG: Final = timedelta(seconds=10)
"""T3 says the time when its answer is ready, which was read a little before."""


def beyond(
    thread_id: str,
    threads: Sequence[AgentThread],
    config: Config,
    *,
    server_now: datetime,
    in_flight: int,
    known: Collection[str],
    since: datetime | None,
) -> str:
    """Return which ceiling a run is beyond, "" for none.

    ``threads``: those of afk's that count. ``in_flight``: runs known to be at work, apart from
    this one. ``known``: short ids of the runs that are known of, whether they count or not.
    ``since``: T3's clock when those were looked for.
    """
    own = next((_order(one) for one in threads if one.id == thread_id), None)
    before = [one for one in threads if own is None or _order(one) < own]
    if started_today(before, server_now) >= config.runs_per_day:
        return f"runs_per_day={config.runs_per_day}"
    newer = [
        one
        for one in before
        if one.id != thread_id
        and (since is None or one.created_at >= since - LAG)
        and (named := parse_title(one.title)) is not None
        and named[0] not in known
    ]
    if in_flight + len(newer) >= config.max_in_flight:
        return f"max_in_flight={config.max_in_flight}"
    return ""


def _order(thread: AgentThread) -> tuple[datetime, str]:
    return thread.created_at, thread.id
