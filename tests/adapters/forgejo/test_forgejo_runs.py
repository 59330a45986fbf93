"""Whether a commit's set of checks is complete: every context read, every run over."""

from typing import Any

import pytest
from support.cassettes import load
from support.forgejo import (
    API,
    VERSIONS,
    Reply,
    Table,
    body_of,
    checks,
    question,
    reply,
)

from afk.model.ci import CheckState, CommitChecks

MAIN = "owner/api-main"
ACT = "owner/act-status"
SHA = "f" * 40


def _status(sha: str = SHA, repo: str = MAIN, **params: Any) -> str:
    path = f"{API}/repos/{repo}/commits/{sha}/statuses"
    return question("GET", path, **{"limit": 50, **params})


def _runs(sha: str = SHA, repo: str = MAIN) -> str:
    path = f"{API}/repos/{repo}/actions/runs"
    return question("GET", path, page=1, head_sha=sha, limit=50)


def _tasks(repo: str = MAIN) -> str:
    return question("GET", f"{API}/repos/{repo}/actions/tasks", page=1, limit=50)


def _one(table: Table, sha: str = SHA, repo: str = MAIN) -> CommitChecks:
    return checks(table).read(repo, [sha])[sha]


def _context(word: str, **fields: Any) -> dict[str, Any]:
    posted = {"id": 1, "context": "ci/x", "creator": {"id": 6, "login": "bot"}, "description": "d"}
    return {**posted, "status": word, **fields}


def _run(status: str, trigger: str = "push", number: int = 0, **fields: Any) -> dict[str, Any]:
    named = {"index_in_repo": number, "workflow_id": f"{number}.yml"}
    told = {"status": status, "event": "push", "trigger_event": trigger, "commit_sha": SHA}
    return named | told | fields


def _job(run: int, word: str, description: str = "d", **fields: Any) -> dict[str, Any]:
    """A status of Actions' own: it has no creator and points to a run's job."""
    target = f"/owner/api-main/actions/runs/{run}/jobs/0"
    own = {"context": "ci / x (push)", "creator": None, "target_url": target}
    return {**own, "status": word, "description": description, **fields}


def _ended(*runs: dict[str, Any], total: int | None = None, ill: int = 0) -> bool | None:
    """Ask about runs, numbered in their order; ``ill``: the one that a status shows as failed."""
    numbered = [one | _numbered(one, place) for place, one in enumerate(runs, 1)]
    listed = {"workflow_runs": numbered, "total_count": len(runs) if total is None else total}
    shown = [_job(ill, "failure", id=1)] if ill else [_context("success")]
    return _one(Table({_status(): reply(shown), _runs(): reply(listed)})).all_runs_ended


def _numbered(run: dict[str, Any], place: int) -> dict[str, Any]:
    return {} if run["index_in_repo"] else {"index_in_repo": place, "workflow_id": f"{place}.yml"}


def test_all_runs_ended__recorded_runs_of_a_commit__are_over() -> None:
    """The recorded query has no ``page``; the adapter's has, as without it all runs come."""
    for one in load("forgejo-actions/14.0.0/api-tasks-and-runs-1"):
        if one["note"] == "runs of one commit":
            runs = one["response"]["body"]
    sha = runs["workflow_runs"][0]["commit_sha"]
    failed = reply(
        [_job(one["index_in_repo"], "failure", id=one["id"]) for one in runs["workflow_runs"]]
    )
    tasks = reply({"workflow_runs": None})
    table = Table({_status(sha, ACT): failed, _runs(sha, ACT): reply(runs), _tasks(ACT): tasks})
    assert _one(table, sha, ACT).all_runs_ended is True
    assert len(table.asked) == 3


def test_all_runs_ended__forgejo_11__cannot_be_told() -> None:
    for one in load("forgejo-actions/11.0.15/api-tasks-and-runs"):
        if one["note"] == "runs of one commit":
            recorded_404 = one["response"]
    table = Table(
        {
            _status(): reply([]),
            _runs(): Reply(recorded_404["status"], recorded_404["body"].encode()),
        }
    )
    assert recorded_404["status"] == 404
    assert _one(table).all_runs_ended is None


def test_all_runs_ended__by_table() -> None:
    """Only runs that the commit started count; a tick's own run never ends in time."""
    names = ("schedule", "workflow_dispatch", "issues", "release", "pull_request_target")
    others = [_run("running", name) for name in names]
    assert _ended(_run("success"), _run("failure"), _run("skipped"), ill=2) is True
    assert _ended(_run("success"), *others) is True
    assert _ended(*others) is None
    assert _ended() is None
    for word in ("running", "waiting", "blocked", "unknown", "paused", ""):
        assert _ended(_run("success"), _run(word)) is False
    assert _ended(_run("running", commit_sha="e" * 40), _run("success")) is True
    assert _ended(_run("success", "pull_request"), _run("waiting")) is False
    assert _ended(_run("success"), total=51) is None
    assert _ended(_run("running"), total=51) is False


def test_all_runs_ended__a_failure_that_no_status_shows__is_not_complete() -> None:
    """The statuses were read first: green ones from before the failing job was there."""
    for word in ("failure", "cancelled"):
        assert _ended(_run("success"), _run(word)) is False
        assert _ended(_run("success"), _run(word), ill=2) is True
        assert _ended(_run("failure"), _run(word), ill=1) is False
    assert _ended(_run("success"), _run("skipped")) is True


def test_all_runs_ended__replaced_by_a_newer_run_of_its_file__does_not_count() -> None:
    """Seen on 16: cancelled before it left a status, so none will ever show it."""
    old = _run("cancelled", number=1, workflow_id="ci.yml")
    new = _run("success", number=2, workflow_id="ci.yml")
    assert _ended(old, new) is True
    assert _ended(new, old) is True
    assert _ended(old, new | {"workflow_id": "other.yml"}) is False
    assert _ended(old, new | {"trigger_event": "pull_request"}) is False


def test_all_runs_ended__no_trigger_event__falls_back_to_the_event() -> None:
    assert _ended(_run("success", "")) is True
    assert _ended(_run("running", "", event="workflow_dispatch")) is None


def test_read__a_status_missed_between_two_pages__is_not_settled() -> None:
    """One that is written while the pages are read pushes another off its page."""
    contexts = [_context("success", context=f"ci/{place}", id=place) for place in range(3)]
    table = Table(
        {
            _status(): reply(contexts[:2], x_total_count="3"),
            _status(page=2): reply(contexts[:1], x_total_count="3"),
        }
    )
    read = _one(table)
    assert [check.state for check in read.checks][-1] is CheckState.PENDING
    assert read.all_runs_ended is None


@pytest.mark.parametrize("version", VERSIONS)
def test_read__page_past_the_end__counts_as_not_settled(version: str) -> None:
    """161: a page without statuses, which the list of all shows as an empty one."""
    contexts = [_context("success", context=f"ci/{place}", id=place) for place in range(50)]
    nothing = body_of(version, "161-status-page-beyond-end")["statuses"]
    table = Table({_status(): reply(contexts, x_total_count="51"), _status(page=2): reply(nothing)})
    assert CheckState.PENDING in {check.state for check in _one(table).checks}
