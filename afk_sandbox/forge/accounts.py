"""The forge's accounts and repositories: who there is, what is whose, who may do what.

Owns identity, tokens, rights, renames and transfers. Nothing here checks whether a caller may
do what it asks: a view does that for requests, and a scenario may do anything.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from afk_sandbox.forge.ci import CI, Pace, Workflow
from afk_sandbox.forge.records import (
    ALL_SCOPES,
    Access,
    Account,
    AccountKind,
    Label,
    Repository,
    Team,
    Token,
    Unit,
)
from afk_sandbox.forge.rules import Rules


class Accounts:
    """Accounts, tokens, organisations and repositories of one forge, in memory."""

    def __init__(self, now: Callable[[], datetime], *, pace: Pace | None = None) -> None:
        """``now`` returns aware UTC datetimes; ``pace`` says how fast CI goes."""
        self.now = now
        self.pace = pace or Pace()
        self.rules = Rules()
        """What acts mean here; a view of another forge than Forgejo sets its own."""
        self.ids: dict[str, int] = {}
        """The last id given of each kind (``account``, ``issue``, ``label`` and so on)."""
        self.accounts: list[Account] = []
        self.teams: list[Team] = []
        self.repositories: list[Repository] = []
        self.tokens: dict[str, Token] = {}
        self.sessions: dict[str, Account] = {}
        self._moved: dict[str, Repository] = {}

    def next_id(self, kind: str) -> int:
        """Return the next id of a kind, counting from 1."""
        self.ids[kind] = self.ids.get(kind, 0) + 1
        return self.ids[kind]

    # Accounts

    def add_account(
        self, login: str, *, kind: AccountKind = AccountKind.USER, site_admin: bool = False
    ) -> Account:
        """Create an account."""
        account = Account(
            id=self.next_id("account"),
            login=login,
            created_at=self.now(),
            kind=kind,
            site_admin=site_admin,
        )
        self.accounts.append(account)
        return account

    def account(self, login: str) -> Account | None:
        """Return the account of that login, in any case; None when there is none (any more)."""
        wanted = login.lower()
        living = (one for one in self.accounts if not one.deleted)
        return next((one for one in living if one.login.lower() == wanted), None)

    def account_by_id(self, account_id: int) -> Account:
        """Return an account, deleted ones included."""
        return next(one for one in self.accounts if one.id == account_id)

    def delete_account(self, account: Account) -> None:
        """Delete an account: its tokens die, what it did stays under nobody's name."""
        account.deleted = True
        self.tokens = {k: t for k, t in self.tokens.items() if t.account is not account}
        self.sessions = {k: a for k, a in self.sessions.items() if a is not account}

    def add_team(self, org: Account, name: str, *, members: Iterable[Account]) -> Team:
        """Create a team without any rights; give it some with `Team.units`."""
        team = Team(org=org, name=name, members={one.id for one in members}, units={})
        self.teams.append(team)
        return team

    def token_for(
        self,
        account: Account,
        *,
        scopes: Iterable[str] = ALL_SCOPES,
        public_only: bool = False,
        expires_at: datetime | None = None,
    ) -> str:
        """Return a new token of the account."""
        value = f"sandbox-{account.login}-{self.next_id('token')}"
        self.tokens[value] = Token(
            account=account,
            scopes=frozenset(scopes),
            public_only=public_only,
            expires_at=expires_at,
        )
        return value

    def sign_in(self, account: Account) -> str:
        """Return a session cookie's value for the web routes."""
        value = f"session-{account.login}-{self.next_id('session')}"
        self.sessions[value] = account
        return value

    # Repositories

    def add_repository(
        self,
        owner: Account,
        name: str,
        *,
        private: bool = False,
        workflows: Sequence[Workflow] = (CI,),
    ) -> Repository:
        """Create an empty repository without labels."""
        now = self.now()
        repo = Repository(
            id=self.next_id("repository"),
            owner=owner,
            name=name,
            created_at=now,
            updated_at=now,
            private=private,
            workflows=tuple(workflows),
        )
        self.repositories.append(repo)
        return repo

    def repository(self, full_name: str) -> Repository | None:
        """Return the repository of that name today."""
        wanted = full_name.lower()
        return next((r for r in self.repositories if r.full_name.lower() == wanted), None)

    def moved_repository(self, full_name: str) -> Repository | None:
        """Return the repository that once had this name and is still there under another."""
        repo = self._moved.get(full_name.lower())
        return repo if repo in self.repositories else None

    def rename_repository(self, repo: Repository, name: str) -> None:
        """Give a repository another name; the old one leads to it."""
        self._moved[repo.full_name.lower()] = repo
        repo.name = name

    def transfer_repository(self, repo: Repository, owner: Account) -> None:
        """Give a repository to somebody else; the old name leads to it."""
        self._moved[repo.full_name.lower()] = repo
        repo.owner = owner

    def archive(self, repo: Repository) -> None:
        """Make a repository read-only, as far as the forge means it."""
        repo.archived_at = repo.updated_at = self.now()

    def delete_repository(self, repo: Repository) -> None:
        """Delete a repository with everything in it."""
        self.repositories.remove(repo)

    # Rights

    def set_access(self, repo: Repository, account: Account, access: str | Access) -> None:
        """Make an account a collaborator: ``read``, ``write`` or ``admin``; ``none`` ends it."""
        repo.access[account.id] = access if isinstance(access, Access) else Access[access.upper()]

    def rights(self, repo: Repository, account: Account | None, unit: Unit = Unit.ISSUES) -> Access:
        """Return what an account, or None for anybody, may do with a part of a repository."""
        anyone = Access.NONE if repo.private else Access.READ
        if account is None or account.deleted:
            return anyone
        if account.site_admin or account is repo.owner:
            return Access.OWNER
        given = [team.units.get(unit, Access.NONE) for team in self._teams(repo, account)]
        return max(anyone, repo.access.get(account.id, Access.NONE), *given, Access.NONE)

    def role(self, repo: Repository, account: Account) -> Access:
        """Return what an account is to the whole repository.

        A team counts with the least of what it may do with the parts it may do something with,
        as Forgejo reports it (recording ``forgejo/14.0.0/087-permission-org-bot``, cassettes
        ``test_organisation_permission__asked_by_its_owner``).
        """
        anyone = Access.NONE if repo.private else Access.READ
        if account.deleted:
            return anyone
        if account.site_admin or account is repo.owner:
            return Access.OWNER
        teams = [[one for one in t.units.values() if one] for t in self._teams(repo, account)]
        given = [min(units) for units in teams if units]
        return max(anyone, repo.access.get(account.id, Access.NONE), *given)

    def visible(self, repo: Repository, account: Account | None) -> bool:
        """Say whether an account, or None for anybody, can see the repository at all."""
        return not repo.private or any(self.rights(repo, account, unit) for unit in Unit)

    def _teams(self, repo: Repository, account: Account) -> list[Team]:
        return [t for t in self.teams if t.org is repo.owner and account.id in t.members]

    # Labels as such; putting them on issues is `Issues`' business

    def define_label(
        self,
        where: Repository | Account,
        name: str,
        *,
        color: str = "ededed",
        description: str = "",
        exclusive: bool = False,
    ) -> Label:
        """Create a label of a repository or an organisation; names may repeat."""
        label = Label(
            id=self.next_id("label"),
            name=name,
            color=color.removeprefix("#"),
            description=description,
            exclusive=exclusive,
            org=where if isinstance(where, Account) else None,
        )
        where.labels.append(label)
        return label

    def labels_for(self, repo: Repository) -> list[Label]:
        """Return the labels that issues of a repository can carry, its owner's included."""
        return [*repo.labels, *repo.owner.labels]

    def labels_named(self, repo: Repository, names: Iterable[str]) -> list[Label]:
        """Return every label of those names: two can have the same one."""
        wanted = set(names)
        return [label for label in self.labels_for(repo) if label.name in wanted]

    def rename_label(self, label: Label, name: str) -> None:
        """Rename a label; its events keep what it was called, and a view shows one or the other.

        Forgejo shows today's name (recording ``forgejo/14.0.0/061-timeline-label-renamed``),
        GitHub the former one (https://github.com/aws-actions/stale-issue-cleanup/issues/20).
        """
        label.name = name

    def delete_label(self, label: Label) -> None:
        """Delete a label: it leaves every issue, and its events vanish."""
        for repo in self.repositories:
            for issue in repo.issues.values():
                issue.labels = [one for one in issue.labels if one is not label]
                issue.events = [one for one in issue.events if one.label is not label]
        holders: list[Repository | Account] = [*self.repositories, *self.accounts]
        for holder in holders:
            holder.labels = [one for one in holder.labels if one is not label]
