"""From what Forgejo says of a commit to afk's checks; pure.

Owns what the words mean and which statuses are one job's. Sends nothing, folds nothing.

States
------
Any writer can post any context with any word (``157-status-create-bogus``): an unknown word is
UNKNOWN. ``warning`` is a FAILURE: it is a final word, ranks below pending and success in the
server's own fold (``155-status-warning-success-pending``), and a protected branch refuses to
merge on it (source, services/pull/commit_status.go). Only Forgejo Actions' own statuses, which
have no creator, are read further: Forgejo up to 15 reports a skipped job as success and a
cancelled one as failure, told apart by fixed English descriptions (source,
services/actions/commit_status.go; ``forgejo-actions/*/api-commit-statuses``).

A job whose runner died before it said that the job runs goes from waiting to a failure after the
server's zombie time of ten minutes, up to the clean-up behind it (seen live on 16: "Waiting to
run", then "Failing after 10m2s"; https://forgejo.org/docs/latest/admin/config-cheat-sheet/ ,
``ZOMBIE_TASK_TIMEOUT``). No start seen and about that time: INFRASTRUCTURE. One that had begun
fails like code that failed, and cannot be told from it. There are no deployments.

Identity
--------
A context is ``<workflow> / <job> (<event>)``: two files with one ``name:``, or two jobs with one,
have the same. What a status points to names the run and the job in it, so the newest status of each
counts, and one posted by an account under that name stands beside Actions' own. Where several runs
bear a context, the lists of runs and tasks tell their files: of two runs of one file and event the
newer counts (two quick pushes start both workflows twice on the newer commit, and the first two are
cancelled: seen on 16), two files both do. Actions leaves out a status that says what its context's
newest one says already, whichever run wrote that (source, services/actions/commit_status.go): there
the job's task tells how it ended.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin

from pydantic import BaseModel, ConfigDict

from afk.model.ci import OWN_EVENTS, Check, CheckState

_WORDS: Final = {
    "pending": CheckState.PENDING,
    "success": CheckState.SUCCESS,
    "skipped": CheckState.SKIPPED,
    "failure": CheckState.FAILURE,
    "error": CheckState.FAILURE,
    "warning": CheckState.FAILURE,
}
_DESCRIPTIONS: Final = {
    "Has been skipped": CheckState.SKIPPED,
    "Has been cancelled": CheckState.CANCELLED,
}
_NOT_STARTED: Final = frozenset({"Waiting to run", "Blocked by required conditions"})
_FAILING: Final = re.compile(r"Failing after (?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_ZOMBIE_SECONDS: Final = range(9 * 60, 20 * 60)
_TASKS: Final = {
    "success": CheckState.SUCCESS,
    "skipped": CheckState.SKIPPED,
    "cancelled": CheckState.CANCELLED,
    "failure": CheckState.FAILURE,
}
_WORST_FIRST: Final = tuple(reversed(_TASKS.values()))
_WELL: Final = frozenset({"success", "skipped"})
_ENDED: Final = frozenset({"failure", "cancelled", *_WELL})
_ILL: Final = frozenset({CheckState.FAILURE, CheckState.CANCELLED, CheckState.INFRASTRUCTURE})
_JOB: Final = re.compile(r"/actions/runs/(\d{1,18})/jobs/(\d{1,9})")
_EVENT: Final = re.compile(r" \(([a-z_]{1,60})\)$")


class _Wire(BaseModel):
    model_config = ConfigDict(defer_build=True, extra="ignore", frozen=True)


class WireStatus(_Wire):
    """One status; the word stands in ``status``, not in ``state``. A later one has a higher id."""

    id: int
    context: str = ""
    status: str = ""
    description: str | None = None
    target_url: str | None = None
    creator: Any = None


class WireRun(_Wire):
    """A run. Scheduled ones have event push, so the trigger is what counts."""

    index_in_repo: int = 0
    workflow_id: str = ""
    status: str = ""
    event: str = ""
    trigger_event: str = ""
    commit_sha: str = ""

    @property
    def trigger(self) -> str:
        """Return what started it."""
        return self.trigger_event or self.event


class WireRuns(_Wire):
    """A page of runs."""

    total_count: int = 0
    workflow_runs: tuple[WireRun, ...] | None = None


class WireTask(_Wire):
    """A job that a runner took."""

    run_number: int = 0
    workflow_id: str = ""
    name: str = ""
    status: str = ""


class WireTasks(_Wire):
    """A page of tasks, newest first."""

    workflow_runs: tuple[WireTask, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Told:
    """The newest status of one job of one run, or of one posted context, and the one before it."""

    status: WireStatus
    before: WireStatus | None

    @property
    def by_actions(self) -> bool:
        return self.status.creator is None

    @property
    def place(self) -> tuple[int, int]:
        """Return the run's number and the job's place in it; zeros where it points elsewhere."""
        found = _JOB.search(self.status.target_url or "") if self.by_actions else None
        return (int(found[1]), int(found[2])) if found else (0, 0)

    @property
    def state(self) -> CheckState:
        status = self.status
        state = _WORDS.get(status.status, CheckState.UNKNOWN)
        if not self.by_actions:
            return state
        if state is CheckState.FAILURE and self._never_started():
            return CheckState.INFRASTRUCTURE
        return _DESCRIPTIONS.get(status.description or "", state)

    def _never_started(self) -> bool:
        if self.before is None or self.before.description not in _NOT_STARTED:
            return False
        found = _FAILING.fullmatch(self.status.description or "")
        hours, minutes, seconds = (int(one or 0) for one in found.groups()) if found else (0, 0, 0)
        return hours * 3600 + minutes * 60 + seconds in _ZOMBIE_SECONDS


def several_runs(statuses: Iterable[WireStatus]) -> bool:
    """Say whether a context of Actions is several jobs', so that their tasks have to be read."""
    return any(len(jobs) > 1 for jobs in _by_context(_newest(statuses)).values())


