"""What a run record remembers of landing by pull request.

Pure data. Times are afk's own clock at the tick that first saw the fact. Nothing that people or
models wrote stands here: reviews and comments are remembered by their ids.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

MAX_ANSWERED_REVIEWS: Final = 300
"""Far more than one run answers; beyond them the oldest are forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """How far a run's pull request has come; ``branch`` empty: the run pushes to the base.

    ``tip`` is the commit whose CI counts: the branch's head, and after the merge what landed.
    ``ready_at``: it was made ready for review, so a draft is a person's word from then on.
    ``waiting_since``: nothing but people can take it further; then the run holds no agent and no
    place. ``updated_from`` are the heads into which afk had the base merged; ``conflict_head`` is
    the one where that failed. ``answered`` are the reviews and comments that were told to the
    agent. ``refused_at`` and ``refused_head``: the forge last refused to merge this head.
    ``rerun_of``, ``rerun_at`` and ``reruns``: the commit whose failed jobs were run again, when
    last and how often.
    """

    branch: str = ""
    pull: int = 0
    tip: str = ""
    merged: str = ""
    ready_at: datetime | None = None
    waiting_since: datetime | None = None
    reminded_at: datetime | None = None
    updated_from: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    conflict_head: str = ""
    refused_at: datetime | None = None
    refused_head: str = ""
    rerun_of: str = ""
    rerun_at: datetime | None = None
    reruns: int = 0
