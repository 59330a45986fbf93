"""What people do around pull requests in a world, each in one line of a scenario.

Everybody has the rights that the sandbox's `World` gave them: ``owner`` may do everything, the
``stranger`` can only read, a ``reviewer`` may write. What a person does is done at the world's
time, as through the forge's pages; the forge refuses what it would refuse there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.pull_records import Pull, Review, Thread, Verdict, Wish
from afk_sandbox.forge.records import Account, Issue, Repository
from afk_sandbox.forge.reviews import Note
from afk_sandbox.forge.rules_of_branches import Method, Protection, Queue
from afk_sandbox.forge.trees import parse_change


@dataclass(frozen=True)
class People:
    """The people of a world and their pull requests."""

    forge: ForgeModel
    owner: Account
    stranger: Account

    def reviewer(self, repo: Repository, login: str = "reviewer") -> Account:
        """Return somebody who may write to a repository, and so may approve."""
        account = self.forge.account(login) or self.forge.add_account(login)
        self.forge.set_access(repo, account, "write")
        return account

    def leave(self, repo: Repository, who: Account) -> None:
        """Take somebody's rights away; what was said stays."""
        self.forge.set_access(repo, who, "none")

    # Rules

    def protect(self, repo: Repository, branch: str = "", **demands: Any) -> Protection:
        """Protect a branch, the default one unless named; see `Protection` for the demands."""
        return self.forge.protect(repo, branch or repo.default_branch, **demands)

    def merge_queue(self, repo: Repository, *required: str, seconds: float = 3600) -> Protection:
        """Give the default branch a merge queue with required checks (GitHub)."""
        queue = Queue(seconds=seconds)
        return self.protect(repo, ruleset=True, required=required, queue=queue)

    # Finding

    def pull_for(self, issue: Issue) -> Pull | None:
        """Return the newest pull request that says it closes an issue, open ones first."""
        every = [one for one in self.forge.pulls(issue.repo) if issue in self.forge.closes(one)]
        return max(every, key=lambda one: (one.open, one.number), default=None)

    # Reviews

    def approve(self, pull: Pull, who: Account, body: str = "") -> Review:
        """Approve; anybody who can read can, and only some count."""
        return self.forge.review(pull, who, Verdict.APPROVED, body)

    def request_changes(self, pull: Pull, who: Account, body: str, *notes: Note) -> Review:
        """Request changes, with notes on lines."""
        return self.forge.review(pull, who, Verdict.CHANGES_REQUESTED, body, notes=notes)

    def comment_on(
        self, pull: Pull, who: Account, body: str, *, path: str = "app.py", line: int = 1
    ) -> Thread:
        """Comment on a line, without a verdict; returns the thread."""
        note = Note(path, line, body)
        review = self.forge.review(pull, who, Verdict.COMMENTED, notes=[note])
        return review.comments[0].thread

    # Branches

    def push(
        self, repo: Repository, branch: str, who: Account, message: str = "mine", *touch: str
    ) -> str:
        """Push a commit on top of a branch; ``touch`` names lines, ``app.py:3=text``."""
        changes = [parse_change(word, message) for word in touch] or None
        return self.forge.push(repo, branch, message, who, changes=changes)

    def force_push(
        self, repo: Repository, branch: str, who: Account, message: str = "again"
    ) -> str:
        """Put another commit in place of a branch's tip."""
        parent = repo.commits[repo.branches[branch]].parent
        return self.forge.push(repo, branch, message, who, base=parent)

    def delete_branch(self, pull: Pull, who: Account) -> None:
        """Delete the head's branch."""
        if pull.head_repo is not None:
            self.forge.delete_branch(pull.head_repo, pull.head_ref, who)

    # The pull request itself

    def merge(self, pull: Pull, who: Account, method: Method = Method.MERGE) -> str:
        """Merge by the button, at whatever head it has then; the branch stays."""
        self.forge.mergeability(pull)
        return self.forge.merge(pull, who, Wish(method=method))

    def close(self, pull: Pull, who: Account) -> None:
        """Close without merging."""
        self.forge.close(pull.issue, who)

    def reopen(self, pull: Pull, who: Account) -> None:
        """Reopen."""
        self.forge.reopen(pull.issue, who)

    def retarget(self, pull: Pull, who: Account, base: str) -> None:
        """Change the base."""
        self.forge.retarget(pull, who, base)

    def draft(self, pull: Pull, who: Account) -> None:
        """Convert to a draft."""
        self.forge.set_draft(pull, who, draft=True)

    def intrude(
        self, repo: Repository, branch: str, *, title: str = "Mine now", body: str = ""
    ) -> Pull:
        """Let the stranger open a pull request from somebody else's branch (Forgejo, rec 2)."""
        return self.forge.open_pull(repo, self.stranger, branch, title=title, body=body)

    def from_fork(
        self, repo: Repository, branch: str, touch: Sequence[str] = (), *, body: str = ""
    ) -> Pull:
        """Let the stranger open a pull request from a fork of his own."""
        copy = self.forge.fork(repo, self.stranger)
        self.push(copy, branch, self.stranger, "from a fork", *touch)
        return self.forge.open_pull(
            repo, self.stranger, branch, title="From a fork", body=body, head_repo=copy
        )
