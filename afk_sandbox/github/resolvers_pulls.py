"""The values of GraphQL's fields for pull requests, their reviews, and the merge queue.

A pull request is shown as its issue is, whose `Issue.pull` has the rest. Of reviews and comments
that are pending only their author's are shown. Not recorded but for the node id (``141``) and the
answer of a mutation (``142``, ``144``): the schema's words.
"""

from collections.abc import Mapping
from typing import Any, Final

from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.pull_records import Pull, Review, ReviewComment, Thread, Verdict
from afk_sandbox.forge.records import Account, Issue, Repository
from afk_sandbox.github import ids, merge_state
from afk_sandbox.github.connection import Refusal, connection
from afk_sandbox.github.graphql_values import Info
from afk_sandbox.github.nodes import (
    Branch,
    EventOf,
    ReviewCommentOf,
    ReviewOf,
    Table,
    ThreadOf,
    actor,
    commit,
)
from afk_sandbox.github.shapes import issue_page, time

_DESCENDING: Final = "DESC"
_STATES: Final = {
    Verdict.APPROVED: "APPROVED",
    Verdict.CHANGES_REQUESTED: "CHANGES_REQUESTED",
    Verdict.COMMENTED: "COMMENTED",
    Verdict.PENDING: "PENDING",
}


def pull_of(one: Issue) -> Pull:
    """Return what a pull request has beside its issue."""
    assert one.pull is not None, f"{one.ref} is shown as a pull request"  # noqa: S101
    return one.pull


def state(one: Issue) -> str:
    """Return OPEN, MERGED or CLOSED."""
    if one.open:
        return "OPEN"
    return "MERGED" if one.pull is not None and one.pull.merge is not None else "CLOSED"


def pull_request(repo: Repository, info: Info, **args: Any) -> Issue:
    """Return a pull request by its number."""
    number = args["number"]
    found = repo.issues.get(number)
    if found is None or found.pull is None:
        text = f"Could not resolve to a PullRequest with the number of {number}."
        raise Refusal("NOT_FOUND", text)
    del info
    return found


def pull_requests(repo: Repository, info: Info, **args: Any) -> dict[str, Any]:
    """Return a repository's pull requests; a head's name is that of any repository's branch."""
    head, base, states = (args.get(name) for name in ("headRefName", "baseRefName", "states"))
    found = [
        one.issue
        for one in info.context.model.pulls(repo)
        if head in (None, one.head_ref)
        and base in (None, one.base_ref)
        and (states is None or state(one.issue) in states)
    ]
    order = args.get("orderBy") or {"direction": "ASC"}
    sign = -1 if order["direction"] == _DESCENDING else 1
    found.sort(key=lambda one: sign * one.number)
    return connection(info.field_name, found, args, lambda one: sign * int(one.number))


def closing_pulls(one: Issue, info: Info, **args: Any) -> dict[str, Any]:
    """Return the pull requests that say they close an issue: open ones, unless told otherwise."""
    model = info.context.model
    found = [
        pull.issue
        for repo in model.repositories
        if info.context.sees(repo)
        for pull in model.pulls(repo)
        if (pull.open or args.get("includeClosedPrs")) and one in model.closes(pull)
    ]
    return connection(info.field_name, found, args)


def compare(base: Branch, info: Info, **args: Any) -> dict[str, Any] | None:
    """Compare a branch, as the base, with another or a commit of the same repository."""
    repo, name = base.repo, args["headRef"]
    head = repo.branches.get(name, name)
    if head not in repo.commits:
        return None
    model, tip = info.context.model, repo.branches[base.name]
    return {
        "id": ids.encode("CMP", repo.id, tip, head),
        "aheadBy": len(model.commits_between(repo, tip, head)),
        "behindBy": model.behind(repo, head, tip),
    }


def _head_ref(one: Issue, info: Info) -> Branch | None:
    pull = pull_of(one)
    if pull.head_repo is None or not pull.head_exists or not info.context.sees(pull.head_repo):
        return None
    return Branch(pull.head_repo, pull.head_ref)


def _head_repository(one: Issue, info: Info) -> Repository | None:
    repo = pull_of(one).head_repo
    return repo if repo is not None and info.context.sees(repo) else None


def _base_ref(one: Issue, info: Info) -> Branch | None:
    del info
    pull = pull_of(one)
    return Branch(pull.repo, pull.base_ref) if pull.base_ref in pull.repo.branches else None


def _merge_commit(one: Issue, info: Info) -> Any:
    del info
    merge = pull_of(one).merge
    return commit(one.repo, merge.commit) if merge else None


def _merged_by(one: Issue, info: Info) -> Account | None:
    del info
    merge = pull_of(one).merge
    return actor(merge.by) if merge else None


def _queue(one: Issue, info: Info) -> bool:
    pull = pull_of(one)
    return info.context.model.queue(pull.repo, pull.base_ref) is not None


def _reviews(one: Issue, info: Info, **args: Any) -> dict[str, Any]:
    asker, states = info.context, args.get("states")
    found = [
        ReviewOf(review)
        for review in asker.model.reviews_for(pull_of(one), asker.caller)
        if review.verdict in _STATES and (states is None or _review_state(review) in states)
    ]
    return connection(info.field_name, found, args, lambda each: each.review.id)


def _threads(one: Issue, info: Info, **args: Any) -> dict[str, Any]:
    pull = pull_of(one)
    found = [ThreadOf(each, pull) for each in pull.threads if _seen(each, info)]
    return connection(info.field_name, found, args, lambda each: each.thread.id)


