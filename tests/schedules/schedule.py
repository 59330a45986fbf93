"""A schedule as data: everything that will happen, decided before anything is played.

Pure. The same data plays the same way every time, and any part of it can be left out: so a seed
that fails shrinks to the few lines that matter, and those are kept as a test.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final

PLAYED: Final = 1
"""The version of this format; what is kept names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An issue: its repository's place, what its agent will do, and whether it begins as ready.

    ``behaves``: directives of the scripted agent (`afk_sandbox.agents.scripted`).
    """

    repo: int
    behaves: str
    ready: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something that people, or the world, do between ticks; ``issue`` is its place in the list.

    `schedules.deeds` has the words and what each one does.
    """

    does: str
    issue: int = 0
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What happens to the ``nth`` request of a tick: a way of `schedules.weave`."""

    nth: int
    way: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One tick; ``dies`` at that request (0: it does not), before or after its effect.

    ``ahead``: seconds by which its runner's clock is ahead. ``issue``: the only one it is about, by
    its place in the list, from 1; 0: all of them. ``shard``: the part of the repositories that it
    takes, of how many.
    """

    command: str = "tick"
    dies: int = 0
    after: bool = False
    ahead: int = 0
    issue: int = 0
    shard: str = ""
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Time passes, people act, then ticks run, woven request by request as ``weave`` says.

    ``deeds_between``: done while the ticks run, after so many requests.
    """

    seconds: int
    deeds: tuple[Deed, ...] = ()
    ticks: tuple[Tick, ...] = (Tick(),)
    weave: int = 0
    deeds_between: tuple[tuple[int, Deed], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A whole story. ``settings`` are afk's; ``repositories`` how many there are.

    ``forge_ahead``, ``t3_ahead``: seconds by which the servers' clocks are ahead of everybody's.
    """

    seed: int
    forge: str
    t3: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    repositories: int = 1
    forge_ahead: int = 0
    t3_ahead: int = 0
    wishes: tuple[Wish, ...] = ()
    steps: tuple[Step, ...] = ()
    played: int = PLAYED


def to_json(schedule: Schedule) -> str:
    """Return the schedule as text that people can read and change."""
    return json.dumps(_without_defaults(schedule), indent=1) + "\n"


def _without_defaults(value: Any) -> Any:
    if isinstance(value, Schedule | Step | Tick | Trouble | Deed | Wish):
        shown = {one.name: getattr(value, one.name) for one in fields(value)}
        return {
            name: _without_defaults(one)
            for name, one in shown.items()
            if one not in ((), {}, "") or name == "behaves"
        }
    if isinstance(value, tuple):
        return [_without_defaults(one) for one in value]
    return value


def from_json(text: str) -> Schedule:
    """Return the schedule that a text holds."""
    data = json.loads(text)
    return Schedule(
        **{
            **data,
            "wishes": tuple(Wish(**one) for one in data.get("wishes", [])),
            "steps": tuple(_step(one) for one in data.get("steps", [])),
        }
    )


def _step(data: dict[str, Any]) -> Step:
    return Step(
        **{
            **data,
            "deeds": tuple(Deed(**one) for one in data.get("deeds", [])),
            "ticks": tuple(_tick(one) for one in data.get("ticks", [])),
            "deeds_between": tuple(
                (after, Deed(**one)) for after, one in data.get("deeds_between", [])
            ),
        }
    )


def _tick(data: dict[str, Any]) -> Tick:
    troubles = tuple(Trouble(**one) for one in data.get("troubles", []))
    return Tick(**{**data, "troubles": troubles})


def size(schedule: Schedule) -> int:
    """Return how much happens in it: what shrinking makes smaller."""
    return len(json.dumps(asdict(schedule)))
