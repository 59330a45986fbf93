"""GitHub's REST JSON for repositories and commits.

Owns shapes only. Recordings of ``github/``: ``124``, ``135``, ``137`` (repository), ``138``
(commit, branch).
"""

import hashlib
from typing import Any, Final

from afk_sandbox.forge.records import AccountKind, Commit, Repository
from afk_sandbox.forge.rules_of_branches import MergeSettings, Method
from afk_sandbox.github import ids
from afk_sandbox.github.call import Viewer
from afk_sandbox.github.shapes import permissions, repo_api, time, user

_LINKS: Final = {
    "forks_url": "/forks",
    "keys_url": "/keys{/key_id}",
    "collaborators_url": "/collaborators{/collaborator}",
    "teams_url": "/teams",
    "hooks_url": "/hooks",
    "issue_events_url": "/issues/events{/number}",
    "events_url": "/events",
    "assignees_url": "/assignees{/user}",
    "branches_url": "/branches{/branch}",
    "tags_url": "/tags",
    "blobs_url": "/git/blobs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "trees_url": "/git/trees{/sha}",
    "statuses_url": "/statuses/{sha}",
    "languages_url": "/languages",
    "stargazers_url": "/stargazers",
    "contributors_url": "/contributors",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "commits_url": "/commits{/sha}",
    "git_commits_url": "/git/commits{/sha}",
    "comments_url": "/comments{/number}",
    "issue_comment_url": "/issues/comments{/number}",
    "contents_url": "/contents/{+path}",
    "compare_url": "/compare/{base}...{head}",
    "merges_url": "/merges",
    "archive_url": "/{archive_format}{/ref}",
    "downloads_url": "/downloads",
    "issues_url": "/issues{/number}",
    "pulls_url": "/pulls{/number}",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "labels_url": "/labels{/name}",
    "releases_url": "/releases{/id}",
    "deployments_url": "/deployments",
}
_SETTINGS: Final[dict[str, Any]] = {
    "homepage": None,
    "size": 0,
    "stargazers_count": 0,
    "watchers_count": 0,
    "language": None,
    "has_projects": True,
    "has_downloads": True,
    "has_wiki": True,
    "has_pages": False,
    "has_discussions": False,
    "forks_count": 0,
    "mirror_url": None,
    "disabled": False,
    "license": None,
    "allow_forking": True,
    "is_template": False,
    "web_commit_signoff_required": False,
    "topics": [],
    "forks": 0,
    "watchers": 0,
    "network_count": 0,
    "subscribers_count": 0,
}
_FOR_WRITERS: Final[dict[str, Any]] = {
    "temp_clone_token": "",
    "allow_update_branch": False,
    "use_squash_pr_title_as_default": False,
}
UNSIGNED: Final[dict[str, Any]] = {
    "verified": False,
    "reason": "unsigned",
    "signature": None,
    "payload": None,
    "verified_at": None,
}


def short_repository(call: Viewer, repo: Repository) -> dict[str, Any]:
    """Return a repository as other answers hold it."""
    api = repo_api(call, repo)
    return {
        "id": repo.id,
        "node_id": ids.repository(repo),
        "name": repo.name,
        "full_name": repo.full_name,
        "private": repo.private,
        "owner": user(call, repo.owner),
        "html_url": f"{call.root}/{repo.full_name}",
        "description": None,
        "fork": False,
        "url": api,
        **{key: api + rest for key, rest in _LINKS.items()},
    }


def repository(call: Viewer, repo: Repository) -> dict[str, Any]:
    """Return a repository; with the caller's rights on it if there is a caller."""
    page = f"{call.root}/{repo.full_name}"
    host = call.root.partition("://")[2]
    pushed = max((commit.at for commit in repo.commits.values()), default=repo.created_at)
    count = sum(1 for issue in repo.issues.values() if issue.open)
    shown = {
        **short_repository(call, repo),
        **_SETTINGS,
        "created_at": time(repo.created_at),
        "updated_at": time(repo.updated_at),
        "pushed_at": time(pushed),
        "git_url": f"git://{host}/{repo.full_name}.git",
        "ssh_url": f"git@{host}:{repo.full_name}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        "has_issues": repo.has_issues,
        "archived": repo.archived_at is not None,
        "open_issues_count": count,
        "open_issues": count,
        "visibility": "private" if repo.private else "public",
        "default_branch": repo.default_branch,
    }
    if call.caller is not None:
        shown["permissions"] = permissions(call.rights(repo))
        if shown["permissions"]["push"]:
            shown |= {**_FOR_WRITERS, **_merging(repo.merging)}
    if repo.owner.kind is AccountKind.ORGANISATION:
        shown["organization"] = user(call, repo.owner)
    return shown


def _merging(settings: MergeSettings) -> dict[str, bool]:
    """Return how a repository merges, which only who may write is told (``124``, ``135``)."""
    return {
        "allow_squash_merge": Method.SQUASH in settings.methods,
        "allow_merge_commit": Method.MERGE in settings.methods,
        "allow_rebase_merge": Method.REBASE in settings.methods,
        "allow_auto_merge": settings.automatic,
        "delete_branch_on_merge": settings.deletes_branch,
    }


def short_commit(one: Commit) -> dict[str, Any]:
    """Return a commit as workflow runs have it (``087``)."""
    author = {"name": one.author.login, "email": one.author.email}
    return {
        "id": one.sha,
        "tree_id": tree_id(one),
        "message": one.message,
        "timestamp": time(one.at),
        "author": author,
        "committer": {"name": one.committer.login, "email": one.committer.email},
    }


def commit(call: Viewer, one: Commit, repo: Repository) -> dict[str, Any]:
    """Return a commit as lists and branches have it."""
    api, page = repo_api(call, repo), f"{call.root}/{repo.full_name}"
    person = {"name": one.author.login, "email": one.author.email, "date": time(one.at)}
    account = None if one.author.deleted else user(call, one.author)
    tree = tree_id(one)
    return {
        "sha": one.sha,
        "node_id": ids.commit(one.sha, repo),
        "commit": {
            "author": person,
            "committer": person,
            "message": one.message,
            "tree": {"sha": tree, "url": f"{api}/git/trees/{tree}"},
            "url": f"{api}/git/commits/{one.sha}",
            "comment_count": 0,
            "verification": UNSIGNED,
        },
        "url": f"{api}/commits/{one.sha}",
        "html_url": f"{page}/commit/{one.sha}",
        "comments_url": f"{api}/commits/{one.sha}/comments",
        "author": account,
        "committer": account,
        "parents": [
            {"sha": sha, "url": f"{api}/commits/{sha}", "html_url": f"{page}/commit/{sha}"}
            for sha in one.parents
        ],
    }


def tree_id(one: Commit) -> str:
    """Return a sha that stands for what a commit holds."""
    return hashlib.sha1(f"tree {one.sha}".encode(), usedforsecurity=False).hexdigest()
