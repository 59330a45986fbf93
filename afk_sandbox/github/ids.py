"""GitHub's node ids: opaque to clients, and the same for the same thing as long as it exists.

A prefix for the type, then base64 of a MessagePack array that begins with 0, as real ones are
(recordings ``github/030``, ``087``, ``138``): ``R_kgDOHrjvCw`` is a repository,
``C_kwDOFMhYrNoAKGU4...`` a commit of one. Pure; what an id stands for is looked up elsewhere.
"""

import base64
import binascii
import struct
import zlib
from functools import lru_cache
from typing import Final

from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.records import (
    Account,
    AccountKind,
    Comment,
    Event,
    Issue,
    Label,
    Repository,
)

Part = int | str

_ARRAY: Final = 0x90
_UINT32: Final = 0xCE
_UINT64: Final = 0xCF
_STRING: Final = 0xDA
_WIDE: Final = 1 << 32

ACCOUNTS: Final = {
    AccountKind.USER: "U",
    AccountKind.BOT: "BOT",
    AccountKind.ORGANISATION: "O",
    AccountKind.MANNEQUIN: "M",
}
EVENTS: Final = {
    EventKind.LABELED: "LE",
    EventKind.UNLABELED: "UNLE",
    EventKind.RENAMED: "RTE",
    EventKind.CLOSED: "CE",
    EventKind.REOPENED: "REE",
    EventKind.REFERENCED: "REFE",
    EventKind.MENTIONED: "CRE",
    EventKind.BLOCKED_BY_ADDED: "BBAE",
    EventKind.BLOCKED_BY_REMOVED: "BBRE",
    EventKind.BLOCKING_ADDED: "BAE",
    EventKind.BLOCKING_REMOVED: "BRE",
    EventKind.ASSIGNED: "AE",
    EventKind.LOCKED: "LOE",
    EventKind.BRANCH_CHANGED: "CBE",
}


@lru_cache(maxsize=4096)
def encode(prefix: str, *parts: Part) -> str:
    """Return the node id of a type's prefix and what identifies the thing among its like."""
    packed = bytes([_ARRAY + len(parts) + 1, 0]) + b"".join(_pack(part) for part in parts)
    return f"{prefix}_{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def decode(node: str) -> tuple[str, tuple[Part, ...]] | None:
    """Return prefix and parts of a node id; None for text that is none."""
    prefix, _, text = node.partition("_")
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
        parts = _unpack(packed)
    except (binascii.Error, struct.error, UnicodeError, ValueError, IndexError):
        return None
    return (prefix, parts) if encode(prefix, *parts) == node else None


def _pack(part: Part) -> bytes:
    if isinstance(part, str):
        data = part.encode()
        return struct.pack(">BH", _STRING, len(data)) + data
    return struct.pack(">BI", _UINT32, part) if part < _WIDE else struct.pack(">BQ", _UINT64, part)


def _unpack(packed: bytes) -> tuple[Part, ...]:
    parts: list[Part] = []
    at = 2
    while at < len(packed):
        kind = packed[at]
        if kind == _STRING:
            (length,) = struct.unpack_from(">H", packed, at + 1)
            parts.append(packed[at + 3 : at + 3 + length].decode())
            at += 3 + length
        else:
            form = ">Q" if kind == _UINT64 else ">I"
            parts.append(struct.unpack_from(form, packed, at + 1)[0])
            at += 1 + struct.calcsize(form)
    return tuple(parts)


def account(one: Account) -> str:
    """Return an account's node id."""
    return encode(ACCOUNTS[one.kind], one.id)


def repository(one: Repository) -> str:
    """Return a repository's node id."""
    return encode("R", one.id)


def label(one: Label, repo: Repository) -> str:
    """Return a label's node id."""
    return encode("LA", repo.id, one.id)


def issue(one: Issue) -> str:
    """Return an issue's node id, or a pull request's."""
    return encode("PR" if one.is_pull else "I", one.repo.id, one.id)


def comment(one: Comment) -> str:
    """Return a comment's node id."""
    return encode("IC", one.issue.repo.id, one.id)


def event(one: Event, repo: Repository) -> str:
    """Return the node id of an event."""
    return encode(EVENTS[one.kind], repo.id, one.id)


def commit(sha: str, repo: Repository) -> str:
    """Return a commit's node id."""
    return encode("C", repo.id, sha)


def workflow(file: str, repo: Repository) -> str:
    """Return the node id of a workflow, of which a file has one."""
    return encode("W", repo.id, zlib.crc32(file.encode()))
