"""The run record's codec: one comment, a marker line for machines, a checklist for people.

Pure. Owns the marker, the escaping, the version, the MAC, and which comment of an issue *is* the
record. First line of the comment::

    <!-- afk:run:v1 {"forge":"github",...} mac=9f86... -->

The JSON stands on one line in ASCII and cannot end the comment: ``<``, ``>`` and ``--`` are
escaped. The MAC is HMAC-SHA256 over the exact bytes of the JSON, which repeats the version. What
is below the first line is for people and is never read back.
"""

import hashlib
import hmac
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import Enum, unique
from functools import cache, lru_cache
from json import dumps
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from afk.record.names import run_id
from afk.record.state import SCHEMA, Keys, RunRecord, Stage
from afk.types import Comment, Forge, Issue

MAX_COMMENT: Final = 60_000
"""Well below GitHub's bound of 65,536 characters."""
_OPENING: Final = "<!-- afk:run:"
_MARKER = re.compile(r"<!-- afk:run:v([0-9]{1,9}) (\{.*\}) mac=([0-9a-f]{64}|none) -->")


@unique
class Flaw(Enum):
    """Why a comment that claims to be a record is not believed."""

    MALFORMED = "malformed"
    BAD_MAC = "its signature does not match"
    UNKNOWN_KEY = "it is signed with a key that is not configured"
    UNSIGNED = "it is not signed"
    OTHER_ISSUE = "it belongs to another issue or forge"
    EDITED = "somebody else edited it"
    IMPOSSIBLE = "what it says cannot be"
    NEWER = "it was written by a newer version"


@dataclass(frozen=True, slots=True)
class Found:
    """The record of one run and the comment it stands in."""

    record: RunRecord
    comment: Comment


@dataclass(frozen=True, slots=True)
class Records:
    """Everything an issue's comments say about runs.

    ``duplicates`` repeat a run that another comment records. ``flawed`` claim to be records
    and are not believed, each with its flaw.
    """

    runs: tuple[Found, ...] = ()
    duplicates: tuple[Comment, ...] = ()
    flawed: tuple[tuple[Comment, Flaw], ...] = ()

    def of(self, run_id: str) -> Found | None:
        """Return the record of this run."""
        return next((found for found in self.runs if found.record.run_id == run_id), None)

    @property
    def newer(self) -> bool:
        """Say whether a newer version of afk wrote here: hands off."""
        return any(flaw is Flaw.NEWER for _, flaw in self.flawed)


@cache
def _adapter() -> TypeAdapter[RunRecord]:
    return TypeAdapter(RunRecord)


def key_id(key: bytes) -> str:
    """Return the public name of a key: it says which key signed, and nothing about it."""
    return hashlib.sha256(b"afk:key-id:" + key).hexdigest()[:12] if key else ""


def encode(record: RunRecord, visible: str, keys: Keys) -> str:
    """Return the comment's whole text: marker line, then what people read, cut where too long."""
    record = replace(record, schema=SCHEMA, key_id=key_id(keys.current))
    json = dumps({"schema": SCHEMA, **as_json(record)}, separators=(",", ":"))
    # Inside JSON these can only stand in strings, where an escape means the same.
    json = json.replace("<", r"\u003c").replace(">", r"\u003e").replace("--", r"-\u002d")
    mac = _mac(keys.current, json) if keys.current else "none"
    marker = f"<!-- afk:run:v{SCHEMA} {json} mac={mac} -->\n"
    # A cut marker would lose the run: better that the forge refuses the comment.
    return marker + visible[: max(MAX_COMMENT - len(marker), 0)]


def says(body: str, visible: str) -> bool:
    """Say whether people already read this below a record's marker, as `encode` writes it."""
    marker, _, shown = body.partition("\n")
    return shown == visible[: max(MAX_COMMENT - len(marker) - 1, 0)]


def is_record(body: str) -> bool:
    """Say whether a comment claims to be a record."""
    return body.startswith(_OPENING)


@lru_cache(maxsize=512)
def decode(body: str, keys: Keys) -> RunRecord | Flaw:
    """Return the record, or why it is not believed. The body must claim to be one.

    Before each of its writes a tick reads the record again, most often to find the same text.
    """
    match = _MARKER.fullmatch(body.split("\n", 1)[0].rstrip("\r"))
    if match is None:
        return Flaw.MALFORMED
    version, json, mac = int(match[1]), match[2], match[3]
    flaw = _check_mac(json, mac, keys)
    if flaw is not None:
        return flaw
    if version > SCHEMA:
        # The version before the JSON is not signed: it counts if what is signed repeats it.
        return Flaw.NEWER if f'"schema":{version},' in json else Flaw.MALFORMED
    try:
        record = _adapter().validate_json(json)
    except ValidationError as error:
        # A field this version does not know was written by one that does: hands off.
        unknown = all(one["type"] == "unexpected_keyword_argument" for one in error.errors())
        return Flaw.NEWER if unknown else Flaw.MALFORMED
    if record.schema != version:
        return Flaw.MALFORMED
    return record if can_be(record) else Flaw.IMPOSSIBLE


