"""Pull requests that several runs of a repository ask for, looked for in one list of the newest.

A list shows a pull as its own address does (``pulls-16/029-list-head-filter``,
``007-get-later``), so one request of 50 stands for as many. What it does not settle is asked for
by itself: a pull that is older than the first page, and all of them where the page is too large.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from afk.adapters.forgejo import pull_mapping
from afk.adapters.forgejo.api import PAGE
from afk.adapters.forgejo.pull_lists import MOST_PAGES, PullLists
from afk.adapters.forgejo.pull_wire import WirePull
from afk.errors import TooLarge
from afk.ports.landing import PullQuery

_SKEW: Final = timedelta(days=1)
"""Two clocks are compared: a pull's time is the server's, a run's beginning is afk's."""

Shown = tuple[WirePull, datetime | None]
"""A pull, and the server's time of the answer."""


def is_from(wire: WirePull, head: str) -> bool:
    """Say whether a pull comes from the very repository's branch; a fork's has the same label."""
    return pull_mapping.head_ref(wire) == head and wire.head.repo_id == wire.base.repo_id


def found_together(
    lists: PullLists, queries: Sequence[PullQuery]
) -> dict[PullQuery, Sequence[Shown]]:
    """Return what the newest pulls of the queries' repository settle: nothing for a lone query.

    By number: that pull, if it is among them. By branch: all from there, oldest first, once the
    pages reach back beyond the run's beginning.
    """
    if len(queries) == 1:
        return {}
    heads = [one for one in queries if not one.number and one.since is not None]
    shown: dict[int, Shown] = {}
    settled: list[PullQuery] = []
    for number in range(1, MOST_PAGES + 1):
        try:
            page = lists.page(queries[0].repo, {"state": "all"}, number)
        except TooLarge:
            break
        shown |= {one.number: (one, page.at) for one in page.items}
        if not page.items or number * PAGE >= page.total or number == MOST_PAGES:
            settled = heads
        else:
            oldest = min(one.created_at for one in page.items)
            settled = [one for one in heads if one.since and oldest < one.since - _SKEW]
        if len(settled) == len(heads):
            break
    found: dict[PullQuery, Sequence[Shown]] = {
        one: (shown[one.number],) for one in queries if one.number in shown
    }
    for query in settled:
        mine = [one for one in shown.values() if is_from(one[0], query.head)]
        found[query] = sorted(mine, key=lambda one: one[0].number)
    return found
