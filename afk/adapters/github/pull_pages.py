"""Reading pull requests: whole, in as few requests as possible, and settled where that takes time.

Owns the reading half of `Pulls` on GitHub. Must not write.

25 queries share one GraphQL request, or ride in the one that reads the issues (`Prefetched`).
Further requests, only where needed: 1 per further page of reviews, threads or a thread's comments;
where a branch's name has more pull requests than are asked for (anybody's fork may have that
branch, too) 1 REST request, which tells them apart by owner, and 1 for those that count; and 1 or
2 more, after a pause each, for open ones that GitHub is still computing: reading makes it compute,
and after a push to head or base it begins anew, so that in a busy repository the first look of
every tick would find UNKNOWN (https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request).

Bounds: 10 pages of each list; past them, or past the bound on an answer's size, a pull request is
``truncated``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from afk.adapters.github.api import GitHubApi
from afk.adapters.github.batches import chunks, in_parts
from afk.adapters.github.graphql_reply import Reply
from afk.adapters.github.prefetch import Prefetched
from afk.adapters.github.pull_mapping import (
    Handle,
    blocked_by,
    can_merge,
    comments,
    mergeability,
    pull,
    reviews,
)
from afk.adapters.github.pull_queries import (
    MORE_REMARKS,
    MORE_THREADS,
    OPTIONAL,
    REMARKS,
    REVIEWS,
    THREADS,
    more_reviews,
    pulls,
    standing,
)
from afk.adapters.github.pull_wire import (
    RestPull,
    WirePull,
    WirePulls,
    WireRemark,
    WireReview,
    WireStanding,
    WireThread,
)
from afk.adapters.github.wire import Page, parse
from afk.errors import NotFound, RepositoryMoved
from afk.model.pull import Mergeability, Pull, ReviewComment
from afk.parallel import gather
from afk.ports.landing import PullQuery

PULLS: Final = 25
_SIZES: Final = (REVIEWS, 10, 1)
_PAUSES: Final = (1.0, 2.0)
_NOT_MISSED: Final = ("compare", "headRepository", "mergedBy")
"""What may be out of this token's sight: null then, which decides nothing in anyone's favour."""

Home = tuple[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PullPages:
    """Reads pull requests, what was prefetched first."""

    api: GitHubApi
    prefetched: Prefetched

    def read(self, queries: Sequence[PullQuery]) -> Mapping[PullQuery, Sequence[Pull]]:
        """Return each query's pull requests, oldest first.

        Raises `RepositoryMoved` or `NotFound` for a repository that is not there.
        """
        found = {query: self.prefetched.take_pulls(query) for query in queries}
        missing = [query for query, shown in found.items() if shown is None]
        found.update(zip(missing, self._asked(missing), strict=True))
        wholes = gather(lambda query: self._whole(query, found[query]), list(found))
        return self._settled(dict(zip(found, wholes, strict=True)))

    def again(self, query: PullQuery) -> Sequence[Pull]:
        """Return one query's pull requests as they stand now, whatever was prefetched."""
        shown = self._asked([query])[0]
        return self._settled({query: self._whole(query, shown)})[query]

    def _asked(self, queries: Sequence[PullQuery]) -> list[WirePulls]:
        parts = gather(lambda chunk: in_parts(self._ask, chunk, _SIZES), chunks(queries, PULLS))
        return [one for part in parts for one in part]

    def _ask(self, queries: Sequence[PullQuery], size: int) -> list[WirePulls]:
        reply = self.api.ask(partial(pulls, queries, size), OPTIONAL)
        shown = []
        for number, query in enumerate(queries):
            found = pulls_of(reply, f"p{number}", query)
            if found is None:
                raise self.api.unseen(query.repo)
            shown.append(found)
        return shown

    def _whole(self, query: PullQuery, shown: WirePulls | None) -> Sequence[Pull]:
        if shown is None:
            return ()
        if shown.crowded:
            return self._told_apart(query, shown.database_id)
        home = (shown.database_id, shown.name_with_owner)
        wholes = (self._pull(one, home) for one in shown.of_this_repository)
        asked = (one for one in wholes if one and query.number in (0, one.number))
        return sorted(asked, key=lambda one: one.number)

    def _told_apart(self, query: PullQuery, repository: int) -> Sequence[Pull]:
        """Return a branch's pull requests where forks' of the same name are in the way."""
        head = f"{query.repo.split('/')[0]}:{query.head}"
        params = {"state": "all", "head": head}
        listed = self.api.rest_list("/pulls", repo=query.repo, params=params)
        shown = parse(tuple[RestPull, ...], listed, f"listing the pull requests of {head}")
        mine = [one for one in shown if one.head.repo and one.head.repo.id == repository]
        numbered = [replace(query, number=one.number) for one in mine]
        found = zip(numbered, self._asked(numbered), strict=True)
        wholes = [one for query, some in found for one in self._whole(query, some)]
        return sorted(wholes, key=lambda one: one.number)

    def _pull(self, shown: WirePull, home: Home) -> Pull | None:
        """Add the later pages; None when the pull request went away meanwhile."""
        try:
            said, all_said = self.api.drain(
                shown.reviews,
                more_reviews(self.api.lacks),
                Page[WireReview],
                shown.id,
                size=REVIEWS,
            )
            threads, all_threads = self.api.drain(
                shown.review_threads, MORE_THREADS, Page[WireThread], shown.id, size=THREADS
            )
            remarks: list[ReviewComment] = []
            all_remarks = True
            for thread in threads:
                some, whole = self.api.drain(
                    thread.comments, MORE_REMARKS, Page[WireRemark], thread.id, size=REMARKS
                )
                remarks += comments(thread, some)
                all_remarks = all_remarks and whole
        except NotFound:
            return None
        return pull(
            shown,
            home,
            said=reviews(said),
            remarks=tuple(remarks),
            truncated=not (all_said and all_threads and all_remarks),
        )

    def _settled(
        self, found: Mapping[PullQuery, Sequence[Pull]]
    ) -> Mapping[PullQuery, Sequence[Pull]]:
        """Ask again for what GitHub is still computing; a head that moved meanwhile stays open."""
        told: dict[str, WireStanding] = {}
        for pause in _PAUSES:
            waiting = [one for one in _computed(found) if _node(one) not in told]
            if not waiting:
                break
            self.api.http.sleep(pause)
            for shown in self._standing([_node(one) for one in waiting]):
                if mergeability(shown) is not Mergeability.UNKNOWN:
                    told[shown.id] = shown
        return {
            query: [_settle(one, told.get(_node(one))) for one in some]
            for query, some in found.items()
        }

    def _standing(self, nodes: Sequence[str]) -> list[WireStanding]:
        shown: list[WireStanding] = []
        for chunk in chunks(nodes, 100):
            reply = self.api.ask(partial(standing, chunk), OPTIONAL)
            listed = parse(list[Any], reply.data.get("nodes") or [], "reading what may be merged")
            shown += [
                parse(WireStanding, one, "reading what may be merged") for one in listed if one
            ]
        return shown


def pulls_of(reply: Reply, alias: str, query: PullQuery) -> WirePulls | None:
    """Return the pull requests of a query out of an answer; None: the repository is out of sight.

    Raises `RepositoryMoved` for a repository that answers under another name.
    """
    data = reply.get(alias, without=_NOT_MISSED)
    if data is None:
        return None
    shown = parse(WirePulls, data, f"reading pull requests of {query.repo}")
    if shown.name_with_owner != query.repo:
        raise RepositoryMoved(query.repo, shown.name_with_owner)
    return shown


def _node(pull: Pull) -> str:
    return pull.handle.node if isinstance(pull.handle, Handle) else ""


def _computed(found: Mapping[PullQuery, Sequence[Pull]]) -> Iterable[Pull]:
    """Return the open pull requests that GitHub is still computing."""
    every = (one for some in found.values() for one in some)
    return (one for one in every if one.open and one.mergeability is Mergeability.UNKNOWN)


def _settle(pull: Pull, shown: WireStanding | None) -> Pull:
    if shown is None or shown.head_ref_oid != pull.head_sha:
        return pull
    return replace(
        pull,
        mergeability=mergeability(shown),
        can_merge=can_merge(shown, draft=pull.draft),
        blocked_by=blocked_by(shown),
    )
