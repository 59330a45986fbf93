"""Comments that are looked at: reads go through, a reaction is refused (`afk.adapters.dry_run`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from afk.errors import WouldWrite
from afk.model.forge import IssueHead
from afk.ports.talk import Reaction, Talk
from afk.types import Comment, Issue


@dataclass(frozen=True)
class ReadingTalk:
    """Where people talk to afk, looked at."""

    behind: Talk

    @property
    def asks(self) -> bool:
        """Say whether finding what was handed back takes requests of its own."""
        return self.behind.asks

    def handed_back(self, repos: Sequence[str], since: datetime) -> Sequence[IssueHead]:
        """Return the issues that were handed back and changed since."""
        return self.behind.handed_back(repos, since)

    def react(self, issue: Issue, comment: Comment, reaction: Reaction) -> None:
        """Refuse."""
        del comment
        raise WouldWrite(f"react to a comment of {issue.key} with {reaction.value}")
