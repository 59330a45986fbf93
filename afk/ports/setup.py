"""What setting afk up asks of the world beyond `afk.ports`; used by ``afk init``, never by a tick.

As there: adapters normalise, bound and map errors, and raise `afk.errors.AfkError` and nothing
else.
"""

from collections.abc import Sequence
from typing import Protocol

from afk.model.agent import AgentSnapshot
from afk.model.installation import ProviderFacts
from afk.types import Label


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

    def labels(self, repo: str) -> tuple[Label, ...]:
        """Return the labels that the repository has of its own.

        ``description`` None: this forge keeps what a label was called when it was put on.
        """

    def describe_label(self, repo: str, label: Label, text: str) -> None:
        """Replace a label's description."""

    def open_issue(self, repo: str, title: str, body: str) -> int:
        """Open an issue, and return its number."""


class Desk(Protocol):
    """The machine that ``afk init`` runs on: who sits there, and the folder it runs in.

    Paths are relative to that folder, or absolute. Raises `AfkError` for what cannot be read or
    written.
    """

    @property
    def talks(self) -> bool:
        """Say whether somebody is there to answer."""

    def say(self, line: str) -> None:
        """Show a line."""

    def ask(self, question: str, proposal: str) -> str:
        """Ask, and return the answer, the proposal for none."""

    def ask_hidden(self, question: str) -> str:
        """Ask for a secret, which is not shown while it is typed."""

    def remote(self) -> str:
        """Return the address that the folder was cloned from, "" for none."""

    def read(self, path: str) -> str | None:
        """Return a file's text, None where there is none."""

    def exists(self, path: str) -> bool:
        """Say whether a file is there, without looking into it."""

    def write(self, path: str, text: str, *, private: bool) -> None:
        """Write a file and the folders around it; ``private``: nobody else may read it."""


class AgentServer(Protocol):
    """What is asked of T3."""

    def read(self) -> AgentSnapshot:
        """Return projects and threads."""

    def providers(self) -> Sequence[ProviderFacts] | None:
        """Return T3's agents; None: this T3 does not show them. Read the threads first."""
