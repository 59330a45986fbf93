"""The branch of a landed pull request on Forgejo: deleted, or left alone."""

from typing import Any

import pytest
from support.forgejo import API, Reply, Table, question, reply
from support.forgejo_pulls import (
    body,
    listing,
    pull_of,
    pulls,
    repo_of,
    told,
)

from afk.errors import Refused, ServerFault
from afk.ports.landing import PullQuery, PullSpec

OPEN = "007-get-later"
REPO = "owner/lp1"
LP1 = f"{API}/repos/{REPO}"
HEAD = "afk/7-abcd1234"
SPEC = PullSpec(repo=REPO, head=HEAD, base="main", title="Add b", body="Closes #1\n", draft=False)
BY_NUMBER = PullQuery(REPO, HEAD, number=3)


MERGED = "137-get-merged-squash"
"""Its branch was deleted with the merge; here it still stands."""
LP5 = repo_of(MERGED)
BRANCH = f"{LP5}/branches/afk/m-squash"


def merged_pull() -> Any:
    """Return a merged pull whose branch stands."""
    head = {**body(MERGED)["head"], "ref": body(MERGED)["head"]["label"]}
    return pull_of(MERGED, head=head)


def branch_rows(*, tip: str = "", answer: Reply | None = None, based: Any = ()) -> dict[str, Any]:
    """Return the answers for the deletion of that pull's branch."""
    pull = merged_pull()
    at = reply({"commit": {"id": tip or pull.head_sha}})
    branch = f"{LP5}/branches/{pull.head_ref}"
    return {
        f"GET {branch}": at,
        listing(LP5, state="open", base=pull.head_ref): reply(
            list(based), x_total_count=str(len(based))
        ),
        f"DELETE {branch}": answer or told("078-delete-branch-open"),
    }


def test_delete_branch__tip_is_the_merged_head__is_deleted() -> None:
    rows = branch_rows()
    table = Table(rows)

    pulls(table).delete_branch(merged_pull())

    assert table.asked == list(rows)


def test_delete_branch__somebody_pushed__stays() -> None:
    table = Table(branch_rows(tip="f" * 40))

    pulls(table).delete_branch(merged_pull())

    assert len(table.asked) == 1


def test_delete_branch__in_a_fork__is_not_ours() -> None:
    table = Table({})

    pulls(table).delete_branch(pull_of("043-find-fork"))

    assert table.asked == []


def test_delete_branch__another_pull_is_based_on_it__stays() -> None:
    """Deleted, it would close that one."""
    pull = merged_pull()
    stacked = {**body(OPEN), "base": {**body(OPEN)["base"], "ref": pull.head_ref}}
    table = Table(branch_rows(based=[stacked]))

    pulls(table).delete_branch(pull)

    assert not any(one.startswith("DELETE") for one in table.asked)


def test_delete_branch__base_filter_ignored__is_deleted_all_the_same() -> None:
    """Forgejo 11 and 14 answer with every open pull."""
    table = Table(branch_rows(based=[body(OPEN)]))

    pulls(table).delete_branch(merged_pull())

    assert table.asked[-1].startswith("DELETE")


def test_delete_branch__more_pulls_than_are_looked_at__stays() -> None:
    pull = merged_pull()
    rows = branch_rows()
    for number in range(1, 11):
        asked = listing(LP5, number, state="open", base=pull.head_ref)
        rows[asked] = reply([body(OPEN)] * 50, x_total_count="5000")
    table = Table(rows)

    pulls(table).delete_branch(pull)

    assert not any(one.startswith("DELETE") for one in table.asked)


def test_delete_branch__another_pull_cannot_be_read__stays() -> None:
    """It may be the one that is based on it."""
    pull = merged_pull()
    huge = Reply(200, b"[" + b" " * 40_000 + b"]", {"content-type": "application/json"})
    rows = branch_rows()
    rows[listing(LP5, state="open", base=pull.head_ref)] = huge
    for place in range(1, 51):
        path, filters = f"{LP5}/pulls", {"state": "open", "base": pull.head_ref}
        rows[question("GET", path, **filters, limit=1, page=place)] = huge
    table = Table(rows)

    pulls(table, max_body=30_000).delete_branch(pull)

    assert not any(one.startswith("DELETE") for one in table.asked)


def test_delete_branch__gone_before__is_no_error() -> None:
    gone = reply({"message": "gone"}, 404)
    pull = merged_pull()
    get = f"GET {LP5}/branches/{pull.head_ref}"

    pulls(Table({get: gone})).delete_branch(pull)


def test_delete_branch__gone_meanwhile__is_no_error() -> None:
    """It answers 500 then (080), and 404 on a server that says so."""
    pull = merged_pull()
    get = f"GET {LP5}/branches/{pull.head_ref}"
    gone = reply({"message": "gone"}, 404)
    raced = branch_rows(answer=told("080-delete-branch-again"))
    raced[get] = [raced[get], gone]

    pulls(Table(raced)).delete_branch(pull)
    pulls(Table(branch_rows(answer=gone))).delete_branch(pull)


@pytest.mark.parametrize(
    ("name", "error"),
    [("250-delete-protected", Refused), ("080-delete-branch-again", ServerFault)],
)
def test_delete_branch__refused_and_there__is_an_error(name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        pulls(Table(branch_rows(answer=told(name)))).delete_branch(merged_pull())
