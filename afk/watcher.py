"""The watcher: every run in flight, observed, decided, acted on.

All runs are observed at once, then acted on: those of a repository one after the other,
repositories side by side. One run's failure is reported and never stops the others. In a tick it
runs before the poller, so that what ends makes room and nothing starts beside what has yet to end.
Raises `RateLimited` at the first one: nothing more is begun, a later tick resumes.
"""

from collections.abc import Collection, Hashable

from afk.act.deleted_issue import stop_threads_of_gone
from afk.act.look_alikes import clear_look_alikes
from afk.act.repair import put_in_order
from afk.act.run_step import continue_ending, take_step
from afk.errors import AfkError, answer_or_error, one_of_many
from afk.observe.abreast import abreast, places_of
from afk.observe.look_ahead import look_ahead
from afk.observe.run_in_flight import Followed, follow
from afk.observe.survey import Surveyed, survey
from afk.observe.tick import Tick
from afk.observe.turn_gate import SENDS_TURN, gated
from afk.parallel import gather
from afk.record.codec import Found
from afk.record.state import Stage
from afk.types import Action, Issue, IssueKey

Run = tuple[Issue, Found]
Seen = tuple[Issue, Found, Followed | AfkError | None]


def watch(tick: Tick) -> None:
    """Drive every run in flight one step; the ledger says how things then stand."""
    gone = [key for key in tick.gone if tick.focus.covers(key)]
    abreast(tick, gone, stop_threads_of_gone, lambda key: places_of(tick, key.repo))
    runs = [run for run in in_flight(tick) if tick.focus.covers(run[0].key)]
    look_ahead(tick, [found.record for _, found in runs])
    results = gather(lambda run: answer_or_error(lambda: _observed(tick, *run)), runs)
    seen = [(*run, result) for run, result in zip(runs, results, strict=True)]
    abreast(tick, seen, _drive, lambda one: _places(tick, one))


def in_flight(tick: Tick) -> list[Run]:
    """Return the runs in flight, after putting in order what only looks like one."""
    found: dict[IssueKey, list[Found]] = {}

    def mend(apart: Tick, one: Surveyed) -> None:
        found[one.issue.key] = put_in_order(apart, one)
        clear_look_alikes(apart, one)

    every = survey(tick)
    abreast(tick, every, mend, lambda one: places_of(tick, one.issue.repo.name))
    return [(one.issue, each) for one in every for each in found[one.issue.key]]


def _observed(tick: Tick, issue: Issue, found: Found) -> Followed | None:
    """Observe a running run; claims and endings need no branch and no CI."""
    return follow(tick, issue, found) if found.record.stage is Stage.RUNNING else None


def _places(tick: Tick, one: Seen) -> Collection[Hashable]:
    """Return what a run shares with others while it is acted on."""
    issue, found, seen = one
    sends = isinstance(seen, Followed) and seen.decision.action in SENDS_TURN
    return places_of(tick, issue.repo.name, found.record.thread.agent if sends else None)


def _drive(tick: Tick, one: Seen) -> None:
    """Take one run one step further, unless it could not be observed."""
    issue, found, seen = one
    if isinstance(seen, AfkError):
        tick.deps.report.error(seen, key=issue.key)
        return
    stands: Found | None = found
    if seen is not None and seen.decision.action is Action.WAIT:
        tick.ledger.waits[found.record.run_id] = seen.decision.detail
    with one_of_many(tick.deps.report, issue.key, doing=_doing(tick, seen)):
        if seen is not None:
            stands = take_step(tick, seen)
        elif found.record.stage is Stage.ENDING:
            stands = continue_ending(tick, issue, found)
    if stands is None:
        return
    tick.ledger.stands(stands.record)
    if stands.record.run_id not in tick.ledger.runs:
        tick.ledger.hands_off.add(issue.key)


def _doing(tick: Tick, seen: Followed | None) -> str:
    """Return what is done about a run, as a tick that writes nothing says it."""
    if seen is None:
        return "go on with its end"
    if tick.deps.reads_only and seen.decision.action in SENDS_TURN:
        return gated(tick, seen).decision.words
    return seen.decision.words
