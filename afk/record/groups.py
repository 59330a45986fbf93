"""What a run record remembers by subject: its place in T3, its commits, its end.

Pure data. Times are afk's own clock at the tick that first saw the fact.
"""

from dataclasses import dataclass
from typing import Final

from pydantic import AwareDatetime

from afk.types import CIStatus, ThreadStatus

MAX_PUSHED: Final = 100
"""More than a run pushes: the close by a commit that was forgotten would look like a person's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenThread:
    """The run's thread as it stood when its bodies were last looked at.

    ``line`` is a digest of what T3's overview showed of it, by which it is known to be unmoved;
    ``status`` that of its newest turn then.
    """

    line: str
    status: ThreadStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadState:
    """Where the run sits in T3, and what it took to get it there.

    ``id`` follows from the run and ``attempt``, the number of its newest thread. ``replacements``
    counts threads and turns sent in place of one that was lost, ``dispatch_failures`` T3's
    refusals. ``claimed_at``: the claim that stands; ``started_at``: the first turn was accepted,
    moved on by every pause. ``rebuilt``: made from T3 after the record was lost. ``seen_sequence``:
    how far T3 had come when the record was last written; what shows less is an old picture.
    ``agent``: the entry of the configuration's table that a label picked, "" for none.
    ``cost``: what the provider says the thread has cost, where T3 shows it: ``0.42 USD``.
    ``seen``: what need not be read again while the thread does not move, None for nothing.
    """

    environment_id: str = ""
    id: str = ""
    attempt: int = 1
    replacements: int = 0
    dispatch_failures: int = 0
    claimed_at: AwareDatetime | None = None
    started_at: AwareDatetime | None = None
    rebuilt: bool = False
    seen_sequence: int = 0
    agent: str = ""
    cost: str = ""
    seen: SeenThread | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenVerdict:
    """The newest CI verdict and the tick that first saw it.

    ``failed`` is the sha256 of what people are shown of the failed checks (`afk.text.failing`): the
    names are other people's text, so they stand below the marker and are known again by this.
    ``over``: CI says no longer so, it runs again or waits for more.
    """

    sha: str
    status: CIStatus
    at: AwareDatetime
    failed: str = ""
    over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenHead:
    """A branch's tip above the run's commit, and the tick that first saw it there."""

    sha: str
    at: AwareDatetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Commits:
    """Where the work lands, what landed (oldest first), and what CI said of it.

    ``base`` is the branch's tip at the claim. ``pushed_at``: the newest commit was first seen.
    ``first_red_at``: the run's first red. Both are moved on by pauses.
    """

    base: str = ""
    branch: str = ""
    pushed: tuple[str, ...] = ()
    pushed_at: AwareDatetime | None = None
    first_red_at: AwareDatetime | None = None
    seen_verdict: SeenVerdict | None = None
    seen_head: SeenHead | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How far the run's end has come.

    ``at``: the verdict was written down; ``ended_at``: every step was taken. ``settled``: issue
    and labels are as the verdict wants them. ``blocked_by`` names what kept the issue from being
    closed. ``notified`` are the doorbells rung, ``<verdict>:<kind>``; ``late_rings`` counts tries
    that were written down first. ``archived``: a person had put the thread away. ``by_word``: a
    person said that nobody is at work, and T3 did not show it.
    """

    at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    settled: bool = False
    close_blocked: bool = False
    blocked_by: tuple[str, ...] = ()
    notified: tuple[str, ...] = ()
    notify_failures: int = 0
    late_rings: int = 0
    archived: bool = False
    by_word: bool = False
