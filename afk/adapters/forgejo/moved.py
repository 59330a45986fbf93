"""What a listing has to show of an owner with a long queue: all but what waits and has not moved.

Owns the searches for what moved, and the proof that what they leave out is open, ready and tracked.
Must not decide whether a queue is long.

Search ORs its labels (``forgejo/14.0.0/026-search-two-labels``), so three totals tell how many open
issues are ready and not tracked, or tracked and not ready. When just as many of them are among
those that moved, none is among those that did not. ``since`` is inclusive and about ``updated_at``
(source, routers/api/v1/repo/issue.go, SearchIssues: GetQueryBeforeSince; totals and lists as
tests/contract/test_long_queue_contract.py recorded them on 11, 14 and 16). A label that exists
nowhere is dropped from a search: an item that does not carry it shows that.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from afk.adapters.forgejo.pages import MAX_ITEMS, Pages, Query
from afk.adapters.forgejo.wire import WireIssue
from afk.config import Config
from afk.parallel import gather


@dataclass(frozen=True, slots=True)
class Moved:
    """What was found, and how many open ready issues were left out."""

    items: tuple[WireIssue, ...]
    left_out: int


def moved(pages: Pages, owner: str, config: Config, since: datetime) -> Moved | None:
    """Return all that is in progress, closed and tracked, or has moved since; None: no proof.

    Three requests for totals, and three for lists, one more per further 50 items of each.
    """
    ready, tracked = config.ready_label, config.tracked_label
    counted = gather(
        pages.sample,
        [
            Query(owner, (ready,), "open"),
            Query(owner, (tracked,), "open"),
            Query(owner, (ready, tracked), "open"),
        ],
    )
    all_ready, all_tracked, either = (one.total for one in counted)
    exist = _carry(ready, counted[0].items) and _carry(tracked, counted[1].items)
    if not exist:
        return None
    lists = gather(
        pages.whole,
        [
            Query(owner, (config.in_progress_label,)),
            Query(owner, (tracked,), "closed"),
            Query(owner, (ready, tracked), since=since),
        ],
    )
    in_progress, closed, lately = lists
    if any(one.total > MAX_ITEMS for one in lists):
        return None
    open_ones = [one for one in lately.items if one.state == "open"]
    only_ready = sum(_only(ready, tracked, one) for one in open_ones)
    only_tracked = sum(_only(tracked, ready, one) for one in open_ones)
    if not either == all_tracked + only_ready == all_ready + only_tracked:
        return None
    seen = {one.key: one for one in (*in_progress.items, *lately.items) if one.state == "open"}
    shown = sum(ready in one.label_names for one in seen.values())
    return Moved((*in_progress.items, *closed.items, *lately.items), all_ready - shown)


def _carry(label: str, items: Iterable[WireIssue]) -> bool:
    return any(label in one.label_names for one in items)


def _only(label: str, other: str, item: WireIssue) -> bool:
    return label in item.label_names and other not in item.label_names
