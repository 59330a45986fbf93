"""Merges, updates and deletions on GitHub: what every answer means, and what is never sent."""

from typing import Any

import pytest
from support.github import REPO, Hub, data, problem, recorded, reply
from support.github_pulls import BRANCH, HEAD, a_pull, numbered, pulls, shown

from afk.adapters.github.pull_mapping import Handle
from afk.errors import NotFound, RateLimited, Refused, ServerFault
from afk.model.pull import Merged, MergeMethod, MergeResult, QueueState, UpdateResult

MERGE = f"PUT /repos/{REPO}/pulls/9/merge"
UPDATE = f"PUT /repos/{REPO}/pulls/9/update-branch"
DELETE = f"DELETE /repos/{REPO}/git/refs/heads/{BRANCH}"


def merged(hub: Hub, method: MergeMethod = "squash", **changes: Any) -> Merged:
    return pulls(hub).merge(a_pull(**changes), method, title="Land #9", message="Afk-Run: 1")


def answer(text: str, status: int = 405) -> Any:
    return reply({"message": text, "documentation_url": "https://docs.github.com"}, status)


def test_merge__recorded__is_done_at_the_pinned_head() -> None:
    hub = Hub(rest={MERGE: recorded("105-pull-merge")})
    assert merged(hub) == Merged(MergeResult.MERGED, "5316172f4450c481017e8c4ef2b299da23ee1c6c")
    assert hub.bodies == [
        {
            "sha": HEAD,
            "merge_method": "squash",
            "commit_title": "Land #9",
            "commit_message": "Afk-Run: 1",
        }
    ]
    assert hub.queries == []


def test_merge__by_rebase__sends_no_message_that_nothing_would_take() -> None:
    hub = Hub(rest={MERGE: recorded("105-pull-merge")})
    merged(hub, "rebase")
    assert hub.bodies == [{"sha": HEAD, "merge_method": "rebase"}]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Base branch was modified. Review and try the merge again.", MergeResult.TRY_AGAIN),
        ("Merge already in progress", MergeResult.TRY_AGAIN),
        ("Squash merges are not allowed on this repository.", MergeResult.METHOD),
        ("Merge commits are not allowed on this repository.", MergeResult.METHOD),
        ("Rebase merges are not allowed on this repository.", MergeResult.METHOD),
        ("This branch must not contain merge commits.", MergeResult.METHOD),
        ("2 of 3 required status checks are expected.", MergeResult.REFUSED),
        (
            "At least 1 approving review is required by reviewers with write access.",
            MergeResult.REFUSED,
        ),
        ("Something that GitHub has never said before", MergeResult.REFUSED),
    ],
)
def test_merge__not_now__is_told_apart_by_its_text(text: str, result: MergeResult) -> None:
    hub = Hub(rest={MERGE: answer(text)})
    assert merged(hub) == Merged(result, says=text)
    assert hub.requests == 1


def test_merge__required_check_missing__is_refused_as_recorded() -> None:
    found = merged(Hub(rest={MERGE: recorded("106-pull-merge-405")}))
    says = 'Required status check "continuous-integration/fake-ci" is expected.'
    assert found == Merged(MergeResult.REFUSED, says=says)


def test_merge__head_moved__is_decided_again() -> None:
    text = "Head branch was modified. Review and try the merge again."
    found = merged(Hub(rest={MERGE: answer(text, 409)}))
    assert found.result is MergeResult.HEAD_MOVED


def test_merge__another_conflict_of_requests__is_tried_again() -> None:
    assert merged(Hub(rest={MERGE: answer("busy", 409)})).result is MergeResult.TRY_AGAIN


@pytest.mark.parametrize(
    ("now", "result", "commit"),
    [
        ({"mergeable": "CONFLICTING"}, MergeResult.CONFLICT, ""),
        ({"isDraft": True}, MergeResult.TRY_AGAIN, ""),
        ({"state": "CLOSED"}, MergeResult.REFUSED, ""),
        ({"headRefOid": "b" * 40}, MergeResult.HEAD_MOVED, ""),
        ({"state": "MERGED", "mergeCommit": {"oid": "m" * 40}}, MergeResult.MERGED, "m" * 40),
        ({}, MergeResult.TRY_AGAIN, ""),
    ],
    ids=["conflict", "draft", "closed", "moved", "merged by another", "mergeable again"],
)
def test_merge__not_mergeable__is_looked_at(
    now: dict[str, Any], result: MergeResult, commit: str
) -> None:
    """One text for all of these."""
    hub = Hub([data(**numbered(shown(**now)))], {MERGE: answer("Pull Request is not mergeable")})
    found = merged(hub)
    assert (found.result, found.commit) == (result, commit)


def test_merge__made_a_draft_at_that_moment__is_tried_again() -> None:
    hub = Hub(rest={MERGE: answer("Pull Request is still a draft")})
    assert merged(hub).result is MergeResult.TRY_AGAIN


def test_merge__not_mergeable_and_gone__is_refused() -> None:
    hub = Hub([data(**numbered(None))], {MERGE: answer("Pull Request is not mergeable")})
    assert merged(hub).result is MergeResult.REFUSED


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Resource not accessible by integration", 403),
        (
            "refusing to allow an OAuth App to create or update workflow without `workflow` scope",
            403,
        ),
        ("Validation Failed", 422),
    ],
)
def test_merge__what_the_token_may_not__is_told_and_left_to_people(text: str, status: int) -> None:
    found = merged(Hub(rest={MERGE: answer(text, status)}))
    assert found == Merged(MergeResult.REFUSED, says=text)


