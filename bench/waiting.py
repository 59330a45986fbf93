"""How many requests a tick takes while more and more issues wait, and nothing else changes.

Only requests count here, so nothing goes over a network and nothing is late.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from afk.types import Forge
from afk_sandbox.in_process import NETWORK, InProcess
from bench.results import Waiting
from bench.scenes import scene

ISSUES: Final = (0, 10, 100, 1_000, 10_000)
_REPOSITORIES: Final = 100


def waiting(kind: Forge, steps: Sequence[int]) -> Iterator[Waiting]:
    """Let 4 agents work, and so many issues wait for one of them to end."""
    token = NETWORK.set(InProcess())
    try:
        with scene(kind, 1, plainly=False) as on:
            on.house("run", 4, "[[hang]]")
            on.settle()
            repos = [on.here.repository(f"waiting-{number}") for number in range(_REPOSITORIES)]
            there = 0
            for count in steps:
                for number in range(there, count):
                    on.label(repos[number % _REPOSITORIES], f"issue {number}", "[[hang]]")
                there = count
                yield Waiting(forge=kind.value, issues=count, requests=on.settle())
    finally:
        NETWORK.reset(token)
