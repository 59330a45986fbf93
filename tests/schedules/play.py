"""Plays a schedule: the chaos, then calm, and what did not hold."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from typing import Final

from support.loops import record_comments
from support.overheard import Bell, doorbell

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.in_process import NETWORK, InProcess
from afk_sandbox.world import World, world
from schedules.changes import enrol
from schedules.deeds import DEEDS, colleague
from schedules.gates import shut_now
from schedules.oracles import ALWAYS, CALM, broken
from schedules.schedule import Schedule, Step, Tick
from schedules.seen import Seen
from schedules.weave import STALE, Journal, Known, Line, Woven

CALM_PAUSES: Final = (60, 60, 120, 300, 600, 600, 1200, *(1800,) * 17, *(3600,) * 8, 7200)
"""Seconds between the ticks that follow: time for three runs, one after the other, each of which
goes through all deadlines of `schedules.draw` and waits for T3 to be restarted in the end."""
REST: Final = 2
_RESTARTED_AFTER: Final = (12, 17, 22, 27)
"""Ticks of calm after which every agent has had its time, and those of runs that waited for it."""


@dataclass
class Played:
    """What became of a schedule: everything that did not hold, and what was done on the way."""

    schedule: Schedule
    violations: list[str] = field(default_factory=list)
    journal: Journal = field(default_factory=Journal)
    ticks: int = 0


def play(schedule: Schedule) -> Played:
    """Play a schedule to its end, or to the first step after which something does not hold."""
    played = Played(schedule)
    token = NETWORK.set(InProcess())
    try:
        with (
            world(
                Forge(schedule.forge),
                t3_version=schedule.t3,
                ids=_ids(),
                forge_ahead=schedule.forge_ahead,
                t3_ahead=schedule.t3_ahead,
            ) as here,
            doorbell(here) as bell,
        ):
            _play(here, bell, played)
    finally:
        NETWORK.reset(token)
    return played


def _ids() -> Callable[[], str]:
    random = Random(1)
    return lambda: f"{random.getrandbits(128):032x}"


def _play(here: World, bell: Bell, played: Played) -> None:
    here.threads = False
    schedule = played.schedule
    here.settings.update(schedule.settings)
    ci = {"ci": {"grace_seconds": 60}}
    repos = [here.repository(f"shop{n}", **ci) for n in range(schedule.repositories)]
    issues = [
        here.issue(repos[one.repo], f"Wish {n}", one.behaves or "Do it.", ready=one.ready)
        for n, one in enumerate(schedule.wishes)
    ]
    seen = Seen(here, issues, rings=bell.rings)
    known: Known = {}
    stale = [n for n, step in enumerate(schedule.steps) if STALE in _troubles(step)]
    for number, step in enumerate(schedule.steps):
        played.journal.note(f"--- step {number}: {step.seconds} s later")
        _step(seen, step, played, known if number <= max(stale, default=-1) else None)
        played.violations = broken(seen, ALWAYS)
        if played.violations:
            return
    _calm(seen, played)


def _troubles(step: Step) -> set[str]:
    """Return what happens to requests in a step."""
    return {trouble.way for one in step.ticks for trouble in one.troubles}


def _step(seen: Seen, step: Step, played: Played, known: Known | None = None) -> None:
    here = seen.here
    here.clock.sleep(step.seconds)
    here.t3.advance()
    troubles = _troubles(step)

    def look() -> None:
        if STALE not in troubles:
            seen.moments.append(shut_now(here, seen.issues))
        seen.prompt &= not (troubles or here.faults or any(one.dies for one in step.ticks))

    def deed(issue: Issue, does: str) -> None:
        played.journal.note(f"somebody {does} (#{issue.number})")
        before = len(record_comments(here, issue))
        DEEDS[does].do(here, issue)
        if len(record_comments(here, issue)) < before:
            seen.unrecorded.add(issue.id)
        seen.heard()
        here.t3.advance()
        look()

    acts = [partial(deed, seen.issues[one.issue], one.does) for one in step.deeds]
    between = [
        (after, partial(deed, seen.issues[one.issue], one.does))
        for after, one in step.deeds_between
    ]
    for act in acts:
        act()
        here.clock.sleep(1)
    seen.begins(len(step.ticks))
    look()
    woven = Woven(
        here=here,
        random=Random(step.weave),
        journal=played.journal,
        known=known,
        between=between,
    )
    woven.run(
        {f"tick {n}": (one, partial(_tick, seen, one)) for n, one in enumerate(step.ticks, start=1)}
    )
    played.ticks += len(step.ticks)


def _tick(seen: Seen, tick: Tick, line: Line) -> None:
    seen.obeyed()
    seen.troubled += bool(tick.dies or tick.troubles or seen.here.faults)
    inputs = _inputs(seen, tick)
    seen.in_parts |= "AFK_SHARD" in inputs
    ticked = seen.here.run(tick.command, transport=line, ahead=tick.ahead, inputs=inputs)
    seen.outputs.append((ticked.exit_code, ticked.output))
    line.woven.journal.note(f"{line.name} exits {ticked.exit_code}")


def _inputs(seen: Seen, tick: Tick) -> dict[str, str]:
    """Return what a workflow is given that is about one issue, or a part of the repositories."""
    settings, issue = seen.here.settings, seen.issues[tick.issue - 1]
    known = [*settings["allowlist"], *settings.get("draining", [])]
    if tick.issue and issue.repo.full_name in known:
        return {"AFK_REPOSITORY": issue.repo.full_name, "AFK_ISSUE": str(issue.number)}
    shared = int(settings.get("max_in_flight", 4)) > 1  # none of two parts may be nothing
    return {"AFK_SHARD": tick.shard} if tick.shard and shared else {}


def _calm(seen: Seen, played: Played) -> None:
    """Let everything be well, until nothing is left to happen or all deadlines are over."""
    here = seen.here
    here.settings["kill_switch"] = False
    for issue in seen.issues:
        enrol(here, issue)
        here.forge.unlock(issue, here.owner)
        here.forge.set_access(issue.repo, colleague(here, issue.repo), "write")
    names = [one.full_name for one in dict.fromkeys(issue.repo for issue in seen.issues)]
    here.settings["allowlist"] = names
    here.settings.pop("draining", None)
    here.faults.clear()
    rest = 0
    for number, pause in enumerate(CALM_PAUSES):
        before = _written(seen)
        played.journal.note(f"--- calm: {pause} s later")
        _step(seen, replace(_QUIET, seconds=pause), played)
        seen.quiet.append(_written(seen) - before)
        played.violations = broken(seen, ALWAYS)
        if played.violations:
            return
        over = not broken(seen, CALM[:-2])
        rest = rest + 1 if over and not seen.quiet[-1] else 0
        if number in _RESTARTED_AFTER and not over:
            here.t3.restart()  # as its comment asks for, where an agent may still be running
        if rest >= REST:
            break
    played.violations = broken(seen, CALM)


_QUIET: Final = Step(seconds=0)


def _written(seen: Seen) -> int:
    """Return how much has been written on the issues, in the end."""
    return sum(
        len(one.events) + len(one.comments) + sum(len(c.history) for c in one.comments)
        for one in seen.issues
    )
