"""Nouns of CI: checks as read, stages as folded, the verdict on one commit.

Pure data, like `afk.types`.
"""

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from afk.types import CIStatus, StageResult

OWN_EVENTS: Final = frozenset({"push", "pull_request", "merge_group"})
"""What a pushed commit itself starts. Both forges hang other workflow runs on a branch's newest
commit, whoever made it: of ``schedule``, ``issues``, ``workflow_run``, ``dynamic`` (Dependabot,
Pages), and more. "Last commit on default branch" is their ``GITHUB_SHA`` in
https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows .
"""


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

    ``workflow`` is the workflow's name where one made it, else empty, and ``event`` what started
    that workflow; ``url`` is for people. Readers tell checks apart by who made them: several of
    one commit may have the same name and workflow, and all of them count.
    """

    name: str
    state: CheckState
    workflow: str = ""
    url: str = ""
    event: str = ""

    @property
    def full_name(self) -> str:
        """Return its name with its workflow's in front, once."""
        if self.workflow and not self.name.startswith(f"{self.workflow} / "):
            return f"{self.workflow} / {self.name}"
        return self.name

    @property
    def own(self) -> bool:
        """Say whether it is about the commit, not merely hung on it by the forge."""
        return not self.event or self.event in OWN_EVENTS


@dataclass(frozen=True, slots=True)
class Deployment:
    """The newest state of a commit's deployment to one environment (GitHub only)."""

    environment: str
    state: CheckState
    url: str = ""


@dataclass(frozen=True, slots=True)
class CommitChecks:
    """Everything CI has said of one commit.

    ``all_runs_ended`` is True when the forge shows that every run that the commit itself started
    is over, False when one is not, None when it cannot tell (then a grace after the push decides).
    ``running``: the names of workflows of which a run is under way, whatever started it.
    """

    sha: str
    checks: tuple[Check, ...] = ()
    deployments: tuple[Deployment, ...] = ()
    all_runs_ended: bool | None = None
    running: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CIVerdict:
    """What CI says of one pushed commit.

    ``superseded``: the commit's own CI was cancelled or never ran, so a descendant may decide.
    ``infrastructure``: what failed was not the code; nobody pays an agent for it. ``failed``: the
    checks that turned it red, the deciding stage's first.
    """

    sha: str
    status: CIStatus | None
    stages: tuple[StageResult, ...] = ()
    superseded: bool = False
    infrastructure: bool = False
    failed: tuple[Check, ...] = ()

    @property
    def reason(self) -> str:
        """Return the deciding stage's detail, for people: the red one, else the first not green."""
        red = [stage for stage in self.stages if stage.status is CIStatus.RED]
        open_ = [stage for stage in self.stages if stage.status is not CIStatus.GREEN]
        deciding = [*red, *open_, *reversed(self.stages)]
        return deciding[0].detail if deciding else ""
