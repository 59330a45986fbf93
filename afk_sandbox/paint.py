"""Colours on a terminal, where there is one and nobody asked for none (`afk.text.colours`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self, TextIO

from afk.text.colours import coloured

_CODES: Final[Mapping[str, str]] = {
    "strong": "1",
    "dim": "2",
    "bad": "31",
    "good": "32",
    "busy": "33",
    "link": "4;36",
}


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours words, or leaves them as they are.

    ``redraws``: whether a line can be written over, which has nothing to do with colours.
    """

    on: bool
    redraws: bool = False

    @classmethod
    def of(cls, out: TextIO, environ: Mapping[str, str]) -> Self:
        """Return what suits a stream and an environment."""
        terminal = out.isatty()
        on = coloured(environ, terminal=terminal)
        return cls(on=on, redraws=terminal and environ.get("TERM", "") != "dumb")

    def strong(self, text: str) -> str:
        """Return what is to be seen first."""
        return self._with("strong", text)

    def dim(self, text: str) -> str:
        """Return what may be passed over."""
        return self._with("dim", text)

    def good(self, text: str) -> str:
        """Return what went well."""
        return self._with("good", text)

    def bad(self, text: str) -> str:
        """Return what went wrong."""
        return self._with("bad", text)

    def busy(self, text: str) -> str:
        """Return what is under way."""
        return self._with("busy", text)

    def link(self, text: str) -> str:
        """Return an address."""
        return self._with("link", text)

    def _with(self, name: str, text: str) -> str:
        return f"\x1b[{_CODES[name]}m{text}\x1b[0m" if self.on else text
