"""What GraphQL's types stand for in the model, and how a node id leads there.

Model objects are shown as they are where they know everything about themselves; the rest is
wrapped with what it belongs to. Nothing the caller cannot see is found.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.pull_records import Pull, Review, ReviewComment, Thread
from afk_sandbox.forge.records import (
    Account,
    AccountKind,
    Comment,
    Commit,
    Event,
    Issue,
    Label,
    Repository,
    Revision,
)
from afk_sandbox.github import ci, ids
from afk_sandbox.github.call import Viewer
from afk_sandbox.github.ci import CheckRun, Context, Suite
from afk_sandbox.github.connection import Refusal
from afk_sandbox.github.ids import Part
from afk_sandbox.github.quota import Spent

Table = Mapping[str, Callable[..., Any]]
"""Field -> resolver(value, info, **arguments)."""


@dataclass(slots=True, kw_only=True)
class Asker(Viewer):
    """The caller of a GraphQL query, and what the query costs."""

    spent: Spent
    cost: int
    nodes: int


@dataclass(frozen=True, slots=True)
class LabelOf:
    """A label, in its repository; ``name`` is what it is shown as."""

    label: Label
    repo: Repository
    then: str = ""

    @property
    def name(self) -> str:
        """Return its name, in an event the one that it had then."""
        return self.then or self.label.name


@dataclass(frozen=True, slots=True)
class EventOf:
    """An event, on its issue."""

    event: Event
    issue: Issue


@dataclass(frozen=True, slots=True)
class CommitOf:
    """A commit, in its repository."""

    commit: Commit
    repo: Repository


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch."""

    repo: Repository
    name: str


@dataclass(frozen=True, slots=True)
class ReviewOf:
    """A review of a pull request."""

    review: Review


@dataclass(frozen=True, slots=True)
class ThreadOf:
    """A thread of review comments, on its pull request."""

    thread: Thread
    pull: Pull


@dataclass(frozen=True, slots=True)
class ReviewCommentOf:
    """A comment of a review, on its pull request."""

    comment: ReviewComment
    pull: Pull


@dataclass(frozen=True, slots=True)
class Edit:
    """One revision of a text."""

    revision: Revision


EVENT_TYPES: Final = {
    EventKind.LABELED: "LabeledEvent",
    EventKind.UNLABELED: "UnlabeledEvent",
    EventKind.RENAMED: "RenamedTitleEvent",
    EventKind.CLOSED: "ClosedEvent",
    EventKind.REOPENED: "ReopenedEvent",
}
"""The events that the cut of the schema has."""

ITEM_TYPES: Final = {
    "LABELED_EVENT": "LabeledEvent",
    "UNLABELED_EVENT": "UnlabeledEvent",
    "RENAMED_TITLE_EVENT": "RenamedTitleEvent",
    "CLOSED_EVENT": "ClosedEvent",
    "REOPENED_EVENT": "ReopenedEvent",
    "ISSUE_COMMENT": "IssueComment",
}
_ACCOUNTS: Final = {
    AccountKind.USER: "User",
    AccountKind.BOT: "Bot",
    AccountKind.ORGANISATION: "Organization",
    AccountKind.MANNEQUIN: "Mannequin",
}
_TYPES: Final[Mapping[type, str]] = {
    Repository: "Repository",
    Comment: "IssueComment",
    LabelOf: "Label",
    CommitOf: "Commit",
    CheckRun: "CheckRun",
    Suite: "CheckSuite",
    Context: "StatusContext",
    Branch: "Ref",
    ReviewOf: "PullRequestReview",
    ThreadOf: "PullRequestReviewThread",
    ReviewCommentOf: "PullRequestReviewComment",
}


def typename(value: object) -> str:
    """Return the name of the type that a value is shown as."""
    if isinstance(value, Account):
        return _ACCOUNTS[value.kind]
    if isinstance(value, Issue):
        return "PullRequest" if value.is_pull else "Issue"
    if isinstance(value, EventOf):
        return EVENT_TYPES[value.event.kind]
    return _TYPES[type(value)]


def actor(account: Account) -> Account | None:
    """Return who did something; nobody when the account was deleted."""
    return None if account.deleted else account


def no_node(node: str) -> Refusal:
    """Return the refusal for a node id that leads nowhere."""
    return Refusal("NOT_FOUND", f"Could not resolve to a node with the global id of '{node}'")


def find(viewer: Viewer, node: str) -> Any:
    """Return what a node id stands for, None when it is not there or not for this caller."""
    decoded = ids.decode(node)
    if decoded is None:
        return None
    prefix, parts = decoded
    if prefix in ids.ACCOUNTS.values():
        every = viewer.model.accounts
        found = (one for one in every if ids.account(one) == node and not one.deleted)
        return next(found, None)
    look_up = _LOOK_UPS.get(prefix)
    found_repos = (one for one in viewer.model.repositories if parts and one.id == parts[0])
    repo = next(found_repos, None)
    if look_up is None or repo is None or not viewer.sees(repo):
        return None
    return look_up(viewer, repo, parts[1] if len(parts) > 1 else 0)


def _issue(viewer: Viewer, repo: Repository, part: Part) -> Issue | None:
    del viewer
    return next((one for one in repo.issues.values() if one.id == part), None)


def _comment(viewer: Viewer, repo: Repository, part: Part) -> Comment | None:
    return viewer.model.comment_by_id(repo, int(part))


def _label(viewer: Viewer, repo: Repository, part: Part) -> LabelOf | None:
    del viewer
    return next((LabelOf(one, repo) for one in repo.labels if one.id == part), None)


def commit(repo: Repository, sha: str) -> CommitOf | None:
    """Return a commit of a repository by its whole sha."""
    found = repo.commits.get(sha)
    return CommitOf(found, repo) if found else None


def _check(viewer: Viewer, repo: Repository, part: Part) -> CheckRun | None:
    return ci.check_by_id(viewer.model, repo, int(part))


def _suite(viewer: Viewer, repo: Repository, part: Part) -> Suite | None:
    every = ci.suites(viewer.model, repo)
    return next((one for one in every if one.run.id == part), None)


def _thread(viewer: Viewer, repo: Repository, part: Part) -> ThreadOf | None:
    threads = (ThreadOf(one, pull) for pull in viewer.model.pulls(repo) for one in pull.threads)
    return next((one for one in threads if one.thread.id == part), None)


def _review(viewer: Viewer, repo: Repository, part: Part) -> ReviewOf | None:
    every = (
        ReviewOf(one)
        for pull in viewer.model.pulls(repo)
        for one in viewer.model.reviews_for(pull, viewer.caller)
    )
    return next((one for one in every if one.review.id == part), None)


_LOOK_UPS: Final[Mapping[str, Callable[[Viewer, Repository, Part], Any]]] = {
    "R": lambda _, repo, __: repo,
    "I": _issue,
    "PR": _issue,
    "IC": _comment,
    "LA": _label,
    "C": lambda _, repo, part: commit(repo, str(part)),
    "CR": _check,
    "CS": _suite,
    "PRR": _review,
    "PRRT": _thread,
}
