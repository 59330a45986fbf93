"""Updating and merging a pull: what every recorded refusal means, and what is never sent."""

from dataclasses import replace
from typing import Any

import httpx
import pytest
from support.forgejo import Reply, Table, question, reply
from support.forgejo_pulls import path_of, pull_of, pulls, repo_of, told

from afk.errors import Refused, ServerFault, TokenError, Unreachable
from afk.model.pull import Merged, MergeResult, UpdateResult

OPEN = "007-get-later"
BEHIND = "049-get-behind"
MERGE = f"POST {path_of(OPEN)}/merge"
IS_MERGED = f"GET {path_of(OPEN)}/merge"
NOT_MERGED = told("108-is-merged-no")


def merged(*, answer: Reply, then: Reply | None = None) -> tuple[Merged, Table]:
    """Return what became of a merge, and what was asked."""
    rows = {MERGE: answer} | ({IS_MERGED: then} if then else {})
    table = Table(rows)
    found = pulls(table).merge(pull_of(OPEN), "squash", title="T (#3)", message="AFK-Run: 1")
    return found, table


def test_merge__welcome__pins_the_whole_head_and_sends_its_own_message() -> None:
    found, table = merged(answer=told("110-merge-ok-merge"))

    assert found == Merged(MergeResult.MERGED)
    assert table.asked == [MERGE]
    assert table.bodies == [
        {
            "Do": "squash",
            "head_commit_id": pull_of(OPEN).head_sha,
            "MergeTitleField": "T (#3)",
            "MergeMessageField": "AFK-Run: 1",
        }
    ], "no later merge, no way past a rule, no branch deleted on the way"


@pytest.mark.parametrize(
    ("name", "result", "says"),
    [
        ("109-merge-wrong-head-merge", MergeResult.HEAD_MOVED, ""),
        ("107-merge-short-sha", MergeResult.HEAD_MOVED, ""),
        ("101-merge-after-409-refused", MergeResult.TRY_AGAIN, "Please try again later"),
        ("055-merge-conflict-merge", MergeResult.TRY_AGAIN, "Please try again later"),
        ("297-merge-landed-by-hand", MergeResult.TRY_AGAIN, "Please try again later"),
        ("157-merge-disabled-merge", MergeResult.METHOD, "merge is not an allowed merge style"),
        ("151-merge-wip", MergeResult.TRY_AGAIN, "Work in progress PRs cannot be merged"),
        ("244-merge-not-whitelisted", MergeResult.REFUSED, "User not allowed to merge PR"),
        (
            "195-merge-ci-pending",
            MergeResult.REFUSED,
            "Not all required status checks successful",
        ),
        ("208-merge-approvals-missing", MergeResult.REFUSED, "Does not have enough approvals"),
        ("240-merge-stale-approval", MergeResult.REFUSED, "Does not have enough approvals"),
        ("221-merge-rejected", MergeResult.REFUSED, "There are requested changes"),
        (
            "236-merge-review-requested",
            MergeResult.REFUSED,
            "There are official review requests",
        ),
        (
            "242-merge-outdated",
            MergeResult.REFUSED,
            "The head branch is behind the base branch",
        ),
        (
            "246-merge-protected-file",
            MergeResult.REFUSED,
            "Forgejo: branch main is protected from changing file a.txt",
        ),
    ],
)
def test_merge__a_refusal_that_names_its_reason__is_believed(
    name: str, result: MergeResult, says: str
) -> None:
    found, table = merged(answer=told(name))

    assert found.result is result
    assert found.says.startswith(says)
    assert table.asked == [MERGE]


def test_merge__a_race_with_another_merge__is_to_be_tried_again() -> None:
    (race,) = [
        name
        for name in ("265-merge-concurrent-34", "266-merge-concurrent-35")
        if told(name).status == httpx.codes.CONFLICT
    ]

    found, _ = merged(answer=told(race))

    assert found.result is MergeResult.TRY_AGAIN


def test_merge__a_rebase_that_conflicts__is_a_conflict() -> None:
    """Its 409 has no message, but what git said."""
    found, table = merged(answer=told("277-merge-rebase-only-conflict"), then=NOT_MERGED)

    assert found == Merged(MergeResult.CONFLICT)
    assert table.asked == [MERGE, IS_MERGED]


@pytest.mark.parametrize("name", ["117-merge-again", "251-merge-delete-protected-head"])
def test_merge__refused_though_it_is_merged__is_merged(name: str) -> None:
    """405 without a word is a second try; 403 came with the branch's deletion, after the merge."""
    found, table = merged(answer=told(name), then=told("116-is-merged-yes"))

    assert found == Merged(MergeResult.MERGED)
    assert table.asked == [MERGE, IS_MERGED]


def test_merge__with_an_open_dependency__says_what_an_empty_500_stands_for() -> None:
    found, _ = merged(answer=told("154-merge-dependency"), then=NOT_MERGED)

    assert found.result is MergeResult.REFUSED
    assert "depends on an issue that is open" in found.says


def test_merge__closed__is_to_be_decided_again() -> None:
    found, _ = merged(answer=told("075-merge-closed"), then=NOT_MERGED)

    assert found == Merged(MergeResult.HEAD_MOVED, says="the pull request is closed")


