"""Branches on Forgejo: their tips, and what they have beyond a base.

Compare lists newest first, whole, without paging (``forgejo/14.0.0/138-compare-slim``,
``140-compare-diverged``). A base the server does not know is 404 in 14 and 500 in 11
(``139-compare-unknown-sha``): then the newest commits are read instead, and absence from them
proves nothing. Slashes in a branch's name stay as they are in the path, everything else is
percent-encoded (``166-pull-by-base-head``, ``176-branch-delete``).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from httpx import codes

from afk.adapters.forgejo import mapping
from afk.adapters.forgejo.api import PAGE, ForgejoApi, repo_path
from afk.adapters.forgejo.ranges import beyond
from afk.adapters.forgejo.wire import BRANCH, COMMITS, COMPARE, WireCommit
from afk.errors import NoBranch, TooLarge
from afk.model.forge import Branch
from afk.parallel import gather
from afk.ports import BranchQuery

_UNKNOWN_BASE: Final = (codes.NOT_FOUND, codes.INTERNAL_SERVER_ERROR)
_NO_COMMITS: Final = (codes.NOT_FOUND, codes.CONFLICT)
_NOTHING: Final = Branch("", complete=False)


@dataclass(frozen=True, slots=True)
class _Compared:
    """A branch beyond its base; ``commits`` None: compare does not tell.

    ``missing``: it knows the base or the branch not.
    """

    query: BranchQuery
    commits: Sequence[WireCommit] | None = None
    complete: bool = False
    missing: bool = False

    def lacks(self, known: Collection[tuple[str, str]]) -> bool:
        """Say whether the newest commits have to be read; ``known``: bases that the server has.

        Where it is not the base that is missing, it is the branch.
        """
        gone = self.missing and (self.query.repo, self.query.base) in known
        return self.commits is None and not gone

    @property
    def branch(self) -> Branch:
        """Return it as the loops know it."""
        if self.commits is None:
            return _NOTHING
        head = self.commits[0].sha if self.commits else self.query.base
        return Branch(head, mapping.commits(self.commits), complete=self.complete)


def _told(first: _Compared, query: BranchQuery) -> _Compared | None:
    """Return what one comparison tells of the same branch beyond another base, if it does."""
    if first.commits is None or not first.complete or not query.base:
        return None
    commits = beyond(first.commits, first.query.base, query.base)
    return None if commits is None else _Compared(query, commits, complete=True)


@dataclass(frozen=True, slots=True)
class Branches:
    """Branches through one token."""

    api: ForgejoApi

    def head(self, repo: str, branch: str) -> str:
        """Return the sha at the tip; `NoBranch` names it."""
        what = f"reading the branch {branch} of {repo}"
        answer = self.api.http.get(f"{repo_path(repo)}/branches/{quote(branch)}")
        if answer.status == codes.NOT_FOUND:
            raise NoBranch(repo, branch)
        return self.api.value(BRANCH, answer, what, repo=repo).commit.id

    def read(self, queries: Sequence[BranchQuery]) -> Mapping[BranchQuery, Branch]:
        """Return each branch beyond its base: one request for a branch, whatever its bases.

        One more for each base that does not contain the first one (`ranges`), and for a branch
        whose base is unknown or not given. One that does not exist, or has no commits, comes back
        without head and incomplete.
        """
        places: dict[tuple[str, str], list[BranchQuery]] = {}
        for query in dict.fromkeys(queries):
            places.setdefault((query.repo, query.branch), []).append(query)
        compared = [one for some in gather(self._place, [*places.values()]) for one in some]
        known = {(one.query.repo, one.query.base) for one in compared if one.commits is not None}
        unread = [one.query for one in compared if one.lacks(known)]
        newest = dict(zip(unread, gather(self._newest, unread), strict=True))
        return {one.query: newest.get(one.query) or one.branch for one in compared}

    def _place(self, queries: Sequence[BranchQuery]) -> list[_Compared]:
        """Compare a branch with its first base, and with those that are not told by that."""
        first = self._compare(queries[0])
        told = [first, *(_told(first, one) for one in queries[1:])]
        missing = [one for one, shown in zip(queries, told, strict=True) if shown is None]
        asked = dict(zip(missing, gather(self._compare, missing), strict=True))
        return [shown or asked[one] for one, shown in zip(queries, told, strict=True)]

    def _compare(self, query: BranchQuery) -> _Compared:
        """Return what compare shows; nothing where it knows no base, or shows too much."""
        if not query.base:
            return _Compared(query)
        span = f"{quote(query.base)}...{quote(query.branch)}"
        params = {"files": "false", "verification": "false"}
        try:
            answer = self.api.http.get(f"{repo_path(query.repo)}/compare/{span}", params)
        except TooLarge:
            return _Compared(query)
        if answer.status in _UNKNOWN_BASE:
            return _Compared(query, missing=answer.status == codes.NOT_FOUND)
        what = f"comparing {query.branch} of {query.repo} with {query.base}"
        shown = self.api.value(COMPARE, answer, what, repo=query.repo)
        commits = shown.commits or ()
        return _Compared(query, commits, complete=len(commits) >= shown.total_commits)

    def _newest(self, query: BranchQuery) -> Branch:
        """Return the newest 50 commits; 404 is an unknown branch, 409 an empty repository.

        Fewer are all there are: without the base it was taken off, and nothing is unseen.
        ``143-commits-unknown-branch``, ``148-commits-empty-repo``.
        """
        params = {
            "sha": query.branch,
            "stat": "false",
            "files": "false",
            "verification": "false",
            "limit": PAGE,
        }
        answer = self.api.http.get(f"{repo_path(query.repo)}/commits", params)
        if answer.status in _NO_COMMITS:
            return _NOTHING
        what = f"reading the commits of {query.branch} of {query.repo}"
        listed = self.api.value(COMMITS, answer, what, repo=query.repo)
        commits = mapping.commits(listed)
        if not commits:
            return _NOTHING
        places = [place for place, one in enumerate(commits) if one.sha == query.base]
        whole = bool(places) or (bool(query.base) and len(commits) < PAGE)
        end = places[0] if places else len(commits)
        return Branch(commits[0].sha, commits[:end], complete=whole)