def as_checks(
    statuses: Iterable[WireStatus],
    web: str,
    runs: WireRuns | None = None,
    tasks: Sequence[WireTask] = (),
) -> tuple[Check, ...]:
    """Return the checks of a commit. ``web``: the server's root; the rest: where `several_runs`."""
    newest = _newest(statuses)
    files = {task.run_number: task.workflow_id for task in tasks}
    files |= {run.index_in_repo: run.workflow_id for run in _listed(runs)}
    found = [_check(one, one.state, web) for one in newest if not one.by_actions]
    for jobs in _by_context(newest).values():
        if len(jobs) == 1:
            found.append(_check(jobs[0], jobs[0].state, web))
        else:
            found += [_check(one, _state_among(one, tasks), web) for one in _latest(jobs, files)]
    return tuple(found)


def runs_ended(listed: WireRuns, sha: str, statuses: Iterable[WireStatus]) -> bool | None:
    """Say whether every run that the commit started is over; None: cannot be told, or no run.

    The runs were read after the statuses and may have ended in between. A run that failed while
    none of its statuses shows it proves that they are older: not all of them were seen. One that a
    newer run of its file and event replaced may never have left any.
    """
    own: dict[tuple[str, str], WireRun] = {}
    for run in sorted(_listed(listed), key=lambda one: one.index_in_repo):
        if run.commit_sha == sha and run.trigger in OWN_EVENTS:
            own[run.workflow_id, run.trigger] = run
    ill = {one.place[0] for one in _newest(statuses) if one.state in _ILL}
    for run in own.values():
        if run.status not in _ENDED:
            return False
        if run.status not in _WELL and run.index_in_repo not in ill:
            return False
    return True if own and len(_listed(listed)) >= listed.total_count else None


def _listed(runs: WireRuns | None) -> Sequence[WireRun]:
    return (runs.workflow_runs or ()) if runs else ()


def _newest(statuses: Iterable[WireStatus]) -> list[_Told]:
    """Return each job's newest status and the one before, in order of first appearance."""
    found: dict[tuple[str, ...], _Told] = {}
    for one in sorted(statuses, key=lambda status: status.id):
        posted = one.creator is not None
        job = _JOB.search(one.target_url or "")
        key = ("posted", one.context) if posted else ("job", one.context, job[0] if job else "")
        before = found.get(key)
        found[key] = _Told(one, before.status if before else None)
    return list(found.values())


def _by_context(newest: Iterable[_Told]) -> Mapping[str, list[_Told]]:
    found: dict[str, list[_Told]] = {}
    for one in newest:
        if one.by_actions:
            found.setdefault(one.status.context, []).append(one)
    return found


def _latest(jobs: Sequence[_Told], files: Mapping[int, str]) -> list[_Told]:
    """Return of each workflow file's job the newest run's; a run of unknown file is its own.

    Forgejo 11 tells no file of a run that was cancelled before a runner took it: it gives way.
    """
    found: dict[tuple[str, int], _Told] = {}
    newest = max(one.place for one in jobs)
    for one in sorted(jobs, key=lambda told: told.place):
        run, job = one.place
        unknown = run not in files
        if unknown and one.state is CheckState.CANCELLED and one.place != newest:
            continue
        found[str(run) if unknown else files[run], job] = one
    return list(found.values())


def _state_among(one: _Told, tasks: Iterable[WireTask]) -> CheckState:
    """Return the state of one of several jobs with one context: its last status may be missing.

    For the same reason no start need have been said: a failure is one.
    """
    status = one.status
    state = _DESCRIPTIONS.get(
        status.description or "", _WORDS.get(status.status, CheckState.UNKNOWN)
    )
    if state is not CheckState.PENDING:
        return state
    _, job, _ = _parts(status.context)
    words = [task.status for task in tasks if (task.run_number, task.name) == (one.place[0], job)]
    if not words or not _TASKS.keys() >= set(words):
        return state
    return next(worst for worst in _WORST_FIRST if worst in {_TASKS[word] for word in words})


def _parts(context: str) -> tuple[str, str, str]:
    """Return workflow, job and event of a context of Actions."""
    event = _EVENT.search(context)
    name = context[: event.start()] if event else context
    workflow, parted, job = name.partition(" / ")
    return (workflow, job, event[1] if event else "") if parted else ("", name, "")


def _check(one: _Told, state: CheckState, web: str) -> Check:
    """Return a status as a check; a relative target is the server's own page."""
    context = one.status.context
    workflow, _, event = _parts(context) if one.by_actions else ("", "", "")
    return Check(context, state, workflow, _address(one.status.target_url or "", web), event)


def _address(target: str, web: str) -> str:
    """Return where a status points to, if people can open it; anybody may post anything."""
    try:
        url = urljoin(web, target) if target else ""
    except ValueError:
        return ""
    return url if url.startswith(("https://", "http://")) else ""
