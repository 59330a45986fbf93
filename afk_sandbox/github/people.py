"""GitHub's REST endpoints about the caller, and a repository as such.

Recordings of ``github/``: ``133`` (the caller), ``124``, ``135`` (repository), ``055`` to ``061``
(rights: only who can push may ask). An unknown login, and an app's, is answered 404
"... is not a user" (https://github.com/github/gh-aw/issues/18556).
"""

from typing import Any

from starlette.responses import Response

from afk_sandbox.forge.records import Access, Account, AccountKind
from afk_sandbox.github.answers import ApiError
from afk_sandbox.github.call import BOT_SUFFIX, Call
from afk_sandbox.github.repository_shapes import repository
from afk_sandbox.github.shapes import permissions, time, user

_ROLES = {
    Access.OWNER: "admin",
    Access.ADMIN: "admin",
    Access.WRITE: "write",
    Access.READ: "read",
}


def get_user(call: Call) -> Response:
    """GET /user; not for apps (recording ``github/128``'s refusal)."""
    if call.user.kind is AccountKind.BOT:
        raise ApiError(403, "Resource not accessible by integration")
    shown = _profile(call, call.user)
    counts = ("private_gists", "total_private_repos", "owned_private_repos")
    shown |= dict.fromkeys((*counts, "disk_usage", "collaborators"), 0)
    plan = {"name": "free", "space": 976562499, "collaborators": 0, "private_repos": 10000}
    private = {"user_view_type": "private", "notification_email": None, "plan": plan}
    return call.answer(shown | {"two_factor_authentication": True} | private)


def _profile(call: Call, account: Account) -> dict[str, Any]:
    absent = ("name", "company", "location", "email", "hireable", "bio", "twitter_username")
    owned = [repo for repo in call.model.repositories if repo.owner is account]
    return {
        **user(call, account),
        **dict.fromkeys(absent),
        "blog": "",
        "public_repos": sum(1 for repo in owned if not repo.private),
        **dict.fromkeys(("public_gists", "followers", "following"), 0),
        "created_at": time(account.created_at),
        "updated_at": time(account.created_at),
    }


def get_repository(call: Call) -> Response:
    """GET /repos/{o}/{r}, and /repositories/{id}."""
    return call.answer(repository(call, call.repo))


def get_permission(call: Call) -> Response:
    """GET /repos/{o}/{r}/collaborators/{username}/permission."""
    if call.rights(call.repo) < Access.WRITE:
        raise ApiError(403, "Must have push access to view collaborator permission.")
    name = call.path("username")
    account = _account(call, name)
    if account is None or account.kind is not AccountKind.USER:
        raise ApiError(404, f"{name} is not a user")
    access = call.model.role(call.repo, account)
    role = _ROLES.get(access, "")
    shown = {**user(call, account), "permissions": permissions(access), "role_name": role}
    return call.answer({"permission": role or "none", "user": shown, "role_name": role})


def _account(call: Call, name: str) -> Account | None:
    found = call.model.account(name.removesuffix(BOT_SUFFIX))
    is_bot = found is not None and found.kind is AccountKind.BOT
    return found if is_bot == name.endswith(BOT_SUFFIX) else None
