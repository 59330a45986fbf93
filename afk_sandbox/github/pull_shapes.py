"""GitHub's REST JSON for pull requests and comments of their reviews.

Owns shapes only. Recordings of ``github/``: ``098``, ``101`` to ``104`` (one), ``100``, ``110``
(in lists). API version 2026-03-10 has no ``merge_commit_sha``: before a merge it is that of the
test merge, null as long as there is none
(https://docs.github.com/rest/about-the-rest-api/breaking-changes).
"""

import hashlib
from typing import Any, Final

from afk_sandbox.forge.pull_records import Pull, ReviewComment, Schedule
from afk_sandbox.forge.records import Repository
from afk_sandbox.github import ids, merge_state
from afk_sandbox.github.call import Viewer
from afk_sandbox.github.repository_shapes import repository
from afk_sandbox.github.shapes import (
    association,
    issue_page,
    labels,
    reactions,
    repo_api,
    time,
    user,
)

_BY_ITSELF: Final = frozenset({"network_count", "organization", "subscribers_count"})


def listed_pull(call: Viewer, pull: Pull) -> dict[str, Any]:
    """Return a pull request as lists have it."""
    issue, repo = pull.issue, pull.repo
    repo_url, page = repo_api(call, repo), issue_page(call, issue)
    api, issue_api = f"{repo_url}/pulls/{pull.number}", f"{repo_url}/issues/{pull.number}"
    links = {
        "self": api,
        "html": page,
        "issue": issue_api,
        "comments": f"{issue_api}/comments",
        "review_comments": f"{api}/comments",
        "review_comment": f"{repo_url}/pulls/comments{{/number}}",
        "commits": f"{api}/commits",
        "statuses": f"{repo_url}/statuses/{pull.head_sha}",
    }
    closed = time(issue.closed_at)
    return {
        "url": api,
        "id": issue.id,
        "node_id": ids.issue(issue),
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "issue_url": issue_api,
        "number": pull.number,
        "state": "open" if pull.open else "closed",
        "locked": issue.locked,
        "title": issue.title,
        "user": user(call, issue.author),
        "body": issue.body or None,
        "created_at": time(issue.created_at),
        "updated_at": time(issue.updated_at),
        "closed_at": closed,
        "merged_at": time(pull.merge.at) if pull.merge else None,
        "merge_commit_sha": _merge_commit(call, pull),
        "assignee": user(call, issue.assignees[0]) if issue.assignees else None,
        "assignees": [user(call, one) for one in issue.assignees],
        "requested_reviewers": [user(call, one) for one in pull.requested],
        "requested_teams": [],
        "labels": labels(call, issue.labels, repo),
        "milestone": None,
        "draft": call.model.is_draft(pull),
        "commits_url": f"{api}/commits",
        "review_comments_url": f"{api}/comments",
        "review_comment_url": links["review_comment"],
        "comments_url": links["comments"],
        "statuses_url": links["statuses"],
        "head": _end(call, pull.head_repo, pull.head_ref, pull.head_sha),
        "base": _end(call, repo, pull.base_ref, pull.base_sha),
        "_links": {name: {"href": url} for name, url in links.items()},
        "author_association": association(call, issue.author, repo),
        "auto_merge": _automatic(call, pull.schedule) if pull.schedule else None,
        "active_lock_reason": None,
    }


def whole_pull(call: Viewer, pull: Pull) -> dict[str, Any]:
    """Return a pull request by itself; looking at it makes GitHub work out whether it merges."""
    model = call.model
    said = merge_state.mergeable(model, pull)
    clean = None if said == "UNKNOWN" else said == "MERGEABLE"
    changes = model.diff(pull.repo, pull.base_sha, pull.head_sha) if pull.base_sha else ()
    commits = model.commits_between(pull.repo, pull.base_sha, pull.head_sha)
    gone = sum(1 for one in changes if not one.text)
    return {
        **listed_pull(call, pull),
        "merged": pull.merge is not None,
        "mergeable": clean,
        "rebaseable": clean,
        "mergeable_state": merge_state.merge_state(model, pull, call.caller).lower(),
        "merged_by": user(call, pull.merge.by) if pull.merge else None,
        "comments": len(pull.issue.comments),
        "review_comments": sum(len(one.comments) for one in pull.threads),
        "maintainer_can_modify": pull.maintainers_edit,
        "commits": len(commits),
        "additions": len(changes) - gone,
        "deletions": gone,
        "changed_files": len({one.file for one in changes}),
    }


def review_comment(call: Viewer, pull: Pull, one: ReviewComment) -> dict[str, Any]:
    """Return a comment of a review. OpenAPI's ``pull-request-review-comment``."""
    thread, repo_url = one.thread, repo_api(call, pull.repo)
    api, page = f"{repo_url}/pulls/comments/{one.id}", issue_page(call, pull.issue)
    html, pull_api = f"{page}#discussion_r{one.id}", f"{repo_url}/pulls/{pull.number}"
    line = None if thread.outdated else thread.line or None
    shown = {
        "url": api,
        "pull_request_review_id": one.review.id,
        "id": one.id,
        "node_id": ids.encode("PRRC", pull.repo.id, one.id),
        "diff_hunk": f"@@ -{thread.line},1 +{thread.line},1 @@",
        "path": thread.path,
        "position": line,
        "original_position": thread.line,
        "commit_id": pull.head_sha,
        "original_commit_id": one.commit,
        "user": user(call, one.author),
        "body": one.body,
        "created_at": time(one.created_at),
        "updated_at": time(one.updated_at),
        "html_url": html,
        "pull_request_url": pull_api,
        "author_association": association(call, one.author, pull.repo),
        "_links": {
            "self": {"href": api},
            "html": {"href": html},
            "pull_request": {"href": pull_api},
        },
        "start_line": None,
        "original_start_line": None,
        "start_side": None,
        "line": line,
        "original_line": thread.line,
        "side": "LEFT" if thread.old_side else "RIGHT",
        "subject_type": "line" if thread.line else "file",
        "reactions": reactions(api),
    }
    if thread.comments[0] is not one:
        shown["in_reply_to_id"] = thread.comments[0].id
    return shown


def _end(call: Viewer, repo: Repository | None, ref: str, sha: str) -> dict[str, Any]:
    """Return head or base; a repository that is gone leaves nobody."""
    owner = repo.owner if repo is not None else None
    return {
        "label": f"{owner.login}:{ref}" if owner else ref,
        "ref": ref,
        "sha": sha,
        "user": user(call, owner) if owner else None,
        "repo": _repository(call, repo) if repo is not None and call.sees(repo) else None,
    }


def _repository(call: Viewer, repo: Repository) -> dict[str, Any]:
    """Return a repository as the ends of a pull request have it: not as by itself."""
    shown = repository(call, repo)
    return {name: value for name, value in shown.items() if name not in _BY_ITSELF}


def _merge_commit(call: Viewer, pull: Pull) -> str | None:
    if pull.merge is not None:
        return pull.merge.commit
    if merge_state.mergeable(call.model, pull) == "UNKNOWN":
        return None
    text = f"merge {pull.head_sha} {pull.base_sha}"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def _automatic(call: Viewer, schedule: Schedule) -> dict[str, Any]:
    wish = schedule.wish
    return {
        "enabled_by": user(call, schedule.by),
        "merge_method": wish.method.value,
        "commit_title": wish.title or None,
        "commit_message": wish.message or None,
    }
