"""The shapes of what GitHub's GraphQL says of commits, branches and their CI; pure.

Owns what is read of them. What the words mean is `afk.adapters.github.checks`'s business.
Tolerance and sources as in `afk.adapters.github.wire`.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from afk.adapters.github.wire import Graph, Page, WireCommit
from afk.adapters.wire import Instant


class WireWorkflow(Graph):
    """A workflow. Its id stands for its file; several files may have one name."""

    name: str
    id: str = ""


class WireRun(Graph):
    """A workflow run."""

    event: str
    workflow: WireWorkflow


class WireSuite(Graph):
    """A check suite. One without a run belongs to an app, which may never use it."""

    id: str
    status: str
    workflow_run: WireRun | None = None


class WireCheckRun(Graph):
    """A check run."""

    typename: Literal["CheckRun"] = Field(alias="__typename")
    id: str
    name: str
    status: str
    conclusion: str | None = None
    started_at: Instant | None = None
    completed_at: Instant | None = None
    details_url: str | None = None
    check_suite: WireSuite


class WireStatus(Graph):
    """A commit status, of which a rollup has the newest per context."""

    typename: Literal["StatusContext"] = Field(alias="__typename")
    context: str
    state: str
    target_url: str | None = None


WireContext = Annotated[WireCheckRun | WireStatus, Field(discriminator="typename")]


class WireRollup(Graph):
    """What check runs and statuses say of a commit, newest last."""

    contexts: Page[WireContext]


class WireDeploymentStatus(Graph):
    """The newest status of a deployment."""

    state: str
    environment_url: str | None = None
    log_url: str | None = None


class WireDeployment(Graph):
    """A deployment of a commit."""

    environment: str | None = None
    latest_status: WireDeploymentStatus | None = None


class WireChecked(Graph):
    """A commit with what CI says; null: nothing yet, or (deployments) out of sight."""

    id: str
    oid: str
    status_check_rollup: WireRollup | None = None
    check_suites: Page[WireSuite] | None = None
    deployments: Page[WireDeployment] | None = None

    @property
    def cut(self) -> bool:
        """Say whether any of its lists has more pages."""
        rollup = self.status_check_rollup
        return bool(
            (rollup and rollup.contexts.rest)
            or (self.check_suites and self.check_suites.rest)
            or (self.deployments and self.deployments.rest)
        )


class WireCheckedPage(Graph):
    """The newest commits of a branch, with what CI says of them."""

    nodes: tuple[WireChecked, ...]


class WireTip(Graph):
    """The newest commit of a branch and those before it, newest first."""

    id: str
    oid: str
    newest: Page[WireCommit]
    checked: WireCheckedPage | None = None


class WirePosition(Graph):
    """A line, counted from 1."""

    line: int


class WireSpan(Graph):
    """Where an annotation begins."""

    start: WirePosition


class WireAnnotation(Graph):
    """What stands beside a check run: of the service, of the runner, or of a step."""

    message: str = ""
    path: str = ""
    title: str | None = None
    annotation_level: Annotated[str, BeforeValidator(lambda level: level or "")] = ""
    location: WireSpan | None = None

    @property
    def line(self) -> int | None:
        """Return the line it stands at."""
        return self.location.start.line if self.location else None


class WireAnnotated(Graph):
    """A check run with its first annotations."""

    annotations: Page[WireAnnotation]
