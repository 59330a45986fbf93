"""Keeping known secrets out of everything that is shown. Pure but for the stream it writes to."""

from collections.abc import Iterable
from typing import Final, TextIO

_SHORTEST: Final = 4


class Mask:
    """The secrets known so far; tokens from files and commands are added when they are read."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Secrets shorter than four characters are left: they would star everything."""
        self._secrets: tuple[str, ...] = ()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> bool:
        """Hide a secret from now on; says whether it was not hidden before."""
        if len(secret) < _SHORTEST or secret in self._secrets:
            return False
        self._secrets = tuple(sorted((*self._secrets, secret), key=len, reverse=True))
        return True

    def apply(self, text: str) -> str:
        """Return the text with every secret replaced."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


class MaskedStream:
    """A text stream that never lets a known secret through, whatever an error text holds."""

    def __init__(self, stream: TextIO, mask: Mask) -> None:
        """Write to ``stream`` what ``mask`` leaves."""
        self._stream = stream
        self._mask = mask

    def write(self, text: str) -> int:
        """Write with every secret replaced; a mask command must reach the runner whole."""
        command = text.startswith("::add-mask::")
        return self._stream.write(text if command else self._mask.apply(text))

    def flush(self) -> None:
        """Flush."""
        self._stream.flush()
