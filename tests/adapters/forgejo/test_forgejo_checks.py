"""Commit statuses as checks: each context's newest word, from all pages."""

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
    exchange,
    question,
    recorded,
    reply,
)

from afk.errors import ServerFault, TokenError
from afk.model.ci import Check, CheckState, CommitChecks
from afk.ports import Checks

MAIN = "owner/api-main"
ACT = "owner/act-status"
SHA = "f" * 40


def _status(sha: str = SHA, repo: str = MAIN, **params: Any) -> str:
    path = f"{API}/repos/{repo}/commits/{sha}/statuses"
    return question("GET", path, **{"limit": 50, **params})


def _runs(sha: str = SHA, repo: str = MAIN) -> str:
    path = f"{API}/repos/{repo}/actions/runs"
    return question("GET", path, page=1, head_sha=sha, limit=50)


def _sha_of(version: str, name: str) -> str:
    """Return the commit a recorded status is about."""
    path: str = exchange(version, name)["request"]["path"]
    return path.split("/")[-2]


def _context(word: str, **fields: Any) -> dict[str, Any]:
    posted = {"id": 1, "context": "ci/x", "creator": {"id": 6, "login": "bot"}, "description": "d"}
    return {**posted, "status": word, **fields}


def _one(table: Table, sha: str = SHA, repo: str = MAIN) -> CommitChecks:
    return checks(table).read(repo, [sha])[sha]


def _listed(version: str, name: str, index: int = 0) -> Reply:
    """Return the statuses of a recorded combined status as the list of them shows them."""
    response = exchange(version, name, index)["response"]
    total = response["headers"].get("X-Total-Count", "0")
    return reply(response["body"]["statuses"] or [], x_total_count=str(total))


def _checked(*contexts: dict[str, Any]) -> tuple[Check, ...]:
    shown = [{**one, "id": number} for number, one in enumerate(contexts, 1)]
    return _one(Table({_status(): reply(shown), _runs(): Reply(404)})).checks


def _actions(version: str, note: str) -> tuple[str, Reply]:
    """Return sha and answer of a recorded status of Forgejo Actions, found by its note."""
    for one in load(f"forgejo-actions/{version}/api-commit-statuses"):
        if one["note"] == note:
            total = one["response"]["headers"]["X-Total-Count"]
            body = one["response"]["body"]
            return body["sha"], reply(body["statuses"], x_total_count=total)
    raise AssertionError(note)


def test_checks__is_what_the_watcher_asks_for() -> None:
    ours: Checks = checks()
    assert ours.read(MAIN, []) == {}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["149-status-none", "150-status-unknown-sha"])
def test_read__no_status__is_an_empty_set_that_may_grow(version: str, name: str) -> None:
    """Nothing yet and an unknown commit look alike; without runs it cannot be told either."""
    sha = _sha_of(version, name)
    no_runs = reply({"workflow_runs": [], "total_count": 0})
    table = Table({_status(sha): _listed(version, name), _runs(sha): no_runs})
    assert _one(table, sha) == CommitChecks(sha)


@pytest.mark.parametrize("version", VERSIONS)
def test_read__54_contexts__come_from_both_pages(version: str) -> None:
    """Page 1 alone says success; the failing context stands on page 2."""
    sha = _sha_of(version, "159-status-54-contexts-page-1")
    names = ("159-status-54-contexts-page-1", "160-status-54-contexts-page-2")
    table = Table(
        {
            _status(sha): _listed(version, names[0]),
            _status(sha, page=2): _listed(version, names[1]),
            _runs(sha): Reply(404),
        }
    )
    read = _one(table, sha)
    assert len(read.checks) == 54
    failed = [check.name for check in read.checks if check.state is CheckState.FAILURE]
    assert failed == ["ci/00"]
    assert len(table.asked) == 3


