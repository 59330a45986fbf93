"""Logs of failed jobs, a branch's rules, and whose pulls close an issue."""

from typing import Any

import pytest
from support.cassettes import HOST
from support.factories import issue
from support.forgejo import API, Reply, Table, question, reply
from support.forgejo_pulls import body, evidence, pulls, told

from afk.errors import NotFound, OutsideFailure, ServerFault, TokenError
from afk.model.ci import Check, CheckState
from afk.model.pull import BranchRules

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


SETTINGS = {**body("156-repo-settings"), "full_name": REPO}


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        (
            "191-branch-protected-bot",
            BranchRules(
                protected=True,
                required=("ci / test (pull_request)", "ci / test (*)", "nope"),
                methods=("squash",),
                approvals=0,
                up_to_date=None,
                may_push=False,
                may_merge=True,
            ),
        ),
        (
            "243-branch-merge-whitelist",
            BranchRules(
                protected=True,
                required=(),
                methods=("squash",),
                approvals=1,
                up_to_date=None,
                may_push=False,
                may_merge=False,
            ),
        ),
    ],
)
def test_rules__of_a_protected_branch__as_far_as_anybody_may_read(
    name: str, rules: BranchRules
) -> None:
    rows = {f"GET {LP2}/branches/main": told(name), f"GET {LP2}": reply(SETTINGS)}
    table = Table(rows)
    port = pulls(table)

    assert port.rules(REPO, "main") == rules
    assert port.rules(REPO, "main") == rules
    assert table.asked == list(rows), "asked once a tick"


def test_rules__nothing_protected_and_less_allowed__says_so() -> None:
    settings = {**SETTINGS, "allow_merge_commits": True, "allow_squash_merge": False}
    free = {"protected": False, "status_check_contexts": None, "user_can_push": True}
    rows = {f"GET {LP2}/branches/{name}": reply(free) for name in ("main", "rel/1")}
    table = Table({**rows, f"GET {LP2}": reply(settings)})
    port = pulls(table)

    found = [port.rules(REPO, name) for name in ("main", "rel/1")]

    assert found[0] == found[1]
    assert (found[0].methods, found[0].up_to_date, found[0].required) == (("merge",), False, ())
    assert len(table.asked) == 3


def test_rules__no_such_branch__is_named() -> None:
    with pytest.raises(NotFound) as gone:
        pulls(Table({f"GET {LP2}/branches/main": NOT_HERE})).rules(REPO, "main")

    assert "main" in str(gone.value)


ISSUE = issue()
TIMELINE = f"GET {API}/repos/{ISSUE.key.repo}/issues/{ISSUE.number}/timeline"


def reference(number: int = 2, action: str = "closes", **changes: Any) -> dict[str, Any]:
    """Return the recorded reference, as if its pull were open."""
    (entry,) = [one for one in body("112-timeline-issue-merge") if one["type"] == "pull_ref"]
    by = {**entry["ref_issue"], "number": number, "state": "open", **changes}
    return {**entry, "ref_action": action, "ref_issue": by}


def pull_path(number: int = 2) -> str:
    return f"GET {API}/repos/owner/lp5/pulls/{number}"


def test_closing__an_open_pull_says_so__with_its_author_and_branch() -> None:
    entries = [reference(), reference(), {"type": "label", "id": 1}]
    table = Table({TIMELINE: reply(entries), pull_path(): told("111-get-merged-merge")})

    (found,) = pulls(table).closing([ISSUE])[ISSUE.key]

    assert (found.number, found.repo, found.head_ref) == (2, "owner/lp5", "afk/m-merge")
    assert found.author.login == reference()["ref_issue"]["user"]["login"]
    assert found.url.endswith("/owner/lp5/pulls/2")
    assert table.asked == [TIMELINE, pull_path()]


@pytest.mark.parametrize(
    "entry",
    [
        reference(action="neutered"),
        reference(action="none"),
        reference(state="closed"),
        reference(pull_request=None),
        {**reference(), "ref_issue": None},
        {**reference(), "type": "issue_ref"},
    ],
    ids=["no longer", "named only", "closed", "an issue", "hidden", "another event"],
)
def test_closing__nothing_open_says_so__is_none(entry: dict[str, Any]) -> None:
    table = Table({TIMELINE: reply([entry])})

    assert pulls(table).closing([ISSUE]) == {ISSUE.key: ()}
    assert table.asked == [TIMELINE]


@pytest.mark.parametrize("timeline", [reply(None), NOT_HERE, Reply(200, b"x" * 9000)])
def test_closing__nothing_to_read__is_none(timeline: Reply) -> None:
    port = pulls(Table({TIMELINE: timeline}), max_body=8000)

    assert port.closing([ISSUE]) == {ISSUE.key: ()}


def test_closing__refused__is_an_error() -> None:
    with pytest.raises(OutsideFailure):
        pulls(Table({TIMELINE: Reply(502, b"")})).closing([ISSUE])


def test_closing__its_pull_cannot_be_read__has_no_branch() -> None:
    table = Table({TIMELINE: reply([reference()]), pull_path(): NOT_HERE})

    (found,) = pulls(table).closing([ISSUE])[ISSUE.key]

    assert (found.number, found.head_ref) == (2, "")


def test_closing__many_say_so__looks_at_the_newest() -> None:
    entries = [reference(number) for number in range(1, 16)]
    rows = {pull_path(number): NOT_HERE for number in range(6, 16)}

    found = pulls(Table({TIMELINE: reply(entries), **rows})).closing([ISSUE])[ISSUE.key]

    assert [one.number for one in found] == list(range(6, 16))


def test_closing__no_issues__costs_nothing() -> None:
    assert pulls(Table({})).closing([]) == {}
