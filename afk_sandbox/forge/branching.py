"""Histories that part and meet: trees of commits, merge, squash, rebase; branches and forks.

As git does it, made small (`afk_sandbox.forge.trees`). A rebase makes new commits with the old
messages and authors, as both forges' merges do (rec 121, 122, and
https://docs.github.com/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges).
"""

from afk_sandbox.forge import trees
from afk_sandbox.forge.records import Account, Commit, Repository
from afk_sandbox.forge.reruns import Reruns
from afk_sandbox.forge.trees import Change, Tree


class Conflict(Exception):
    """Two sides changed the same lines; the text names them."""


class NoBranch(Exception):
    """There is no branch of that name."""


class Branching(Reruns):
    """Trees, merges of commits, branches that move under other names, forks."""

    # Trees

    def tree(self, repo: Repository, sha: str) -> Tree:
        """Return what a commit's files say; nothing for no commit.

        A commit knows its changes against its first parent, so the first parents are enough.
        """
        line: list[Commit] = []
        while sha:
            line.append(repo.commits[sha])
            sha = line[-1].parent
        texts = {c.place: c.text for one in reversed(line) for c in one.changes}
        return {place: text for place, text in texts.items() if text}

    def contains(self, repo: Repository, sha: str, other: str) -> bool:
        """Say whether a commit has another among its ancestors, or is it."""
        return any(commit.sha == other for commit in self.history(repo, sha))

    def merge_base(self, repo: Repository, one: str, other: str) -> str:
        """Return the newest commit that both contain; empty without any."""
        known = {commit.sha for commit in self.history(repo, one)}
        return next((c.sha for c in self.history(repo, other) if c.sha in known), "")

    def behind(self, repo: Repository, head: str, base: str) -> int:
        """Return how many commits of ``base`` the head lacks (rec 51)."""
        return len(self.commits_between(repo, head, base))

    def diff(self, repo: Repository, base: str, head: str) -> tuple[Change, ...]:
        """Return what the head changes since it left the base, as a pull request shows it."""
        start = self.tree(repo, self.merge_base(repo, base, head))
        return trees.difference(start, self.tree(repo, head))

    def conflicts(self, repo: Repository, base: str, head: str) -> list[trees.Line]:
        """Return the lines on which two commits do not merge."""
        start = self.tree(repo, self.merge_base(repo, base, head))
        return trees.conflicts(start, self.tree(repo, base), self.tree(repo, head))

    # Commits made of others; none of these moves a branch

    def merge_commit(
        self, repo: Repository, onto: str, other: str, message: str, actor: Account
    ) -> str:
        """Return a commit with two parents. Raises `Conflict`."""
        changes = self._brought(repo, onto, other)
        return self.commit(
            repo, message, [onto, other], author=actor, committer=actor, changes=changes
        )

    def squash_commit(
        self,
        repo: Repository,
        onto: str,
        other: str,
        message: str,
        *,
        author: Account,
        committer: Account,
    ) -> str:
        """Return one commit with all that another brings. Raises `Conflict`."""
        changes = self._brought(repo, onto, other)
        return self.commit(
            repo, message, [onto], author=author, committer=committer, changes=changes
        )

    def replay(
        self, repo: Repository, onto: str, other: str, actor: Account, *, insist: bool = False
    ) -> str:
        """Return the tip of another's commits made anew on top. Raises `Conflict`.

        Merge commits are left out, as ``git rebase`` does. It can conflict where a merge does
        not (rec 276). ``insist``: where lines conflict the replayed text wins, as somebody who
        resolves it by hand may have it.
        """
        tip = onto
        for one in reversed(self.commits_between(repo, onto, other)):
            if len(one.parents) > 1:
                continue
            before, after = self.tree(repo, one.parent), self.tree(repo, one.sha)
            here = self.tree(repo, tip)
            if not insist:
                _refuse(trees.conflicts(before, here, after))
            tip = self.commit(
                repo,
                one.message,
                [tip] if tip else [],
                author=one.author,
                committer=actor,
                changes=trees.difference(here, trees.merged(before, here, after)),
            )
        return tip

    def _brought(self, repo: Repository, onto: str, other: str) -> tuple[Change, ...]:
        _refuse(self.conflicts(repo, onto, other))
        start = self.tree(repo, self.merge_base(repo, onto, other))
        here = self.tree(repo, onto)
        return trees.difference(here, trees.merged(start, here, self.tree(repo, other)))

    # Branches and forks

    def create_branch(self, repo: Repository, branch: str, sha: str, actor: Account) -> None:
        """Give an existing commit a branch."""
        self.move_branch(repo, branch, sha, actor)

    def delete_branch(self, repo: Repository, branch: str, actor: Account) -> None:
        """Take a branch away. Raises `NoBranch`."""
        del actor
        if branch not in repo.branches:
            raise NoBranch(branch)
        del repo.branches[branch]

    def rename_branch(self, repo: Repository, old: str, new: str, actor: Account) -> None:
        """Give a branch another name; the default branch stays it (rec 86-91)."""
        del actor
        repo.branches[new] = repo.branches.pop(old)
        repo.renamed[old] = new
        if repo.default_branch == old:
            repo.default_branch = new

    def fork(self, repo: Repository, owner: Account) -> Repository:
        """Return somebody's copy of a repository (rec 41); it runs no workflows of its own.

        https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#workflows-in-forked-repositories
        """
        copy = self.add_repository(owner, repo.name, private=repo.private, workflows=())
        copy.fork_of, copy.default_branch = repo, repo.default_branch
        copy.commits, copy.branches = dict(repo.commits), dict(repo.branches)
        return copy


def _refuse(lines: list[trees.Line]) -> None:
    if lines:
        raise Conflict(", ".join(f"{file}:{line}" for file, line in lines))