def _timeline(one: Issue, info: Info, **args: Any) -> dict[str, Any]:
    found = [EventOf(each, one) for each in one.events if each.kind is EventKind.CLOSED]
    return connection(info.field_name, found, args, lambda each: each.event.id)


def _seen(thread: Thread, info: Info) -> list[ReviewComment]:
    caller = info.context.caller
    return [
        one
        for one in thread.comments
        if one.review.verdict is not Verdict.PENDING or one.author is caller
    ]


def _comments(one: ThreadOf, info: Info, **args: Any) -> dict[str, Any]:
    found = [ReviewCommentOf(each, one.pull) for each in _seen(one.thread, info)]
    return connection(info.field_name, found, args, lambda each: each.comment.id)


def _review_state(one: Review) -> str:
    return "DISMISSED" if one.dismissed else _STATES[one.verdict]


def _line(one: ThreadOf, info: Info) -> int | None:
    """Return the line as it is now, null on a file and once it has changed."""
    del info
    return None if one.thread.outdated else one.thread.line or None


def _text(of: str) -> Table:
    """Return what everything that somebody wrote has; ``of``: where the wrapped one is."""
    return {
        "author": lambda one, _: actor(getattr(one, of).author),
        "body": lambda one, _: getattr(one, of).body,
        "isMinimized": lambda one, _: bool(getattr(one, of).hidden),
        "lastEditedAt": lambda one, _: _edited(getattr(one, of)),
        "editor": lambda one, _: _editor(getattr(one, of)),
    }


def _edited(one: Review | ReviewComment) -> str | None:
    return time(one.history[-1].at) if one.history else None


def _editor(one: Review | ReviewComment) -> Account | None:
    return actor(one.history[-1].editor) if one.history else None


PULL: Final[Table] = {
    "id": lambda one, _: ids.issue(one),
    "state": lambda one, _: state(one),
    "number": lambda one, _: one.number,
    "title": lambda one, _: one.title,
    "body": lambda one, _: one.body,
    "url": lambda one, info: issue_page(info.context, one),
    "author": lambda one, _: actor(one.author),
    "createdAt": lambda one, _: time(one.created_at),
    "updatedAt": lambda one, _: time(one.updated_at),
    "closedAt": lambda one, _: time(one.closed_at),
    "repository": lambda one, _: one.repo,
    "isDraft": lambda one, info: info.context.model.is_draft(pull_of(one)),
    "headRefName": lambda one, _: pull_of(one).head_ref,
    "headRefOid": lambda one, _: pull_of(one).head_sha,
    "headRef": _head_ref,
    "headRepository": _head_repository,
    "baseRefName": lambda one, _: pull_of(one).base_ref,
    "baseRef": _base_ref,
    "mergeable": lambda one, info: merge_state.mergeable(info.context.model, pull_of(one)),
    "mergeStateStatus": lambda one, info: merge_state.merge_state(
        info.context.model, pull_of(one), info.context.caller
    ),
    "reviewDecision": lambda one, info: merge_state.decision(info.context.model, pull_of(one)),
    "isMergeQueueEnabled": _queue,
    "mergeQueueEntry": lambda one, _: pull_of(one).entry,
    "mergeCommit": _merge_commit,
    "mergedBy": _merged_by,
    "timelineItems": _timeline,
    "reviews": _reviews,
    "reviewThreads": _threads,
}

TABLES: Final[Mapping[str, Table]] = {
    "PullRequest": PULL,
    "PullRequestReview": {
        **_text("review"),
        "id": lambda one, _: ids.encode("PRR", one.review.pull.repo.id, one.review.id),
        "state": lambda one, _: _review_state(one.review),
        "submittedAt": lambda one, _: (
            None if one.review.verdict is Verdict.PENDING else time(one.review.created_at)
        ),
        "commit": lambda one, _: commit(one.review.pull.repo, one.review.commit),
    },
    "PullRequestReviewThread": {
        "id": lambda one, _: ids.encode("PRRT", one.pull.repo.id, one.thread.id),
        "isResolved": lambda one, _: one.thread.resolved_by is not None,
        "isOutdated": lambda one, _: one.thread.outdated,
        "path": lambda one, _: one.thread.path,
        "line": _line,
        "originalLine": lambda one, _: one.thread.line or None,
        "diffSide": lambda one, _: "LEFT" if one.thread.old_side else "RIGHT",
        "subjectType": lambda one, _: "LINE" if one.thread.line else "FILE",
        "comments": _comments,
    },
    "PullRequestReviewComment": {
        **_text("comment"),
        "id": lambda one, _: ids.encode("PRRC", one.pull.repo.id, one.comment.id),
        "fullDatabaseId": lambda one, _: str(one.comment.id),
        "createdAt": lambda one, _: time(one.comment.created_at),
        "state": lambda one, _: (
            "PENDING" if one.comment.review.verdict is Verdict.PENDING else "SUBMITTED"
        ),
        "originalCommit": lambda one, _: commit(one.pull.repo, one.comment.commit),
        "pullRequestReview": lambda one, _: ReviewOf(one.comment.review),
    },
    "MergeQueueEntry": {
        "id": lambda one, _: ids.encode("MQE", one.pull.repo.id, one.id),
        "position": lambda one, info: (
            1 + info.context.model.entries(one.pull.repo, one.pull.base_ref).index(one)
        ),
        "state": lambda one, _: one.state.value,
    },
}
