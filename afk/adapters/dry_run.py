"""Ports that read like the ones behind them and refuse to write: for looks that change nothing.

``--dry-run`` is the same code as any tick, with these put in front by `afk.bootstrap`; `explain`
and `status` get them too. The first write of an action raises `WouldWrite`, which
`afk.errors.one_of_many` tells as what would have been done. So no loop has to ask.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NoReturn

from afk.adapters.dry_run_boards import ReadingBoards
from afk.adapters.dry_run_talk import ReadingTalk
from afk.deps import Deps
from afk.errors import WouldWrite
from afk.model.agent import AgentSnapshot, PendingRequest, ThreadDetail
from afk.model.ci import Check
from afk.model.forge import Branch, IssueHead, Listing
from afk.model.pull import (
    BranchRules,
    ClosingPull,
    Merged,
    MergeMethod,
    Pull,
    UpdateResult,
)
from afk.ports import Agent, BranchQuery, CloseResult, Notifier, Ring, ThreadSpec, Tracker
from afk.ports.landing import Evidence, PullQuery, Pulls, PullSpec
from afk.types import Account, Comment, Issue, IssueKey, Label, Permission, Repository


def reading_only(deps: Deps) -> Deps:
    """Return the dependencies with every writing method of theirs refusing."""
    return replace(
        deps,
        tracker=ReadingTracker(deps.tracker),
        pulls=ReadingPulls(deps.pulls),
        evidence=ReadingEvidence(deps.evidence),
        boards=ReadingBoards(deps.boards),
        talk=ReadingTalk(deps.talk),
        agent=ReadingAgent(deps.agent),
        notifiers=tuple(SilentNotifier(one) for one in deps.notifiers),
        reads_only=True,
    )


def _refuse(what: str) -> NoReturn:
    raise WouldWrite(what)


class ReadingTracker:
    """A forge that is looked at."""

    def __init__(self, behind: Tracker) -> None:
        """Stand in front of a tracker, under its names."""
        self.behind = behind
        self.forge, self.host, self.web = behind.forge, behind.host, behind.web

    def me(self) -> Account:
        """Return the account the token speaks for."""
        return self.behind.me()

    def listing(self, repos: Sequence[str], *, quiet: timedelta | None = None) -> Listing:
        """Return ready issues and those in progress."""
        return self.behind.listing(repos, quiet=quiet)

    def read(
        self, heads: Sequence[IssueHead], *, branches: Mapping[IssueKey, str] | None = None
    ) -> Mapping[IssueKey, Issue]:
        """Return whole issues."""
        return self.behind.read(heads, branches=branches)

    def closed(self, keys: Sequence[IssueKey]) -> Mapping[IssueKey, bool]:
        """Say which are closed."""
        return self.behind.closed(keys)

    def reread(self, key: IssueKey) -> Issue | None:
        """Return one issue afresh."""
        return self.behind.reread(key)

    def repository(self, name: str) -> Repository:
        """Return the repository."""
        return self.behind.repository(name)

    def permission(self, repo: str, account: Account) -> Permission:
        """Say whether the account may write."""
        return self.behind.permission(repo, account)

    def body_edits(self, issue: Issue) -> Sequence[datetime] | None:
        """Return when the issue's body was edited."""
        return self.behind.body_edits(issue)

    def head(self, repo: str, branch: str) -> str:
        """Return the sha at the branch's tip."""
        return self.behind.head(repo, branch)

    def branches(self, queries: Sequence[BranchQuery]) -> Mapping[BranchQuery, Branch]:
        """Return each branch beyond its base."""
        return self.behind.branches(queries)

    def read_comment(self, issue: Issue, comment: Comment) -> Comment | None:
        """Return a comment as it stands now."""
        return self.behind.read_comment(issue, comment)

    def ensure_labels(self, repo: str, names: Sequence[str]) -> None:
        """Create nothing: no tick depends on it before it has claimed, which is refused."""

    def may_label(self, issue: Issue, name: str) -> None:
        """Ask nothing: the forge tells by being asked to write."""

    def describe_label(self, issue: Issue, label: Label, description: str) -> None:
        """Refuse."""
        _refuse(f"vouch for the label {label.name}")

    def label(self, issue: Issue, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        """Refuse, unless nothing is asked for."""
        if add or remove:
            _refuse(f"change labels: {', '.join([*add, *(f'not {name}' for name in remove)])}")

    def create_comment(self, issue: Issue, body: str) -> Comment:
        """Refuse."""
        _refuse("comment")

    def edit_comment(self, issue: Issue, comment: Comment, body: str) -> Comment:
        """Refuse."""
        _refuse("edit the comment")

    def delete_comment(self, issue: Issue, comment: Comment) -> None:
        """Refuse."""
        _refuse("delete a comment")

    def close(self, issue: Issue) -> CloseResult:
        """Refuse."""
        _refuse("close the issue")

    def reopen(self, issue: Issue) -> None:
        """Refuse."""
        _refuse("reopen the issue")


class ReadingPulls:
    """A forge's pull requests that are looked at."""

    def __init__(self, behind: Pulls) -> None:
        """Stand in front of them."""
        self.behind = behind
        self.has_drafts, self.tests_the_merge = behind.has_drafts, behind.tests_the_merge

    def expect(self, queries: Sequence[PullQuery]) -> None:
        """Announce what will be read."""
        self.behind.expect(queries)

    def read(self, queries: Sequence[PullQuery]) -> Mapping[PullQuery, Sequence[Pull]]:
        """Return the pull requests that each query names."""
        return self.behind.read(queries)

    def reread(self, pull: Pull) -> Pull | None:
        """Return a pull request as it stands now."""
        return self.behind.reread(pull)

    def rules(self, repo: str, branch: str) -> BranchRules:
        """Return what the branch demands."""
        return self.behind.rules(repo, branch)

    def closing(self, issues: Sequence[Issue]) -> Mapping[IssueKey, Sequence[ClosingPull]]:
        """Return the open pull requests that say they close each issue."""
        return self.behind.closing(issues)

    def may_open(self, repo: str, base: str) -> None:
        """Ask nothing: the forge tells by being asked to write."""

    def open(self, spec: PullSpec) -> Pull:
        """Refuse."""
        _refuse(f"open a pull request from {spec.head}")

    def ready(self, pull: Pull) -> None:
        """Refuse."""
        _refuse(f"mark pull request #{pull.number} as ready")

    def close(self, pull: Pull) -> None:
        """Refuse."""
        _refuse(f"close pull request #{pull.number}")

    def comment(self, pull: Pull, body: str) -> None:
        """Refuse."""
        _refuse(f"comment on pull request #{pull.number}")

    def update(self, pull: Pull) -> UpdateResult:
        """Refuse."""
        _refuse(f"bring {pull.base_ref} into pull request #{pull.number}")

    def merge(self, pull: Pull, method: MergeMethod, *, title: str, message: str) -> Merged:
        """Refuse."""
        _refuse(f"merge pull request #{pull.number}")

    def delete_branch(self, pull: Pull) -> None:
        """Refuse."""
        _refuse(f"delete the branch {pull.head_ref}")


@dataclass(frozen=True)
class ReadingEvidence:
    """What a forge keeps of failed CI, looked at."""

    behind: Evidence

    @property
    def can_rerun(self) -> bool:
        """Say whether this kind of forge has a request for it."""
        return self.behind.can_rerun

    def rerun_failed(self, repo: str, sha: str) -> bool:
        """Refuse."""
        _refuse(f"run the failed jobs of {sha} again")

    def log_tail(self, repo: str, check: Check, limit_bytes: int) -> str:
        """Return the end of a check's log."""
        return self.behind.log_tail(repo, check, limit_bytes)


@dataclass(frozen=True)
class ReadingAgent:
    """A T3 that is looked at."""

    behind: Agent

    def read(self) -> AgentSnapshot:
        """Return projects and threads."""
        return self.behind.read()

    def whole(self, thread_id: str) -> AgentSnapshot:
        """Return projects and threads, archived ones and this one included."""
        return self.behind.whole(thread_id)

    def detail(self, thread_id: str) -> ThreadDetail | None:
        """Return a thread with its messages."""
        return self.behind.detail(thread_id)

    def check_provider(self, instance: str, model: str) -> None:
        """Ask whether it could run this agent, as what would start asks."""
        self.behind.check_provider(instance, model)

    def create_project(self, project_id: str, title: str, workspace: str, command: str) -> None:
        """Refuse."""
        _refuse("create a project in T3")

    def create_thread(self, spec: ThreadSpec, command: str) -> int:
        """Refuse."""
        _refuse("create a thread")

    def start_turn(self, thread_id: str, message_id: str, text: str, command: str) -> None:
        """Refuse."""
        _refuse("send a turn")

    def stop(self, thread_id: str, command: str) -> None:
        """Refuse."""
        _refuse("stop the session")

    def set_archived(self, thread_id: str, command: str, *, archived: bool) -> None:
        """Refuse."""
        _refuse("archive the thread" if archived else "take the thread out of the archive")

    def decline(self, thread_id: str, request: PendingRequest, command: str) -> None:
        """Refuse."""
        _refuse("decline a request")

    def answer(self, thread_id: str, request: PendingRequest, text: str, command: str) -> None:
        """Refuse."""
        _refuse("answer a request")

    def delete_thread(self, thread_id: str, command: str) -> None:
        """Refuse."""
        _refuse("delete the thread")


@dataclass(frozen=True)
class SilentNotifier:
    """A doorbell that does not ring."""

    behind: Notifier

    @property
    def kind(self) -> str:
        """Return its word in the configuration."""
        return self.behind.kind

    def ring(self, ring: Ring) -> None:
        """Refuse."""
        _refuse(f"ring {self.kind}: {ring.title}")
