"""What a listing has to show of repositories with a long queue: all but what waits unmoved.

Owns the question for what moved, and the proof that what it leaves out is open, ready and tracked.
Must not decide whether a queue is long.

Three totals are compared: of open issues that are ready, that are tracked, and that have the two
labels in one filter. Whether GitHub takes that for either or for both is not documented, and the
proof holds both ways: with as many ready-only and tracked-only issues in all as among those that
moved, none is among those that did not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from afk.adapters.github.api import GitHubApi
from afk.adapters.github.batches import chunks
from afk.adapters.github.graphql_reply import Reply
from afk.adapters.github.issue_queries import moved as queues
from afk.adapters.github.wire import Graph, Page, WireListed, parse
from afk.config import Config
from afk.errors import AfkError, ServerFault, TooLarge, answer_or_error
from afk.parallel import gather

REPOSITORIES: Final = 50


class WireTotal(Graph):
    """How many there are."""

    total_count: int


class WireMoved(Graph):
    """The answer."""

    ready: Page[WireListed]
    tracked: Page[WireListed]
    closed: Page[WireListed]
    all_ready: WireTotal
    all_tracked: WireTotal
    both: WireTotal


@dataclass(frozen=True, slots=True)
class Moved:
    """What moved lately, ready or tracked, and how many open ready issues were left out."""

    ready: tuple[WireListed, ...]
    tracked: tuple[WireListed, ...]
    left_out: int


def moved(
    api: GitHubApi, nodes: Sequence[str], config: Config, since: datetime
) -> list[Moved | AfkError | None]:
    """Return of each repository what moved since, and what is closed and tracked.

    None: no proof, or too much of it. 1 GraphQL request for 50 repositories; where GitHub fails
    over several, 1 for each of them.
    """
    ask = partial(_asked, api, config, since.strftime("%Y-%m-%dT%H:%M:%SZ"))
    return [one for some in gather(ask, chunks(nodes, REPOSITORIES)) for one in some]


def _asked(
    api: GitHubApi, config: Config, since: str, nodes: Sequence[str]
) -> list[Moved | AfkError | None]:
    query = queues(nodes, config.ready_label, config.tracked_label, since)
    reply = answer_or_error(lambda: api.query(query))
    if isinstance(reply, Reply):
        return [answer_or_error(partial(_proof, reply, number)) for number in range(len(nodes))]
    if len(nodes) > 1 and isinstance(reply, ServerFault | TooLarge):
        alone = gather(partial(_asked, api, config, since), [[node] for node in nodes])
        return [one for some in alone for one in some]
    return [reply] * len(nodes)


def _proof(reply: Reply, number: int) -> Moved | None:
    shown = reply.get(f"r{number}")
    if shown is None:
        return None
    found = parse(WireMoved, shown, "listing what moved")
    if found.ready.rest or found.tracked.rest or found.closed.rest:
        return None
    ready = {one.number for one in found.ready.nodes}
    tracked = {one.number for one in found.tracked.nodes if one.state == "OPEN"}
    all_ready, all_tracked = found.all_ready.total_count, found.all_tracked.total_count
    only_ready, only_tracked = len(ready - tracked), len(tracked - ready)
    either = found.both.total_count == all_tracked + only_ready == all_ready + only_tracked
    both = found.both.total_count == all_ready - only_ready == all_tracked - only_tracked
    if not (either or both):
        return None
    known = {one.number: one for one in (*found.tracked.nodes, *found.closed.nodes)}
    return Moved(tuple(found.ready.nodes), tuple(known.values()), all_ready - len(ready))
