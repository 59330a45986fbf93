"""What one shard of a plan is told: its repositories, and how many runs it may start.

Pure data, like `afk.types`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One shard of a plan, and how everything stood when that was made.

    ``shards``: how many there are. ``places``: runs that this one may start; ``promised``: those
    that are left to the others.
    ``in_flight``: runs at work in all repositories, ``elsewhere``: those of them in other shards';
    ``started_today``: threads of the last 24 hours in T3. None: not known, so nothing starts.
    ``as_of`` is T3's clock. ``shut``: provider instances for whose usage limit a run of another
    shard waits, each with the words for it. ``other_server``: T3 is another server than a run in
    flight was started on.
    """

    shard: str
    repositories: tuple[str, ...]
    shards: int = 1
    places: int = 0
    promised: int = 0
    in_flight: int | None = None
    elsewhere: int = 0
    started_today: int | None = None
    as_of: datetime | None = None
    shut: Mapping[str, str] = field(default_factory=dict)
    other_server: bool = False
