"""How a file tells whether it still is what ``afk init`` wrote. Pure.

Its first lines carry a digest of all the rest. Where that fits, nobody changed it, and init may
bring it up to date; where it does not, a person did, and it is theirs.
"""

import hashlib
import re
from typing import Final

_LINE: Final = "# afk init: {}"
_FOUND: Final = re.compile(
    r'(?m)^(?:# |  "\$comment": ")afk init: (?P<digest>[0-9a-f]{16})(?:",)?$'
)
_SIZE: Final = 16


def marked(text: str) -> str:
    """Return a text of ``#`` comments with its mark as the second line, behind what editors read.

    A text that begins with no comment gets it as its first line.
    """
    first, _, rest = text.partition("\n")
    line = _LINE.format(_digest(text))
    return f"{first}\n{line}\n{rest}" if first.startswith("# yaml") else f"{line}\n{text}"


def marked_json(text: str) -> str:
    """Return an indented JSON object with its mark as the first member."""
    return text.replace("{\n", f'{{\n  "$comment": "afk init: {_digest(text)}",\n', 1)


def untouched(text: str) -> bool:
    """Say whether the text is as init wrote it, line ends aside."""
    found = _FOUND.search(_lines(text))
    return found is not None and found["digest"] == _digest(plain(text))


def plain(text: str) -> str:
    """Return the text without its mark and with one kind of line ends."""
    text = _lines(text)
    found = _FOUND.search(text)
    return text[: found.start()] + text[found.end() + 1 :] if found else text


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:_SIZE]
