"""The forge's answers that cannot change within a tick, each asked once.

And those that the first looks at all runs share (`afk.observe.look_ahead`).
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from afk.config import Config
from afk.decide.retries import with_retries
from afk.errors import AfkError
from afk.model.forge import Branch
from afk.model.pull import BranchRules, Pull
from afk.ports import BranchQuery, Tracker
from afk.ports.landing import PullQuery, Pulls
from afk.record.answers import retry_event
from afk.record.codec import Records, collect, is_record
from afk.record.names import run_id_of
from afk.record.state import Keys
from afk.types import Account, Comment, Event, Issue, IssueKey, Permission

ReadBranches = Callable[[Sequence[BranchQuery]], Mapping[BranchQuery, Branch]]

_RETRY: Final = f'"event":"{retry_event(0)[:-1]}'
"""Stands in the record of a run that a comment asked for."""


def may_concern(issue: Issue) -> bool:
    """Say whether a comment may tell afk something, or has: no more than a look at each."""
    talks = any(one.body[:4].lower() == "/afk" for one in issue.comments)
    return not issue.oversized and (talks or any(map(_asks_again, issue.comments)))


def _asks_again(comment: Comment) -> bool:
    return is_record(comment.body) and _RETRY in comment.body


@dataclass(kw_only=True)
class ForgeView:
    """Who afk is, who may write, which records an issue has; safe to ask from several threads.

    ``failed``: what people are shown of the failed checks that this tick has seen, by digest.
    ``ahead_branches``, ``ahead_pulls``: what was read ahead, for first looks only.
    """

    tracker: Tracker
    pulls: Pulls
    config: Config
    keys: Keys
    failed: dict[str, str] = field(default_factory=dict)
    ahead_branches: dict[BranchQuery, Branch] = field(default_factory=dict)
    ahead_pulls: dict[PullQuery, Sequence[Pull]] = field(default_factory=dict)
    _own: frozenset[int] | None = None
    _untold: AfkError | None = None
    _permissions: dict[tuple[str, int], Permission] = field(default_factory=dict)
    _rules: dict[tuple[str, str], BranchRules] = field(default_factory=dict)
    _records: dict[IssueKey, tuple[Issue, Records]] = field(default_factory=dict)
    _locks: dict[object, threading.Lock] = field(default_factory=dict)

    def _asking(self, question: object) -> threading.Lock:
        """Return the question's lock: what is asked side by side is asked once."""
        return self._locks.setdefault(question, threading.Lock())

    def ask_who(self) -> None:
        """Ask who afk is ahead of need; what fails is raised to whoever needs it first."""
        try:
            _ = self.own
        except AfkError as error:
            self._untold = error

    @property
    def own(self) -> frozenset[int]:
        """Return the ids of afk's own accounts, former ones included; asked when first needed."""
        with self._asking("own"):
            untold, self._untold = self._untold, None
            if untold is not None:
                raise untold
            if self._own is None:
                self._own = frozenset({self.tracker.me().id, *self.config.own_accounts})
            return self._own

    def permission(self, repo: str, account: Account) -> Permission:
        """Return what the forge says of the account, asked once a tick."""
        key = (repo, account.id)
        with self._asking(key):
            if key not in self._permissions:
                self._permissions[key] = self.tracker.permission(repo, account)
            return self._permissions[key]

    def rules(self, repo: str, branch: str) -> BranchRules:
        """Return what a branch demands of a merge, asked once a tick."""
        place = (repo, branch)
        with self._asking(place):
            if place not in self._rules:
                self._rules[place] = self.pulls.rules(repo, branch)
            return self._rules[place]

    def first_branches(self, queries: Sequence[BranchQuery]) -> Mapping[BranchQuery, Branch]:
        """Return branches for a first look, as they were read for all runs together."""
        found = {one: self.ahead_branches[one] for one in queries if one in self.ahead_branches}
        rest = [one for one in queries if one not in found]
        return {**found, **self.tracker.branches(rest)} if rest else found

    def first_pulls(self, query: PullQuery) -> Sequence[Pull]:
        """Return a run's pull requests for a first look, as they were read for all together."""
        found = self.ahead_pulls.get(query)
        return self.pulls.read([query])[query] if found is None else found

    def records(self, issue: Issue) -> Records:
        """Return the records among an issue's comments; they are worked out once for each reading.

        A tick looks for them again and again.
        """
        if not any(is_record(comment.body) for comment in issue.comments):
            return Records()
        known, records = self._records.get(issue.key, (None, Records()))
        if known is not issue:
            tracker = self.tracker
            records = collect(issue, tracker.forge, self.own, self.keys, host=tracker.host)
            self._records[issue.key] = issue, records
        return records

    def reread(self, key: IssueKey) -> Issue | None:
        """Return one issue afresh, as `seen` shows it; None when gone."""
        found = self.tracker.reread(key)
        return self.seen(found) if found is not None else None

    def seen(self, issue: Issue) -> Issue:
        """Return an issue that was read, with what `/afk retry` asked for shown as its approval."""
        if not any(map(_asks_again, issue.comments)):
            return issue
        return with_retries(issue, self.records(issue).runs, self.config.ready_label, self.own)

    def run_id(self, issue: Issue, application: Event) -> str:
        """Return the id of the run that an application of the ready label asks for."""
        return run_id_of(self.tracker.host, issue, application)

    def moved_to(self, query: BranchQuery) -> tuple[str, Branch] | None:
        """Return the branch that took the place of one that is gone, and what it has.

        That is the one to work on now, if it has the base commit. None where there is none.
        """
        name = self.branch(query.repo)
        if not query.base or name in ("", query.branch):
            return None
        there = replace(query, branch=name)
        shown = self.tracker.branches([there])[there]
        return (name, shown) if shown.head and shown.complete else None

    def branch(self, repo: str) -> str:
        """Return the branch that runs of the repository land on."""
        configured = self.config.repository(repo).branch
        return configured or self.tracker.repository(repo).default_branch
