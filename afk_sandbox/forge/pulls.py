"""The forge's pull requests: opened, closed, reopened, retargeted, and what they say.

What differs between the forges is in `afk_sandbox.forge.rules`; "rec" are the recordings of
Forgejo 16, ``pulls-16/``. How they follow their branches is in `afk_sandbox.forge.following`,
merging in `afk_sandbox.forge.merging`.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from afk_sandbox.forge import references
from afk_sandbox.forge.branching import Branching, NoBranch
from afk_sandbox.forge.ci import Pace
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.pull_records import Check, Mergeable, Pull
from afk_sandbox.forge.records import Access, Account, Issue, Repository, Unit

_DRAFT_WORDS = ("WIP:", "[WIP]")


class PullExists(Exception):
    """One is open already from that branch to that base; it has ``pull``."""

    def __init__(self, pull: Pull) -> None:
        """Keep the one that is open."""
        super().__init__(pull.issue.ref)
        self.pull = pull


class NothingBetween(Exception):
    """Head and base are the same branch, or (GitHub) there is no commit between them."""


class NotPossible(Exception):
    """The pull request is not in a state for that; the text says why in one word."""


class Pulls(Branching):
    """Pull requests as issues with a branch."""

    def __init__(self, now: Callable[[], datetime], *, pace: Pace | None = None) -> None:
        """Begin without any."""
        super().__init__(now, pace=pace)
        self._opened: list[Pull] = []

    def open_pull(
        self,
        repo: Repository,
        author: Account,
        head: str,
        *,
        title: str,
        body: str = "",
        base: str = "",
        head_repo: Repository | None = None,
        draft: bool = False,
    ) -> Pull:
        """Open one from any branch, by anybody: who may is a view's business (rec 2, 281).

        ``base`` is the default branch unless named. Raises `NoBranch` (rec 10, 11), `PullExists`
        (rec 9; a closed one is none, rec 6) and `NothingBetween` (rec 12, 13).
        """
        base, source = base or repo.default_branch, head_repo or repo
        for where, name in ((source, head), (repo, base)):
            if name not in where.branches:
                raise NoBranch(name)
        if source is repo and head == base:
            raise NothingBetween(head)
        self._refuse_twin(repo, source, head, base)
        repo.commits |= source.commits
        sha, tip = source.branches[head], repo.branches[base]
        between = self.commits_between(repo, tip, sha)
        if not between and not self.rules.pulls.empty_pulls:
            raise NothingBetween(head)
        issue = self.open_issue(repo, title, author, body, is_pull=True)
        pull = issue.pull = Pull(
            issue=issue,
            head_repo=source,
            head_ref=head,
            head_sha=sha,
            base_ref=base,
            base_sha=tip,
            # Right at once on Forgejo, also for one born with a conflict (rec 6, 62).
            check=Check(since=None, before=Mergeable.UNKNOWN, result=Mergeable.UNKNOWN),
            draft_field=draft,
            pushed_by=author,
        )
        self._opened.append(pull)
        self.recheck(pull)
        if not self.rules.pulls.asked_first:
            pull.check = replace(pull.check, since=datetime.min.replace(tzinfo=self.now().tzinfo))
        event = self.record(issue, EventKind.PUSHED, author)
        event.commits = tuple(commit.sha for commit in reversed(between))
        self._start_pull_runs(pull, author)
        return pull

    def pulls(self, repo: Repository) -> list[Pull]:
        """Return a repository's pull requests, oldest first."""
        return [one for one in self.every_pull() if one.repo is repo]

    def every_pull(self) -> list[Pull]:
        """Return the pull requests of all repositories, oldest first; no deleted ones."""
        return [
            one
            for one in self._opened
            if one.repo in self.repositories and one.number in one.repo.issues
        ]

    def pull(self, ref: str) -> Pull:
        """Return the pull request ``owner/name#7``; KeyError when there is none."""
        pull = self.issue(ref).pull
        if pull is None:
            raise KeyError(ref)
        return pull

    # What it says

    def is_draft(self, pull: Pull) -> bool:
        """Say whether it is a draft: by its title on Forgejo, ``Draft:`` is none (rec 15-19)."""
        if self.rules.pulls.title_drafts:
            return pull.issue.title.upper().startswith(_DRAFT_WORDS)
        return pull.draft_field

    def set_draft(self, pull: Pull, actor: Account, draft: bool) -> None:  # noqa: FBT001
        """Make it a draft, or ready; one that is so already leaves no trace."""
        if self.is_draft(pull) is draft:
            return
        if self.rules.pulls.title_drafts:
            title = pull.issue.title
            bare = title.partition(":")[2] if title.upper().startswith("WIP:") else title[5:]
            self.edit_title(pull.issue, actor, f"WIP: {title}" if draft else bare.strip())
            return
        self.record(pull.issue, EventKind.DRAFTED if draft else EventKind.READIED, actor)
        pull.draft_field = draft

    def closes(self, pull: Pull) -> list[Issue]:
        """Return the issues that its merge would close now, as its texts stand (rec s8, 259)."""
        rules = self.rules.pulls
        if not rules.closes_from_any_base and pull.base_ref != pull.repo.default_branch:
            return []
        text = f"{pull.issue.title}\n{pull.issue.body}" if rules.title_closes else pull.issue.body
        found: list[Issue] = []
        for one in references.closing(text):
            repo = self.repository(one.repo) if one.repo else pull.repo
            issue = repo.issues.get(one.number) if repo else None
            if issue is not None and not issue.is_pull and issue not in found:
                found.append(issue)
        return found

    # Head and base as text

    def mergeability(self, pull: Pull) -> Mergeable:
        """Return what the forge would say now of head and base; asking may start the check."""
        check, rules, now = pull.check, self.rules.pulls, self.now()
        if check.since is None:
            pull.check = replace(check, since=now)
            return Mergeable.UNKNOWN
        passed = (now - check.since).total_seconds()
        if passed < rules.stale:
            return check.before
        return Mergeable.UNKNOWN if passed < rules.checking else check.result

    def recheck(self, pull: Pull) -> None:
        """Let the forge work out anew whether head and base merge."""
        said = pull.check.result if pull.check.since else Mergeable.UNKNOWN
        result = Mergeable.CLEAN
        if self.conflicts(pull.repo, pull.base_sha, pull.head_sha):
            result = Mergeable.CONFLICT
        since = None if self.rules.pulls.asked_first else self.now()
        pull.check = Check(since=since, before=said, result=result)

    # CI

    def _start_pull_runs(self, pull: Pull, actor: Account) -> None:
        """Start the workflows on ``pull_request``, for opened, pushed to and reopened (rec 165).

        A stranger's from a fork wait for a person (rec 183), and where the forge says so those
        of a job's own token, too. Where a run tests the merge, a conflict has none.
        """
        rules, repo = self.rules.pulls, pull.repo
        if rules.merge_ref and pull.check.result is Mergeable.CONFLICT:
            return
        if actor.job_token and not rules.job_token_waits:
            return
        commit = repo.commits[pull.head_sha]
        runs = self._start_runs(
            repo, pull.head_ref, commit, actor, event="pull_request", pull=pull.number
        )
        stranger = pull.from_fork and self.rights(repo, actor, Unit.CODE) < Access.WRITE
        for run in runs:
            if stranger or actor.job_token:
                self.hold(run)

    # Closing and reopening: an issue's, with what a pull request adds

    def close(
        self,
        issue: Issue,
        actor: Account,
        *,
        commit: str = "",
        reason: str = "completed",
        at: datetime | None = None,
    ) -> None:
        """Close an issue or a pull request."""
        was_open = issue.open
        super().close(issue, actor, commit=commit, reason=reason, at=at)
        if issue.pull is not None and was_open:
            issue.pull.closed_by = actor

    def reopen(
        self, issue: Issue, actor: Account, *, commit: str = "", at: datetime | None = None
    ) -> None:
        """Reopen an issue or a pull request. Raises `NotPossible` (``merged``, rec 118).

        Forgejo reopens beside a twin and without the branch (rec 81, 264); GitHub does neither
        (``twin``, ``branch``, and ``moved`` when it was pushed to meanwhile).
        """
        pull = issue.pull
        if pull is None or issue.open:
            super().reopen(issue, actor, commit=commit, at=at)
            return
        if pull.merge is not None:
            raise NotPossible("merged")
        if not self.rules.pulls.reopens_anything:
            self._refuse_reopening(pull)
        super().reopen(issue, actor, commit=commit, at=at)
        pull.closed_by = None
        self.recheck(pull)
        self._start_pull_runs(pull, actor)

    def retarget(self, pull: Pull, actor: Account, base: str) -> None:
        """Change the base. Raises `NoBranch` (rec 89), `PullExists`, `NotPossible` (``closed``)."""
        if not pull.open:
            raise NotPossible("closed")
        if base not in pull.repo.branches:
            raise NoBranch(base)
        if base == pull.base_ref:
            return
        self._refuse_twin(pull.repo, pull.head_repo, pull.head_ref, base)
        event = self.record(pull.issue, EventKind.BASE_CHANGED, actor)
        event.old, event.new = pull.base_ref, base
        pull.base_ref, pull.base_sha = base, pull.repo.branches[base]
        self.recheck(pull)

    def _refuse_reopening(self, pull: Pull) -> None:
        self._refuse_twin_word(pull)
        if pull.head_repo is None or not pull.head_exists:
            raise NotPossible("branch")
        if pull.head_repo.branches[pull.head_ref] != pull.head_sha:
            raise NotPossible("moved")

    def _refuse_twin_word(self, pull: Pull) -> None:
        try:
            self._refuse_twin(pull.repo, pull.head_repo, pull.head_ref, pull.base_ref)
        except PullExists as twin:
            raise NotPossible("twin") from twin

    def _refuse_twin(
        self, repo: Repository, source: Repository | None, head: str, base: str
    ) -> None:
        for one in self.pulls(repo):
            same = (one.head_repo, one.head_ref, one.base_ref) == (source, head, base)
            if same and one.open:
                raise PullExists(one)
