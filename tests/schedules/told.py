"""What afk's comments say in a simulated world: each is read once, for every oracle."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from support.loops import parse, record_comments

from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World

_parsed: Final = lru_cache(maxsize=512)(parse)


def records(here: World, issue: Issue) -> list[Mapping[str, Any]]:
    """Return every record on the issue, oldest first; nobody may change them."""
    return [_parsed(one.body) for one in record_comments(here, issue)]