def test_merge__rate_limit_and_outage__are_no_refusals() -> None:
    with pytest.raises(RateLimited):
        merged(Hub(rest={MERGE: recorded("116-limit-secondary-403-retry-after")}))
    with pytest.raises(ServerFault):
        merged(Hub(rest={MERGE: recorded("131-html-503")}))
    with pytest.raises(NotFound):
        merged(Hub(rest={MERGE: answer("Not Found", 404)}))


# The merge queue


QUEUE: dict[str, Any] = {"handle": Handle("PR_9", queue=True)}
ENTERED = data(enqueuePullRequest={"mergeQueueEntry": {"state": "QUEUED"}})


def test_merge__base_with_a_queue__is_put_into_it_at_the_pinned_head() -> None:
    hub = Hub([ENTERED])
    assert merged(hub, **QUEUE) == Merged(MergeResult.QUEUED)
    (sent,) = hub.queries
    assert "enqueuePullRequest(" in sent["query"]
    assert sent["variables"] == {"id": "PR_9", "head": HEAD}
    assert hub.asked == []
    assert "enablePullRequestAutoMerge" not in sent["query"]
    assert "jump" not in sent["query"]


def test_merge__queue_found_only_by_being_refused__is_used_then() -> None:
    text = "Repository rule violations found\n\nChanges must be made through the merge queue"
    hub = Hub([ENTERED], {MERGE: answer(text)})
    assert merged(hub) == Merged(MergeResult.QUEUED)


def test_merge__in_the_queue_already__sends_nothing() -> None:
    hub = Hub()
    assert merged(hub, queue=QueueState.WAITING, **QUEUE) == Merged(MergeResult.QUEUED)
    assert hub.requests == 0


@pytest.mark.parametrize(
    ("kind", "text", "result"),
    [
        ("UNPROCESSABLE", "Pull request Waiting on code owner review", MergeResult.REFUSED),
        ("UNPROCESSABLE", "Pull request is already in the merge queue", MergeResult.QUEUED),
        ("UNPROCESSABLE", "Expected head oid does not match", MergeResult.HEAD_MOVED),
        ("FORBIDDEN", "Resource not accessible by integration", MergeResult.REFUSED),
    ],
)
def test_merge__queue_refuses__is_told(kind: str, text: str, result: MergeResult) -> None:
    name = "enqueuePullRequest"
    answered = {"data": {name: None}, "errors": [problem(kind, name, message=text)]}
    found = merged(Hub([answered]), **QUEUE)
    assert found.result is result
    assert result is MergeResult.QUEUED or text in found.says


# Updates


@pytest.mark.parametrize(
    ("text", "status", "result"),
    [
        ("Updating pull request branch.", 202, UpdateResult.STARTED),
        ("There are no new commits on the base branch.", 422, UpdateResult.UP_TO_DATE),
        ("merge conflict between base and head", 422, UpdateResult.CONFLICT),
        ("head ref is gone", 422, UpdateResult.REFUSED),
        (
            "refusing to allow a GitHub App to create or update workflow `x.yml`",
            403,
            UpdateResult.REFUSED,
        ),
    ],
)
def test_update__every_answer__is_told_apart(text: str, status: int, result: UpdateResult) -> None:
    hub = Hub(rest={UPDATE: answer(text, status)})
    assert pulls(hub).update(a_pull()) is result
    assert hub.bodies == [{"expected_head_sha": HEAD}]


def test_update__head_moved__as_recorded() -> None:
    """With a typographic apostrophe."""
    hub = Hub(rest={UPDATE: recorded("109-pull-update-branch-422")})
    assert pulls(hub).update(a_pull()) is UpdateResult.HEAD_MOVED


def test_update__limit_and_outage__are_raised() -> None:
    with pytest.raises(RateLimited):
        pulls(Hub(rest={UPDATE: recorded("118-limit-secondary-403-text-only")})).update(a_pull())
    with pytest.raises(NotFound):
        pulls(Hub(rest={UPDATE: answer("Not Found", 404)})).update(a_pull())


# Deletions


def held(tip: str | None = HEAD, *based: int) -> dict[str, Any]:
    ref = {"target": {"oid": tip}} if tip else None
    return data(q0={"ref": ref, "pullRequests": {"nodes": [{"number": n} for n in based]}})


@pytest.mark.parametrize(
    "done", [reply(None, 204), recorded("140-ref-delete-422")], ids=["done", "gone meanwhile"]
)
def test_delete_branch__still_at_the_head__is_deleted(done: Any) -> None:
    hub = Hub([held()], {DELETE: done})
    pulls(hub).delete_branch(a_pull())
    assert hub.asked == [DELETE]


@pytest.mark.parametrize(
    "look", [held("b" * 40), held(None), held(HEAD, 12), data(q0=None)],
    ids=["pushed to since", "gone", "the base of another", "repository out of sight"],
)  # fmt: skip
def test_delete_branch__otherwise__is_left_alone(look: dict[str, Any]) -> None:
    hub = Hub([look])
    pulls(hub).delete_branch(a_pull())
    assert hub.asked == []


@pytest.mark.parametrize("changes", [{"head_repository": 12}, {"head_ref": "main"}])
def test_delete_branch__of_a_fork_or_the_base_itself__is_not_even_looked_at(
    changes: dict[str, Any],
) -> None:
    hub = Hub()
    pulls(hub).delete_branch(a_pull(**changes))
    assert hub.requests == 0


def test_delete_branch__a_rule_forbids_it__is_told() -> None:
    hub = Hub([held()], {DELETE: answer("Repository rule violations found", 422)})
    with pytest.raises(Refused, match="rule violations"):
        pulls(hub).delete_branch(a_pull())
