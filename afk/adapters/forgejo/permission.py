"""Who may write to a repository on Forgejo, as far as this token can tell.

Owns the reading of two endpoints that are each exact in one direction only.

``GET .../collaborators/{login}/permission`` answers a repository admin, a site admin, and
everybody about themselves; others get 403 (``forgejo/14.0.0/085-permission-bot-asks-other``).
owner and admin are certain. In an organisation write, read and none are not: the word is the
least that a team may do with the parts it may do something with. A team with write on code and
read on issues is reported as read (``087-permission-org-bot``), one that may write issues and
nothing else as write (cassettes ``test_organisation_permission__asked_by_its_owner``; source,
models/unit/unit.go, MinUnitAccessMode, alike in 11.0.15 and 14.0.0).

``GET .../assignees`` answers any token. It lists everybody with write on the whole repository,
and in an organisation also members of teams that may write any part of it, or only read pull
requests (``088-assignees-bot``, ``089-assignees-org``; source, models/repo/user_repo.go,
GetRepoAssignees, alike in 11.0.15 and 14.0.0). So:

* who is not listed has no write of any kind, whoever owns the repository;
* who is listed has write for certain only where a user owns the repository. Such a list always
  has the owner itself in it, and never has an organisation: that tells the two apart without
  another request.

So write, read and none are believed where both agree.

Not seen by the second: site administrators, who may write everywhere and are listed nowhere. Where
the first endpoint is refused they come out as without write; `trusted` names them.
"""

import threading
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from httpx import codes

from afk.adapters.forgejo.api import ForgejoApi, repo_path
from afk.adapters.forgejo.errors import missing_scope
from afk.adapters.forgejo.wire import PERMISSION, USERS, WireUser
from afk.types import Account, AccountKind, Permission

_CERTAIN: Final = frozenset({"owner", "admin"})
_TOLD: Final = {
    "write": Permission.WRITE,
    "read": Permission.NO_WRITE,
    "none": Permission.NO_WRITE,
}
_NO_SUCH_USER: Final = "user does not exist"


@dataclass(frozen=True, slots=True)
class Permissions:
    """Permissions through one token; who is assignable is asked once per repository."""

    api: ForgejoApi
    _assignees: dict[str, tuple[WireUser, ...] | None] = field(default_factory=dict)
    _locks: dict[str, threading.Lock] = field(default_factory=dict)

    def of(self, repo: str, account: Account, *, may_ask: bool = True) -> Permission:
        """Return the account's permission; ``may_ask`` False: this token is no repository admin.

        A deleted user has no rights; what a job's token may do depends on the job, so it cannot
        be told. Raises what answers other than 403 stand for.
        """
        if account.kind is not AccountKind.USER:
            deleted = account.kind is AccountKind.GHOST
            return Permission.NO_WRITE if deleted else Permission.UNKNOWN
        if not may_ask:
            return self._by_assignees(repo, account)
        what = f"asking for the permission of {account.login} in {repo}"
        login = quote(account.login, safe="")
        answer = self.api.http.get(f"{repo_path(repo)}/collaborators/{login}/permission")
        if answer.status == codes.NOT_FOUND and answer.excerpt.startswith(_NO_SUCH_USER):
            return Permission.NO_WRITE  # 082-permission-unknown-user, 122-permission-ghost
        if answer.status == codes.FORBIDDEN and not missing_scope(answer):
            return self._by_assignees(repo, account)
        reply = self.api.value(PERMISSION, answer, what, repo=repo)
        if reply.user.id != account.id:
            return Permission.UNKNOWN  # the login belongs to somebody else by now
        if reply.permission in _CERTAIN:
            return Permission.WRITE
        told = _TOLD.get(reply.permission)
        if told is None:
            return Permission.UNKNOWN
        return told if self._by_assignees(repo, account) is told else Permission.UNKNOWN

    def _by_assignees(self, repo: str, account: Account) -> Permission:
        with self._locks.setdefault(repo, threading.Lock()):
            if repo not in self._assignees:
                self._assignees[repo] = self._ask_assignees(repo)
            users = self._assignees[repo]
        if users is None:
            return Permission.UNKNOWN
        if all(user.id != account.id for user in users):
            return Permission.NO_WRITE
        return Permission.WRITE if self.owned_by_user(repo) else Permission.UNKNOWN

    def owned_by_user(self, repo: str) -> bool:
        """Say whether the list of those who may write, where it was asked for, shows that."""
        owner = repo.split("/", maxsplit=1)[0].casefold()
        return any(user.login.casefold() == owner for user in self._assignees.get(repo) or ())

    def _ask_assignees(self, repo: str) -> tuple[WireUser, ...] | None:
        """Return the list, None when this token may not see it."""
        answer = self.api.http.get(f"{repo_path(repo)}/assignees")
        if answer.status == codes.FORBIDDEN and not missing_scope(answer):
            return None
        return self.api.value(USERS, answer, f"asking who may write to {repo}", repo=repo)
