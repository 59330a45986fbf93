"""Whether a run whose thread stands in T3 is still within the ceilings, right before it begins."""

from afk.decide.first_come import beyond
from afk.observe.room import at_work_unread
from afk.observe.sharing import counted_threads
from afk.observe.tick import Tick
from afk.record import names
from afk.record.state import RunRecord


def over_ceiling(tick: Tick, record: RunRecord) -> str:
    """Return which ceiling the run is beyond by the order of T3's threads, "" for none.

    T3 was read again just before. Asks for nothing: what this tick, or the plan behind it, knows
    to be in flight counts, and every thread that began since.
    """
    snapshot, share = tick.t3.snapshot, tick.focus.share
    others = [run for run_id, run in tick.ledger.runs.items() if run_id != record.run_id]
    known = {names.short(run.run_id) for run in (*others, *tick.ledger.ended.values())}
    elsewhere, since = 0, tick.t3.opened_at
    if share is not None:
        elsewhere, since = share.elsewhere, share.as_of
    ours = [
        one
        for one in counted_threads(tick)
        if (named := names.parse_title(one.title)) is not None and tick.t3.at_home(one, named[1])
    ]
    return beyond(
        record.thread.id,
        ours,
        tick.config,
        server_now=snapshot.server_now if snapshot is not None else tick.now,
        in_flight=elsewhere
        + at_work_unread(tick)
        + sum(not run.waits_for_people for run in others),
        known=known,
        since=since,
    )
