"""How many requests a tick takes while more and more issues wait, and nothing else changes.

Only requests count here, so nothing goes over a network and nothing is late. The issues carry what
afk puts on an issue that it has seen to, and have not moved for hours; they have no comment of
afk's, which a listing does not show: ten thousand of them would take minutes to write.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from afk.types import Forge
from afk_sandbox.in_process import NETWORK, InProcess
from afk_sandbox.world import TRACKED
from bench.plain import READY
from bench.results import Waiting
from bench.scenes import scene

ISSUES: Final = (0, 10, 100, 1_000, 10_000)
_REPOSITORIES: Final = 100
_HOURS: Final = 3 * 3600.0


def waiting(kind: Forge, steps: Sequence[int]) -> Iterator[Waiting]:
    """Let 4 agents work, and so many issues wait for one of them to end."""
    token = NETWORK.set(InProcess())
    try:
        with scene(kind, 1, plainly=False) as on:
            here = on.here
            here.settings["prepush_seconds"] = 10_000_000  # as long as it takes to open issues
            on.house("run", 4, "[[hang]]")
            on.settle()
            repos = [here.repository(f"waiting-{number}") for number in range(_REPOSITORIES)]
            there = 0
            for count in steps:
                for number in range(there, count):
                    repo = repos[number % _REPOSITORIES]
                    issue = here.issue(repo, f"wish {number}", "[[hang]]", ready=False)
                    for label in (READY, TRACKED):
                        here.forge.add_label(issue, label, here.owner)
                there = count
                here.clock.sleep(_HOURS)
                yield Waiting(forge=kind.value, issues=count, requests=on.settle())
    finally:
        NETWORK.reset(token)
