"""Forgejo's JSON for a repository (``013-repo``; merging: ``pulls-16/156-repo-settings``)."""

from typing import Any, Final

from afk_sandbox.forge.records import Access, Repository, Unit
from afk_sandbox.forge.rules_of_branches import Method
from afk_sandbox.forgejo.call import Call
from afk_sandbox.forgejo.shapes import EPOCH, NEVER, time, user


def repository(call: Call, repo: Repository) -> dict[str, Any]:
    """Return a repository with the caller's rights on it."""
    page = f"{call.root}/{repo.full_name}"
    access = call.model.rights(repo, call.caller, Unit.CODE)
    issues = [one for one in repo.issues.values() if one.open]
    return {
        "id": repo.id,
        "owner": user(call, repo.owner, viewer=call.caller),
        "name": repo.name,
        "full_name": repo.full_name,
        "empty": not repo.commits,
        "private": repo.private,
        "languages_url": f"{call.root}/api/v1/repos/{repo.full_name}/languages",
        "html_url": page,
        "url": f"{call.root}/api/v1/repos/{repo.full_name}",
        "ssh_url": f"ssh://forge@localhost/{repo.full_name}.git",
        "clone_url": f"{page}.git",
        "open_issues_count": sum(1 for one in issues if not one.is_pull),
        "open_pr_counter": sum(1 for one in issues if one.is_pull),
        "default_branch": repo.default_branch,
        "archived": repo.archived_at is not None,
        "created_at": time(repo.created_at),
        "updated_at": time(repo.updated_at),
        "archived_at": time(repo.archived_at) or EPOCH,
        "permissions": {
            "admin": access >= Access.ADMIN,
            "push": access >= Access.WRITE,
            "pull": access >= Access.READ,
        },
        "has_issues": repo.has_issues,
        "internal_tracker": {
            "enable_time_tracker": True,
            "allow_only_contributors_to_track_time": True,
            "enable_issue_dependencies": repo.has_dependencies,
        },
        **_SETTINGS,
        **_merging(repo),
        "topics": [] if call.v14 else None,
        **(_wiki(repo, page) if call.v16 else {}),
    }


def _merging(repo: Repository) -> dict[str, Any]:
    """Return how pull requests may be merged (``pulls-16/156-repo-settings``)."""
    allowed = repo.merging.methods
    return {
        "allow_merge_commits": Method.MERGE in allowed,
        "allow_rebase": Method.REBASE in allowed,
        "allow_rebase_explicit": Method.REBASE_MERGE in allowed,
        "allow_squash_merge": Method.SQUASH in allowed,
        "allow_fast_forward_only_merge": Method.FAST_FORWARD in allowed,
    }


def _wiki(repo: Repository, page: str) -> dict[str, Any]:
    """Return what 16 says besides."""
    return {
        "has_wiki_contents": False,
        "wiki_ssh_url": f"ssh://forge@localhost/{repo.full_name}.wiki.git",
        "wiki_clone_url": f"{page}.wiki.git",
    }


_SETTINGS: Final[dict[str, Any]] = {
    "description": "",
    "fork": False,
    "template": False,
    "parent": None,
    "mirror": False,
    "size": 25,
    "language": "",
    "link": "",
    "original_url": "",
    "website": "",
    "stars_count": 0,
    "forks_count": 0,
    "watchers_count": 1,
    "release_counter": 0,
    "has_wiki": True,
    "wiki_branch": "main",
    "globally_editable_wiki": False,
    "has_pull_requests": True,
    "has_projects": True,
    "has_releases": True,
    "has_packages": True,
    "has_actions": True,
    "ignore_whitespace_conflicts": False,
    "allow_rebase_update": True,
    "default_delete_branch_after_merge": False,
    "default_merge_style": "merge",
    "default_allow_maintainer_edit": False,
    "default_update_style": "merge",
    "avatar_url": "",
    "internal": False,
    "mirror_interval": "",
    "object_format_name": "sha1",
    "mirror_updated": NEVER,
    "repo_transfer": None,
}
