"""Forgejo's statuses as checks: which are one job's, what started it, and whether it ever ran."""

from typing import Any

import pytest
from support.cassettes import load

from afk.adapters.forgejo.ci_mapping import (
    WireRun,
    WireRuns,
    WireStatus,
    WireTask,
    as_checks,
    several_runs,
)
from afk.model.ci import CheckState

WEB = "http://forge.test/"
GREEN, RED = CheckState.SUCCESS, CheckState.FAILURE


def _said(*lines: tuple[int, str], job: int = 0, context: str = "ci / build (push)") -> Any:
    """Return statuses of Actions in their order: (run's number, description)."""
    words = {"Succ": "success", "Fail": "failure"}
    return [
        WireStatus(
            id=number,
            context=context,
            status="failure" if "cancelled" in text else words.get(text[:4], "pending"),
            description=text,
            target_url=f"/o/r/actions/runs/{run}/jobs/{job}",
        )
        for number, (run, text) in enumerate(lines, 1)
    ]


def _runs(**files: str) -> WireRuns:
    """Return a list of runs: r3="ci.yml" is run 3."""
    listed = [WireRun(index_in_repo=int(run[1:]), workflow_id=one) for run, one in files.items()]
    return WireRuns(total_count=len(listed), workflow_runs=tuple(listed))


def _task(run: int, status: str, file: str = "ci.yml", name: str = "build") -> WireTask:
    return WireTask(run_number=run, workflow_id=file, name=name, status=status)


def _states(statuses: Any, *tasks: WireTask, runs: WireRuns | None = None) -> list[CheckState]:
    return [one.state for one in as_checks(statuses, WEB, runs, tasks)]


FIRST_FAILS = _said(
    (3, "Waiting to run"),
    (3, "Has started running"),
    (3, "Failing after 0s"),
    (4, "Has started running"),
    (4, "Successful in 0s"),
)


def test_as_checks__two_files_of_one_name__both_count() -> None:
    """As recorded on 16: the second run's waiting was not written, it was said already."""
    runs = _runs(r3="ci.yml", r4="other.yml")
    assert several_runs(FIRST_FAILS)
    assert _states(FIRST_FAILS, runs=runs) == [RED, GREEN]
    assert _states(FIRST_FAILS, _task(4, "success", "other.yml"), _task(3, "failure")) == [
        RED,
        GREEN,
    ]
    assert _states(FIRST_FAILS) == [RED, GREEN], "no list knows their files: not one of them goes"


def test_as_checks__one_file_run_twice__the_newer_run_counts() -> None:
    assert _states(FIRST_FAILS, runs=_runs(r3="ci.yml", r4="ci.yml")) == [GREEN]
    assert _states(FIRST_FAILS, _task(4, "success"), _task(3, "failure")) == [GREEN]


def test_as_checks__a_job_run_again__the_newest_status_counts() -> None:
    statuses = _said((3, "Failing after 9s"), (3, "Has started running"), (3, "Successful in 8s"))
    assert not several_runs(statuses)
    assert _states(statuses) == [GREEN]
    assert _states(reversed(statuses)) == [GREEN], "whatever the order of the list"


def test_as_checks__two_jobs_of_one_name_in_a_file__both_count() -> None:
    first = _said((3, "Has started running"), (3, "Failing after 2s"))
    second = [
        one.model_copy(update={"id": one.id + 10})
        for one in _said((3, "Has started running"), (3, "Successful in 2s"), job=1)
    ]
    tasks = (_task(3, "failure"), _task(3, "success"))
    assert _states([*first, *second], *tasks, runs=_runs(r3="ci.yml")) == [RED, GREEN]


@pytest.mark.parametrize(
    ("tasks", "state"),
    [
        ([_task(3, "success")], GREEN),
        ([_task(3, "failure")], RED),
        ([_task(3, "cancelled")], CheckState.CANCELLED),
        ([_task(3, "skipped")], CheckState.SKIPPED),
        ([_task(3, "success"), _task(3, "failure")], RED),
        ([_task(3, "running")], CheckState.PENDING),
        ([_task(3, "success"), _task(3, "running")], CheckState.PENDING),
        ([_task(4, "success", "other.yml")], CheckState.PENDING),
        ([_task(3, "success", name="lint")], CheckState.PENDING),
        ([], CheckState.PENDING),
    ],
)
def test_as_checks__end_that_was_said_already__is_its_tasks(
    tasks: list[WireTask], state: CheckState
) -> None:
    """Both start, both succeed in 3 s: run 3's end was run 4's words, and is never written."""
    statuses = _said((3, "Has started running"), (4, "Waiting to run"), (4, "Successful in 3s"))
    runs = _runs(r3="ci.yml", r4="other.yml")
    assert _states(statuses, *tasks, runs=runs) == [state, GREEN]


