"""What every tick reads first: T3 and the listing, neither of which needs the other.

Light, and values alone: it can be under way while what makes use of it is still being loaded.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from afk.decide.asks import WITHIN
from afk.decide.quiet import QUIET
from afk.deps import Deps
from afk.errors import AfkError, Answer
from afk.model.agent import AgentSnapshot
from afk.model.forge import IssueHead, Listing
from afk.parallel import at_once


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstReads:
    """What was read, or what that failed with; ``now`` is when the reading began.

    ``handed``: what was handed back since ``since``, where that is a request of its own; None: it
    is none.
    """

    now: datetime
    since: datetime
    snapshot: AgentSnapshot | AfkError
    listing: Listing | AfkError
    handed: Sequence[IssueHead] | AfkError | None


def first_reads(deps: Deps, *, everything: bool = False) -> FirstReads:
    """Read T3, the listing, and what was handed back, whatever becomes of the others.

    ``everything``: issues that wait quietly are listed, too, however many they are.
    """
    watched, now = deps.config.watched, deps.now()
    shows_all = everything or deps.reads_only or deps.config.dashboard_key is not None
    quiet, since = None if shows_all else QUIET, now - WITHIN

    def read_listing() -> Listing | AfkError:
        return _or_error(lambda: deps.tracker.listing(watched, quiet=quiet))

    def read_handed() -> Sequence[IssueHead] | AfkError | None:
        return _or_error(lambda: deps.talk.handed_back(watched, since)) if deps.talk.asks else None

    (listing, handed), snapshot = at_once(
        lambda: at_once(read_listing, read_handed), lambda: _or_error(deps.agent.read)
    )
    return FirstReads(now=now, since=since, snapshot=snapshot, listing=listing, handed=handed)


def _or_error(read: Callable[[], Answer]) -> Answer | AfkError:
    """Return what was read, or the failure as a value, a rate limit like any other."""
    try:
        return read()
    except AfkError as error:
        return error
