"""Makes a schedule that fails smaller, as long as it goes on failing in the same way.

Greedy: parts are left out, largest first, until nothing can be.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from schedules.oracles import kind_of
from schedules.play import play
from schedules.schedule import Schedule, Step, Tick

MOST_PLAYS = 400


def shrink(schedule: Schedule, violation: str) -> Schedule:
    """Return a smaller schedule with a violation of the same kind."""
    wanted = kind_of(violation)

    def fails(candidate: Schedule) -> bool:
        try:
            found = play(candidate).violations
        except Exception:  # noqa: BLE001  a part that makes no sense without another one
            return False
        return any(kind_of(one) == wanted for one in found)

    return smallest(schedule, fails)


def smallest(schedule: Schedule, fails: Callable[[Schedule], bool]) -> Schedule:
    """Return the schedule without everything that can be left out while it still fails."""
    plays, going = 0, True
    while going:
        going = False
        for smaller in candidates(schedule):
            plays += 1
            if plays > MOST_PLAYS:
                return schedule
            if fails(smaller):
                schedule, going = smaller, True
                break
    return schedule


def candidates(schedule: Schedule) -> Iterator[Schedule]:
    """Yield the schedule without one of its parts, larger parts first."""
    steps = schedule.steps
    for width in (4, 2, 1):
        for at in range(0, len(steps) - width + 1, width):
            yield replace(schedule, steps=(*steps[:at], *steps[at + width :]))
    for at, step in enumerate(steps):
        for smaller in _steps(step):
            yield replace(schedule, steps=(*steps[:at], smaller, *steps[at + 1 :]))
    if schedule.forge_ahead:
        yield replace(schedule, forge_ahead=0)
    if schedule.t3_ahead:
        yield replace(schedule, t3_ahead=0)
    if schedule.wishes:
        last = len(schedule.wishes) - 1
        used = any(
            one.issue == last
            for step in steps
            for one in (*step.deeds, *(deed for _, deed in step.deeds_between))
        )
        if last and not used:
            yield replace(schedule, wishes=schedule.wishes[:-1])


def _steps(step: Step) -> Iterator[Step]:
    for at in range(len(step.ticks)):
        if len(step.ticks) > 1:
            yield replace(step, ticks=(*step.ticks[:at], *step.ticks[at + 1 :]))
    for at in range(len(step.deeds)):
        yield replace(step, deeds=(*step.deeds[:at], *step.deeds[at + 1 :]))
    for at in range(len(step.deeds_between)):
        yield replace(step, deeds_between=(*step.deeds_between[:at], *step.deeds_between[at + 1 :]))
    for at, tick in enumerate(step.ticks):
        for smaller in _ticks(tick):
            yield replace(step, ticks=(*step.ticks[:at], smaller, *step.ticks[at + 1 :]))


def _ticks(tick: Tick) -> Iterator[Tick]:
    for at in range(len(tick.troubles)):
        yield replace(tick, troubles=(*tick.troubles[:at], *tick.troubles[at + 1 :]))
    if tick.ahead:
        yield replace(tick, ahead=0)
    if tick.dies:
        yield replace(tick, dies=0)
    if tick.command != "tick":
        yield replace(tick, command="tick")
