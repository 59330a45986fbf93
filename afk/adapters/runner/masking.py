"""Keeping known secrets out of everything that is shown. Pure but for the stream it writes to.

A server that sends a secret back need not send it as it was: it may stand in an address, in JSON,
in HTML, or in a header's base64, also beside a user name. These forms are known, too.
"""

import html
import io
import json
import threading
from base64 import b64encode, urlsafe_b64encode
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, TextIO
from urllib.parse import SplitResult, quote, quote_plus, unquote, urlsplit

_SHORTEST: Final = 4
_SHORTEST_CODED: Final = 8
"""Shorter ones are left as they are in base64, which would be found in any other."""
_SHORTEST_PART: Final = 16
"""Of an address, what is so long and holds a digit is taken for a secret of its own."""


class Mask:
    """The secrets known so far; tokens from files and commands are added when they are read."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Secrets shorter than four characters are left: they would star everything."""
        self._secrets: frozenset[str] = frozenset()
        # Forms and their lengths, the longest first; one value, since several threads may ask.
        self._hidden: tuple[tuple[str, ...], tuple[int, ...]] = (), ()
        self._adding = threading.Lock()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> bool:
        """Hide a secret from now on; says whether it was not hidden before."""
        if len(secret) < _SHORTEST or secret in self._secrets:
            return False
        with self._adding:  # else of two threads one loses what it adds
            forms = sorted(_hidden(secret).union(self._hidden[0]), key=len, reverse=True)
            self._hidden = tuple(forms), tuple(-len(form) for form in forms)
            self._secrets |= {secret}
        return True

    def apply(self, text: str) -> str:
        """Return the text with every secret replaced, in whichever form it stands there."""
        forms, lengths = self._hidden
        # None that is longer than the text is in it; names and labels are too short for nearly all.
        for form in forms[bisect_left(lengths, -len(text)) :]:
            text = text.replace(form, "***")
        return text


@lru_cache(maxsize=64)
def _hidden(secret: str) -> frozenset[str]:
    """Return what of a secret is long enough to be hidden; many places have to hide the same."""
    return frozenset(form for form in _forms(secret) if len(form) >= _SHORTEST)


def _forms(secret: str) -> Iterator[str]:
    """Yield a secret as it may stand in a text."""
    for one in (secret, *_parts(secret)):
        yield from _spelt(one)
        raw = one.encode("utf-8", "surrogateescape")
        if len(raw) >= _SHORTEST_CODED:
            yield from _coded(raw)


def _parts(secret: str) -> Iterator[str]:
    """Yield what of an address is a secret alone: a password, a path, a long part of it."""
    try:
        address = urlsplit(secret)
        name, password = address.username or "", address.password or ""
    except ValueError:
        return
    if not address.netloc:
        return
    if password:
        yield from (password, unquote(password), f"{unquote(name)}:{unquote(password)}")
    whole = SplitResult("", "", address.path, address.query, "").geturl()
    if len(whole) >= _SHORTEST_PART:
        yield whole
    for part in whole.replace("?", "/").replace("&", "/").replace("=", "/").split("/"):
        if len(part) >= _SHORTEST_PART and any(map(str.isdigit, part)):
            yield part


def _spelt(secret: str) -> Iterator[str]:
    """Yield a text as addresses, JSON, HTML, a workflow command and one line spell it."""
    plain = secret.encode("utf-8", "replace").decode()
    yield from (secret, plain, " ".join(plain.split()))
    for address in (quote(plain, safe=""), quote(plain), quote_plus(plain)):
        yield from (address, _lower_percents(address))
    yield from (json.dumps(plain)[1:-1], json.dumps(plain, ensure_ascii=False)[1:-1])
    yield from (html.escape(plain), html.escape(plain, quote=False))
    yield plain.replace("%", "%25")


def _lower_percents(address: str) -> str:
    first, *rest = address.split("%")
    return "%".join([first, *(part[:2].lower() + part[2:] for part in rest)])


def _coded(raw: bytes) -> Iterator[str]:
    """Yield the base64 of a secret that begins at any place of what was coded.

    Three bytes make four characters, so there are three of them; the characters at both ends hang
    on what stands beside the secret and are left out.
    """
    for before, hanging in ((0, 0), (1, 2), (2, 3)):
        whole = (before + len(raw)) * 8 // 6
        for encode in (b64encode, urlsafe_b64encode):
            yield encode(bytes(before) + raw).decode()[hanging:whole]


def printable(stream: TextIO) -> None:
    """Have the stream take any text: what it cannot encode is written escaped."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


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