@pytest.mark.parametrize("version", VERSIONS)
def test_read__pending__costs_one_request(version: str) -> None:
    """While one is pending nobody takes the set for complete: the runs are not asked for."""
    sha, answer = _actions(version, "combined state while jobs run")
    table = Table({_status(sha, ACT): answer})
    read = _one(table, sha, ACT)
    assert {check.state for check in read.checks} == {CheckState.PENDING}
    assert read.all_runs_ended is None
    assert table.asked == [_status(sha, ACT)]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("152-status-latest-wins", {"ci/test": CheckState.SUCCESS}),
        (
            "153-status-failure-outranks-pending",
            {
                "ci/test": CheckState.SUCCESS,
                "ci/slow": CheckState.PENDING,
                "ci/lint": CheckState.FAILURE,
            },
        ),
        (
            "154-status-error",
            {
                "ci/test": CheckState.SUCCESS,
                "ci/slow": CheckState.PENDING,
                "ci/lint": CheckState.FAILURE,
                "ci/err": CheckState.FAILURE,
            },
        ),
        (
            "155-status-warning-success-pending",
            {
                "ci/warn": CheckState.FAILURE,
                "ci/ok": CheckState.SUCCESS,
                "ci/p": CheckState.PENDING,
            },
        ),
        (
            "156-status-skipped-success",
            {"ci/skip": CheckState.SKIPPED, "ci/a": CheckState.SUCCESS},
        ),
    ],
)
def test_read__recorded_words__are_each_contexts_newest(
    version: str, name: str, states: dict[str, CheckState]
) -> None:
    """The combined state is not read: it hides pending behind failure, success behind skipped."""
    sha = _sha_of(version, name)
    table = Table({_status(sha): _listed(version, name), _runs(sha): Reply(404)})
    assert {check.name: check.state for check in _one(table, sha).checks} == states


@pytest.mark.parametrize("version", VERSIONS)
def test_read__forgejo_actions__tells_skipped_from_success(version: str) -> None:
    sha, answer = _actions(version, "combined state, nolabel job still waiting")
    states = {
        check.name: check.state
        for check in _one(Table({_status(sha, ACT): answer}), sha, ACT).checks
    }
    assert states["CI build / ok (push)"] is CheckState.SUCCESS
    assert states["CI build / bad (push)"] is CheckState.FAILURE
    assert states["CI build / skip (push)"] is CheckState.SKIPPED
    assert states["CI build / blocked (push)"] is CheckState.SKIPPED
    assert states["CI build / nolabel (push)"] is CheckState.PENDING


@pytest.mark.parametrize("version", VERSIONS)
def test_read__forgejo_actions__has_workflow_and_absolute_address(version: str) -> None:
    sha, answer = _actions(version, "combined state, nolabel job still waiting")
    read = _one(Table({_status(sha, ACT): answer}), sha, ACT).checks
    by_name = {check.name: check for check in read}
    assert by_name["afk / tick (push)"].workflow == "afk"
    assert by_name["CI build / mx (3.11) (push)"].workflow == "CI build"
    assert (
        by_name["afk / tick (push)"].url
        == "http://recorded.test/owner/act-status/actions/runs/1/jobs/0"
    )


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"word": "failure", "description": "Has been cancelled"}, CheckState.CANCELLED),
        ({"word": "success", "description": "Has been skipped"}, CheckState.SKIPPED),
        ({"word": "skipped", "description": "Has been skipped"}, CheckState.SKIPPED),
        ({"word": "failure", "description": "Failing after 3s"}, CheckState.FAILURE),
        ({"word": "pending", "description": "Blocked by required conditions"}, CheckState.PENDING),
        ({"word": "pending", "description": "Waiting to run"}, CheckState.PENDING),
        ({"word": "bogus", "description": ""}, CheckState.UNKNOWN),
        ({"word": "", "description": None}, CheckState.UNKNOWN),
        ({"word": "SUCCESS", "description": None}, CheckState.UNKNOWN),
    ],
)
def test_read__actions_own_status__is_read_by_word_and_description(
    fields: dict[str, Any], state: CheckState
) -> None:
    """Up to Forgejo 15 a cancelled job is a failure and a skipped one a success."""
    word = fields.pop("word")
    (check,) = _checked(_context(word, context="CI / x (push)", creator=None, **fields))
    assert (check.state, check.workflow) == (state, "CI")


