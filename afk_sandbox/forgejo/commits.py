"""Forgejo's endpoints for branches and commits.

Recordings ``137`` to ``144``, ``147``, ``148``: compare and lists are newest first; what is unknown
is answered in a different way by each of them (404 with a message, 404 ``null``, 409, 500), and by
release.
"""

from typing import Any

from starlette.responses import Response

from afk_sandbox.forge.records import Commit
from afk_sandbox.forgejo.answers import ApiError, not_found
from afk_sandbox.forgejo.call import Call
from afk_sandbox.forgejo.shapes import NEVER, time, user

UNSIGNED = {
    "verified": False,
    "reason": "gpg.error.not_signed_commit",
    "signature": "",
    "signer": None,
    "payload": "",
}


def get_branch(call: Call) -> Response:
    """GET /repos/{o}/{r}/branches/{branch}."""
    name = call.request.path_params["branch"]
    sha = call.repo.branches.get(name)
    if sha is None:
        raise not_found(f"branch does not exist [repo_id: {call.repo.id} name: {name}]")
    one, model = call.repo.commits[sha], call.model
    rules = model.protections(call.repo, name)
    required = [check for rule in rules for check in rule.required]
    caller = call.caller
    return call.answer(
        {
            "name": name,
            "commit": {
                "id": sha,
                "message": _message(one),
                "url": f"{call.root}/{call.repo.full_name}/commit/{sha}",
                "author": _identity(one),
                "committer": _identity(one),
                "verification": UNSIGNED,
                "timestamp": time(one.at),
                "added": None,
                "removed": None,
                "modified": None,
            },
            "protected": bool(rules),
            "required_approvals": max((rule.approvals for rule in rules), default=0),
            "enable_status_check": bool(required),
            "status_check_contexts": required,
            "user_can_push": caller is not None and model.may_push(call.repo, name, caller),
            "user_can_merge": caller is not None and model.may_merge(call.repo, name, caller),
            "effective_branch_protection_name": "",
        }
    )


def list_commits(call: Call) -> Response:
    """GET /repos/{o}/{r}/commits."""
    repo, model = call.repo, call.model
    if not repo.commits:
        raise ApiError(409, "Git Repository is empty.")
    head = model.resolve(repo, call.query("sha") or repo.default_branch)
    if not head:
        raise ApiError(404, null=True)
    base = model.resolve(repo, call.query("not"))
    if call.query("not") and not base:
        raise ApiError(500, "")
    found = model.commits_between(repo, base, head)
    total, pages = len(found), -(-len(found) // call.limit)
    return call.answer(
        [_commit(call, one) for one in call.paged(found)],
        total=total,
        paged=True,
        headers={
            "X-Total": str(total),
            "X-Page": str(call.page),
            "X-PerPage": str(call.limit),
            "X-PageCount": str(pages),
            "X-HasMore": str(call.page < pages).lower(),
        },
    )


def compare(call: Call) -> Response:
    """GET /repos/{o}/{r}/compare/{base}...{head}: what the head has beyond the base."""
    base, _, head = call.request.path_params["basehead"].partition("...")
    shas = [_known(call, base, "base"), _known(call, head, "head")]
    found = call.model.commits_between(call.repo, *shas)
    files = [_file(name) for one in found for name in one.files]
    return call.answer(
        {
            "total_commits": len(found),
            "commits": [_commit(call, one) for one in found],
            "files": files if call.flag("files") else [],
        }
    )


def _known(call: Call, ref: str, side: str) -> str:
    """Return a side's sha; 11 tells an unknown base from an unknown head.

    Recorded in ``139`` and the cassettes ``test_branches__unknown_base``.
    """
    sha = call.model.resolve(call.repo, ref)
    if sha:
        return sha
    if not call.v14:
        unknown_base = ApiError(404, "BaseNotExist", errors=[])
        raise unknown_base if side == "base" else ApiError(500, "")
    where = f"in the {side} repository {call.repo.full_name}"
    raise not_found(f"could not find '{ref}' to be a commit, branch or tag {where}")


def _commit(call: Call, one: Commit) -> dict[str, Any]:
    api = f"{call.root}/api/v1/repos/{call.repo.full_name}/git"
    person = {"name": one.author.login, "email": one.author.email, "date": time(one.at)}
    account = user(call, one.author, viewer=None) if not one.author.deleted else None
    changed = {"total": 1, "additions": 1, "deletions": 0}
    return {
        "url": f"{api}/commits/{one.sha}",
        "sha": one.sha,
        "created": time(one.at),
        "html_url": f"{call.root}/{call.repo.full_name}/commit/{one.sha}",
        "commit": {
            "url": f"{api}/commits/{one.sha}",
            "author": person,
            "committer": person,
            "message": _message(one),
            "tree": {
                "url": f"{api}/trees/{one.sha}",
                "sha": one.sha,
                "created": time(one.at),
            },
            "verification": UNSIGNED if call.flag("verification") else None,
        },
        "author": account,
        "committer": account,
        "parents": [
            {"url": f"{api}/commits/{sha}", "sha": sha, "created": NEVER} for sha in one.parents
        ],
        "files": [_file(name) for name in one.files] if call.flag("files") else None,
        "stats": changed if call.flag("stat") else None,
    }


def _file(name: str) -> dict[str, str]:
    return {"filename": name, "status": "added"}


def _identity(one: Commit) -> dict[str, str]:
    login = one.author.login
    return {"name": login, "email": one.author.email, "username": login}


def _message(one: Commit) -> str:
    """Return the message as git stores it: with a newline at its end."""
    return one.message if one.message.endswith("\n") else f"{one.message}\n"
