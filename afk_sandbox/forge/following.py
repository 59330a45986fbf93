"""How pull requests follow branches that are pushed to, deleted and renamed.

"rec" are the recordings of Forgejo 16, ``pulls-16/``; what differs on GitHub is in
`afk_sandbox.forge.rules`.
"""

from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.pull_records import Merge, Pull
from afk_sandbox.forge.pulls import NotPossible, Pulls
from afk_sandbox.forge.records import Account, Repository
from afk_sandbox.forge.rules_of_branches import Method


class Following(Pulls):
    """Pull requests whose branches move."""

    def move_branch(self, repo: Repository, branch: str, sha: str, actor: Account) -> None:
        """Push existing commits to a branch; pull requests from and to it follow (rec 47-49)."""
        before = repo.branches.get(branch, "")
        super().move_branch(repo, branch, sha, actor)
        if before == sha:
            return
        for pull in self._pulls_from(repo, branch):
            if pull.open or (self.rules.pulls.follows_closed and pull.merge is None):
                self.head_moved(pull, actor)
        for pull in self.pulls(repo):
            if pull.base_ref == branch and pull.merge is None:
                self.base_moved(pull, actor)

    def head_moved(self, pull: Pull, actor: Account) -> None:
        """Follow the head's branch; a closed one gets no event (rec 252, 261, 262)."""
        assert pull.head_repo is not None  # noqa: S101 - it was found by its repository
        repo, before = pull.repo, pull.head_sha
        repo.commits |= pull.head_repo.commits
        pull.head_sha = after = pull.head_repo.branches[pull.head_ref]
        self.recheck(pull)
        if not pull.open:
            return
        pull.pushed_by = actor
        event = self.record(pull.issue, EventKind.PUSHED, actor)
        event.forced = not self.contains(repo, after, before)
        fresh = reversed(self.commits_between(repo, before, after))
        event.commits = (before, after) if event.forced else tuple(one.sha for one in fresh)
        self._start_pull_runs(pull, actor)

    def base_moved(self, pull: Pull, actor: Account) -> None:
        """Follow the base's branch: neither an event nor ``updated_at`` (rec 49, 270)."""
        pull.base_sha = pull.repo.branches[pull.base_ref]
        self.recheck(pull)
        reached = self.contains(pull.repo, pull.base_sha, pull.head_sha)
        if pull.open and reached and self.rules.pulls.reached_is_merged:
            self.mark_merged(pull, actor, Method.MERGE, pull.head_sha)

    def mark_merged(self, pull: Pull, actor: Account, method: Method, commit: str) -> None:
        """Make it merged, by whatever way the base came to have it."""
        event = self.record(pull.issue, EventKind.MERGED, actor)
        event.commit = commit
        now = pull.issue.closed_at = self.now()
        pull.merge = Merge(at=now, by=actor, method=method, commit=commit, head=pull.head_sha)

    def delete_branch(self, repo: Repository, branch: str, actor: Account) -> None:
        """Take a branch away; what is open from it or to it is closed by the deleter.

        Rec 78, 79, 92, 93; https://github.com/cli/cli/issues/14223. Raises `NoBranch`, and
        `NotPossible` for the default branch (rec 84).
        """
        if branch == repo.default_branch:
            raise NotPossible("default")
        super().delete_branch(repo, branch, actor)
        for pull in self.pulls(repo):
            if pull.base_ref == branch and pull.merge is None:
                pull.base_sha = ""
                self.close(pull.issue, actor)
        for pull in self._pulls_from(repo, branch):
            if self.rules.pulls.tells_deletion:
                self.record(pull.issue, EventKind.HEAD_DELETED, actor).old = branch
            if pull.open:
                self.close(pull.issue, actor)

    def rename_branch(self, repo: Repository, old: str, new: str, actor: Account) -> None:
        """Rename a branch: pull requests follow silently (rec 86-91).

        GitHub retargets them, and closes those from it (https://fig.io/manual/gt/branch/rename).
        """
        super().rename_branch(repo, old, new, actor)
        for pull in self.pulls(repo):
            if pull.base_ref == old:
                pull.base_ref = new
        for pull in self._pulls_from(repo, old):
            if not self.rules.pulls.renamed_head_closes:
                pull.head_ref = new
            elif pull.open:
                self.close(pull.issue, actor)

    def delete_repository(self, repo: Repository) -> None:
        """Delete a repository; pull requests from it lose their head's."""
        super().delete_repository(repo)
        for pull in self.every_pull():
            if pull.head_repo is repo:
                pull.head_repo = None

    def _pulls_from(self, repo: Repository, branch: str) -> list[Pull]:
        return [
            one for one in self.every_pull() if one.head_repo is repo and one.head_ref == branch
        ]
