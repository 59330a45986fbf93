"""Pull requests as GitHub's GraphQL shows them, made by hand as the schema has them."""

from datetime import UTC, datetime
from typing import Any

import httpx
from support.github import NOW, REPO, Data, api, page, who

from afk.adapters.github.prefetch import Prefetched
from afk.adapters.github.pull_mapping import Handle
from afk.adapters.github.pulls import GitHubPulls
from afk.model.pull import Pull, PullState
from afk.ports.landing import PullQuery
from afk.types import Account

HEAD = "a" * 40
BRANCH = "afk/7-abcd1234"
BY_NUMBER = PullQuery(REPO, BRANCH, 9)
BY_BRANCH = PullQuery(REPO, BRANCH)
AT = datetime(2026, 5, 1, 10, tzinfo=UTC)


def pulls(
    hub: httpx.BaseTransport | None = None, prefetched: Prefetched | None = None
) -> GitHubPulls:
    return GitHubPulls(api=api(hub), prefetched=prefetched or Prefetched())


def shown(number: int = 9, **changes: Any) -> Data:
    """Return an open pull request that could be merged now."""
    fields: Data = {
        "id": f"PR_{number}",
        "number": number,
        "url": f"https://recorded.test/{REPO}/pull/{number}",
        "title": "Broken",
        "body": "Closes #7",
        "state": "OPEN",
        "isDraft": False,
        "createdAt": NOW,
        "updatedAt": NOW,
        "closedAt": None,
        "headRefOid": HEAD,
        "mergeable": "MERGEABLE",
        "mergeStateStatus": "CLEAN",
        "reviewDecision": None,
        "isMergeQueueEnabled": False,
        "mergeQueueEntry": None,
        "headRefName": BRANCH,
        "headRef": {"id": "REF_1"},
        "headRepository": {"databaseId": 11},
        "baseRefName": "main",
        "baseRef": {"compare": {"behindBy": 0}},
        "author": who("afk", 5, "Bot"),
        "mergedBy": None,
        "mergeCommit": None,
        "timelineItems": {"nodes": []},
        "reviews": page(),
        "reviewThreads": page(),
    }
    return {**fields, **changes}


def past(number: int, **changes: Any) -> Data:
    """Return one that is no longer open, as a branch's are shown: without reviews."""
    fields = shown(number, state="CLOSED", closedAt=NOW, mergeable="UNKNOWN", **changes)
    return {k: v for k, v in fields.items() if k not in ("reviews", "reviewThreads", "baseRef")}


def numbered(*found: Data | None, repo: str = REPO) -> Data:
    """Return an answer to queries by number."""
    home = {"databaseId": 11, "nameWithOwner": repo}
    return {f"p{place}": {**home, "pullRequest": one} for place, one in enumerate(found)}


def branch(*opened: Data, past: tuple[Data, ...] = (), more: str = "") -> Data:
    """Return an answer to one query by branch; ``more``: the cursor of further open ones."""
    home = {"databaseId": 11, "nameWithOwner": REPO}
    return {"p0": {**home, "open": page(*opened, more=more), "past": page(*past)}}


def review(number: int = 1, **changes: Any) -> Data:
    fields: Data = {
        "id": f"PRR_{number}",
        "state": "APPROVED",
        "body": "fine",
        "submittedAt": NOW,
        "lastEditedAt": None,
        "editor": None,
        "author": who("rita", 3),
        "commit": {"oid": HEAD},
        "isMinimized": False,
    }
    return {**fields, **changes}


def remark(number: int = 500, **changes: Any) -> Data:
    fields: Data = {
        "id": f"PRRC_{number}",
        "fullDatabaseId": str(number),
        "state": "SUBMITTED",
        "body": "why?",
        "createdAt": NOW,
        "lastEditedAt": None,
        "isMinimized": False,
        "editor": None,
        "author": who("rita", 3),
        "originalCommit": {"oid": HEAD},
        "pullRequestReview": {"id": "PRR_1"},
    }
    return {**fields, **changes}


def thread(*remarks: Data, more: str = "", **changes: Any) -> Data:
    fields: Data = {
        "id": "PRRT_1",
        "isResolved": False,
        "isOutdated": False,
        "path": "till.py",
        "line": 3,
        "originalLine": 2,
        "diffSide": "RIGHT",
        "subjectType": "LINE",
        "comments": page(*remarks, more=more),
    }
    return {**fields, **changes}


def a_pull(**changes: Any) -> Pull:
    """Return a pull request as the adapter would have read it."""
    fields: Data = {
        "repository": 11,
        "repo": REPO,
        "number": 9,
        "state": PullState.OPEN,
        "title": "Broken",
        "body": "Closes #7",
        "author": Account(5, "afk[bot]"),
        "head_ref": BRANCH,
        "head_sha": HEAD,
        "base_ref": "main",
        "created_at": AT,
        "updated_at": AT,
        "head_repository": 11,
        "handle": Handle("PR_9"),
        **changes,
    }
    return Pull(**fields)
