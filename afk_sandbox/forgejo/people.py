"""Forgejo's endpoints about the server, accounts and a repository as such.

Recordings ``001``, ``003`` to ``005``, ``013``; permissions ``079`` to ``087``, ``122`` (only a
repository admin may ask about others); assignees ``088``, ``089`` (too wide for organisations).
"""

from starlette.responses import Response

from afk_sandbox.forge.records import Access, AccountKind, Team, Unit
from afk_sandbox.forgejo.answers import ApiError
from afk_sandbox.forgejo.call import Call
from afk_sandbox.forgejo.repository_shape import repository
from afk_sandbox.forgejo.shapes import user


def get_version(call: Call) -> Response:
    """GET /version."""
    return call.answer({"version": f"{call.version}+gitea-1.22.0"})


def get_user(call: Call) -> Response:
    """GET /user."""
    return call.answer(user(call, call.user, viewer=call.user))


def get_repository(call: Call) -> Response:
    """GET /repos/{o}/{r}."""
    return call.answer(repository(call, call.repo))


def search_repositories(call: Call) -> Response:
    """GET /repos/search: what the caller sees whose name has a part, the newest change first.

    Forgejo's own description of it: ``/api/swagger``.
    """
    part = call.query("q").lower()
    found = [one for one in call.model.repositories if part in one.name.lower()]
    seen = sorted(filter(call.can_see, found), key=lambda one: one.updated_at, reverse=True)
    shown = [repository(call, one) for one in call.paged(seen)]
    return call.answer({"ok": True, "data": shown}, total=len(seen), paged=True)


def get_permission(call: Call) -> Response:
    """GET /repos/{o}/{r}/collaborators/{login}/permission: first whether there is such a user.

    Recorded in the cassettes ``test_permission__unknown_account``.
    """
    login = call.request.path_params["login"]
    asker, account = call.user, call.model.account(login)
    if account is None:
        raise ApiError(404, f"user does not exist [uid: 0, name: {login}]")
    itself = asker.login.lower() == login.lower()
    if not itself and call.model.role(call.repo, asker) < Access.ADMIN:
        raise ApiError(
            403,
            "Only admins can query all permissions, repo admins can query all repo permissions, "
            "collaborators can query only their own",
        )
    role = call.model.role(call.repo, account).name.lower()
    return call.answer(
        {"permission": role, "role_name": role, "user": user(call, account, viewer=asker)}
    )


def list_assignees(call: Call) -> Response:
    """GET /repos/{o}/{r}/assignees: collaborators with write, then the owner.

    In an organisation: everybody with write to any part, or who may read pull requests.
    """
    repo, model, viewer = call.repo, call.model, call.user
    people = [
        one
        for one in sorted(model.accounts, key=lambda account: account.login)
        if one.kind is not AccountKind.ORGANISATION and not one.deleted
    ]
    given = {one for one, access in repo.access.items() if access >= Access.WRITE}
    if repo.owner.kind is AccountKind.ORGANISATION:
        teams = [team for team in model.teams if team.org is repo.owner and _may_write(team)]
        members = {member for team in teams for member in team.members}
        found = [one for one in people if one.id in members or one.id in given]
    else:
        found = [one for one in people if one.id in given]
        found.append(repo.owner)
    return call.answer([user(call, one, viewer=viewer) for one in found])


def _may_write(team: Team) -> bool:
    """Say whether a team may write any part of a repository, or read pull requests."""
    most = max(team.units.values(), default=Access.NONE)
    return most >= Access.WRITE or bool(team.units.get(Unit.PULLS))
