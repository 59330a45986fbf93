"""The bytes of an answer: bounded as they come, and again as they are unpacked.

httpx unpacks before anybody can count, and as often as a server says it packed: ten kilobytes can
become twelve gigabytes. Here at most one gzip is taken off, a piece at a time.
"""

import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from afk.adapters.parsing import whole_number

ACCEPTED: Final = "gzip"
"""For ``accept-encoding``: what afk takes off."""

_PLAIN: Final = frozenset({"", "identity"})
_GZIP: Final = frozenset({"gzip", "x-gzip"})
_KNOWN: Final = _PLAIN | _GZIP
_WITH_HEADER: Final = 16 + zlib.MAX_WBITS


class TooMuch(Exception):
    """More bytes than the bound, packed or unpacked."""


class Packed(Exception):
    """Packed in a way that nobody asked for, or twice."""


class Damaged(Exception):
    """Cut off, or not what it says it is."""


def read(
    headers: Mapping[str, str],
    parts: Iterable[bytes],
    most: int,
    check: Callable[[], None],
    *,
    unpacked: bool = False,
    keep: int = 0,
) -> bytes:
    """Return the body, at most ``most`` bytes of it; ``check`` is called at every part.

    ``headers`` are in lower case. ``unpacked``: somebody has taken the encoding off before.
    ``keep``: so many bytes at the end are returned, and hardly more ever held; 0: all of them.
    Raises `TooMuch`, `Packed` or `Damaged`.
    """
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding not in _KNOWN:
        raise Packed
    if not unpacked and (whole_number(headers.get("content-length", "").strip()) or 0) > most:
        raise TooMuch
    unpack = _Gzip(most) if encoding in _GZIP and not unpacked else None
    found = bytearray()
    came = 0
    for part in parts:
        check()
        came += len(part)
        if came > most:
            raise TooMuch
        found += unpack(part) if unpack is not None else part
        if keep and len(found) > 2 * keep:
            del found[:-keep]
    if unpack is not None and came:
        unpack.end()
    return bytes(found[-keep:])


class _Gzip:
    """Takes one gzip off, and never more than ``most`` bytes out of it."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._stream = zlib.decompressobj(_WITH_HEADER)

    def __call__(self, part: bytes) -> bytes:
        # One byte more than may come tells too much from just enough.
        try:
            found = self._stream.decompress(part, self._left + 1)
        except zlib.error as error:
            raise Damaged from error
        self._left -= len(found)
        if self._left < 0:
            raise TooMuch
        return found

    def end(self) -> None:
        """Make sure that all of it came, and nothing behind it."""
        if not self._stream.eof or self._stream.unused_data:
            raise Damaged
