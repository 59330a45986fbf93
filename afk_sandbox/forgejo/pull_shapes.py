"""Forgejo's JSON for pull requests, their reviews and comments.

Owns shapes only, as the recordings of 16 show them (``pulls-16/``): ``007`` (a pull), ``079``,
``093`` (ends that are gone), ``137`` (merged), ``216`` (reviews), ``218`` (comments of one). 14 and
11 have the same keys but ``extra_lines_count`` (cassettes of the contract suite).
"""

from typing import Any

from afk_sandbox.forge.pull_records import Mergeable, Pull, Review, ReviewComment, Verdict
from afk_sandbox.forge.records import Repository
from afk_sandbox.forgejo.call import Call
from afk_sandbox.forgejo.repository_shape import repository
from afk_sandbox.forgejo.shapes import issue_page, labels, time, user

_VERDICTS = {
    Verdict.APPROVED: "APPROVED",
    Verdict.CHANGES_REQUESTED: "REQUEST_CHANGES",
    Verdict.COMMENTED: "COMMENT",
    Verdict.PENDING: "PENDING",
    Verdict.REQUESTED: "REQUEST_REVIEW",
}
_SILENT = frozenset({Verdict.PENDING, Verdict.REQUESTED})


def pull(call: Call, one: Pull) -> dict[str, Any]:
    """Return a pull request.

    ``mergeable`` is false for a conflict, a check under way and a draft alike (052, 101, 295).
    """
    model, issue, page = call.model, one.issue, issue_page(call, one.issue)
    changed = model.diff(one.repo, one.base_sha, one.head_sha)
    merge = one.merge
    said = model.mergeability(one)
    return {
        "id": issue.id,
        "url": f"{call.root}/api/v1/repos/{one.repo.full_name}/pulls/{one.number}",
        "number": one.number,
        "user": user(call, issue.author, viewer=call.caller),
        "title": issue.title,
        "body": issue.body,
        "labels": labels(call, issue.labels, one.repo),
        "milestone": None,
        "assignee": user(call, issue.assignees[0], viewer=None) if issue.assignees else None,
        "assignees": [user(call, who, viewer=None) for who in issue.assignees] or None,
        "requested_reviewers": [user(call, who, viewer=None) for who in one.requested],
        "requested_reviewers_teams": [],
        "state": "open" if one.open else "closed",
        "draft": model.is_draft(one),
        "is_locked": issue.locked,
        "comments": len(issue.comments),
        "review_comments": sum(review.verdict not in _SILENT for review in one.reviews),
        "additions": sum(bool(change.text) for change in changed),
        "deletions": sum(change.place in model.tree(one.repo, one.base_sha) for change in changed),
        "changed_files": len({change.file for change in changed}),
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "mergeable": said is Mergeable.CLEAN and not model.is_draft(one) and merge is None,
        "merged": merge is not None,
        "merged_at": time(merge.at) if merge else None,
        "merge_commit_sha": merge.commit if merge else None,
        "merged_by": user(call, merge.by, viewer=None) if merge else None,
        "allow_maintainer_edit": one.maintainers_edit,
        "base": _end(call, one.repo, one.base_ref, one.base_ref, one.base_sha),
        "head": _head(call, one),
        "merge_base": model.merge_base(one.repo, one.base_sha, one.head_sha),
        "due_date": None,
        "created_at": time(issue.created_at),
        "updated_at": time(issue.updated_at),
        "closed_at": time(issue.closed_at),
        "pin_order": 0,
        "flow": 0,
    }


def _head(call: Call, one: Pull) -> dict[str, Any]:
    """Return the head: by the forge's own name for it once its branch is gone (079)."""
    ref = one.head_ref if one.head_exists else f"refs/pull/{one.number}/head"
    return _end(call, one.head_repo, one.head_ref, ref, one.head_sha)


def _end(call: Call, repo: Repository | None, label: str, ref: str, sha: str) -> dict[str, Any]:
    return {
        "label": label,
        "ref": ref,
        "sha": sha,
        "repo_id": repo.id if repo else -1,
        "repo": repository(call, repo) if repo else None,
    }


def review(call: Call, one: Review) -> dict[str, Any]:
    """Return a review; ``comments_count`` counts the replies, too (222)."""
    page = issue_page(call, one.pull.issue)
    requested = one.verdict is Verdict.REQUESTED
    return {
        "id": one.id,
        "user": user(call, one.author, viewer=call.caller),
        "team": None,
        "state": _VERDICTS[one.verdict],
        "body": one.body,
        "commit_id": one.commit,
        "stale": one.stale,
        "official": one.official,
        "dismissed": one.dismissed,
        "comments_count": len(in_review(one)),
        "submitted_at": time(one.created_at),
        "updated_at": time(one.updated_at),
        "html_url": "" if requested else f"{page}#issuecomment-{one.id}",
        "pull_request_url": page,
    }


def in_review(one: Review) -> list[ReviewComment]:
    """Return the comments that its list has: line by line, replies behind what they answer."""
    lines: dict[int, list[ReviewComment]] = {}
    for comment in one.comments:
        lines.setdefault(comment.thread.id, []).append(comment)
    return [comment for line in lines.values() for comment in line]


def review_comment(call: Call, one: ReviewComment) -> dict[str, Any]:
    """Return a comment of a review; the first of its thread alone shows who resolved it (225)."""
    page = issue_page(call, one.review.pull.issue)
    mine = [other for other in one.thread.comments if other.review is one.review]
    resolver = one.thread.resolved_by if mine[0] is one else None
    old = one.thread.old_side
    shown = {
        "id": one.id,
        "body": one.body,
        "user": user(call, one.author, viewer=call.caller),
        "resolver": user(call, resolver, viewer=call.caller) if resolver else None,
        "pull_request_review_id": one.review.id,
        "created_at": time(one.created_at),
        "updated_at": time(one.updated_at),
        "path": one.thread.path,
        "commit_id": one.commit,
        "original_commit_id": "",
        "diff_hunk": "",
        "position": 0 if old else one.thread.line,
        "original_position": one.thread.line if old else 0,
        "html_url": f"{page}#issuecomment-{one.id}",
        "pull_request_url": page,
    }
    return shown | ({"extra_lines_count": 0} if call.v16 else {})
