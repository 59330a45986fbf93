"""Who goes first. Pure."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

Place = tuple[int, datetime, str, int]
"""A place in line: priority (lower first), time of the approval, repository, number."""

_PRIORITY: Final = re.compile(r"priority:([0-9]{1,6})")
_NONE: Final = 1_000_000


def priority_of(labels: Iterable[str]) -> int:
    """Return the level that labels give an issue: of several the first, without any the last."""
    levels = [int(found[1]) for name in labels if (found := _PRIORITY.fullmatch(name))]
    return min(levels, default=_NONE)
