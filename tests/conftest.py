"""How much is played: the same examples every time, and a run's life on one forge each.

``make test`` has to answer alike on every machine, so hypothesis derives its examples from the
tests; ``make test PYTEST=--hypothesis-profile=thorough`` goes looking for what those do not show.
What becomes of a run is decided by the same code on both forges, behind ports that one suite
holds both to: its tests take turns, unless ``AFK_SIM_ALL=1`` asks for everything.
"""

import gc
import os
from collections.abc import Iterator
from functools import _lru_cache_wrapper
from pathlib import Path
from typing import Final
from zlib import crc32

import pytest
from hypothesis import HealthCheck, Phase, settings
from support.sampling import ALL

from afk.types import Forge
from afk_sandbox.in_process import NETWORK, InProcess
from afk_sandbox.world import PLAYED_T3

settings.register_profile("same", derandomize=True, database=None, max_examples=50, deadline=None)
settings.register_profile(
    "mutants",
    settings(derandomize=True, database=None, max_examples=25, deadline=None),
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
settings.register_profile("thorough", max_examples=1000, deadline=None)
settings.load_profile("same")

collect_ignore = [] if os.environ.get("AFK_CHROMIUM") else ["browser"]
"""``make browser`` says which Chromium to use; without one its tests are not even read."""

T3S: Final = ("0.0.32", "0.0.33")
LIFE: Final = (
    *("agents", "bad", "ci", "claims", "cli", "dispatch", "endings", "landing", "left", "limits"),
    *("observed", "oversized", "people", "plan", "protocol", "rate", "records", "said", "sandbox"),
    *("shards", "side", "threads", "titles", "turns", "two"),
)
"""Files of tests/loops that take turns, by the first word of their names."""
LONG: Final = (
    "test_act_many",
    "test_install_left_by_others",
    "test_oversized",
    "test_strangers_answers",
)
"""Files whose tests are part of ``make sim``, with the simulations and what is killed."""


@pytest.fixture(autouse=True)
def _played_t3(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the worlds of loops and simulations have a T3 of either protocol, in turns by test.

    ``AFK_SIM_T3`` names one for all, ``0.0.33`` for instance; the mark ``protocol_1`` keeps a test
    to the first one.
    """
    only = request.node.get_closest_marker("protocol_1") is not None
    if _folder(request) not in ("loops", "sim") or only:
        yield
        return
    token = PLAYED_T3.set(os.environ.get("AFK_SIM_T3") or T3S[_turn(request) % len(T3S)])
    yield
    PLAYED_T3.reset(token)


@pytest.fixture(autouse=True)
def _network(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let simulations, and every second test of the loops, ask their servers without a network.

    The same applications answer, in half the time; over real HTTP goes every other test of a file,
    all of them with ``AFK_SIM_ALL=1``, and those with the mark ``network``.
    """
    over_http = ALL or request.node.get_closest_marker("network") is not None
    in_turn = _folder(request) == "loops" and _turn(request) // len(T3S) % 2 and not over_http
    token = NETWORK.set(InProcess() if in_turn or _folder(request) == "sim" else None)
    yield
    NETWORK.reset(token)


def _folder(request: pytest.FixtureRequest) -> str:
    return Path(request.node.path).parent.name


def _turn(request: pytest.FixtureRequest) -> int:
    return crc32(request.node.nodeid.encode())


def pytest_sessionstart() -> None:
    """Forget what was remembered before a change: mutmut tries each in a copy of itself."""
    if os.environ.get("MUTANT_UNDER_TEST"):
        gc.unfreeze()  # what a test of `afk.environment.loading` froze is listed nowhere
        for one in gc.get_objects():
            if isinstance(one, _lru_cache_wrapper):
                one.cache_clear()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the other forge of each test that takes turns; simulations are long."""
    for item in items:
        path = Path(item.path)
        if path.parent.name == "sim" or path.stem in LONG or "killed_after_any" in item.name:
            item.add_marker(pytest.mark.long)
    out = [] if ALL else [item for item in items if isinstance(item, pytest.Function)]
    out = [item for item in out if _of_the_other_forge(item)]
    if out:
        config.hook.pytest_deselected(items=out)
        gone = set(map(id, out))
        items[:] = [item for item in items if id(item) not in gone]


def _of_the_other_forge(item: pytest.Function) -> bool:
    path = Path(item.path)
    if path.parent.name != "loops" or path.stem.split("_")[1] not in LIFE:
        return False
    params = getattr(item, "callspec", None)
    kind = params.params.get("kind") if params is not None else None
    if not isinstance(kind, Forge):
        return False
    same = item.nodeid.replace(str(kind.value), "")
    return list(Forge)[crc32(same.encode()) % len(Forge)] is not kind
