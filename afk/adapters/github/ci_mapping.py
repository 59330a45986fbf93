"""From what GitHub says of a commit to afk's checks and deployments; pure.

Owns what the words mean. Sends nothing, folds nothing.

NEUTRAL and SKIPPED are skipped; STARTUP_FAILURE and STALE are infrastructure (the run never
began, or GitHub gave up on it); TIMED_OUT is a failure. ACTION_REQUIRED is pending: it waits for
a person's click, no push of an agent's would help, and the deadline for CI reports it. An
INACTIVE deployment was replaced by a newer one: cancelled, so that a descendant decides.
https://docs.github.com/en/graphql/reference/enums#checkconclusionstate

A rollup keeps superseded check runs beside those that replaced them. As in GitHub's own merge
box, only the latest by name, workflow and event counts (https://github.com/cli/cli/pull/13563).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from afk.adapters.github.ci_wire import (
    WireAnnotated,
    WireCheckRun,
    WireContext,
    WireDeployment,
    WireStatus,
    WireSuite,
)
from afk.model.ci import Check, CheckState, CommitChecks, Deployment

_COMPLETED: Final = "COMPLETED"
_UNDECIDED: Final = frozenset({"QUEUED", "IN_PROGRESS", "WAITING", "PENDING", "REQUESTED"})
_CONCLUSIONS: Final[Mapping[str, CheckState]] = {
    "SUCCESS": CheckState.SUCCESS,
    "NEUTRAL": CheckState.SKIPPED,
    "SKIPPED": CheckState.SKIPPED,
    "CANCELLED": CheckState.CANCELLED,
    "FAILURE": CheckState.FAILURE,
    "TIMED_OUT": CheckState.FAILURE,
    "STARTUP_FAILURE": CheckState.INFRASTRUCTURE,
    "STALE": CheckState.INFRASTRUCTURE,
    "ACTION_REQUIRED": CheckState.PENDING,
}
_STATUSES: Final[Mapping[str, CheckState]] = {
    "SUCCESS": CheckState.SUCCESS,
    "PENDING": CheckState.PENDING,
    "EXPECTED": CheckState.PENDING,
    "FAILURE": CheckState.FAILURE,
    "ERROR": CheckState.FAILURE,
}
_DEPLOYMENTS: Final[Mapping[str, CheckState]] = {
    "SUCCESS": CheckState.SUCCESS,
    "FAILURE": CheckState.FAILURE,
    "ERROR": CheckState.FAILURE,
    "INACTIVE": CheckState.CANCELLED,
    "PENDING": CheckState.PENDING,
    "QUEUED": CheckState.PENDING,
    "IN_PROGRESS": CheckState.PENDING,
    "WAITING": CheckState.PENDING,
}
_NEVER_RAN: Final = (
    "the job was not started because",  # a bill unpaid, an account locked
    "not acquired by runner",
    "lost communication with the server",
    "received a shutdown signal",
)
_BEFORE_ALL: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Lists:
    """Everything read of one commit; ``whole`` False: a list was longer than what is read."""

    sha: str
    contexts: Sequence[WireContext]
    suites: Sequence[WireSuite]
    deployments: Sequence[WireDeployment]
    whole: bool


def commit_checks(
    lists: Lists, *, ignore: Collection[str] = (), lost: Collection[str] = ()
) -> CommitChecks:
    """Return a commit's checks. ``ignore``: workflows; ``lost``: check runs that never ran."""
    checks = [_check(one, lost) for one in latest(lists.contexts)]
    if not lists.whole:
        checks.append(Check("more checks than afk reads", CheckState.UNKNOWN))
    return CommitChecks(
        lists.sha,
        tuple(checks),
        tuple(_deployments(lists.deployments)),
        all_runs_ended(lists.suites, lists.contexts, ignore) if lists.whole else False,
    )


def latest(contexts: Iterable[WireContext]) -> list[WireContext]:
    """Return each check once, the run started last; one that has not started is newer still."""
    found: dict[tuple[str, ...], WireContext] = {}
    for one in contexts:
        key = _identity(one)
        before = found.get(key)
        if before is None or _started(one) >= _started(before):
            found[key] = one
    return list(found.values())


def failed(contexts: Iterable[WireContext]) -> list[str]:
    """Return the ids of the failed check runs of workflows."""
    return [
        one.id
        for one in latest(contexts)
        if isinstance(one, WireCheckRun)
        and one.check_suite.workflow_run is not None
        and _run_state(one) is CheckState.FAILURE
    ]


def never_ran(annotated: WireAnnotated) -> bool:
    """Say whether a failed check run's annotations blame what carries it, not the code."""
    messages = [one.message.lower() for one in annotated.annotations.nodes]
    return any(phrase in message for message in messages for phrase in _NEVER_RAN)


def all_runs_ended(
    suites: Iterable[WireSuite], contexts: Iterable[WireContext], ignore: Collection[str] = ()
) -> bool | None:
    """Say whether every run of the commit is over, None when there is no run at all.

    A suite counts if it belongs to a workflow run or has check runs: suites of apps that never
    use them stay QUEUED for ever
    (https://github.com/sourcegraph/sourcegraph-public-snapshot/pull/9058). Those of ignored
    workflows do not count, above all afk's own, which is running while it looks.
    """
    used = [one for one in suites if one.workflow_run is not None]
    used += [one.check_suite for one in contexts if isinstance(one, WireCheckRun)]
    ended = [
        one.status == _COMPLETED
        for one in used
        if one.workflow_run is None or one.workflow_run.workflow.name not in ignore
    ]
    return all(ended) if ended else None


def _identity(one: WireContext) -> tuple[str, ...]:
    if isinstance(one, WireStatus):
        return ("status", one.context)
    run = one.check_suite.workflow_run
    if run is None:
        return ("check", one.name, one.check_suite.id)
    return ("workflow", one.name, run.workflow.name, run.event)


def _started(one: WireContext) -> tuple[bool, datetime]:
    at = one.started_at if isinstance(one, WireCheckRun) else None
    return (at is None, at or _BEFORE_ALL)


def _check(one: WireContext, lost: Collection[str]) -> Check:
    if isinstance(one, WireStatus):
        state = _STATUSES.get(one.state, CheckState.UNKNOWN)
        return Check(one.context, state, url=one.target_url or "")
    run = one.check_suite.workflow_run
    state = CheckState.INFRASTRUCTURE if one.id in lost else _run_state(one)
    return Check(one.name, state, run.workflow.name if run else "", one.details_url or "")


def _run_state(run: WireCheckRun) -> CheckState:
    if run.status in _UNDECIDED:
        return CheckState.PENDING
    if run.status != _COMPLETED:
        return CheckState.UNKNOWN
    return _CONCLUSIONS.get(run.conclusion or "", CheckState.UNKNOWN)


def _deployments(shown: Iterable[WireDeployment]) -> Iterable[Deployment]:
    """Return the newest deployment to each environment; they come newest first."""
    seen = set()
    for one in shown:
        environment = one.environment or ""
        if environment in seen:
            continue
        seen.add(environment)
        status = one.latest_status
        if status is None:
            yield Deployment(environment, CheckState.PENDING)
        else:
            state = _DEPLOYMENTS.get(status.state, CheckState.UNKNOWN)
            yield Deployment(environment, state, status.environment_url or status.log_url or "")
