"""Everything that one look at an installation read, or why it could not. Pure data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from afk.doctor.finding import Unasked
from afk.errors import AfkError
from afk.model.agent import AgentSnapshot
from afk.model.ci import Check
from afk.model.installation import (
    ProviderFacts,
    RepositoryFacts,
    ServerSession,
    Setup,
    TokenFacts,
    WaitingRun,
)
from afk.model.pull import BranchRules

Missing = AfkError | Unasked
"""What stands in place of a fact."""
UNREAD: Final = Unasked("the repository was not read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One repository. ``like``: where it cannot be found, one that may be meant.

    ``may_label`` and ``may_open``: what keeps the token from it, None where nothing does.
    ``branch``: the configured one, else the default one. ``seen``: the checks on the newest
    commits of it, ``commits`` how many those are.
    """

    facts: RepositoryFacts | Missing
    like: str = ""
    may_label: Missing | None = None
    may_open: Missing | None = None
    labels: Sequence[str] | Missing = UNREAD
    branch: str = ""
    rules: BranchRules | Missing = UNREAD
    seen: Sequence[Check] | Missing = UNREAD
    commits: int = 0
    waiting: Sequence[WaitingRun] | Missing = UNREAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One doorbell; ``failure`` None: it rang, or was not rung (``rung``)."""

    kind: str
    rung: bool = False
    failure: Missing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeSeen:
    """A forge. ``needs_key``: its records must be signed."""

    name: str = "the forge"
    needs_key: bool = False
    token: TokenFacts | Missing
    repositories: Mapping[str, Looked] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSeen:
    """T3: its threads and projects, what it knows of the token, and its agents."""

    threads: AgentSnapshot | Missing
    session: ServerSession | Missing
    providers: Sequence[ProviderFacts] | Missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One look."""

    setup: Setup
    now: datetime
    forge: ForgeSeen
    agent: AgentSeen
    doorbells: Sequence[Rung] | Missing = ()
