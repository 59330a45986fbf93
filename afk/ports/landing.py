"""What landing by pull request asks of a forge, in the loops' own words.

As `afk.ports`: adapters normalise, page, bound and map errors, and raise `afk.errors.AfkError`
and nothing else. Reads may be called from several threads at once, writes from one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from afk.landing_config import MergeMethod
from afk.model.ci import Check
from afk.model.pull import (
    BranchRules,
    ClosingPull,
    Merged,
    Pull,
    UpdateResult,
)
from afk.types import Issue, IssueKey


@dataclass(frozen=True, slots=True)
class PullQuery:
    """Which pull requests to look at: ``number`` where it is known, else those of a branch.

    ``seen``: the `Pull.mark` of a whole read in which nobody had said anything.
    ``since``: none of that branch was opened before, by about a day; None: nobody knows.
    """

    repo: str
    head: str
    number: int = 0
    seen: str = ""
    since: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullSpec:
    """A pull request to open, from a branch of the very repository."""

    repo: str
    head: str
    base: str
    title: str
    body: str
    draft: bool


class Pulls(Protocol):
    """A forge's pull requests."""

    @property
    def has_drafts(self) -> bool:
        """Say whether a pull can be opened as a draft and readied later, in this forge's words."""

    @property
    def tests_the_merge(self) -> bool:
        """Say whether the CI of a pull runs on its head and its base merged."""

    def expect(self, queries: Sequence[PullQuery]) -> None:
        """Announce that these will be read once the issues are, which may then cost no request.

        Call it before `afk.ports.Tracker.read`; what is never read costs nothing either. Sends
        nothing itself.
        """

    def read(self, queries: Sequence[PullQuery]) -> Mapping[PullQuery, Sequence[Pull]]:
        """Return the pull requests that each query names, whole, oldest first.

        By number: that one, or none when it is gone. By branch: all that were ever opened from
        that branch of the base repository itself, whoever opened them. One that is closed or
        merged and was read by branch may come without reviews and comments.
        Whole, but for what ``seen`` allows to leave out.
        """

    def reread(self, pull: Pull) -> Pull | None:
        """Return it as it stands now, whole; None when it is gone."""

    def may_open(self, repo: str, base: str) -> None:
        """Raise `TokenError` where this token may not open pull requests; no trace is left."""

    def open(self, spec: PullSpec) -> Pull:
        """Open a pull request.

        Where one is open already the forge refuses; then that one is read and returned, whoever
        opened it. Raises `Refused` for anything else (no commits between, no such branch, not
        permitted to open any).
        """

    def ready(self, pull: Pull) -> None:
        """Make a draft ready for review; one that is ready is no error."""

    def close(self, pull: Pull) -> None:
        """Close without merging; one closed already is no error."""

    def comment(self, pull: Pull, body: str) -> None:
        """Post a comment on the pull request's conversation."""

    def update(self, pull: Pull) -> UpdateResult:
        """Merge the base's tip into the head's branch, if the head is still ``pull.head_sha``."""

    def merge(self, pull: Pull, method: MergeMethod, *, title: str, message: str) -> Merged:
        """Merge at exactly ``pull.head_sha``, or put that head into the base's merge queue.

        Never schedules a later merge and never bypasses a rule. ``title`` and ``message`` are
        the commit's, whole, where the method makes one and the forge takes them.
        """

    def delete_branch(self, pull: Pull) -> None:
        """Delete the head's branch if its tip is still ``pull.head_sha``; a gone one is no error.

        Left alone where another open pull request has it for its base.
        """

    def rules(self, repo: str, branch: str) -> BranchRules:
        """Return what the branch demands, as far as it may be read; asked once a tick."""

    def closing(self, issues: Sequence[Issue]) -> Mapping[IssueKey, Sequence[ClosingPull]]:
        """Return the open pull requests that say they close each issue, whoever opened them."""


class Evidence(Protocol):
    """What a forge keeps of failed CI beside its verdict, and whether it runs a job once more."""

    @property
    def can_rerun(self) -> bool:
        """Say whether this kind of forge has a request for it."""

    def rerun_failed(self, repo: str, sha: str) -> bool:
        """Run the failed jobs of a commit's ended runs again, and no other.

        False where the forge has no such request, this token may not make it, or nothing of the
        commit's CI can be run again; nothing has been started then.
        """

    def log_tail(self, repo: str, check: Check, limit_bytes: int) -> str:
        """Return the end of a check's log, whole lines of ``limit_bytes`` at most, as written.

        Anybody's text: whoever shows it cleans it. "" where there is none, or none may be read.
        """
