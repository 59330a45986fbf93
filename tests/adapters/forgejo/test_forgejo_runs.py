"""Whether a commit's set of checks is complete: every context read, every run over."""

from typing import Any

import pytest
from support.cassettes import load
from support.forgejo import (
    API,
    VERSIONS,
    Reply,
    Table,
    checks,
    question,
    recorded,
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


def _one(table: Table, sha: str = SHA, repo: str = MAIN) -> CommitChecks:
    return checks(table).read(repo, [sha])[sha]


def _context(word: str, **fields: Any) -> dict[str, Any]:
    posted = {"context": "ci/x", "creator": {"id": 6, "login": "bot"}, "description": "d"}
    return {**posted, "status": word, **fields}


def _run(status: str, trigger: str = "push", **fields: Any) -> dict[str, Any]:
    return {"status": status, "event": "push", "trigger_event": trigger, "commit_sha": SHA} | fields


def _ended(*runs: dict[str, Any], total: int | None = None, word: str = "failure") -> bool | None:
    listed = {"workflow_runs": list(runs), "total_count": len(runs) if total is None else total}
    shown = reply({"statuses": [_context(word)]}, x_total_count="1")
    return _one(Table({_status(): shown, _runs(): reply(listed)})).all_runs_ended


def test_all_runs_ended__recorded_runs_of_a_commit__are_over() -> None:
    """The recorded query has no ``page``; the adapter's has, as without it all runs come."""
    for one in load("forgejo-actions/14.0.0/api-tasks-and-runs-1"):
        if one["note"] == "runs of one commit":
            runs = one["response"]["body"]
    sha = runs["workflow_runs"][0]["commit_sha"]
    failed = reply({"statuses": [_context("failure")]})
    table = Table({_status(sha, ACT): failed, _runs(sha, ACT): reply(runs)})
    assert _one(table, sha, ACT).all_runs_ended is True
    assert len(table.asked) == 2


def test_all_runs_ended__forgejo_11__cannot_be_told() -> None:
    for one in load("forgejo-actions/11.0.15/api-tasks-and-runs"):
        if one["note"] == "runs of one commit":
            recorded_404 = one["response"]
    table = Table(
        {
            _status(): reply({"statuses": None}),
            _runs(): Reply(recorded_404["status"], recorded_404["body"].encode()),
        }
    )
    assert recorded_404["status"] == 404
    assert _one(table).all_runs_ended is None


def test_all_runs_ended__by_table() -> None:
    """Only runs that write statuses on this commit count; a tick's own run never ends in time."""
    others = [_run("running", name) for name in ("schedule", "workflow_dispatch", "issues")]
    assert _ended(_run("success"), _run("failure"), _run("cancelled"), _run("skipped")) is True
    assert _ended(_run("success"), *others) is True
    assert _ended(*others) is None
    assert _ended() is None
    for word in ("running", "waiting", "blocked", "unknown", "paused", ""):
        assert _ended(_run("success"), _run(word)) is False
    assert _ended(_run("running", commit_sha="e" * 40), _run("success")) is True
    assert _ended(_run("success", "pull_request_target"), _run("waiting", "release")) is False
    assert _ended(_run("success"), total=51) is None
    assert _ended(_run("running"), total=51) is False


def test_all_runs_ended__a_failure_that_no_status_shows__is_not_complete() -> None:
    """The statuses were read first: green ones from before the failing job was there."""
    for word in ("failure", "cancelled"):
        assert _ended(_run("success"), _run(word), word="success") is False
        assert _ended(_run("success"), _run(word), word="failure") is True
    assert _ended(_run("success"), _run("skipped"), word="success") is True


def test_all_runs_ended__no_trigger_event__falls_back_to_the_event() -> None:
    assert _ended(_run("success", "")) is True
    assert _ended(_run("running", "", event="workflow_dispatch")) is None


def test_read__a_context_missed_between_two_pages__is_not_settled() -> None:
    """A status that was renewed while the pages were read pushes another off its page."""
    contexts = [_context("success", context=f"ci/{place}") for place in range(3)]
    table = Table(
        {
            _status(): reply({"statuses": contexts[:2]}, x_total_count="3"),
            _status(page=2): reply({"statuses": contexts[:1]}, x_total_count="3"),
        }
    )
    read = _one(table)
    assert [check.state for check in read.checks][-1] is CheckState.PENDING
    assert read.all_runs_ended is None


@pytest.mark.parametrize("version", VERSIONS)
def test_read__page_past_the_end__counts_as_not_settled(version: str) -> None:
    """161: it looks like a commit without statuses; statuses never become fewer."""
    contexts = [_context("success", context=f"ci/{place}") for place in range(50)]
    table = Table(
        {
            _status(): reply({"statuses": contexts}, x_total_count="51"),
            _status(page=2): recorded(version, "161-status-page-beyond-end"),
        }
    )
    assert CheckState.PENDING in {check.state for check in _one(table).checks}