def test_merge__refused_without_a_word__is_a_refusal() -> None:
    found, _ = merged(answer=told("117-merge-again"), then=NOT_MERGED)

    assert found == Merged(MergeResult.REFUSED, says="Forgejo says no more")


@pytest.mark.parametrize("text", [b"[]", b'{"message": 7}', b"{"])
def test_merge__a_conflict_of_another_shape__is_none_that_was_named(text: bytes) -> None:
    headers = {"content-type": "application/json"}

    found, table = merged(answer=Reply(409, text, headers), then=NOT_MERGED)

    assert found.result is MergeResult.CONFLICT
    assert table.asked == [MERGE, IS_MERGED]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (told("313-merge-archived"), Refused),
        (Reply(502, b"<html>", {"content-type": "text/html"}), ServerFault),
        (Reply(500, b"<html>", {"content-type": "text/html"}), ServerFault),
        (told("063-update-scope"), TokenError),
    ],
    ids=["archived", "a proxy", "a proxy's 500", "no scope"],
)
def test_merge__anything_else__is_an_error(answer: Reply, error: type[Exception]) -> None:
    with pytest.raises(error):
        merged(answer=answer, then=NOT_MERGED)


def test_merge__no_answer__is_not_sent_again() -> None:
    table = Table({MERGE: Reply(error=httpx.ReadTimeout("slow"))})

    with pytest.raises(Unreachable):
        pulls(table).merge(pull_of(OPEN), "merge", title="T", message="")

    assert table.asked == [MERGE]


def updated(
    answer: Reply | None, *, now: Any = None, compared: Reply | None = None, head: str = ""
) -> tuple[UpdateResult, Table]:
    """Return what became of an update of a pull that is behind, and what was asked."""
    pull = pull_of(BEHIND)
    span = f"{pull.head_sha}...main"
    compare = question(
        "GET", f"{repo_of(BEHIND)}/compare/{span}", files="false", verification="false"
    )
    rows: dict[str, Any] = {f"GET {path_of(BEHIND)}": now or told(BEHIND)}
    if answer:
        rows[question("POST", f"{path_of(BEHIND)}/update", style="merge")] = answer
    if compared:
        rows[compare] = compared
    table = Table(rows)
    asked = replace(pull, head_sha=head) if head else pull
    return pulls(table).update(asked), table


def test_update__behind__is_started_by_merging() -> None:
    found, table = updated(told("067-update-ok-merge"))

    assert found is UpdateResult.STARTED
    assert len(table.asked) == 2


def test_update__conflict__is_the_only_proof_of_one() -> None:
    found, _ = updated(told("053-update-conflict-merge"))

    assert found is UpdateResult.CONFLICT


def test_update__up_to_date__is_not_asked_for() -> None:
    """Asked for, it answers 500 with an empty message (066)."""
    up = {**body_behind(), "merge_base": body_behind()["base"]["sha"]}

    found, table = updated(None, now=reply(up))

    assert found is UpdateResult.UP_TO_DATE
    assert len(table.asked) == 1


def body_behind() -> dict[str, Any]:
    """Return the pull that is behind, as the server shows it."""
    body: dict[str, Any] = reply_body(BEHIND)
    return body


def reply_body(name: str) -> Any:
    """Return a recorded body."""
    return httpx.Response(200, content=told(name).body).json()


def test_update__500_and_nothing_is_missing__was_up_to_date() -> None:
    """``merge_base`` is stale for a moment after a push."""
    nothing = reply({"total_commits": 0, "commits": []})

    found, table = updated(told("068-update-uptodate-merge"), compared=nothing)

    assert found is UpdateResult.UP_TO_DATE
    assert len(table.asked) == 3


@pytest.mark.parametrize(
    "compared", [told("051-compare-behind"), reply({"message": "not found"}, 404)]
)
def test_update__500_and_it_is_behind__is_the_servers_fault(compared: Reply) -> None:
    with pytest.raises(ServerFault):
        updated(told("068-update-uptodate-merge"), compared=compared)


@pytest.mark.parametrize(
    "now",
    [
        told("099-is-merged-no"),
        reply({**reply_body(BEHIND), "state": "closed"}),
        reply({**reply_body(BEHIND), "merged": True, "state": "closed"}),
        reply(
            {
                **reply_body(BEHIND),
                "head": {**reply_body(BEHIND)["head"], "ref": "refs/pull/3/head"},
            }
        ),
    ],
    ids=["gone", "closed", "merged", "branch deleted"],
)
def test_update__no_longer_what_it_was__is_decided_again(now: Reply) -> None:
    found, table = updated(None, now=now)

    assert found is UpdateResult.HEAD_MOVED
    assert len(table.asked) == 1


def test_update__another_head__is_decided_again() -> None:
    found, table = updated(None, head="f" * 40)

    assert found is UpdateResult.HEAD_MOVED
    assert len(table.asked) == 1


@pytest.mark.parametrize(
    "name", ["248-update-protected-head-merge", "064-update-stranger", "119-update-merged"]
)
def test_update__not_allowed__is_refused(name: str) -> None:
    found, _ = updated(told(name))

    assert found is UpdateResult.REFUSED


def test_update__without_the_scope__says_which() -> None:
    with pytest.raises(TokenError) as refusal:
        updated(told("063-update-scope"))

    assert "write:repository" in str(refusal.value.cause)
