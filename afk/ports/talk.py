"""What the loops ask of a forge where people talk to afk in comments.

Implemented by adapters, like `afk.ports`.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum, unique
from typing import Protocol

from afk.model.forge import IssueHead
from afk.types import Comment, Issue


@unique
class Reaction(StrEnum):
    """How afk shows on a comment that it was read, by the word both forges have for it."""

    SEEN = "eyes"
    UNCLEAR = "confused"


class Talk(Protocol):
    """Issues on which somebody may have said something, and the sign that it was heard."""

    @property
    def asks(self) -> bool:
        """Say whether finding what was handed back takes requests of its own."""

    def handed_back(self, repos: Sequence[str], since: datetime) -> Sequence[IssueHead]:
        """Return open issues that carry the human label and changed since, the newest of them.

        Where that takes no request (`asks`), it is asked after `Tracker.listing` of the same
        repositories, which has brought them along.
        Labels are checked on each item; which of them were listed already is not looked at.
        """

    def react(self, issue: Issue, comment: Comment, reaction: Reaction) -> None:
        """Put a reaction on a comment; one that is there already is no error."""
