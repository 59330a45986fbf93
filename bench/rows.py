"""The rows of the bench: what there is to do, and who does it.

Each group is one world, told twice: once afk looks at it, once the plain script.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from afk.commands import COMMANDS
from afk.types import Forge
from bench.plain import BUSY
from bench.processes import IMPORTS, LIGHT
from bench.results import Row
from bench.scenes import Measured, Scene, floor_of, scene, startup

_OFF: Final = {"AFK_KILL_SWITCH": "true"}
_DISABLED: Final = "disabled"
_HANG: Final = "[[hang]]"
_STEADY: Final = 3
"""So often a tick is measured that changes nothing."""

Story = Iterator[tuple[str, Measured]]


@dataclass(frozen=True, slots=True)
class Size:
    """How large the largest house is: runs watched, and issues that wait."""

    runs: int = 200
    waiting: int = 1_000


def rows(kind: Forge, protocol: int, size: Size) -> Iterator[Row]:
    """Measure one forge with one of T3's protocols."""
    lines = {name: _alone(kind, protocol, name) for name in _ACTS}
    groups: list[Callable[[Scene], Story]] = [_small, _hundred, lambda on: _large(on, size)]
    groups += [_four(name) for name in _ACTS if name != "start"]
    for group in groups:
        with scene(kind, protocol, plainly=True) as on:
            plain = dict(group(on))
        light, began = startup(LIGHT), startup(IMPORTS.format(forge=kind.value))
        with scene(kind, protocol, plainly=False) as on:
            for name, found in group(on):
                line = next((lines[act] for act in _ACTS if name.endswith(act)), 0)
                beside = plain.get(name)
                yield Row(
                    forge=kind.value,
                    protocol=protocol,
                    tick=name,
                    forge_requests=found.forge_requests,
                    t3_requests=found.t3_requests,
                    points=found.points if kind is Forge.GITHUB else None,
                    line=found.line,
                    seconds=found.cost.seconds,
                    floor=floor_of(found, light if name == _DISABLED else began, line),
                    megabytes=found.cost.megabytes,
                    plain_requests=beside.requests if beside else None,
                    plain_seconds=beside.cost.seconds if beside else None,
                )


def _small(on: Scene) -> Story:
    if not on.plainly:
        yield _DISABLED, on.measure(times=_STEADY, **_OFF)
    on.here.repository("quiet")
    yield "idle", on.measure(times=_STEADY)
    on.house("first", 4, _HANG)
    yield "4 runs start", on.measure()
    yield "4 runs seen first", on.measure()
    yield "4 runs watched", on.measure(times=_STEADY)


def _hundred(on: Scene) -> Story:
    on.here.settings |= {"max_in_flight": 25, "max_dispatch_per_tick": 25}
    on.house("run", 25, _HANG)
    on.settle()
    on.house("waiting", 20, _HANG)
    for number in range(55):
        on.here.repository(f"quiet-{number}")
    on.settle()
    yield "100 repositories, 25 runs, 20 waiting", on.measure(times=_STEADY)
    if "plan" in COMMANDS and not on.plainly:
        yield from _shared_out(on)


def _shared_out(on: Scene) -> Story:
    """Share the same out among 4 jobs; of those that run side by side the longest counts."""
    planned = on.measure(times=_STEADY, command=("plan", "--json", "--shards", "4"))
    yield "the same planned for 4 jobs", planned
    matrix = json.loads(planned.cost.output)["matrix"]["include"]
    shards = [on.measure(times=_STEADY, AFK_SHARD=one["share"]) for one in matrix]
    yield "the longest of the 4 jobs", max(shards, key=lambda one: one.cost.seconds)


def _large(on: Scene, size: Size) -> Story:
    runs = size.runs + 4
    on.here.settings |= {"max_in_flight": runs, "max_dispatch_per_tick": runs}
    on.house("run", runs, _HANG)
    on.settle()
    yield f"{runs} runs watched", on.measure(times=_STEADY)
    on.long_ago("waiting", max(1, size.waiting // 10), _HANG, each=10)
    yield f"{runs} runs watched, {size.waiting:,} waiting", on.measure(times=_STEADY)


_ACTS: Final[Mapping[str, str]] = {
    "start": _HANG,
    "end": "[[push=green]]",
    "corrected": "[[push=red,green]]",
}
"""What is done to runs, and what their agents do for it."""


def _alone(kind: Forge, protocol: int, act: str) -> int:
    """Return the longest line of requests in which a single run comes so far."""
    with scene(kind, protocol, plainly=False) as on:
        return dict(_acts(on, act, 1))[_name(act, 1)].line


def _four(act: str) -> Callable[[Scene], Story]:
    return lambda on: _acts(on, act, 4)


def _acts(on: Scene, act: str, count: int) -> Story:
    on.house("one", count, _ACTS[act], ci={"reruns": 0})
    if act != "start":
        on.prepare()
        on.rest()  # the agents push, and long before it is measured CI has spoken
    found = on.measure()
    done = _done(on, act)
    if done != count:
        raise SystemExit(f"{_name(act, count)}: {done} did")
    yield _name(act, count), found


def _done(on: Scene, act: str) -> int:
    """Return to how many issues it was done: a row that did not do its work would say nothing."""
    if act == "corrected":
        threads = on.here.t3.state.threads.values()
        asked = [[one.role for one in thread.messages.values()] for thread in threads]
        return sum(roles.count("user") > 1 for roles in asked)
    issues = [one for repo in on.here.forge.repositories for one in repo.issues.values()]
    if act == "end":
        return sum(not one.open for one in issues)
    return sum(any(label.name == BUSY for label in one.labels) for one in issues)


def _name(act: str, count: int) -> str:
    return f"{count} runs {act}"
