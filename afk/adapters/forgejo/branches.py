"""Branches on Forgejo: their tips, and what they have beyond a base.

Compare lists newest first, whole, without paging (``forgejo/14.0.0/138-compare-slim``,
``140-compare-diverged``). A base the server does not know is 404 in 14 and 500 in 11
(``139-compare-unknown-sha``): then the newest commits are read instead, and absence from them
proves nothing. Slashes in a branch's name stay as they are in the path, everything else is
percent-encoded (``166-pull-by-base-head``, ``176-branch-delete``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from httpx import codes

from afk.adapters.forgejo import mapping
from afk.adapters.forgejo.api import PAGE, ForgejoApi, repo_path
from afk.adapters.forgejo.wire import BRANCH, COMMITS, COMPARE
from afk.errors import NoBranch, TooLarge
from afk.model.forge import Branch
from afk.parallel import gather
from afk.ports import BranchQuery

_UNKNOWN_BASE: Final = (codes.NOT_FOUND, codes.INTERNAL_SERVER_ERROR)
_NO_COMMITS: Final = (codes.NOT_FOUND, codes.CONFLICT)
_NOTHING: Final = Branch("", complete=False)


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
        """Return each branch beyond its base, one request each, two where the base is unknown.

        A branch that does not exist, or has no commits, comes back without head and incomplete.
        """
        asked = tuple(dict.fromkeys(queries))
        return dict(zip(asked, gather(self._one, asked), strict=True))

    def _one(self, query: BranchQuery) -> Branch:
        return (self._beyond(query) if query.base else None) or self._newest(query)

    def _beyond(self, query: BranchQuery) -> Branch | None:
        """Return what compare shows; None when it does not know the base, or shows too much."""
        span = f"{quote(query.base)}...{quote(query.branch)}"
        params = {"files": "false", "verification": "false"}
        try:
            answer = self.api.http.get(f"{repo_path(query.repo)}/compare/{span}", params)
        except TooLarge:
            return None
        if answer.status in _UNKNOWN_BASE:
            return None
        what = f"comparing {query.branch} of {query.repo} with {query.base}"
        compared = self.api.value(COMPARE, answer, what, repo=query.repo)
        commits = mapping.commits(compared.commits or ())
        head = commits[0].sha if commits else query.base
        return Branch(head, commits, complete=len(commits) >= compared.total_commits)

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
