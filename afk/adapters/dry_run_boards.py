"""The dashboard's issue for looks that change nothing; see `afk.adapters.dry_run`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from afk.errors import WouldWrite
from afk.model.board import Board, HandedBack
from afk.ports.report import Boards
from afk.types import IssueKey


@dataclass(frozen=True)
class ReadingBoards:
    """An issue that is looked at."""

    behind: Boards

    def read(self, key: IssueKey, repos: Sequence[str]) -> Board | None:
        """Return the issue as it stands."""
        return self.behind.read(key, repos)

    def handed_back(self, repos: Sequence[str]) -> Mapping[str, HandedBack]:
        """Return what is handed back."""
        return self.behind.handed_back(repos)

    def withheld(self, board: Board, repos: Sequence[str]) -> frozenset[str]:
        """Return whose titles may not stand there."""
        return self.behind.withheld(board, repos)

    def write(self, board: Board, body: str) -> None:
        """Refuse."""
        del body
        raise WouldWrite(f"write the dashboard, {board.key}")