@pytest.mark.parametrize("description", ["Has been skipped", "Has been cancelled"])
def test_read__posted_status__is_read_by_its_word_alone(description: str) -> None:
    """Anybody with write can post any text; it must not turn a failure into a cancellation."""
    (check,) = _checked(_context("failure", context="afk / x (push)", description=description))
    assert (check.state, check.workflow) == (CheckState.FAILURE, "")


@pytest.mark.parametrize("version", VERSIONS)
def test_read__any_word_a_writer_posts__is_unknown(version: str) -> None:
    bogus = body_of(version, "157-status-create-bogus")
    (check,) = _checked(bogus)
    assert check.state is CheckState.UNKNOWN
    assert check.url == bogus["target_url"]


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ("", ""),
        (None, ""),
        ("javascript:alert(1)", ""),
        ("http://[", ""),
        ("https://ci.example/1", "https://ci.example/1"),
        ("/o/r/actions/runs/1", "http://recorded.test/o/r/actions/runs/1"),
    ],
)
def test_read__target__is_shown_as_a_web_address_or_not_at_all(
    target: str | None, url: str
) -> None:
    (check,) = _checked(_context("success", target_url=target))
    assert check.url == url


def test_read__context_without_job__has_no_workflow() -> None:
    (check,) = _checked(_context("success", context="ci", creator=None))
    assert check.workflow == ""


def test_read__several_commits__each_costs_at_most_two_requests() -> None:
    other = "e" * 40
    green = reply([_context("success")], x_total_count="1")
    runs = reply({"workflow_runs": None, "total_count": 0})
    table = Table({_status(): green, _runs(): runs, _status(other): green, _runs(other): runs})
    read = checks(table).read(MAIN, [SHA, other, SHA])
    assert list(read) == [SHA, other]
    assert len(table.asked) == 4


@pytest.mark.parametrize("version", VERSIONS)
def test_read__red_commit_of_a_run__as_recorded(version: str) -> None:
    """188: the push closed the issue, then its status failed; 11 has no list of runs."""
    name = "188-seq-closed-by-push-then-reopened"
    body = body_of(version, name, 4)
    table = Table({_status(body["sha"]): _listed(version, name, 4), _runs(body["sha"]): Reply(404)})
    (check,) = _one(table, body["sha"]).checks
    assert check == Check("ci/test", CheckState.FAILURE)


@pytest.mark.parametrize("version", VERSIONS)
def test_read__all_statuses__each_context_counts_by_its_highest_id(version: str) -> None:
    """162: the newest second comes first, within one second the oldest."""
    sha = _sha_of(version, "162-statuses")
    table = Table({_status(sha): recorded(version, "162-statuses"), _runs(sha): Reply(404)})
    assert {check.name: check.state for check in _one(table, sha).checks} == {
        "ci/forged": CheckState.SUCCESS,
        "ci/test": CheckState.SUCCESS,
        "ci/slow": CheckState.PENDING,
        "ci/lint": CheckState.FAILURE,
        "ci/err": CheckState.FAILURE,
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_read__without_the_scope__is_a_token_error(version: str) -> None:
    table = Table({_status(): recorded(version, "180-scope-missing-read-repository")})
    with pytest.raises(TokenError, match="read:repository"):
        _one(table)


def test_read__empty_repository__is_a_server_fault() -> None:
    """Forgejo answers 500 for it."""
    with pytest.raises(ServerFault):
        _one(Table({_status(): reply({"message": ""}, 500)}))
