"""The dashboard's place in its issue: what is afk's in the text, what people wrote around it.

Pure. afk's part stands between two lines, and what is above or below them is kept as it is::

    <!-- afk:dashboard:v1 {"as_of":"2026-11-23T12:00:00Z",...} mac=9f86... -->
    ...what people read...
    <!-- afk:dashboard:end -->

The first line remembers which runs ended in the last days, since no label tells that of them any
more. The MAC is over that and over what people read, bound to the very issue: text that somebody
wrote between the lines is no text of afk's, and is never written over. Without a key it is a
checksum, which tells that as well.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, unique
from functools import cache
from json import dumps
from typing import ClassVar, Final

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from afk.record.codec import key_id
from afk.record.state import Keys
from afk.types import Reason, Verdict

MAX_BODY: Final = 60_000
"""Well below GitHub's bound of 65,536 characters."""
_SCHEMA: Final = 1
_BEGIN: Final = "<!-- afk:dashboard:v"
_END: Final = "<!-- afk:dashboard:end -->"
_MARKER = re.compile(
    r"^<!-- afk:dashboard:v(?P<version>[0-9]{1,9}) (?P<json>\{.*\}) "
    r"mac=(?P<mac>[0-9a-f]{64}) -->\n",
    re.MULTILINE,
)


@unique
class BoardFlaw(Enum):
    """Why afk does not write on an issue."""

    FOREIGN = "it has a text that is not afk's"
    ALTERED = "somebody changed what stands between afk's two lines, or one of the lines"
    UNKNOWN_KEY = "it was written with a state key that is not configured here"
    NEWER = "a newer version of afk wrote it"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedRun:
    """A run that is over, as far as the dashboard shows it; ``title`` was cleaned and cut.

    ``reason`` None: handed back before there was a dashboard, so nobody remembers why.
    """

    run_id: str
    repository: str
    issue: int
    title: str
    verdict: Verdict
    at: AwareDatetime
    reason: Reason | None = None
    pull: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardMemory:
    """What the dashboard remembers: runs that ended, newest first, and when its text changed.

    ``withheld``: private repositories, whose titles do not stand in a public issue.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    as_of: AwareDatetime | None = None
    key_id: str = ""
    withheld: tuple[str, ...] = ()
    ended: tuple[EndedRun, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardText:
    """An issue's text in its parts; ``visible`` is what people read of afk's."""

    above: str = ""
    memory: BoardMemory = field(default_factory=BoardMemory)
    visible: str = ""
    below: str = ""


@cache
def _adapter() -> TypeAdapter[BoardMemory]:
    return TypeAdapter(BoardMemory)


def read_board(body: str, place: str, keys: Keys) -> BoardText | BoardFlaw:
    """Return the parts of an issue's text, or why it is not afk's to write on.

    ``place`` names the issue for good: host, repository's id, number. An empty text has empty
    parts. What was written before there was a key is taken over, and forgotten.
    """
    body = body.replace("\r\n", "\n")  # a browser saves it so
    if not body.strip():
        return BoardText()
    found = list(_MARKER.finditer(body))
    if not found:
        return BoardFlaw.ALTERED if _BEGIN in body else BoardFlaw.FOREIGN
    marker = found[0]
    visible, end, below = body[marker.end() :].partition(_END)
    if not end or len(found) > 1:
        return BoardFlaw.ALTERED
    if int(marker["version"]) > _SCHEMA:
        return BoardFlaw.NEWER
    signed = f"{place}\n{marker['json']}\n{visible}"
    by = _signed_by(signed, marker["mac"], keys)
    if by is None:
        known = [key_id(one) for one in (keys.current, keys.previous)]
        named = any(f'"key_id":"{one}"' in marker["json"] for one in known)
        return BoardFlaw.ALTERED if named else BoardFlaw.UNKNOWN_KEY
    memory = BoardMemory()
    if by or not keys.current:
        try:
            memory = _adapter().validate_json(marker["json"])
        except ValidationError:
            return BoardFlaw.NEWER
    return BoardText(above=body[: marker.start()], memory=memory, visible=visible, below=below)


def board_body(text: BoardText, place: str, keys: Keys) -> str:
    """Return the issue's whole text."""
    data = _adapter().dump_python(_named(text.memory, keys), mode="json", exclude_defaults=True)
    json = dumps({"key_id": key_id(keys.current)} | data, separators=(",", ":"))
    json = json.replace("<", r"\u003c").replace(">", r"\u003e").replace("--", r"-\u002d")
    visible = text.visible
    mac = _mac(keys.current, f"{place}\n{json}\n{visible}")
    return (
        f"{text.above}<!-- afk:dashboard:v{_SCHEMA} {json} mac={mac} -->\n"
        f"{visible}{_END}{text.below}"
    )


def without_ends(text: str) -> str:
    """Return a text in which nothing can be taken for one of the two lines."""
    return text.replace("<!--", "<! --")


def merged(former: Sequence[EndedRun], new: Sequence[EndedRun]) -> tuple[EndedRun, ...]:
    """Return both, each run once as it is told now, newest first."""
    known = {one.run_id: one for one in (*former, *new)}
    return tuple(sorted(known.values(), key=lambda one: (one.at, one.run_id), reverse=True))


def _named(memory: BoardMemory, keys: Keys) -> BoardMemory:
    return replace(memory, key_id=key_id(keys.current))


def _signed_by(text: str, mac: str, keys: Keys) -> bytes | None:
    """Return the key that signed a text, empty for a checksum; None: none that is known."""
    tried = dict.fromkeys((keys.current, keys.previous, b""))
    return next((one for one in tried if hmac.compare_digest(_mac(one, text), mac)), None)


def _mac(key: bytes, text: str) -> str:
    signed = f"afk:dashboard\n{text}".encode("utf-8", "surrogatepass")
    return hmac.new(key, signed, hashlib.sha256).hexdigest()
