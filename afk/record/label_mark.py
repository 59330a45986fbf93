"""afk's word for a label's name, signed and kept in the label's own description.

Pure. Forgejo shows every application of a label under the name the label has today
(recordings/forgejo/*/061-timeline-label-renamed.json), so an old harmless label that is renamed to
the ready label would approve whatever it was once put on. afk therefore writes into the label since
when it knows it under its name; an application counts if it is younger. A description looks like::

    An agent may work on this issue as it stands [afk 2026-03-02T09:00:00Z 5f0c...]

The words before the bracket are whoever's; what is in it is signed with ``AFK_STATE_KEY`` over
server, repository, label id and name, so it is worth nothing on another label, or under another
name. Without a key it is not signed: it then holds against a rename, not against a forger.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from afk.record.state import Keys
from afk.types import Label, Repository

MAX_DESCRIPTION: Final = 200
"""Characters that Forgejo's own form takes; its API and its database take more."""
WORDS: Final = "An agent may work on this issue as it stands"
_MAC: Final = 32
_MARK: Final = re.compile(r"\[afk (?P<since>[0-9T:Z-]{20}) (?P<mac>[0-9a-f]{32}|none)\]")
_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Home:
    """Where a label is: canonical host and repository."""

    host: str
    repo: Repository


def describe(home: Home, label: Label, since: datetime, keys: Keys) -> str:
    """Return a description that vouches for the label's name since then; its words are kept."""
    told = since.astimezone(UTC).strftime(_TIME)
    mark = f"[afk {told} {_mac(keys.current, home, label, told)}]"
    words = " ".join(_MARK.sub("", label.description or "").split()) or WORDS
    return f"{words[: MAX_DESCRIPTION - len(mark) - 1]} {mark}"


def vouched_since(home: Home, label: Label, keys: Keys) -> datetime | None:
    """Return since when afk has known the label under this name, None where it never said so."""
    return _since(home, label, keys.current) or (
        _since(home, label, keys.previous) if keys.previous else None
    )


def signed_by_former_key(home: Home, label: Label, keys: Keys) -> datetime | None:
    """Return since when, where only the former key vouches: it is to be signed again."""
    if _since(home, label, keys.current) is not None:
        return None
    return vouched_since(home, label, keys)


def _since(home: Home, label: Label, key: bytes) -> datetime | None:
    match = _MARK.search(label.description or "")
    if match is None or not hmac.compare_digest(
        match["mac"], _mac(key, home, label, match["since"])
    ):
        return None
    try:
        return datetime.strptime(match["since"], _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None


def _mac(key: bytes, home: Home, label: Label, since: str) -> str:
    if not key:
        return "none"
    said = "\n".join(
        ("afk:label:v1", home.host, str(home.repo.id), str(label.id), label.name, since)
    )
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()[:_MAC]
