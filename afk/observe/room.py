"""How many runs are at work in a repository, and how many wait for people there."""

from collections.abc import Iterable, Mapping, Sequence

from afk.observe.tick import Tick
from afk.record.names import parse_title
from afk.record.state import RunRecord


def by_repository(tick: Tick) -> Mapping[str, Sequence[RunRecord]]:
    """Return the runs in flight, by the repositories that they are in."""
    found: dict[str, list[RunRecord]] = {}
    for record in tick.ledger.runs.values():
        found.setdefault(record.repository, []).append(record)
    return found


def at_work(runs: Iterable[RunRecord], *, apart_from: str = "") -> list[RunRecord]:
    """Return those of a repository's runs that hold a place in it."""
    return [one for one in runs if not one.waits_for_people and one.run_id != apart_from]


def has_room(tick: Tick, record: RunRecord) -> bool:
    """Say whether a run that waited for people may take its place again."""
    taken = at_work(by_repository(tick).get(record.repository, ()), apart_from=record.run_id)
    return len(taken) < tick.config.room(record.repository)


def open_reviews(runs: Iterable[RunRecord]) -> int:
    """Return how many of a repository's runs wait for people."""
    return sum(one.waits_for_people for one in runs)


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
