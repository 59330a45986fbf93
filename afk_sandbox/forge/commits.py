"""The forge's branches and commits, what a push sets off, and what CI says of a commit."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress

from afk_sandbox.forge import ci, references
from afk_sandbox.forge.ci import Run
from afk_sandbox.forge.issues import Blocked, Issues
from afk_sandbox.forge.records import (
    Access,
    Account,
    Commit,
    EventKind,
    Issue,
    Repository,
    Status,
)
from afk_sandbox.forge.references import Verb


class Code(Issues):
    """Commits, pushes with what they close and start, statuses, workflow runs."""

    def push(
        self,
        repo: Repository,
        branch: str,
        message: str,
        actor: Account,
        *,
        author: Account | None = None,
        base: str | None = None,
        sha: str = "",
    ) -> str:
        """Commit on top of a branch and push it; returns the sha.

        A new branch starts from the default branch. ``base`` names another parent, so that
        history is rewritten. ``author`` is who the commit names, ``actor`` who pushes it.
        ``sha`` is made up (the same each time) unless given.
        """
        parent = base
        if parent is None:
            default = repo.branches.get(repo.default_branch, "")
            parent = repo.branches.get(branch, default)
        number = self.next_id("commit")
        seed = f"{repo.id} {number} {parent} {message}"
        sha = sha or hashlib.sha1(seed.encode(), usedforsecurity=False).hexdigest()
        repo.commits[sha] = Commit(
            sha=sha,
            message=message,
            parent=parent,
            author=author or actor,
            committer=author or actor,
            at=self.now(),
            file=f"file-{number}.txt",
        )
        self.move_branch(repo, branch, sha, actor)
        return sha

    def merge_pull(
        self, repo: Repository, pull: Issue, branch: str, actor: Account, *, squash: bool = False
    ) -> str:
        """Merge a branch into the default one by a pull request; returns the commit it became.

        What its title and text close is closed by the merge, not by a commit
        (recordings ``forgejo/14.0.0/163`` to ``171``). A squash keeps the tip's message.
        """
        pull.head = repo.branches[branch]
        title = f"{pull.title} (#{pull.number})"
        if squash:
            message, base = f"{title}\n\n{repo.commits[pull.head].message}", None
        else:
            message, base = f"Merge pull request '{pull.title}' (#{pull.number})", pull.head
        pull.merge_commit = self.push(repo, repo.default_branch, message, actor, base=base)
        self.close(pull, actor)
        for found in references.in_commit(f"{pull.title}\n{pull.body}"):
            issue = None if found.repo else repo.issues.get(found.number)
            if issue is not None and found.verb is Verb.CLOSE:
                with suppress(Blocked):
                    self.close(issue, actor, pull=pull)
        return pull.merge_commit

    def move_branch(self, repo: Repository, branch: str, sha: str, actor: Account) -> None:
        """Push existing commits to a branch (a fast-forward, or back to an older one)."""
        before = repo.branches.get(branch, "")
        fresh = self.commits_between(repo, before, sha)
        repo.branches[branch] = sha
        repo.updated_at = self.now()
        for commit in reversed(fresh):
            self._refer(repo, branch, commit, actor)
        if fresh:
            self._start_runs(repo, branch, repo.commits[sha], actor)

    def history(self, repo: Repository, sha: str) -> Iterator[Commit]:
        """Yield a commit and what it was built on, newest first."""
        while sha:
            commit = repo.commits[sha]
            yield commit
            sha = commit.parent

    def commits_between(self, repo: Repository, base: str, head: str) -> list[Commit]:
        """Return the commits of ``head`` that ``base`` does not contain, newest first."""
        known = {commit.sha for commit in self.history(repo, base)}
        return [commit for commit in self.history(repo, head) if commit.sha not in known]

    def resolve(self, repo: Repository, ref: str) -> str:
        """Return the sha of a branch or commit; empty when there is none."""
        return repo.branches.get(ref) or (ref if ref in repo.commits else "")

    def post_status(
        self,
        repo: Repository,
        sha: str,
        state: str,
        creator: Account,
        *,
        context: str = "default",
        description: str = "",
        target_url: str = "",
    ) -> Status:
        """Post a status for a commit, as another CI system would."""
        status = Status(
            context=context,
            state=state,
            description=description,
            target_url=target_url,
            creator=creator,
            at=self.now(),
        )
        repo.statuses.setdefault(sha, []).append(status)
        return status

    def visible_runs(self, repo: Repository) -> list[Run]:
        """Return the workflow runs that can be seen now, oldest first."""
        now = self.now()
        return [run for run in repo.runs if run.visible(now)]

    def _refer(self, repo: Repository, branch: str, commit: Commit, actor: Account) -> None:
        """Do what a commit's message says about issues, as far as the pusher may.

        Recordings ``forgejo/14.0.0/133`` to ``136`` and ``127`` (a blocked issue stays open).
        """
        for found in references.in_commit(commit.message):
            there = self.repository(found.repo) if found.repo else repo
            issue = there.issues.get(found.number) if there else None
            if there is None or issue is None or not self.rights(there, actor):
                continue
            if not any(event.commit == commit.sha for event in issue.events):
                event = self.record(issue, EventKind.REFERENCED, actor)
                event.commit, event.source = commit.sha, repo
            may_close = self.rights(there, actor) >= Access.WRITE or issue.author is actor
            if may_close and not issue.is_pull and branch == (issue.branch or repo.default_branch):
                self._act(issue, found.verb, actor, commit.sha)

    def _act(self, issue: Issue, verb: Verb, actor: Account, sha: str) -> None:
        if verb is Verb.REOPEN and self.rules.commits_reopen:
            self.reopen(issue, actor, commit=sha)
        elif verb is Verb.CLOSE:
            try:
                self.close(issue, actor, commit=sha)
            except Blocked:
                return

    def _start_runs(self, repo: Repository, branch: str, commit: Commit, actor: Account) -> None:
        """Start the repository's workflows; a newer push cancels what the branch's older ran."""
        now = self.now()
        outcome = ci.outcome_of(commit.message)
        due = [
            workflow
            for workflow in repo.workflows
            if branch == repo.default_branch or not workflow.default_branch_only
        ]
        if not due or outcome is ci.Outcome.NONE:
            return
        for run in repo.runs:
            if run.branch == branch and run.workflow in due:
                run.cancel(now)
        for workflow, jobs in zip(due, ci.plan(due, outcome, self.pace, now), strict=True):
            repo.runs.append(
                Run(
                    id=self.next_id("run"),
                    number=len(repo.runs) + 1,
                    workflow=workflow,
                    sha=commit.sha,
                    branch=branch,
                    title=commit.message.partition("\n")[0],
                    actor=actor.id,
                    jobs=jobs,
                )
            )
