"""GitHub's REST JSON for accounts, labels, issues and comments.

Owns shapes only: every key that the newest recordings show and OpenAPI's schema requires, with
what the model knows in it and what a fresh server says for the rest. Recordings of ``github/``:
``013``, ``015`` (issue), ``050``, ``051`` (comment), ``030`` (label), ``049`` (bot), ``055`` to
``062`` (rights).
"""

from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.records import (
    Access,
    Account,
    AccountKind,
    Comment,
    Event,
    Issue,
    Label,
    Repository,
)
from afk_sandbox.github import ids
from afk_sandbox.github.call import BOT_SUFFIX, Viewer

TYPES: Final = {
    AccountKind.USER: "User",
    AccountKind.BOT: "Bot",
    AccountKind.ORGANISATION: "Organization",
    AccountKind.MANNEQUIN: "Mannequin",
}
GHOST: Final = 10137
_USER_LINKS: Final = {
    "followers_url": "followers",
    "following_url": "following{/other_user}",
    "gists_url": "gists{/gist_id}",
    "starred_url": "starred{/owner}{/repo}",
    "subscriptions_url": "subscriptions",
    "organizations_url": "orgs",
    "repos_url": "repos",
    "events_url": "events{/privacy}",
    "received_events_url": "received_events",
}
REACTIONS: Final = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
_DEFAULT_LABELS: Final = frozenset(
    {
        "bug",
        "documentation",
        "duplicate",
        "enhancement",
        "good first issue",
        "help wanted",
        "invalid",
        "question",
        "wontfix",
    }
)


@lru_cache(maxsize=512)
def time(at: datetime | None) -> str | None:
    """Return a time as GitHub writes it: whole seconds, UTC."""
    return f"{at.replace(tzinfo=None).isoformat(timespec='seconds')}Z" if at else None


def login(account: Account) -> str:
    """Return a login as people and REST see it: an app's has a suffix."""
    return account.login + (BOT_SUFFIX if account.kind is AccountKind.BOT else "")


def user(call: Viewer, account: Account) -> dict[str, Any]:
    """Return an account; what a deleted one wrote stands under the ghost's name."""
    if account.deleted:
        ghost = Account(id=GHOST, login="ghost", created_at=account.created_at)
        return user(call, ghost)
    name = login(account)
    api = f"{call.api}/users/{quote(name, safe='')}"
    is_bot = account.kind is AccountKind.BOT
    return {
        "login": name,
        "id": account.id,
        "node_id": ids.account(account),
        "avatar_url": f"{call.root}/avatars/u/{account.id}?v=4",
        "gravatar_id": "",
        "url": api,
        "html_url": f"{call.root}/apps/{account.login}" if is_bot else f"{call.root}/{name}",
        **{key: f"{api}/{rest}" for key, rest in _USER_LINKS.items()},
        "type": TYPES[account.kind],
        "user_view_type": "public",
        "site_admin": account.site_admin,
    }


def permissions(access: Access) -> dict[str, bool]:
    """Return what goes with an account in lists of collaborators."""
    return {
        "admin": access >= Access.ADMIN,
        "maintain": access >= Access.ADMIN,
        "push": access >= Access.WRITE,
        "triage": access >= Access.WRITE,
        "pull": access >= Access.READ,
    }


def label(call: Viewer, one: Label, repo: Repository) -> dict[str, Any]:
    """Return a label."""
    return {
        "id": one.id,
        "node_id": ids.label(one, repo),
        "url": f"{repo_api(call, repo)}/labels/{quote(one.name, safe='')}",
        "name": one.name,
        "color": one.color,
        "default": one.name in _DEFAULT_LABELS,
        "description": one.description or None,
    }


def labels(call: Viewer, found: list[Label], repo: Repository) -> list[dict[str, Any]]:
    """Return labels in the order of their creation."""
    return [label(call, one, repo) for one in sorted(found, key=lambda one: one.id)]


def repo_api(call: Viewer, repo: Repository) -> str:
    """Return a repository's address in the API."""
    return f"{call.api}/repos/{repo.full_name}"


def issue_page(call: Viewer, one: Issue) -> str:
    """Return the address people open."""
    kind = "pull" if one.is_pull else "issues"
    return f"{call.root}/{one.repo.full_name}/{kind}/{one.number}"


def association(call: Viewer, author: Account, repo: Repository) -> str:
    """Return what an author is to a repository."""
    model = call.model
    if author is repo.owner:
        return "OWNER"
    if author.kind is AccountKind.MANNEQUIN:
        return "MANNEQUIN"
    if any(team.org is repo.owner and author.id in team.members for team in model.teams):
        return "MEMBER"
    if repo.access.get(author.id, Access.NONE):
        return "COLLABORATOR"
    wrote = any(commit.author is author for commit in repo.commits.values())
    return "CONTRIBUTOR" if wrote else "NONE"


