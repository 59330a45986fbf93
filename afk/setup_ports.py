"""What setting afk up asks of a forge beyond `afk.ports`; used by ``afk init``, never by a tick.

As there: adapters normalise, bound and map errors, and raise `afk.errors.AfkError` and nothing
else.
"""

from typing import Protocol


class Settings(Protocol):
    """A repository's secrets and variables for workflows, and the one issue that is afk's own."""

    def secrets(self, repo: str) -> frozenset[str]:
        """Return the names of the repository's secrets; what they hold no forge shows.

        Raises `AfkError` where this token may not see them, or nothing here could set one.
        """

    def set_secret(self, repo: str, name: str, value: str) -> None:
        """Create a secret, or replace it."""

    def variable(self, repo: str, name: str) -> str | None:
        """Return what a variable of the repository says, None where there is none."""

    def set_variable(self, repo: str, name: str, value: str, *, exists: bool) -> None:
        """Create a variable, or replace it where ``exists`` says that there is one."""

    def open_issue(self, repo: str, title: str, body: str) -> int:
        """Open an issue, and return its number."""
