"""What the dashboard and the report read of a forge: one issue to write on, and runs of the past.

Pure data, like `afk.types`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from afk.types import Account, Issue, IssueKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The issue that the dashboard stands in, as read just now.

    ``author`` opened it. ``body`` is its whole text, written by whomever.
    """

    key: IssueKey
    repository_id: int
    author: Account
    body: str


@dataclass(frozen=True, slots=True)
class Past:
    """Issues of one repository with the comments that claim to be run records, and no others.

    Of an issue nothing else is filled in but its names, title and state. ``cut``: there is more
    than is read, so older runs may be missing.
    """

    issues: tuple[Issue, ...] = ()
    cut: bool = False


@dataclass(frozen=True, slots=True)
class HandedBack:
    """Titles of the open issues of a repository that carry a label, by number, newest first.

    ``whole`` False: there are more.
    """

    titles: Mapping[int, str]
    whole: bool = True