def state_reason(one: Issue) -> str | None:
    """Return why an issue is closed, or that it was reopened."""
    if not one.open:
        return one.reason
    reopened = any(event.kind is EventKind.REOPENED for event in one.events)
    return "reopened" if reopened else None


def _closed_by(call: Viewer, one: Issue) -> dict[str, Any] | None:
    closings = [event for event in one.events if event.kind is EventKind.CLOSED]
    return user(call, closings[-1].actor) if closings and not one.open else None


def cause(event: Event, one: Issue) -> Repository:
    """Return the repository of the commit that an event names."""
    named = (other for other in one.events if event.commit and other.commit == event.commit)
    return next((other.source for other in named if other.source), one.repo)


def blocking(call: Viewer, one: Issue) -> list[Issue]:
    """Return the issues that wait for this one."""
    every = (issue for repo in call.model.repositories for issue in repo.issues.values())
    return [issue for issue in every if one in issue.blockers]


def issue(call: Viewer, one: Issue) -> dict[str, Any]:
    """Return an issue, or the issue side of a pull request."""
    repo_url, page = repo_api(call, one.repo), issue_page(call, one)
    api = f"{repo_url}/issues/{one.number}"
    waiting = blocking(call, one)
    done = sum(1 for part in one.sub_issues if not part.open)
    total = len(one.sub_issues)
    shown = {
        "url": api,
        "repository_url": repo_url,
        "labels_url": f"{api}/labels{{/name}}",
        "comments_url": f"{api}/comments",
        "events_url": f"{api}/events",
        "html_url": page,
        "id": one.id,
        "node_id": ids.issue(one),
        "number": one.number,
        "title": one.title,
        "user": user(call, one.author),
        "labels": labels(call, one.labels, one.repo),
        "state": "open" if one.open else "closed",
        "locked": one.locked,
        "assignees": [user(call, account) for account in one.assignees],
        "milestone": None,
        "comments": len(one.comments),
        "created_at": time(one.created_at),
        "updated_at": time(one.updated_at),
        "closed_at": time(one.closed_at),
        "assignee": user(call, one.assignees[0]) if one.assignees else None,
        "author_association": association(call, one.author, one.repo),
        "issue_field_values": [],
        "type": None,
        "active_lock_reason": None,
        "sub_issues_summary": {
            "total": total,
            "completed": done,
            "percent_completed": 100 * done // total if total else 0,
        },
        "issue_dependencies_summary": {
            "blocked_by": sum(1 for blocker in one.blockers if blocker.open),
            "total_blocked_by": len(one.blockers),
            "blocking": sum(1 for other in waiting if other.open),
            "total_blocking": len(waiting),
        },
        "body": one.body or None,
        "closed_by": _closed_by(call, one),
        "reactions": reactions(api),
        "timeline_url": f"{api}/timeline",
        "performed_via_github_app": None,
        "state_reason": state_reason(one),
        "pinned_comment": None,
    }
    if one.parent is not None:
        parent = one.parent
        shown["parent_issue_url"] = f"{repo_api(call, parent.repo)}/issues/{parent.number}"
    if one.is_pull:
        shown["draft"] = one.pull is not None and call.model.is_draft(one.pull)
        shown["pull_request"] = {
            "url": f"{repo_url}/pulls/{one.number}",
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "merged_at": time(one.pull.merge.at) if one.pull and one.pull.merge else None,
        }
    return shown


def reactions(api: str) -> dict[str, Any]:
    """Return the reactions to something at an address: none."""
    return {"url": f"{api}/reactions", "total_count": 0, **dict.fromkeys(REACTIONS, 0)}


def reaction(call: Viewer, one: Comment, by: Account, content: str) -> dict[str, Any]:
    """Return a reaction to a comment, by GitHub's OpenAPI description."""
    return {
        "id": one.id * 10 + REACTIONS.index(content),
        "node_id": f"REA_{one.id}_{by.id}_{REACTIONS.index(content)}",
        "user": user(call, by),
        "content": content,
        "created_at": time(one.reactions[content, by.id]),
    }


def comment(call: Viewer, one: Comment) -> dict[str, Any]:
    """Return a comment."""
    repo_url = repo_api(call, one.issue.repo)
    api = f"{repo_url}/issues/comments/{one.id}"
    return {
        "url": api,
        "html_url": f"{issue_page(call, one.issue)}#issuecomment-{one.id}",
        "issue_url": f"{repo_url}/issues/{one.issue.number}",
        "id": one.id,
        "node_id": ids.comment(one),
        "user": user(call, one.author),
        "created_at": time(one.created_at),
        "updated_at": time(one.updated_at),
        "author_association": association(call, one.author, one.issue.repo),
        "body": one.body,
        "reactions": reactions(api),
        "performed_via_github_app": None,
    }
