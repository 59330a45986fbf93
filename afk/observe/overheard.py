"""What a tick reports, remembered while it is passed on: troubles that stand on the dashboard."""

from dataclasses import dataclass, field

from afk.errors import AfkError, OutsideFailure, RateLimited
from afk.findings import Findings
from afk.ports import Reporter
from afk.types import IssueKey


@dataclass(slots=True)
class Overheard:
    """Implements `afk.ports.Reporter` in front of another one.

    ``troubles``: what a person has to mend, and servers that do not answer at all. What failed for
    one issue alone a later tick tries again; a spent rate limit is nobody's trouble.
    """

    behind: Reporter
    troubles: list[AfkError] = field(default_factory=list)

    def event(self, line: str, *, key: IssueKey | None = None) -> None:
        """Pass it on."""
        self.behind.event(line, key=key)

    def warn(self, line: str, *, key: IssueKey | None = None) -> None:
        """Pass it on."""
        self.behind.warn(line, key=key)

    def error(self, error: Exception, *, key: IssueKey | None = None) -> None:
        """Remember what is a trouble, and pass it on."""
        for one in error.errors if isinstance(error, Findings) else [error]:
            passing = isinstance(one, RateLimited) or (
                key is not None and isinstance(one, OutsideFailure)
            )
            if isinstance(one, AfkError) and not passing:
                self.troubles.append(one)
        self.behind.error(error, key=key)
