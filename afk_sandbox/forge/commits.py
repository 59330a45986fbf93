"""The forge's branches and commits, what a push sets off, and what CI says of a commit."""

import hashlib
from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush

from afk_sandbox.forge import ci, references
from afk_sandbox.forge.ci import Run
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.issues import Blocked, Issues
from afk_sandbox.forge.records import (
    Access,
    Account,
    Commit,
    Issue,
    Repository,
    Status,
)
from afk_sandbox.forge.references import Verb
from afk_sandbox.forge.trees import Change


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
        changes: Sequence[Change] | None = None,
    ) -> str:
        """Commit on top of a branch and push it; returns the sha.

        A new branch starts from the default branch. ``base`` names another parent, so that
        history is rewritten. ``author`` is who the commit names, ``actor`` who pushes it.
        ``sha`` is made up (the same each time) unless given. ``changes``: the lines it writes, a
        file of its own unless given.
        """
        parent = base
        if parent is None:
            default = repo.branches.get(repo.default_branch, "")
            parent = repo.branches.get(branch, default)
        made = self.commit(
            repo,
            message,
            [parent] if parent else [],
            author=author or actor,
            committer=author or actor,
            changes=changes,
            sha=sha,
        )
        self.move_branch(repo, branch, made, actor)
        return made

    def commit(
        self,
        repo: Repository,
        message: str,
        parents: Sequence[str],
        *,
        author: Account,
        committer: Account,
        changes: Sequence[Change] | None = None,
        sha: str = "",
    ) -> str:
        """Make a commit that no branch has yet; returns the sha."""
        number = self.next_id("commit")
        seed = f"{repo.id} {number} {'-'.join(parents)} {message}"
        sha = sha or hashlib.sha1(seed.encode(), usedforsecurity=False).hexdigest()
        own = [Change(f"file-{number}.txt", text="new")]
        repo.commits[sha] = Commit(
            sha=sha,
            message=message,
            parents=tuple(parents),
            author=author,
            committer=committer,
            at=self.now(),
            changes=tuple(own if changes is None else changes),
            order=number,
        )
        return sha

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
        """Yield a commit and all that it was built on, newest first."""
        seen = {sha}
        queue = [(-repo.commits[sha].order, sha)] if sha else []
        while queue:
            commit = repo.commits[heappop(queue)[1]]
            yield commit
            for parent in commit.parents:
                if parent not in seen:
                    seen.add(parent)
                    heappush(queue, (-repo.commits[parent].order, parent))

    def commits_between(self, repo: Repository, base: str, head: str) -> list[Commit]:
        """Return the commits of ``head`` that ``base`` does not contain, newest first."""
        known, met = {base}, {base, head} - {""}
        queue = [(-repo.commits[sha].order, sha) for sha in met]
        heapify(queue)
        found: list[Commit] = []
        # Children come before parents, so what the base contains is known before it is met. Only
        # what is left in the queue can still be told apart.
        left = met - known
        while left:
            commit = repo.commits[heappop(queue)[1]]
            left.discard(commit.sha)
            if commit.sha not in known:
                found.append(commit)
            for parent in commit.parents:
                if commit.sha in known:
                    known.add(parent)
                    left.discard(parent)
                elif parent not in known:
                    left.add(parent)
                if parent not in met:
                    met.add(parent)
                    heappush(queue, (-repo.commits[parent].order, parent))
        return found

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

    def outcome(self, repo: Repository, commit: Commit) -> ci.Outcome:
        """Return how a commit's CI is scripted to go."""
        return ci.outcome_of(repo.scripts.get(commit.sha, commit.message))

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

    def _start_runs(
        self,
        repo: Repository,
        branch: str,
        commit: Commit,
        actor: Account,
        *,
        event: str = "push",
        pull: int = 0,
    ) -> list[Run]:
        """Start the repository's workflows; a newer push cancels what the branch's older ran.

        What a job's own token pushes starts nothing (recordings 255, 256 of ``forgejo/pulls-16``;
        https://docs.github.com/actions/concepts/security/github_token).
        """
        now = self.now()
        outcome = self.outcome(repo, commit)
        due = [
            workflow
            for workflow in repo.workflows
            if event in workflow.on
            and (branch == repo.default_branch or not workflow.default_branch_only)
        ]
        if not due or outcome is ci.Outcome.NONE or (actor.job_token and event == "push"):
            return []
        for run in repo.runs:
            same = run.branch == branch and run.event == event and run.pull == pull
            if same and run.workflow in due:
                run.cancel(now)
        before = len(repo.runs)
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
                    event=event,
                    pull=pull,
                )
            )
        return repo.runs[before:]
