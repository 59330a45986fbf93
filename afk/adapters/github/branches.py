"""Branches beyond a base: which commits a run may have pushed.

Owns `Tracker.branches` on GitHub. Must not read CI.

What `Tracker.read` fetched along costs nothing, once; otherwise 1 GraphQL request for up to 50
branches, and 1 per further 100 commits of one branch, 5 times at most. The history is walked
newest first until the base commit. Git lists a child before its parents, so on a straight line
nothing is missed whatever clocks said; a commit merged in from the side with a time older than
the base's would be listed behind it and is not seen.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from afk.adapters.github.api import GitHubApi
from afk.adapters.github.batches import chunks, in_parts
from afk.adapters.github.ci_queries import MORE_HISTORY, NEWEST, tips
from afk.adapters.github.ci_wire import WireTip
from afk.adapters.github.prefetch import Prefetched
from afk.adapters.github.wire import Page, WireCommit, parse
from afk.model.forge import Branch, Commit
from afk.parallel import gather
from afk.ports import BranchQuery

BRANCHES: Final = 50
_MORE_PAGES: Final = 5

Place = tuple[str, str]
History = tuple[str, Sequence[WireCommit], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubBranches:
    """Reads branches, what was prefetched first."""

    api: GitHubApi
    prefetched: Prefetched

    def read(self, queries: Sequence[BranchQuery]) -> Mapping[BranchQuery, Branch]:
        """Return each branch beyond its base; one that does not exist is empty, incomplete.

        Raises `RepositoryMoved` or `NotFound` for a repository that is not there.
        """
        places = list(dict.fromkeys((query.repo, query.branch) for query in queries))
        found = {place: self.prefetched.take_tip(*place) for place in places}
        missing = [
            place
            for place, tip in found.items()
            if tip is None and not self.prefetched.take_absent(*place)
        ]
        parts = gather(
            lambda chunk: in_parts(self._ask, chunk, (NEWEST,)), chunks(missing, BRANCHES)
        )
        found.update(zip(missing, (tip for part in parts for tip in part), strict=True))
        bases: dict[Place, set[str]] = {}
        for query in queries:
            bases.setdefault((query.repo, query.branch), set()).add(query.base)
        walked = gather(lambda place: self._walked(found[place], bases[place] - {""}), places)
        histories = dict(zip(places, walked, strict=True))
        return {one: _beyond(one, histories[one.repo, one.branch]) for one in queries}

    def _ask(self, places: Sequence[Place], _page: int) -> list[WireTip | None]:
        reply = self.api.query(tips(places))
        shown: list[WireTip | None] = []
        for number, (repo, branch) in enumerate(places):
            data = reply.get(f"t{number}")
            if data is None:
                raise self.api.unseen(repo)
            shown.append(tip_of(data, f"reading {branch} of {repo}"))
        return shown

    def _walked(self, tip: WireTip | None, bases: Collection[str]) -> History | None:
        """Return a branch's commits, newest first, until every base was met; and if all are read.

        Nothing for a branch that is not there.
        """
        if tip is None:
            return None
        page, commits = tip.newest, list(tip.newest.nodes)
        for _ in range(_MORE_PAGES):
            if not page.rest or not set(bases) - {one.oid for one in commits}:
                break
            page = self.api.page(MORE_HISTORY, Page[WireCommit], tip.id, page.rest)
            commits += page.nodes
        return tip.oid, commits, not page.rest


def _beyond(query: BranchQuery, history: History | None) -> Branch:
    if history is None:
        return Branch("", complete=False)
    head, commits, whole = history
    if not query.base:
        return Branch(head, _commits(commits[:NEWEST]), complete=False)
    places = [place for place, one in enumerate(commits) if one.oid == query.base]
    end = places[0] if places else len(commits)
    # Without the base and read to its root: the base was taken off, and nothing is unseen.
    return Branch(head, _commits(commits[:end]), complete=bool(places) or whole)


def tip_of(shown: Any, what: str) -> WireTip | None:
    """Return the tip out of a repository's answer; None when there is no such branch."""
    ref = shown.get("ref") if isinstance(shown, dict) else None
    return parse(WireTip, ref.get("target"), what) if isinstance(ref, dict) else None


def _commits(shown: Sequence[WireCommit]) -> tuple[Commit, ...]:
    return tuple(Commit(one.oid, one.message) for one in shown)