def can_be(record: RunRecord) -> bool:
    """Say whether afk can have written this: found out here, it is nobody's surprise later.

    A claim and a running run have a thread and its first turn, an end has a verdict and a time,
    turns count up from 1, and nobody has tried less than once.
    """
    numbers = [turn.number for turn in record.dialogue.turns]
    if record.thread.attempt < 1 or numbers != list(range(1, len(numbers) + 1)):
        return False
    if record.stage in (Stage.CLAIMED, Stage.RUNNING) and not (numbers and record.thread.id):
        return False
    over = record.stage in (Stage.ENDING, Stage.ENDED)
    said = record.verdict is not None and record.reason is not None
    timed = record.ending.at is not None or record.ending.ended_at is not None
    return over == said and (timed or not over)


def collect(issue: Issue, forge: Forge, own: Collection[int], keys: Keys, *, host: str) -> Records:
    """Return the records among an issue's comments (all pages), oldest comment first.

    Only comments of our own accounts count: anybody can write the marker. Without a key an own
    comment that somebody else edited last is not believed either.
    """
    found: dict[str, list[Found]] = {}
    flawed: list[tuple[Comment, Flaw]] = []
    for comment in sorted(issue.comments, key=lambda one: one.id):
        if comment.author.id not in own or not is_record(comment.body):
            continue
        result = decode(comment.body, keys)
        if isinstance(result, RunRecord):
            result = _bound(result, issue, forge, comment, own, keys, host)
        if isinstance(result, Flaw):
            flawed.append((comment, result))
        else:
            found.setdefault(result.run_id, []).append(Found(result, comment))
    # The furthest one is the record: an old signed text can be pasted into an older comment.
    # Two ticks that posted at the same time are at the same number; there the first one is.
    ranked = [sorted(some, key=_furthest_first) for some in found.values()]
    return Records(
        runs=tuple(some[0] for some in ranked),
        duplicates=tuple(one.comment for some in ranked for one in some[1:]),
        flawed=tuple(flawed),
    )


def _furthest_first(found: Found) -> tuple[int, int]:
    return (-found.record.sequence, found.comment.id)


def _bound(
    record: RunRecord,
    issue: Issue,
    forge: Forge,
    comment: Comment,
    own: Collection[int],
    keys: Keys,
    host: str,
) -> RunRecord | Flaw:
    """A record counts only where it was written; the repository's name may have changed.

    Two forges may share everything but their host, so the run id is computed again.
    """
    here = (forge.value, issue.repo.id, issue.number)
    if (record.forge, record.repository_id, record.issue) != here:
        return Flaw.OTHER_ISSUE
    approval = record.approval
    here_it_is = run_id(
        host=host,
        repository_id=issue.repo.id,
        issue=issue.number,
        at=approval.at,
        actor_id=approval.actor_id,
        event=approval.event,
    )
    if record.run_id != here_it_is:
        return Flaw.OTHER_ISSUE
    if not keys.current and comment.edited_by is not None and comment.edited_by.id not in own:
        return Flaw.EDITED
    name = issue.repo.name
    return record if record.repository == name else replace(record, repository=name)


def _check_mac(json: str, mac: str, keys: Keys) -> Flaw | None:
    if not keys.current:
        # Unsigned records are believed only where the configuration allows it; a signed one
        # cannot be checked without its key.
        return None if mac == "none" else Flaw.UNKNOWN_KEY
    if mac == "none":
        return Flaw.UNSIGNED
    for key in (keys.current, keys.previous):
        if key and hmac.compare_digest(_mac(key, json), mac):
            return None
    known = [key_id(key) for key in (keys.current, keys.previous) if key]
    return Flaw.BAD_MAC if any(f'"key_id":"{name}"' in json for name in known) else Flaw.UNKNOWN_KEY


def _mac(key: bytes, json: str) -> str:
    return hmac.new(key, json.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def as_json(record: RunRecord) -> dict[str, Any]:
    """Return the record as plain JSON values, for ``--json``."""
    data: dict[str, Any] = _adapter().dump_python(record, mode="json", exclude_defaults=True)
    return data
