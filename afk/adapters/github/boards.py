"""The dashboard's issue on GitHub, and what is handed back; `afk.ports.report.Boards`.

One GraphQL request reads the issue and, along with it, the open issues that carry the label of
what is handed back, 50 of each repository; of more than 100 repositories, 1 more per 100. One REST
request writes. An answer that lacks one repository (forbidden, gone) lacks its issues only.

Fields: `afk_sandbox/github/schema.graphql` has the cut of GitHub's schema that they are held to.
``PATCH /repos/{r}/issues/{n}`` with a body: recording 018 shows its shape for a title.
Permission: ``issues: write``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from afk.adapters.github.api import GitHubApi
from afk.adapters.github.batches import chunks
from afk.adapters.github.issue_queries import boards
from afk.adapters.github.listing import REPOSITORIES
from afk.adapters.github.mapping import account
from afk.adapters.github.wire import Graph, Page, WireActor, WireHome, parse
from afk.errors import RepositoryMoved, answer_or_error
from afk.model.board import Board, HandedBack
from afk.types import IssueKey

_SHOWN: Final = 50


class _WireBoard(Graph):
    """An issue's text and who opened it."""

    body: str
    author: WireActor | None = None
    repository: WireHome


class _WireBoardHome(Graph):
    """A repository with the one issue that was asked for."""

    database_id: int
    name_with_owner: str
    is_private: bool
    issue: _WireBoard | None = None


class _WireTitle(Graph):
    """An issue in a list."""

    number: int
    title: str


class _WireHanded(Graph):
    """A repository with the issues that carry a label."""

    is_private: bool
    handed: Page[_WireTitle]


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubBoards:
    """Reads and writes it; ``label`` is that of what is handed back."""

    api: GitHubApi
    label: str
    _private: dict[str, bool] = field(default_factory=dict)
    _handed: dict[str, HandedBack | None] = field(default_factory=dict)

    def read(self, key: IssueKey, repos: Sequence[str]) -> Board | None:
        """Return the issue; what the repositories have handed back comes along."""
        first, *others = chunks(repos, REPOSITORIES) or [()]
        home = self._ask(first, key)
        for some in others:
            self._ask(some)
        if home is None:
            raise self.api.unseen(key.repo)
        if home.name_with_owner != key.repo:
            raise RepositoryMoved(key.repo, home.name_with_owner)
        if home.issue is None or home.issue.repository.database_id != home.database_id:
            return None
        return Board(
            key=key,
            repository_id=home.database_id,
            author=account(home.issue.author),
            body=home.issue.body,
        )

    def handed_back(self, repos: Sequence[str]) -> Mapping[str, HandedBack]:
        """Return open issues with the label; asks only for what no `read` announced."""
        for some in chunks([one for one in repos if one not in self._handed], REPOSITORIES):
            self._ask(some)
        known = {repo: self._handed[repo] for repo in repos}
        return {repo: found for repo, found in known.items() if found is not None}

    def withheld(self, board: Board, repos: Sequence[str]) -> frozenset[str]:
        """Return private repositories where the issue is public; `read` was told of all of them."""
        if self._private[board.key.repo]:
            return frozenset()
        return frozenset(one for one in repos if self._private.get(one, True))

    def write(self, board: Board, body: str) -> None:
        """Replace the issue's text."""
        self.api.rest(
            "PATCH",
            f"/issues/{board.key.number}",
            repo=board.key.repo,
            repo_id=board.repository_id,
            body={"body": body},
        )

    def _ask(self, repos: Sequence[str], key: IssueKey | None = None) -> _WireBoardHome | None:
        """Ask for both; returns the board's repository, None where GraphQL does not show it."""
        reply = self.api.query(boards(repos, self.label, _SHOWN, key))
        for number, repo in enumerate(repos):
            shown = answer_or_error(partial(reply.get, f"r{number}"))
            self._handed[repo] = self._titles(repo, shown) if isinstance(shown, dict) else None
        shown = reply.get("board") if key is not None else None
        if key is None or shown is None:
            return None
        home = parse(_WireBoardHome, shown, f"reading {key}")
        self._private[key.repo] = home.is_private
        return home

    def _titles(self, repo: str, shown: object) -> HandedBack:
        found = parse(_WireHanded, shown, f"listing what {repo} has handed back")
        self._private[repo] = found.is_private
        titles = {one.number: one.title for one in found.handed.nodes}
        return HandedBack(titles, whole=not found.handed.rest)
