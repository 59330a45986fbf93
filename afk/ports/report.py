"""What the dashboard and the report ask of a forge, in their own words.

As `afk.ports`: adapters normalise, page, bound and map errors, and raise `afk.errors.AfkError`
and nothing else.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from afk.model.board import Board, HandedBack, Past
from afk.types import IssueKey


class Boards(Protocol):
    """The issue in which a tick shows everything at once."""

    def read(self, key: IssueKey, repos: Sequence[str]) -> Board | None:
        """Return the issue as it stands; None when it is gone, or is a pull request.

        ``repos``: those that `handed_back` may be asked for next, which may then cost nothing.
        Raises `RepositoryMoved` or `NotFound` where the repository is not there.
        """

    def handed_back(self, repos: Sequence[str]) -> Mapping[str, HandedBack]:
        """Return the open issues that carry the label of what is handed back, by repository.

        A repository that cannot be read is absent.
        """

    def withheld(self, board: Board, repos: Sequence[str]) -> frozenset[str]:
        """Return those of the repositories whose titles may not stand in the issue.

        A public issue is read by everybody, a private repository is not; what cannot be told counts
        as private. On Forgejo this costs a request, and one more per repository where it is public.
        """

    def write(self, board: Board, body: str) -> None:
        """Replace the issue's text."""


class History(Protocol):
    """What stands on a forge of runs that are over."""

    def past(self, repo: str, since: datetime) -> Past:
        """Return the issues of a repository on which something changed since, newest first.

        An issue without anything that claims to be a record is left out.
        """
