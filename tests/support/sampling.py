"""How much of a large product a simulation plays: a sample that moves about, or all of it.

`make test` plays the sample; ``AFK_SIM_ALL=1`` plays everything (tests/README.md).
"""

import os
from typing import Final

from afk.types import Forge

ALL: Final = os.environ.get("AFK_SIM_ALL") == "1"


def seeds(sample: int, every: int) -> range:
    """Return the seeds to play: so many by default, so many when everything is asked for."""
    return range(every if ALL else sample)


def kill_points(kind: Forge, most: int) -> range:
    """Return the writes after which to kill a tick, one world each.

    By default the two forges share them: what a tick goes on from is decided by the same code.
    """
    return range(1, most) if ALL else range(1 + list(Forge).index(kind), most, 2)
