"""Issues that were listed and not read: whose turn may come, and what is said of the others."""

from collections.abc import Mapping, Sequence
from itertools import chain, zip_longest
from typing import Final

from afk.decide.quiet import earliest, known_answers, named_blockers, whose_turn
from afk.decide.sharding import free_places
from afk.decide.start_gates import GateAnswer
from afk.dispatch_policy import (
    Candidate,
    DispatchDecision,
    goes_first,
    left_unread,
    order,
)
from afk.model.forge import IssueHead
from afk.observe.ready_issue import busy_repositories, ceilings, every_agent_shut
from afk.observe.tick import Tick
from afk.types import IssueKey

_MOST_LOOKUPS: Final = 100


def may_come(
    tick: Tick, candidates: Mapping[IssueKey, Candidate], decisions: Sequence[DispatchDecision]
) -> list[IssueHead]:
    """Return the unread issues that may start before, or beside, what starts by the decisions."""
    free = free_places(ceilings(tick), tick.config)
    if not free:
        return []
    busy = busy_repositories(tick)
    heads = [head for head in _acted_on(tick) if head.key.repo not in busy]
    told = _answers(tick, heads, busy, 0)
    waiting = [head for head in heads if all(one.passed for one in told[head.key])]
    starting = {one.key.repo: order(candidates[one.key]) for one in decisions if one.start}
    return whose_turn(waiting, starting, free)


def room_in_short(tick: Tick) -> bool:
    """Say whether something may start in a repository of which not all was listed."""
    if not tick.short or not free_places(ceilings(tick), tick.config):
        return False
    busy, focus = busy_repositories(tick), tick.focus
    # What a tick about one issue looks at has been read.
    wanted = {repo for repo in tick.short if not focus.issue and focus.repo in ("", repo)}
    allowed = wanted & {*tick.config.allowlist}
    return any(repo not in busy and not every_agent_shut(tick, repo) for repo in allowed)


def unknown_blockers(tick: Tick, heads: Sequence[IssueHead]) -> list[IssueKey]:
    """Return the blockers that issues name, and of which nothing has shown whether they are open.

    The first of each issue, then the second of each: anybody can name many.
    """
    web = tick.deps.tracker.web
    named = [[one for one in named_blockers(head, web) if one not in tick.closed] for head in heads]
    in_turn = chain.from_iterable(zip_longest(*named))
    return [one for one in dict.fromkeys(in_turn) if one is not None][:_MOST_LOOKUPS]


def unread(tick: Tick, decisions: Sequence[DispatchDecision]) -> list[DispatchDecision]:
    """Return a decision about every issue that stays unread, the first in line first."""
    starting = {one.key.repo: goes_first(one.key) for one in decisions if one.start}
    heads = sorted(_acted_on(tick), key=earliest)
    told = _answers(tick, heads, {**starting, **busy_repositories(tick)}, len(starting))
    return [left_unread(key, answers) for key, answers in told.items()]


def _acted_on(tick: Tick) -> list[IssueHead]:
    """Return the unread issues that this tick may start at all."""
    allowed = frozenset(tick.config.allowlist)
    return [
        head for key, head in tick.waiting.items() if key.repo in allowed and tick.focus.covers(key)
    ]


def _answers(
    tick: Tick, heads: Sequence[IssueHead], busy: Mapping[str, str], chosen: int
) -> Mapping[IssueKey, Sequence[GateAnswer]]:
    """Return what is known of the gates' answers for unread issues, in their order."""
    counted, web = ceilings(tick), tick.deps.tracker.web
    shut = {repo: every_agent_shut(tick, repo) for repo in {head.key.repo for head in heads}}
    return {
        head.key: known_answers(
            head,
            tick.config,
            now=tick.now,
            busy=busy,
            provider_shut=shut[head.key.repo],
            ceilings=counted,
            chosen=chosen,
            blockers=[one for one in named_blockers(head, web) if tick.closed.get(one) is False],
        )
        for head in heads
    }
