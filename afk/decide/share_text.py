"""A share as text, on its way from the plan's job to a shard's: one line of JSON in ``AFK_SHARD``.

Pure. Names in it are of the configuration's own lists, and no more than a hint to whoever reads
it: a repository that the shard's own configuration does not have is left out there.
"""

import re
from functools import cache
from json import dumps
from typing import Final

from pydantic import TypeAdapter, ValidationError

from afk.errors import ConfigError
from afk.model.share import Share

NO_SHARD: Final = "none"
"""Where a matrix has to have something in it: nothing is to be done."""
_PART: Final = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")
_MOST_PARTS: Final = 999


@cache
def _adapter() -> TypeAdapter[Share]:
    return TypeAdapter(Share)


def share_text(share: Share) -> str:
    """Return the share as one line."""
    data = _adapter().dump_python(share, mode="json")
    return dumps(data, separators=(",", ":"))


def share_of(text: str) -> Share:
    """Return the share that a text stands for; anything else raises `ConfigError`."""
    try:
        share = _adapter().validate_json(text)
    except ValidationError:
        raise _no_share() from None
    naive = share.as_of is not None and share.as_of.tzinfo is None
    counted = (share.places, share.promised, share.elsewhere, share.in_flight, share.started_today)
    if naive or min(one or 0 for one in counted) < 0 or share.shards < 1:
        raise _no_share()
    return share


def part_of(text: str) -> tuple[int, int] | None:
    """Return which part of how many ``2/8`` names, None for any other text.

    Raises `ConfigError` where there is no such part.
    """
    match = _PART.fullmatch(text)
    if match is None:
        return None
    part, parts = int(match[1]), int(match[2])
    if not 1 <= part <= parts <= _MOST_PARTS:
        raise ConfigError(
            f"AFK_SHARD={text} names no part",
            cause=f"of 8 parts the first is 1/8 and the last 8/8; at most {_MOST_PARTS} make sense",
            next_step="give every job another part, from the first to the last of them",
        )
    return part, parts


def shards_in(text: str) -> int:
    """Return how many shards write beside the one that a text names; 1 for any other text.

    What is wrong with the text is told by whoever reads it.
    """
    try:
        part = part_of(text)
        return part[1] if part is not None else share_of(text).shards
    except ConfigError:
        return 1


def _no_share() -> ConfigError:
    return ConfigError(
        "AFK_SHARD is no part of a plan",
        cause="the workflow's matrix was not filled: Forgejo 11 runs one job with empty values",
        next_step="pass what `afk plan` prints for a shard, or a part such as 2/8 "
        "(docs/many-repositories.md)",
    )
