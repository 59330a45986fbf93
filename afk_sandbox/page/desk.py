"""The desk of whoever plays with the sandbox: its forge, its T3, and who they are there."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from afk.types import Forge
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.pull_records import Pull
from afk_sandbox.forge.records import Account, Issue, Repository
from afk_sandbox.people import People
from afk_sandbox.t3.model import T3Model


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What the pages show and change.

    ``you`` owns the repositories, the ``stranger`` can only read, ``afk`` is the account of afk's
    token. ``secret`` stands in every form: who does not know it changes nothing.
    """

    kind: Forge
    forge: ForgeModel
    t3: T3Model
    you: Account
    stranger: Account
    afk: Account
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def people(self) -> People:
        """Return who acts on pull requests."""
        return People(self.forge, self.you, self.stranger)

    def pull_path(self, pull: Pull) -> str:
        """Return a pull request's address, as this kind of forge has it."""
        word = "pulls" if self.kind is Forge.FORGEJO else "pull"
        return f"/{pull.repo.full_name}/{word}/{pull.number}"

    def path(self, issue: Issue) -> str:
        """Return an issue's address, or its pull request's."""
        if issue.pull is not None:
            return self.pull_path(issue.pull)
        return f"/{issue.repo.full_name}/issues/{issue.number}"

    def pulls_for(self, issue: Issue) -> Sequence[Pull]:
        """Return the pull requests that say they close an issue."""
        return [one for one in self.forge.pulls(issue.repo) if issue in self.forge.closes(one)]

    def repository(self, owner: str, name: str) -> Repository | None:
        """Return a repository by its owner and name."""
        return self.forge.repository(f"{owner}/{name}")
