"""What the loops ask of the outside world, in the loops' own words.

Each Protocol is implemented by adapters (`afk.adapters`), which normalise, page, bound and map
errors: they raise `afk.errors.AfkError` and nothing else. Methods that take a sequence take it
so that an adapter can answer many questions in few requests; an empty sequence costs none.
Reads may be called from several threads at once, writes from one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, unique
from typing import Protocol

from afk.model.agent import AgentSnapshot, PendingRequest, ThreadDetail
from afk.model.ci import CIVerdict, CommitChecks
from afk.model.forge import Branch, IssueHead, Listing
from afk.types import Account, Comment, Forge, Issue, IssueKey, Label, Permission, Repository


@unique
class CloseResult(Enum):
    """BLOCKED: the forge refuses because a blocker is open (Forgejo's 412)."""

    CLOSED = "closed"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class BranchQuery:
    """Which commits to look at: those of ``branch`` that ``base`` does not contain.

    ``base`` empty: the newest commits there are (`Branch.complete` is then False).
    """

    repo: str
    base: str
    branch: str


@dataclass(frozen=True, slots=True)
class CommitQuery:
    """Which commit's CI to look at; ``seen_at``: when a tick first saw the commit pushed.

    ``required``: the checks that its branch demands, which count where the configuration names
    none; empty: all of them count.
    """

    repo: str
    sha: str
    seen_at: datetime
    required: tuple[str, ...] = ()


class Tracker(Protocol):
    """A forge's issues, labels, comments and branches.

    One for a tick: what is written to, or read again, is what this very tracker has shown.
    """

    forge: Forge
    host: str
    """Canonical host, lower case, as configured: part of every run id."""
    web: str
    """Where people look at the forge: links in comments begin with it."""

    def me(self) -> Account:
        """Return the account the token speaks for; asked once, then remembered."""

    def listing(self, repos: Sequence[str], *, quiet: timedelta | None = None) -> Listing:
        """Return the open issues carrying the ready label and all issues in progress.

        ``quiet``: where it saves requests, those may be left out that are ready, tracked, not in
        progress, and have not moved for so long.

        Labels are checked on each item. A repository that moved, is archived, missing or lacks
        the ready label is reported in ``troubles``, as far as the listing itself shows it.
        """

    def read(
        self, heads: Sequence[IssueHead], *, branches: Mapping[IssueKey, str] | None = None
    ) -> Mapping[IssueKey, Issue]:
        """Return whole issues for listed heads; what is gone is absent.

        ``branches`` (issue -> branch, "" for the default one) announces that `branches` and
        `Checks.read` will be asked for these next in the same tick, so that an adapter may fetch
        them along.
        """

    def closed(self, keys: Sequence[IssueKey]) -> Mapping[IssueKey, bool]:
        """Say of issues or pull requests whether each can be read and is closed."""

    def reread(self, key: IssueKey) -> Issue | None:
        """Return one issue afresh, the issue before its comments; None when gone.

        Gone means 404, 410 or another repository, while the repository itself answers.
        Raises `RepositoryMoved` when the repository answers under another name.
        """

    def repository(self, name: str) -> Repository:
        """Return the repository, from this tick's reads where they showed it whole.

        Raises `RepositoryMoved`, or `NotFound`.
        """

    def permission(self, repo: str, account: Account) -> Permission:
        """Say whether the account may write; UNKNOWN when this token cannot tell."""

    def body_edits(self, issue: Issue) -> Sequence[datetime] | None:
        """Return when the issue's body was edited (newest 20 suffice); None: cannot be read."""

    def head(self, repo: str, branch: str) -> str:
        """Return the sha at the branch's tip, asked now."""

    def branches(self, queries: Sequence[BranchQuery]) -> Mapping[BranchQuery, Branch]:
        """Return each branch beyond its base, newest commit first."""

    def ensure_labels(self, repo: str, names: Sequence[str]) -> None:
        """Create those labels that the repository (or its organisation) does not have.

        Raises `UserMustFix` for one that the forge takes for another, spelt otherwise.
        """

    def may_label(self, issue: Issue, name: str) -> None:
        """Raise `TokenError` where this token may not change the issue's labels; no trace is left.

        ``name``: a label that the repository has and the issue has not; no request if it has.
        """

    def describe_label(self, issue: Issue, label: Label, description: str) -> None:
        """Replace the description of a label that is on the issue."""

    def label(self, issue: Issue, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        """Add, then remove labels; an added one is verified in the answer.

        Labels already as wanted cost no request. Raises `Refused` when one did not stick; its
        ``status`` is then 200.
        """

    def read_comment(self, issue: Issue, comment: Comment) -> Comment | None:
        """Return a comment as it stands now, None when it was deleted."""

    def create_comment(self, issue: Issue, body: str) -> Comment:
        """Post a comment."""

    def edit_comment(self, issue: Issue, comment: Comment, body: str) -> Comment:
        """Replace a comment's text."""

    def delete_comment(self, issue: Issue, comment: Comment) -> None:
        """Delete a comment; one already gone is no error."""

    def close(self, issue: Issue) -> CloseResult:
        """Close as completed; a closed issue is no error."""

    def reopen(self, issue: Issue) -> None:
        """Reopen; an open issue is no error."""


class CI(Protocol):
    """What CI says of pushed commits, build, deploy and rollout folded into one verdict."""

    def expect(self, commits: Sequence[tuple[str, str]]) -> None:
        """Announce that verdicts on these, repository and sha, are asked for next, one by one."""

    def verdicts(self, queries: Sequence[CommitQuery]) -> Mapping[CommitQuery, CIVerdict]:
        """Return the verdict on each commit, under its repository's configuration."""


class Checks(Protocol):
    """A forge's evidence about commits; what the CI watcher folds."""

    def expect(self, commits: Sequence[tuple[str, str]]) -> None:
        """Announce that these are read next, so that an adapter may fetch them together.

        Each is then handed out once.
        """

    def read(self, repo: str, shas: Sequence[str]) -> Mapping[str, CommitChecks]:
        """Return every check, status and deployment of each commit of a repository, all pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadSpec:
    """A thread to create. Full access is T3's ``runtimeMode`` and set here, once.

    ``options`` are the model's own, by T3's id for each (effort, for instance).
    """

    id: str
    project_id: str
    title: str
    instance: str
    model: str
    options: tuple[tuple[str, str | bool], ...] = ()


class Agent(Protocol):
    """The server that runs agents (T3 Code).

    Command ids are idempotency keys: the same id never acts twice. A method that starts
    something returns once the server has stored it; that it runs is seen by reading.
    """

    def read(self) -> AgentSnapshot:
        """Return projects and threads, archived and deleted ones left out.

        Raises `UnsupportedServer` for another protocol, `TokenError`, or `OutsideFailure`.
        """

    def whole(self, thread_id: str) -> AgentSnapshot:
        """Return the same from a second source, archived threads and this one wherever it stands.

        ``presence`` says where. A thread that neither source shows is not there.
        """

    def detail(self, thread_id: str) -> ThreadDetail | None:
        """Return a thread with its messages and its newest turn's state, read at one moment.

        None when it is unknown, archived or deleted; what could not be read is an error.
        """

    def check_provider(self, instance: str, model: str) -> None:
        """Raise `UserMustFix` where the server shows that it cannot run this agent."""

    def create_project(self, project_id: str, title: str, workspace: str, command: str) -> None:
        """Create a project for a folder that exists on the server's host.

        Raises `Refused` with status 400 when the folder does not exist, 500 when the id or
        the folder is taken (read again to see which).
        """

    def create_thread(self, spec: ThreadSpec, command: str) -> int:
        """Create a thread; returns the sequence a snapshot must reach to show it."""

    def start_turn(self, thread_id: str, message_id: str, text: str, command: str) -> None:
        """Send a user message, which starts a turn; `Refused` only if it is not there."""

    def stop(self, thread_id: str, command: str) -> None:
        """Stop what is at work in the thread; that it stopped is seen by reading.

        On an archived thread it may be accepted and do nothing.
        """

    def set_archived(self, thread_id: str, command: str, *, archived: bool) -> None:
        """Archive a thread, or take it back; `Refused` when it is so already."""

    def decline(self, thread_id: str, request: PendingRequest, command: str) -> None:
        """Say no to an approval, or answer a question with nothing."""

    def answer(self, thread_id: str, request: PendingRequest, text: str, command: str) -> None:
        """Answer every question of a request with the text."""

    def delete_thread(self, thread_id: str, command: str) -> None:
        """Delete a thread; one already gone is no error."""


@unique
class Loudness(Enum):
    """Escalations are loud, success is quiet."""

    QUIET = "quiet"
    LOUD = "loud"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """One doorbell: ``id`` is the verdict's, so that a repetition can be told."""

    id: str
    title: str
    text: str
    link: str
    loudness: Loudness


class Notifier(Protocol):
    """One doorbell: Slack, Discord, ntfy, a webhook."""

    @property
    def kind(self) -> str:
        """Return its word in the configuration."""

    def ring(self, ring: Ring) -> None:
        """Deliver once; raises `OutsideFailure` when it did not."""


class Reporter(Protocol):
    """Where a tick says what it saw and did, line by line."""

    def event(self, line: str, *, key: IssueKey | None = None) -> None:
        """Something was done, or would be (dry run)."""

    def warn(self, line: str, *, key: IssueKey | None = None) -> None:
        """Something a person should know and nothing failed."""

    def error(self, error: Exception, *, key: IssueKey | None = None) -> None:
        """Something failed; counts towards the exit code."""
