"""The end of a failed job's log on Forgejo, where there is one."""

from typing import Any

import pytest
from support.cassettes import HOST
from support.forgejo import API, Reply, Table, question, reply
from support.forgejo_pulls import body, evidence, told

from afk.errors import ServerFault, TokenError
from afk.model.ci import Check, CheckState

REPO = "owner/lp2"
LP2 = f"{API}/repos/{REPO}"
ACTIONS = f"{LP2}/actions"
PAGE = f"{HOST}/{REPO}/actions/runs/1/jobs/0"
RUNS = question("GET", f"{ACTIONS}/runs", page=1, limit=1, run_number=1)
JOBS = f"GET {ACTIONS}/runs/130/jobs"
LOG = f"GET {ACTIONS}/jobs/203/logs"
FOUND = {RUNS: reply({"workflow_runs": [{"id": 130}]}), JOBS: told("170-run-jobs")}
NOT_HERE = told("178-run-rerun")


def check(url: str = PAGE, workflow: str = "ci") -> Check:
    return Check("ci / test (push)", CheckState.FAILURE, workflow, url)


def test_log_tail__of_a_job__asks_for_its_end_only() -> None:
    table = Table({**FOUND, LOG: told("171-job-logs")})

    found = evidence(table).log_tail(REPO, check(), 100_000)

    assert found == body("171-job-logs")
    assert table.asked == [RUNS, JOBS, LOG]
    assert table.headers[-1]["range"] == "bytes=-100000"


@pytest.mark.parametrize(
    ("answer", "tail"),
    [
        (Reply(206, b"half\ntwo\nthree\n", {"content-range": "bytes 9-20/21"}), "two\nthree\n"),
        (Reply(206, b"one\ntwo\n", {"content-range": "bytes 0-7/8"}), "one\ntwo\n"),
        (Reply(200, b"one\n" * 100), "one\n" * 4),
        (Reply(200, b"one\n"), "one\n"),
        (Reply(206, b"x\n\xff\xfe\n", {"content-range": "bytes 1-4/5"}), "\ufffd\ufffd\n"),
    ],
    ids=["cut", "whole", "no ranges", "short", "not text"],
)
def test_log_tail__cut_anywhere__begins_with_a_whole_line(answer: Reply, tail: str) -> None:
    found = evidence(Table({**FOUND, LOG: answer})).log_tail(REPO, check(), 18)

    assert found == tail


def test_log_tail__jobs_in_any_order__is_that_of_the_place_in_the_run() -> None:
    jobs = reply([{"id": 205}, {"id": 203}, {"id": 204}])
    log = f"GET {ACTIONS}/jobs/204/logs"
    rows = {RUNS: FOUND[RUNS], JOBS: jobs, log: told("171-job-logs")}

    assert evidence(Table(rows)).log_tail(REPO, check(PAGE[:-1] + "1"), 100)


@pytest.mark.parametrize(
    "rows",
    [
        {RUNS: NOT_HERE},
        {RUNS: reply({"workflow_runs": None})},
        {RUNS: FOUND[RUNS], JOBS: NOT_HERE},
        {RUNS: FOUND[RUNS], JOBS: reply([])},
        {**FOUND, LOG: NOT_HERE},
        {**FOUND, LOG: reply({"message": ""}, 416)},
        {**FOUND, LOG: Reply(200, b"x" * (8 * 1024 * 1024 + 1))},
    ],
    ids=["11", "no run", "14", "no job", "expired", "empty", "no ranges and huge"],
)
def test_log_tail__not_there__is_nothing(rows: dict[str, Any]) -> None:
    table = Table(rows)

    assert evidence(table).log_tail(REPO, check(), 100) == ""
    assert table.asked == list(rows)


@pytest.mark.parametrize(
    "one",
    [
        check(workflow=""),
        check(""),
        check("https://ci.example/build/7"),
        check(f"https://elsewhere.example/{REPO}/actions/runs/1/jobs/0"),
        check(f"{HOST}/owner/other/actions/runs/1/jobs/0"),
        check(f"{HOST}/{REPO}/actions/runs/1"),
    ],
)
def test_log_tail__no_job_of_actions_here__asks_nobody(one: Check) -> None:
    table = Table({})

    assert evidence(table).log_tail(REPO, one, 100) == ""
    assert table.asked == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Reply(502, b""), ServerFault),
        (reply({"message": "token does not have at least one of required scope(s): [x]"}, 403), 0),
    ],
)
def test_log_tail__trouble__is_told(answer: Reply, error: type[Exception] | int) -> None:
    with pytest.raises(error or TokenError):  # type: ignore[arg-type]
        evidence(Table({RUNS: answer})).log_tail(REPO, check(), 100)


def test_rerun_failed__on_forgejo__is_not_to_be_had() -> None:
    table = Table({})

    assert evidence(table).rerun_failed(REPO, "f" * 40) is False
    assert table.asked == []
