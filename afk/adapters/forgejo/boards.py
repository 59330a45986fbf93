"""The dashboard's issue on Forgejo, and what is handed back; `afk.ports.report.Boards`.

``GET`` and ``PATCH /repos/{o}/{r}/issues/{n}`` (009, 125; 105, which answers 201): 1 request each.
What is handed back is a search per owner (``024-search-owner-ready``) for the newest 50 open
issues with the label; where no such label exists the filter is dropped
(``025-search-unknown-label``), so each item's labels are looked at. Scope: ``write:issue``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from pydantic import BaseModel, TypeAdapter

from afk.adapters.forgejo import mapping
from afk.adapters.forgejo.api import PAGE, ForgejoApi, issue_path, repo_path
from afk.adapters.forgejo.issues import alone
from afk.adapters.forgejo.wire import ISSUE, ISSUES, WireIssue
from afk.errors import AfkError, RepositoryMoved, TooLarge, answer_or_error
from afk.model.board import Board, HandedBack
from afk.parallel import gather
from afk.ports import Tracker
from afk.types import IssueKey


class _WireVisibility(BaseModel):
    """Who may read a repository (``013-repo``); ``internal``: whoever has an account."""

    private: bool
    internal: bool = False


_VISIBILITY: Final = TypeAdapter(_WireVisibility)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgejoBoards:
    """Reads and writes it; ``label`` is that of what is handed back."""

    api: ForgejoApi
    tracker: Tracker
    label: str

    def read(self, key: IssueKey, repos: Sequence[str]) -> Board | None:
        """Return the issue: one request, one more where it is not there."""
        del repos
        item = alone(self.api, key)
        if item is None:
            self.tracker.repository(key.repo)  # raises where that is not there either
            return None
        if item.key != key:
            raise RepositoryMoved(key.repo, item.key.repo)
        if item.pull_request is not None:
            return None
        if item.body_cut:
            raise TooLarge(
                f"the text of {key} is larger than afk reads",
                cause="somebody made it so",
                next_step="empty it: afk writes it anew",
            )
        return Board(
            key=key,
            repository_id=item.repository.id,
            author=mapping.account(item.user),
            body=item.body or "",
        )

    def handed_back(self, repos: Sequence[str]) -> Mapping[str, HandedBack]:
        """Return open issues with the label: one request per owner, for the newest 50."""
        owners = tuple(dict.fromkeys(repo.split("/")[0] for repo in repos))
        found: dict[str, HandedBack] = {}
        answers = gather(lambda owner: answer_or_error(lambda: self._of(owner)), owners)
        for owner, answer in zip(owners, answers, strict=True):
            if not isinstance(answer, AfkError):
                mine = [repo for repo in repos if repo.split("/")[0] == owner]
                found |= {repo: self._in(repo, answer) for repo in mine}
        return found

    def withheld(self, board: Board, repos: Sequence[str]) -> frozenset[str]:
        """Return private repositories where the issue is public (``013-repo``)."""
        if self._private(board.key.repo):
            return frozenset()
        others = [repo for repo in repos if repo != board.key.repo]
        asked = zip(others, gather(self._private, others), strict=True)
        return frozenset(repo for repo, private in asked if private)

    def _private(self, repo: str) -> bool:
        """Say whether not everybody reads the repository; one that cannot be asked is private."""
        shown = answer_or_error(partial(self._visibility, repo))
        return isinstance(shown, AfkError) or shown.private or shown.internal

    def _visibility(self, repo: str) -> _WireVisibility:
        answer = self.api.http.get(repo_path(repo))
        return self.api.value(_VISIBILITY, answer, f"reading {repo}", repo=repo)

    def write(self, board: Board, body: str) -> None:
        """Replace the issue's text."""
        path = issue_path(board.key)
        answer = self.api.http.send("PATCH", path, body={"body": body}, repeat=True)
        self.api.value(ISSUE, answer, f"writing {board.key}", repo=board.key.repo)

    def _in(self, repo: str, items: Sequence[WireIssue]) -> HandedBack:
        titles = {
            item.number: item.title
            for item in items
            if item.repository.full_name == repo
            and item.pull_request is None
            and item.state == "open"
            and self.label in item.label_names
        }
        return HandedBack(titles, whole=len(items) < PAGE)

    def _of(self, owner: str) -> tuple[WireIssue, ...]:
        params = {
            "owner": owner,
            "labels": self.label,
            "state": "open",
            "type": "issues",
            "limit": PAGE,
        }
        answer = self.api.http.get("/repos/issues/search", params)
        return self.api.value(ISSUES, answer, f"listing what {owner} was handed back")
