"""What a branch demands on Forgejo, and whose pull requests close an issue."""

from typing import Any

import pytest
from support.factories import issue
from support.forgejo import API, Reply, Table, reply
from support.forgejo_pulls import body, pulls, told

from afk.errors import NotFound, OutsideFailure
from afk.model.pull import BranchRules

REPO = "owner/lp2"
LP2 = f"{API}/repos/{REPO}"
NOT_HERE = told("178-run-rerun")

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
