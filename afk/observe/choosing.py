"""Which ready issues start now: every gate asked of each, in the order in which they may start.

Those that wait quietly are read here, and only when their turn may come (`afk.observe.in_line`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from afk.dispatch_policy import Candidate, DispatchDecision, select_dispatchable
from afk.errors import AfkError, answer_or_error, one_of_many
from afk.model.forge import IssueHead, RepositoryTrouble
from afk.observe.abreast import abreast, places_of
from afk.observe.in_line import may_come, room_in_short, unknown_blockers, unread
from afk.observe.listed import ask_for_blockers, list_on, read_in_turn, with_threads
from afk.observe.ready_issue import busy_repositories, candidate, ceilings, closing_pulls
from afk.observe.tick import Tick
from afk.parallel import gather
from afk.types import Issue, IssueKey

MakeReady = Callable[[Tick, Issue, str], None]
"""Sees to what a start of the issue by the agent needs; raises what keeps it from starting."""

TakeUp = Callable[[Tick], Tick]
"""Sees to what issues that were read only now have on them, before anything starts: runs in flight
that no label shows, comments. Takes and returns a tick with these issues alone."""

_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What starts: the tick with all that was read, the ready issues, a decision about each.

    The decisions stand in the order in which issues start; those about unread ones come last.
    """

    tick: Tick
    candidates: Mapping[IssueKey, Candidate]
    decisions: list[DispatchDecision]


def decide_starts(tick: Tick, make_ready: MakeReady, take_up: TakeUp) -> Choice:
    """Decide of every ready issue; those whose turn may come are read first."""
    candidates = _candidates(tick)
    asked: set[IssueKey] = set()
    while True:
        tick = _read_on(tick, candidates, take_up)
        decisions = _choose(tick, candidates, make_ready, asked)
        # What was to start and cannot leaves its place to somebody who may not have been read.
        if not (may_come(tick, candidates, decisions) or room_in_short(tick)):
            return Choice(
                tick=tick, candidates=candidates, decisions=[*decisions, *unread(tick, decisions)]
            )


def _read_on(tick: Tick, candidates: dict[IssueKey, Candidate], take_up: TakeUp) -> Tick:
    """Read issues in the order of their turns until no other could start before what does.

    A few at a time, and more each time: where the first ones may start, that is all it costs.
    """
    most = _AT_ONCE
    while True:
        if room_in_short(tick):
            tick = list_on(tick)
        # Listed only now, or before T3 could be read.
        begun = with_threads(tick.t3, tick.waiting)
        heads = [head for key, head in tick.waiting.items() if key in begun]
        tick = _taken_up(tick, candidates, take_up, heads)
        busy = busy_repositories(tick)
        decisions = select_dispatchable(candidates.values(), tick.config, busy, ceilings(tick))
        heads = may_come(tick, candidates, decisions)[:most]
        if not heads:
            return tick
        if blockers := unknown_blockers(tick, heads):
            tick, most = ask_for_blockers(tick, blockers), 2 * most
            continue
        tick, most = _taken_up(tick, candidates, take_up, heads), 2 * most


def _taken_up(
    tick: Tick, candidates: dict[IssueKey, Candidate], take_up: TakeUp, heads: Sequence[IssueHead]
) -> Tick:
    """Read issues and see to what they have on them; returns the tick that knows them."""
    if not heads:
        return tick
    late = take_up(read_in_turn(tick, heads))
    candidates |= _candidates(late)
    asked = {head.key for head in heads}
    waiting = {key: head for key, head in tick.waiting.items() if key not in asked}
    return replace(tick, issues={**tick.issues, **late.issues}, waiting=waiting)


def _candidates(tick: Tick) -> dict[IssueKey, Candidate]:
    """Return the ready issues with all that the gates look at, asked side by side."""
    ready = [issue for issue in tick.issues.values() if _considered(tick, issue)]
    judged = gather(lambda issue: answer_or_error(lambda: candidate(tick, issue)), ready)
    found: dict[IssueKey, Candidate] = {}
    for issue, result in zip(ready, judged, strict=True):
        if isinstance(result, AfkError):
            tick.deps.report.error(result, key=issue.key)
        else:
            found[issue.key] = result
    return found


def _considered(tick: Tick, issue: Issue) -> bool:
    """Ready, open, allowlisted, not already a run in flight, not acted on in this tick."""
    here = (issue.repo.id, issue.number)
    runs = tick.ledger.runs.values()
    in_flight = any((record.repository_id, record.issue) == here for record in runs)
    ready = issue.has_label(tick.config.ready_label) or bool(issue.oversized)
    eligible = issue.open and ready and issue.repo.name in tick.config.allowlist
    hands_off = issue.key in tick.ledger.hands_off or not tick.focus.covers(issue.key)
    return eligible and not in_flight and not hands_off


def _choose(
    tick: Tick,
    candidates: dict[IssueKey, Candidate],
    make_ready: MakeReady,
    asked: set[IssueKey],
) -> list[DispatchDecision]:
    """Decide; what would start is asked whether its repository is fit for it, then decided again.

    An archived repository (Forgejo lists it like any other), or one whose branch is misspelt,
    must not take another one's place. ``asked``: those whose pull requests were looked for.
    """
    while True:
        decisions = select_dispatchable(
            candidates.values(), tick.config, busy_repositories(tick), ceilings(tick)
        )
        chosen = [one.key for one in decisions if one.start]
        if _held_by_others(tick, candidates, [key for key in chosen if key not in asked]):
            asked.update(chosen)
            continue
        asked.update(chosen)
        unfit = _unfit(tick, [candidates[key] for key in chosen], make_ready)
        if not unfit:
            return decisions
        archived = RepositoryTrouble.ARCHIVED.value
        for key in unfit:
            shut = tick.ledger.held[key.repo] == archived
            candidates[key] = replace(candidates[key], archived=shut)


def _held_by_others(
    tick: Tick, candidates: dict[IssueKey, Candidate], keys: Sequence[IssueKey]
) -> bool:
    """Ask whether somebody's pull request closes what would start; say whether any does."""
    if not keys:
        return False
    others = closing_pulls(tick, [tick.issues[key] for key in keys])
    for key in keys:
        candidates[key] = replace(candidates[key], others=others[key])
    return any(others.values())


def _unfit(tick: Tick, chosen: Sequence[Candidate], make_ready: MakeReady) -> list[IssueKey]:
    """Return where no run can start now; a repository that cannot be asked takes none."""

    def fit(apart: Tick, one: Candidate) -> None:
        key = one.issue.key
        with one_of_many(apart.deps.report, key) as preparing:
            make_ready(apart, one.issue, one.agent.name)
        if preparing.error is not None:
            apart.ledger.hold(key.repo, f"nothing can start in {key.repo}")

    abreast(tick, chosen, fit, lambda one: places_of(tick, one.issue.repo.name))
    return [one.issue.key for one in chosen if one.issue.repo.name in tick.ledger.held]
