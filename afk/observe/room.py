"""How many runs are at work in a repository, and how many wait for people there."""

from afk.observe.tick import Tick
from afk.record.names import parse_title
from afk.record.state import RunRecord


def at_work(tick: Tick, repo: str, *, apart_from: str = "") -> list[RunRecord]:
    """Return the runs that hold a place in the repository."""
    return [
        record
        for run_id, record in tick.ledger.runs.items()
        if record.repository == repo and not record.waits_for_people and run_id != apart_from
    ]


def has_room(tick: Tick, record: RunRecord) -> bool:
    """Say whether a run that waited for people may take its place again."""
    taken = at_work(tick, record.repository, apart_from=record.run_id)
    return len(taken) < tick.config.room(record.repository)


def open_reviews(tick: Tick, repo: str) -> int:
    """Return how many runs of the repository wait for people."""
    runs = tick.ledger.runs.values()
    return sum(record.repository == repo and record.waits_for_people for record in runs)


def at_work_unread(tick: Tick) -> int:
    """Return how many agents T3 shows at work on issues that this tick could not read.

    A ceiling that leaves them out would be passed as soon as a repository is renamed.
    """
    threads = tick.t3.snapshot.threads if tick.t3.snapshot is not None else ()
    titled = ((one, parse_title(one.title)) for one in threads)
    return sum(
        named[1].repo in tick.ledger.held
        and named[1] not in tick.issues
        and tick.t3.at_home(thread, named[1])
        and tick.t3.live(thread)
        for thread, named in titled
        if named is not None
    )
