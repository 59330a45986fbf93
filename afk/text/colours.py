"""When lines are coloured, and how. Pure.

``NO_COLOR``: https://no-color.org ; ``FORCE_COLOR``: https://force-color.org , where a set and
non-empty variable wins over what the stream is; ``0`` and ``false`` in it mean no, as Node and
others read it. A terminal that calls itself ``dumb`` takes none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_RED: Final = "31"
_YELLOW: Final = "33"
_OFF: Final = frozenset({"0", "false"})


def coloured(environ: Mapping[str, str], *, terminal: bool) -> bool:
    """Say whether what goes to a stream is to be coloured."""
    if environ.get("NO_COLOR"):
        return False
    forced = environ.get("FORCE_COLOR", "").strip().casefold()
    if forced:
        return forced not in _OFF
    return terminal and environ.get("TERM") != "dumb"


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours words of afk's own; ``on`` False: leaves them as they are."""

    on: bool = False

    def kind(self, word: str) -> str:
        """Return what a line begins with, as loud as it is: ``error``, ``warning``."""
        code = _RED if word == "error" else _YELLOW
        return f"\x1b[{code}m{word}\x1b[0m" if self.on else word
