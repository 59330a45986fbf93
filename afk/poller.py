"""The poller: which ready issues start now, and what is written about the others.

Without T3 nothing is written at all. Raises `RateLimited` at the first one: nothing more is asked
or written, a later tick resumes.
"""

from collections import Counter
from collections.abc import Callable, Sequence

from afk.act.answers import hear
from afk.act.claims import settle_claim
from afk.act.ready_issues import carry_out, make_ready
from afk.dispatch_policy import DispatchDecision, Planned, plan
from afk.errors import one_of_many
from afk.observe.choosing import Choice, decide_starts
from afk.observe.tick import Tick
from afk.record.state import Stage


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
    for planned in plan(choice.decisions, choice.candidates, tick.config):
        _say(tick, planned)
        tick.ledger.steps[planned.key] = planned.group
        if tick.t3.snapshot is not None:
            with one_of_many(tick.deps.report, planned.key, doing=planned.words):
                carry_out(tick, planned)
    return choice


def _settle_claims(tick: Tick) -> None:
    """Resume the claims that an earlier tick left behind, or return them."""
    if tick.t3.snapshot is None:
        return
    for key, issue in tick.issues.items():
        for found in tick.forge.records(issue).runs if tick.focus.covers(key) else ():
            standing = tick.ledger.runs.get(found.record.run_id)
            if standing is not None and standing.stage is Stage.CLAIMED:
                tick.ledger.hands_off.add(key)
                with one_of_many(tick.deps.report, key, doing="resume or return the claim"):
                    settle_claim(tick, issue, found)


def _say_of_unread(tick: Tick, decisions: Sequence[DispatchDecision]) -> None:
    """Say why issues that nobody had to read do not start: once for all that wait for the same."""
    counted = Counter(one.evidence for one in decisions if one.unread)
    for evidence, count in counted.items():
        told = "1 issue waits" if count == 1 else f"{count} issues wait"
        tick.deps.report.event(f"{told}, not read since nothing changed there: {evidence}")
    if tick.left_out:
        told = "another waits" if tick.left_out == 1 else f"{tick.left_out} others wait"
        tick.deps.report.event(f"{told} where nothing can start now; afk status lists them")


def _say(tick: Tick, planned: Planned) -> None:
    """Say why an issue does not start, loudly where nobody is told on the issue itself."""
    if planned.says:
        say = tick.deps.report.warn if planned.loud else tick.deps.report.event
        say(f"held: {planned.says}", key=planned.key)
