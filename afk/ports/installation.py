"""What `afk doctor` asks of a forge and of T3 about an installation, in its own words.

As `afk.ports`: adapters normalise, page, bound and map errors, and raise `afk.errors.AfkError`
and nothing else. Nothing here writes.
"""

from collections.abc import Sequence
from typing import Protocol

from afk.model.installation import (
    ProviderFacts,
    RepositoryFacts,
    ServerSession,
    TokenFacts,
    WaitingRun,
)


class Installation(Protocol):
    """A forge's side of an installation: token, repositories, labels, runners."""

    def token(self) -> TokenFacts:
        """Return whose token it is and what shows of it; `TokenError` for one it does not take."""

    def repository(self, name: str) -> RepositoryFacts:
        """Return a repository; raises `RepositoryMoved` for another name, or `NotFound`."""

    def may_label(self, repo: str) -> None:
        """Raise `TokenError` where this token may not change issues there.

        Asked by what would change nothing if it were allowed; no trace is left.
        """

    def labels(self, repo: str) -> Sequence[str]:
        """Return the names of the labels that issues there can have."""

    def names_like(self, name: str) -> Sequence[str]:
        """Return repositories that this token sees and that may be meant by a name, not all."""

    def waiting(self, repo: str) -> Sequence[WaitingRun] | None:
        """Return runs of workflows that wait for a runner; None: the forge does not tell."""


class AgentServer(Protocol):
    """T3's side of an installation: the token, and the agents that it has."""

    def session(self) -> ServerSession:
        """Return what T3 knows of the token."""

    def providers(self) -> Sequence[ProviderFacts] | None:
        """Return T3's agents; None: this T3 does not show them. Read the threads first."""
