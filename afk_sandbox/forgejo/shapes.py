"""Forgejo's JSON for accounts, labels, issues and comments.

Owns shapes only: every key that the recordings show, with what the model knows in it and what a
fresh server says for the rest. Recordings: ``015`` (issue), ``090`` (comment), ``111``, ``112``
(hidden blockers), ``121`` (ghost).
"""

import hashlib
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from afk_sandbox.forge.records import (
    Account,
    Comment,
    Issue,
    Label,
    Repository,
)
from afk_sandbox.forgejo.call import Call

EPOCH: Final = "1970-01-01T00:00:00Z"
NEVER: Final = "0001-01-01T00:00:00Z"


@lru_cache(maxsize=512)
def time(at: datetime | None) -> str | None:
    """Return a time as Forgejo writes it: whole seconds, UTC."""
    return f"{at.replace(tzinfo=None).isoformat(timespec='seconds')}Z" if at else None


def user(call: Call, account: Account, *, viewer: Account | None) -> dict[str, Any]:
    """Return an account as a viewer sees it; None sees no e-mail address."""
    if account.deleted:
        return _user(-1, "Ghost", "ghost@noreply.localhost") | {
            "avatar_url": f"{call.root}/assets/img/avatar_default.png",
            "html_url": "" if call.v14 else f"{call.root}/Ghost",
        }
    email = account.email if viewer else f"{account.login}@noreply.localhost"
    shown = _user(account.id, account.login, email)
    shown["avatar_url"] = f"{call.root}/avatars/{_digest(account.email)}"
    shown["html_url"] = f"{call.root}/{account.login}"
    shown["created"] = time(account.created_at)
    if viewer is account or (viewer is not None and viewer.site_admin):
        shown |= {"active": True, "is_admin": account.site_admin, "last_login": EPOCH}
    return shown


def _user(account_id: int, login: str, email: str) -> dict[str, Any]:
    return {
        "id": account_id,
        "login": login,
        "login_name": "",
        "source_id": 0,
        "full_name": "",
        "email": email,
        "avatar_url": "",
        "html_url": "",
        "language": "",
        "is_admin": False,
        "last_login": NEVER,
        "created": EPOCH,
        "restricted": False,
        "active": False,
        "prohibit_login": False,
        "location": "",
        "pronouns": "",
        "website": "",
        "description": "",
        "visibility": "public",
        "followers_count": 0,
        "following_count": 0,
        "starred_repos_count": 0,
        "username": login,
    }


def label(call: Call, one: Label, repo: Repository | None) -> dict[str, Any]:
    """Return a label; an organisation's has the organisation's address."""
    where = f"orgs/{one.org.login}" if one.org else f"repos/{repo.full_name if repo else ''}"
    return {
        "id": one.id,
        "name": one.name,
        "exclusive": one.exclusive,
        "is_archived": False,
        "color": one.color,
        "description": one.description,
        "url": f"{call.root}/api/v1/{where}/labels/{one.id}",
    }


def labels(call: Call, found: list[Label], repo: Repository | None) -> list[dict[str, Any]]:
    """Return labels in the order of their names, as every list of labels has them."""
    ordered = sorted(found, key=lambda one: (one.name, one.id))
    return [label(call, one, repo) for one in ordered]


def issue_page(call: Call, one: Issue) -> str:
    """Return the address people open."""
    kind = "pulls" if one.is_pull else "issues"
    return f"{call.root}/{one.repo.full_name}/{kind}/{one.number}"


def issue(call: Call, one: Issue) -> dict[str, Any]:
    """Return an issue, or the issue side of a pull request."""
    page = issue_page(call, one)
    merge = one.pull.merge if one.pull else None
    draft = {
        "merged": merge is not None,
        "merged_at": time(merge.at) if merge else None,
        "draft": one.pull is not None and call.model.is_draft(one.pull),
        "html_url": page,
    }
    return {
        **_issue(),
        "id": one.id,
        "url": f"{call.root}/api/v1/repos/{one.repo.full_name}/issues/{one.number}",
        "html_url": page,
        "number": one.number,
        "user": user(call, one.author, viewer=call.caller),
        "title": one.title,
        "body": one.body,
        "ref": one.branch,
        "labels": labels(call, one.labels, one.repo),
        "assignee": user(call, one.assignees[0], viewer=None) if one.assignees else None,
        "assignees": [user(call, a, viewer=None) for a in one.assignees] or None,
        "state": "open" if one.open else "closed",
        "is_locked": one.locked,
        "comments": len(one.comments),
        "created_at": time(one.created_at),
        "updated_at": time(one.updated_at),
        "closed_at": time(one.closed_at),
        "pull_request": draft if one.is_pull else None,
        "repository": {
            "id": one.repo.id,
            "name": one.repo.name,
            "owner": one.repo.owner.login,
            "full_name": one.repo.full_name,
        },
    }


def hidden_issue(call: Call) -> dict[str, Any]:
    """Return a blocker that the caller may not read."""
    if call.writes():
        return _issue() | {"assets": None, "state": "", "created_at": NEVER, "updated_at": NEVER}
    return _issue() | {"title": "HIDDEN"}


def _issue() -> dict[str, Any]:
    return {
        "id": 0,
        "url": "",
        "html_url": "",
        "number": 0,
        "user": None,
        "original_author": "",
        "original_author_id": 0,
        "title": "",
        "body": "",
        "ref": "",
        "assets": [],
        "labels": None,
        "milestone": None,
        "assignee": None,
        "assignees": None,
        "state": "open",
        "is_locked": False,
        "comments": 0,
        "created_at": EPOCH,
        "updated_at": EPOCH,
        "closed_at": None,
        "due_date": None,
        "pull_request": None,
        "repository": None,
        "pin_order": 0,
    }


def entry(call: Call, one: Issue, entry_id: int, actor: Account) -> dict[str, Any]:
    """Return what comments and timeline items have in common."""
    page = issue_page(call, one)
    return {
        "id": entry_id,
        "html_url": f"{page}#issuecomment-{entry_id}",
        "pull_request_url": page if one.is_pull else "",
        "issue_url": "" if one.is_pull else page,
        "user": user(call, actor, viewer=None),
    }


def comment(call: Call, one: Comment) -> dict[str, Any]:
    """Return a comment."""
    return entry(call, one.issue, one.id, one.author) | {
        "original_author": "",
        "original_author_id": 0,
        "body": one.body,
        "assets": [],
        "created_at": time(one.created_at),
        "updated_at": time(one.updated_at),
    }


@lru_cache(maxsize=256)
def _digest(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