def test_as_checks__cancelled_before_a_runner_took_it__gives_way_where_no_list_knows_it() -> None:
    statuses = _said((3, "Has been cancelled"), (4, "Successful in 3s"))
    assert _states(statuses, _task(4, "success")) == [GREEN]
    assert _states(statuses, runs=_runs(r3="ci.yml", r4="other.yml")) == [
        CheckState.CANCELLED,
        GREEN,
    ]
    newest = _said((3, "Successful in 3s"), (4, "Has been cancelled"))
    assert _states(newest, _task(3, "success")) == [GREEN, CheckState.CANCELLED]


def test_as_checks__posted_under_a_jobs_name__stands_beside_it() -> None:
    """Any writer can post any context, the agent too; it does not replace what Actions said."""
    posted = WireStatus(id=9, context="ci / build (push)", status="success", creator={"id": 6})
    statuses = [*_said((3, "Failing after 2s")), posted]
    assert not several_runs(statuses)
    assert _states(statuses) == [GREEN, RED]


@pytest.mark.parametrize(
    ("context", "workflow", "event", "own"),
    [
        ("ci / build (push)", "ci", "push", True),
        ("ci / mx (3.11) (pull_request)", "ci", "pull_request", True),
        ("ci / build (release)", "ci", "release", False),
        ("ci / build (pull_request_target)", "ci", "pull_request_target", False),
        ("ci / build", "ci", "", True),
        ("build (push)", "", "", True),
    ],
)
def test_as_checks__context__tells_workflow_and_event(
    context: str, workflow: str, event: str, *, own: bool
) -> None:
    (check,) = as_checks(_said((3, "Successful in 1s"), context=context), WEB)
    assert (check.name, check.workflow, check.event, check.own) == (context, workflow, event, own)


@pytest.mark.parametrize(
    ("descriptions", "state"),
    [
        (["Waiting to run", "Failing after 10m2s"], CheckState.INFRASTRUCTURE),
        (["Blocked by required conditions", "Failing after 13m41s"], CheckState.INFRASTRUCTURE),
        (
            ["Has started running", "Failing after 3s", "Waiting to run", "Failing after 10m"],
            CheckState.INFRASTRUCTURE,
        ),
        (["Waiting to run", "Has started running", "Failing after 10m2s"], RED),
        (["Waiting to run", "Failing after 0s"], RED),
        (["Waiting to run", "Failing after 8m59s"], RED),
        (["Waiting to run", "Failing after 20m"], RED),
        (["Waiting to run", "Failing after 1h10m2s"], RED),
        (["Failing after 10m2s"], RED),
        (["Waiting to run", "Failing for 10m2s"], RED),
        (["Waiting to run", "Successful in 10m2s"], GREEN),
    ],
)
def test_as_checks__failed_at_the_zombie_time_without_a_start__never_ran(
    descriptions: list[str], state: CheckState
) -> None:
    """Its runner died with it; one that had begun cannot be told from code that failed."""
    assert _states(_said(*((3, text) for text in descriptions))) == [state]


def test_as_checks__zombie_beside_another_run_of_its_name__is_a_failure() -> None:
    """There a start may have gone unsaid, because the other run had said it."""
    statuses = _said((3, "Has started running"), (4, "Waiting to run"), (4, "Failing after 10m2s"))
    runs = _runs(r3="ci.yml", r4="other.yml")
    assert _states(statuses, _task(3, "success"), runs=runs) == [GREEN, RED]


@pytest.mark.parametrize("version", ["14.0.0", "11.0.15"])
def test_as_checks__recorded_statuses__one_check_a_job(version: str) -> None:
    for one in load(f"forgejo-actions/{version}/api-commit-statuses"):
        body = one["response"]["body"]
        if isinstance(body, list):
            shown = [WireStatus.model_validate(each) for each in body if isinstance(each, dict)]
    assert not several_runs(shown)
    found = {check.name: check.state for check in as_checks(shown, WEB)}
    assert found["CI build / bad (push)"] is RED
    assert found["CI build / skip (push)"] is CheckState.SKIPPED
    assert found["CI build / mx (3.12) (push)"] is GREEN
