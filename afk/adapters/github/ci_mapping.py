"""From what GitHub says of a commit to afk's checks and deployments; pure.

Owns what the words mean. Sends nothing, folds nothing.

NEUTRAL and SKIPPED are skipped; STARTUP_FAILURE and STALE are infrastructure (the run never
began, or GitHub gave up on it); TIMED_OUT is a failure. ACTION_REQUIRED is pending: it waits for
a person's click, no push of an agent's would help, and the deadline for CI reports it. An
INACTIVE deployment was replaced by a newer one: cancelled, so that a descendant decides.
https://docs.github.com/en/graphql/reference/enums#checkconclusionstate

A rollup keeps superseded check runs beside those that replaced them. As in GitHub's own merge
box, only the latest counts (https://github.com/cli/cli/pull/13563), but by who made it, not by
what it is called: workflow file, event and job; for an app its suite, of which a commit has one.
An older run of the same identity gives way; two files with one name, or two jobs of one file with
one name, both count. The latter are told from a job's repetition by time: a run is repeated only
after it has ended, in the same suite
(https://docs.github.com/en/actions/how-tos/manage-workflow-runs/re-run-workflows-and-jobs).
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
from afk.config import RepositoryConfig
from afk.decide.ci_names import can_count, ignored, workflow_ignored
from afk.model.ci import OWN_EVENTS, Check, CheckState, CommitChecks, Deployment

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
    """Return a commit's checks. ``ignore``: as ``ci.ignore``; ``lost``: runs that never ran."""
    checks = [_check(one, lost) for one in latest(lists.contexts)]
    if not lists.whole:
        checks.append(Check("more checks than afk reads", CheckState.UNKNOWN))
    return CommitChecks(
        lists.sha,
        tuple(checks),
        tuple(_deployments(lists.deployments)),
        all_runs_ended(lists.suites, lists.contexts, ignore) if lists.whole else False,
        _running(lists.suites, lists.contexts),
    )


def latest(contexts: Iterable[WireContext]) -> list[WireContext]:
    """Return each check once, the run started last; one that has not started is newer still."""
    found: dict[tuple[str, ...], list[WireContext]] = {}
    for one in sorted(contexts, key=_started):
        kept = found.setdefault(_identity(one), [])
        kept[:] = [*(before for before in kept if _beside(before, one)), one]
    return [one for kept in found.values() for one in kept]


def _beside(before: WireContext, one: WireContext) -> bool:
    """Say whether two check runs of one suite are two jobs of one name: they ran side by side."""
    if isinstance(before, WireStatus) or isinstance(one, WireStatus):
        return False
    if one.check_suite.workflow_run is None or before.check_suite.id != one.check_suite.id:
        return False
    if one.started_at is None:
        return False
    ended = before.completed_at
    return before.status != _COMPLETED if ended is None else one.started_at < ended


def failed(contexts: Iterable[WireContext], settings: RepositoryConfig | None = None) -> list[str]:
    """Return the ids of the failed check runs of workflows that can count for a repository."""
    return [
        one.id
        for one in latest(contexts)
        if isinstance(one, WireCheckRun)
        and one.check_suite.workflow_run is not None
        and _run_state(one) is CheckState.FAILURE
        and (settings is None or can_count(_check(one, ()), settings))
    ]


def never_ran(annotated: WireAnnotated) -> bool:
    """Say whether a failed check run's annotations blame what carries it, not the code."""
    # Loaded where a job failed: compiling what it looks for takes a hundredth of a tick.
    from afk.adapters.github.runner_faults import blames_the_runner  # noqa: PLC0415

    return blames_the_runner(annotated.annotations.nodes)


def all_runs_ended(
    suites: Iterable[WireSuite], contexts: Iterable[WireContext], ignore: Collection[str] = ()
) -> bool | None:
    """Say whether every run that the commit started is over, None when it cannot be told.

    Runs of other events do not count, nor those of ignored workflows. An open run whose only open
    jobs are ignored says nothing about the others. Apps' suites stay QUEUED for ever when unused
    (https://github.com/sourcegraph/sourcegraph-public-snapshot/pull/9058), so only one with an open
    check that is not ignored is open; that one has ended says nothing about what is to come: it may
    be faster than the first workflow.
    """
    runs = [one for one in contexts if isinstance(one, WireCheckRun)]
    told: set[bool | None] = set()
    for suite in _each_once(suites, runs):
        jobs = [_check(one, ()) for one in runs if one.check_suite.id == suite.id]
        open_ = [job for job in jobs if job.state is CheckState.PENDING]
        excused = all(ignored(job, ignore) for job in open_)
        run = suite.workflow_run
        if run is None:
            told |= set() if excused else {False}
        elif run.event in OWN_EVENTS and not workflow_ignored(run.workflow.name, ignore):
            told.add(None if open_ and excused else suite.status == _COMPLETED)
    if False in told:
        return False
    return True if told == {True} else None


def _running(suites: Iterable[WireSuite], contexts: Iterable[WireContext]) -> frozenset[str]:
    """Return the names of workflows of which a run is under way, whatever started it."""
    runs = [one for one in contexts if isinstance(one, WireCheckRun)]
    return frozenset(
        suite.workflow_run.workflow.name
        for suite in _each_once(suites, runs)
        if suite.workflow_run is not None and suite.status != _COMPLETED
    )


def _each_once(suites: Iterable[WireSuite], runs: Iterable[WireCheckRun]) -> list[WireSuite]:
    """Return every suite seen, one in two states as the open one: it was not over in both reads."""
    found: dict[str, WireSuite] = {}
    for one in [*suites, *(run.check_suite for run in runs)]:
        if one.id not in found or one.status != _COMPLETED:
            found[one.id] = one
    return list(found.values())


def _identity(one: WireContext) -> tuple[str, ...]:
    if isinstance(one, WireStatus):
        return ("status", one.context)
    run = one.check_suite.workflow_run
    if run is None:
        return ("check", one.name, one.check_suite.id)
    return ("workflow", one.name, run.workflow.id or one.check_suite.id, run.event)


def _started(one: WireContext) -> tuple[bool, datetime]:
    at = one.started_at if isinstance(one, WireCheckRun) else None
    return (at is None, at or _BEFORE_ALL)


def _check(one: WireContext, lost: Collection[str]) -> Check:
    if isinstance(one, WireStatus):
        state = _STATUSES.get(one.state, CheckState.UNKNOWN)
        return Check(one.context, state, url=one.target_url or "")
    run = one.check_suite.workflow_run
    state = CheckState.INFRASTRUCTURE if one.id in lost else _run_state(one)
    workflow, event = (run.workflow.name, run.event) if run else ("", "")
    return Check(one.name, state, workflow, one.details_url or "", event)


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
