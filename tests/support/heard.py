"""A reporter that keeps what it was told, and of which issue."""

from dataclasses import dataclass, field

from afk.types import IssueKey


@dataclass
class Heard:
    """What was done or would be, what a person should know, and what failed, in order."""

    events: list[tuple[str, IssueKey | None]] = field(default_factory=list)
    warnings: list[tuple[str, IssueKey | None]] = field(default_factory=list)
    errors: list[tuple[Exception, IssueKey | None]] = field(default_factory=list)

    def event(self, line: str, *, key: IssueKey | None = None) -> None:
        """Keep a line."""
        self.events.append((line, key))

    def warn(self, line: str, *, key: IssueKey | None = None) -> None:
        """Keep a warning."""
        self.warnings.append((line, key))

    def error(self, error: Exception, *, key: IssueKey | None = None) -> None:
        """Keep a failure."""
        self.errors.append((error, key))
