"""What the first looks at many runs need, asked for all of them together.

Side by side each run would ask for itself; together they share what a repository's runs have in
common, and requests that hold many questions. In the order of one look: T3's bodies, the pull
requests, the branches, CI. What cannot be had together every run asks for by itself and tells;
who looks again, to act, asks afresh.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import TypeVar

from afk.decide.observation import run_commits
from afk.errors import AfkError, answer_or_error
from afk.model.forge import Branch
from afk.model.pull import Pull, newest
from afk.observe.landing import branches_of, pull_of
from afk.observe.tick import Tick
from afk.parallel import gather
from afk.ports import BranchQuery
from afk.ports.landing import PullQuery
from afk.record.state import RunRecord, Stage

Question = TypeVar("Question", BranchQuery, PullQuery)
Answer = TypeVar("Answer")


def look_ahead(tick: Tick, records: Sequence[RunRecord]) -> None:
    """Read what `afk.observe.run_in_flight.follow` will ask for, of all running runs at once."""
    running = [one for one in records if one.stage is Stage.RUNNING]
    running.sort(key=lambda one: (one.thread.claimed_at or tick.now, one.run_id))
    tick.t3.read_moved(running)
    landing = {one.run_id: pull_of(tick, one) for one in running if one.landing.branch}
    pulls = _together(tick.deps.pulls.read, list(landing.values()))
    tick.forge.ahead_pulls.update(pulls)
    wanted: dict[str, list[BranchQuery]] = {}
    heads: dict[str, str] = {}
    for one in running:
        pull = _newest(pulls, landing.get(one.run_id), one)
        wanted[one.run_id] = branches_of(one, pull)
        heads[one.run_id] = pull.head_sha if pull is not None and pull.open else ""
    asked = [*dict.fromkeys(chain.from_iterable(wanted.values()))]
    branches = _together(tick.deps.tracker.branches, asked)
    tick.forge.ahead_branches.update(branches)
    commits = (
        (one.repository, heads[one.run_id] or _newest_commit(branches, wanted[one.run_id], one))
        for one in running
    )
    answer_or_error(lambda: tick.deps.ci.expect([*dict.fromkeys(one for one in commits if one[1])]))


def _together(
    read: Callable[[Sequence[Question]], Mapping[Question, Answer]], queries: Sequence[Question]
) -> dict[Question, Answer]:
    """Return the answers to all; where one repository spoils that, those of the others."""
    whole = answer_or_error(lambda: read(queries))
    if not isinstance(whole, AfkError):
        return dict(whole)
    homes: dict[str, list[Question]] = {}
    for query in queries:
        homes.setdefault(query.repo, []).append(query)
    if len(homes) == 1:
        return {}
    parts = gather(lambda some: answer_or_error(lambda: read(some)), list(homes.values()))
    found = (part for part in parts if not isinstance(part, AfkError))
    return {query: answer for part in found for query, answer in part.items()}


def _newest(
    pulls: Mapping[PullQuery, Sequence[Pull]], query: PullQuery | None, record: RunRecord
) -> Pull | None:
    shown = pulls.get(query, ()) if query is not None else ()
    return newest([one for one in shown if one.head_repository == record.repository_id])


def _newest_commit(
    branches: Mapping[BranchQuery, Branch], queries: Sequence[BranchQuery], record: RunRecord
) -> str:
    """Return the commit whose CI is likely to be asked for."""
    shown = [branches[one] for one in queries if one in branches]
    found = [sha for one in shown for sha in run_commits(one, record.run_id)]
    return record.landing.merged or (found or [record.newest_commit])[-1]
