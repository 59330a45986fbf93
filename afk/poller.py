"""The poller: which ready issues start now, and what is written about the others.

What starts is decided for all before anything is written; then repositories go side by side, the
issues of one in their order. Without T3 nothing is written at all. Raises `RateLimited` at the
first one: nothing more is begun, a later tick resumes.
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence

from afk.act.answers import hear
from afk.act.claims import settle_claim
from afk.act.ready_issues import carry_out, make_ready
from afk.dispatch_policy import Candidate, DispatchDecision, Planned, StartRun, plan
from afk.errors import one_of_many
from afk.observe.abreast import abreast, places_of
from afk.observe.choosing import Choice, decide_starts
from afk.observe.tick import Tick
from afk.record.codec import Found
from afk.record.state import Stage
from afk.types import Issue, IssueKey


def poll(tick: Tick, attend: Callable[[Tick], object]) -> Choice:
    """Start what may start; returns what was decided about every ready issue.

    ``attend`` sees to the runs in flight of issues that are read only here, as the tick has done
    with those that it read first.
    """

    def take_up(late: Tick) -> Tick:
        attend(late)
        late = hear(late)
        _settle_claims(late)
        return late

    _settle_claims(tick)
    choice = decide_starts(tick, make_ready, take_up)
    tick = choice.tick
    _say_of_unread(tick, choice.decisions)
    steps = plan(choice.decisions, choice.candidates, tick.config)
    tick.ledger.steps |= {one.key: one.group for one in steps}
    abreast(tick, steps, _step, lambda one: _places(tick, choice.candidates, one))
    return choice


def _places(
    tick: Tick, candidates: Mapping[IssueKey, Candidate], one: Planned
) -> Collection[Hashable]:
    """Return what an issue shares with others while its step is taken."""
    agent = candidates[one.key].agent.name if isinstance(one.step, StartRun) else None
    return places_of(tick, one.key.repo, agent)


def _step(tick: Tick, planned: Planned) -> None:
    """Say what holds an issue, and do about it what was planned."""
    _say(tick, planned)
    if tick.t3.snapshot is not None:
        with one_of_many(tick.deps.report, planned.key, doing=planned.words):
            carry_out(tick, planned)


def _settle_claims(tick: Tick) -> None:
    """Resume the claims that an earlier tick left behind, or return them."""
    if tick.t3.snapshot is None:
        return
    claims: list[tuple[Issue, Found]] = []
    for key, issue in tick.issues.items():
        for found in tick.forge.records(issue).runs if tick.focus.covers(key) else ():
            standing = tick.ledger.runs.get(found.record.run_id)
            if standing is None or standing.stage is not Stage.CLAIMED:
                continue
            tick.ledger.hands_off.add(key)
            # Read again since, for somebody's words on it, it may show that another tick went on.
            if found.record.stage is Stage.CLAIMED:
                claims.append((issue, found))
    abreast(tick, claims, _settle, lambda one: _places_of_claim(tick, *one))


def _places_of_claim(tick: Tick, issue: Issue, found: Found) -> Collection[Hashable]:
    return places_of(tick, issue.repo.name, found.record.thread.agent)


def _settle(tick: Tick, claim: tuple[Issue, Found]) -> None:
    with one_of_many(tick.deps.report, claim[0].key, doing="resume or return the claim"):
        settle_claim(tick, *claim)


def _say_of_unread(tick: Tick, decisions: Sequence[DispatchDecision]) -> None:
    """Say why issues that nobody had to read do not start: once for all that wait for the same."""
    counted = Counter(one.evidence for one in decisions if one.unread)
    for evidence, count in counted.items():
        told = "1 issue waits" if count == 1 else f"{count} issues wait"
        tick.deps.report.event(f"{told}, not read again because nothing changed there: {evidence}")
    if tick.left_out:
        told = "another waits" if tick.left_out == 1 else f"{tick.left_out} others wait"
        tick.deps.report.event(f"{told} where nothing can start now; afk status lists them")


def _say(tick: Tick, planned: Planned) -> None:
    """Say why an issue does not start, loudly where nobody is told on the issue itself."""
    if planned.says:
        say = tick.deps.report.warn if planned.loud else tick.deps.report.event
        say(f"held: {planned.says}", key=planned.key)
