"""How many runs are at work in a repository, and how many wait for people there."""

from afk.observe.tick import Tick
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
