"""Nouns of CI: checks as read, stages as folded, the verdict on one commit.

Pure data, like `afk.types`.
"""

from dataclasses import dataclass
from enum import StrEnum, unique

from afk.types import CIStatus, StageResult


@unique
class CheckState(StrEnum):
    """One check's or status's word, normalised. UNKNOWN is never green."""

    PENDING = "pending"
    SUCCESS = "success"
    SKIPPED = "skipped"
    FAILURE = "failure"
    CANCELLED = "cancelled"
    INFRASTRUCTURE = "infrastructure"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One check run, status context or deployment of a commit.

    ``workflow`` is the workflow's name where one made it, else empty; ``url`` is for people.
    """

    name: str
    state: CheckState
    workflow: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Deployment:
    """The newest state of a commit's deployment to one environment (GitHub only)."""

    environment: str
    state: CheckState
    url: str = ""


@dataclass(frozen=True, slots=True)
class CommitChecks:
    """Everything CI has said of one commit.

    ``all_runs_ended`` is True when the forge shows that every run of the commit is over, False
    when one is not, None when it cannot tell (then a grace after the push decides).
    """

    sha: str
    checks: tuple[Check, ...] = ()
    deployments: tuple[Deployment, ...] = ()
    all_runs_ended: bool | None = None


@dataclass(frozen=True, slots=True)
class CIVerdict:
    """What CI says of one pushed commit.

    ``superseded``: the commit's own CI was cancelled or never ran, so a descendant may decide.
    ``infrastructure``: what failed was not the code; nobody pays an agent for it.
    """

    sha: str
    status: CIStatus | None
    stages: tuple[StageResult, ...] = ()
    superseded: bool = False
    infrastructure: bool = False

    @property
    def reason(self) -> str:
        """Return the deciding stage's detail, for people: the red one, else the first not green."""
        red = [stage for stage in self.stages if stage.status is CIStatus.RED]
        open_ = [stage for stage in self.stages if stage.status is not CIStatus.GREEN]
        deciding = [*red, *open_, *reversed(self.stages)]
        return deciding[0].detail if deciding else ""
