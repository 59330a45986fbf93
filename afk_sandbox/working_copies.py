"""A scripted agent's way into the sandbox forge's repositories, with an account's rights."""

from dataclasses import dataclass

from afk_sandbox.agents.hands import Push, PushRefused, Rebase
from afk_sandbox.forge.branching import NoBranch
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.pulls import NothingBetween, PullExists
from afk_sandbox.forge.records import Account, Repository
from afk_sandbox.forge.trees import parse_change

_STALE = "stale info"
"""What git says of a push whose lease does not hold."""


@dataclass
class WorkingCopies:
    """Pushes as accounts of a forge; a protected branch refuses whom it does not name."""

    forge: ForgeModel

    def push(self, push: Push) -> str:
        """Commit and push as the account of that login.

        To a branch that was renamed since under its new name: it is not made anew.
        """
        repo, actor = self._who(push.repo, push.actor)
        branch = push.branch
        if branch not in repo.branches:
            branch = repo.renamed.get(branch, branch)
        self._may(repo, branch, actor)
        tip = repo.branches.get(branch)
        base = (push.base or None) if tip is None else None
        if base not in repo.commits:
            base = None
        if push.amend and tip is not None:
            base = repo.commits[tip].parent
        subject = push.message.partition("\n")[0]
        changes = [parse_change(push.touch, subject)] if push.touch else None
        return self.forge.push(repo, branch, push.message, actor, base=base, changes=changes)

    def rebase(self, rebase: Rebase) -> str:
        """Make the branch's own commits anew on another one; its text wins where lines conflict."""
        repo, actor = self._who(rebase.repo, rebase.actor)
        self._may(repo, rebase.branch, actor)
        tip = repo.branches.get(rebase.branch, "")
        onto = self._commit(repo, rebase.onto)
        if not tip or not onto:
            raise PushRefused(f"{rebase.branch} or {rebase.onto} is not there")
        if not tip.startswith(rebase.lease):
            raise PushRefused(_STALE)
        fresh = self.forge.replay(repo, onto, tip, actor, insist=True)
        self.forge.move_branch(repo, rebase.branch, fresh, actor)
        return fresh

    def open_pull(self, repo: str, branch: str, title: str, body: str, actor: str) -> str:
        """Open a pull request to the default branch."""
        where, who = self._who(repo, actor)
        try:
            pull = self.forge.open_pull(where, who, branch, title=title, body=body)
        except PullExists as exists:
            return f"there is #{exists.pull.number} already"
        except (NoBranch, NothingBetween):
            return "there is nothing to merge"
        return f"#{pull.number}"

    def _who(self, repo: str, login: str) -> tuple[Repository, Account]:
        # Both forges take what is pushed to a former name, as they answer a request to it.
        repository = self.forge.repository(repo) or self.forge.moved_repository(repo)
        account = self.forge.account(login)
        if repository is None or account is None:
            raise LookupError(f"{repo} or {login} is not in this world")
        return repository, account

    def _may(self, repo: Repository, branch: str, actor: Account) -> None:
        if not self.forge.may_push(repo, branch, actor):
            raise PushRefused(f"not allowed to push to the protected branch {branch}")

    def _commit(self, repo: Repository, name: str) -> str:
        return next((sha for sha in repo.commits if sha.startswith(name)), "")
