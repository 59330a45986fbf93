"""What one tick has read so far, each thing once, in the orders that must hold.

Owns: the first reads (T3 and the listing side by side, then T3's bodies, then whole issues) and
tick-local answers that cannot change within it. Decides nothing and writes nothing. Nothing here
outlives the tick.

Two orders hold throughout: T3 before branches and CI (else a push between the two reads looks
like an agent that ended with nothing), and an issue before its comments (the adapters see to it).
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from afk.config import Config
from afk.decide.thread_facts import NO_THREAD, UNREAD, ThreadFacts, thread_facts
from afk.decide.thread_liveness import is_live, is_unstarted
from afk.errors import AfkError
from afk.model.agent import AgentSnapshot, AgentThread, ThreadDetail, Unread
from afk.model.forge import Listing
from afk.ports import Deps
from afk.record.codec import Records, collect, is_record
from afk.record.names import parse_title
from afk.record.state import RunRecord, Stage
from afk.types import Account, Issue, IssueKey, Permission


@dataclass(frozen=True, slots=True)
class Focus:
    """What a tick acts on; empty means everything. It reads all, to know what is in flight."""

    repo: str = ""
    issue: int = 0

    def covers(self, key: IssueKey) -> bool:
        """Say whether the tick acts on this issue."""
        return self.repo in ("", key.repo) and self.issue in (0, key.number)


@dataclass(kw_only=True)
class Tick:
    """One tick's reads. ``snapshot`` is None when T3 could not be read.

    ``busy`` collects repositories in which nothing may start, with the reason; ``gone`` issues
    that have a live thread and no longer exist. ``runs`` holds the records of runs in flight as
    they now stand, by run id. ``settled`` issues were acted on: what was read of them is stale.
    ``bases`` holds, by repository, the commit that a run would start from.
    ``labels_refused`` counts strangers' labels taken off.
    """

    deps: Deps
    now: datetime
    focus: Focus
    snapshot: AgentSnapshot | None = None
    listing: Listing = field(default_factory=Listing)
    issues: dict[IssueKey, Issue] = field(default_factory=dict)
    details: dict[str, ThreadDetail | Unread | None] = field(default_factory=dict)
    busy: dict[str, str] = field(default_factory=dict)
    gone: list[IssueKey] = field(default_factory=list)
    runs: dict[str, RunRecord] = field(default_factory=dict)
    settled: set[IssueKey] = field(default_factory=set)
    bases: dict[str, str] = field(default_factory=dict)
    labels_refused: int = 0
    _removed: Mapping[str, AgentThread] | None = None
    _own: frozenset[int] | None = None
    _permissions: dict[tuple[str, int], Permission] = field(default_factory=dict)
    _locks: dict[object, threading.Lock] = field(default_factory=dict)

    @property
    def config(self) -> Config:
        """Return the configuration."""
        return self.deps.config

    def acts_on(self, key: IssueKey) -> bool:
        """Say whether anything may be written about this issue."""
        return self.focus.covers(key) and not self.deps.dry_run

    @property
    def own(self) -> frozenset[int]:
        """Return the ids of afk's own accounts, former ones included; asked when first needed."""
        with self._asking("own"):
            if self._own is None:
                self._own = frozenset({self.deps.tracker.me().id, *self.config.own_accounts})
            return self._own

    def _asking(self, question: object) -> threading.Lock:
        """Return the question's lock: what is asked side by side is asked once."""
        return self._locks.setdefault(question, threading.Lock())

    def permission(self, repo: str, account: Account) -> Permission:
        """Return what the forge says of the account, asked once a tick."""
        key = (repo, account.id)
        with self._asking(key):
            if key not in self._permissions:
                self._permissions[key] = self.deps.tracker.permission(repo, account)
            return self._permissions[key]

    def records(self, issue: Issue) -> Records:
        """Return the records among an issue's comments."""
        if not any(is_record(comment.body) for comment in issue.comments):
            return Records()
        return collect(issue, self.deps.tracker.forge, self.own, self.deps.keys)

    def branch_of(self, repo: str) -> str:
        """Return the configured branch, "" for the default one."""
        return self.config.repository(repo).branch

    # --- T3 --------------------------------------------------------------------------------

    def reread_agent(self) -> None:
        """Read T3 again; what was known of threads' bodies is forgotten."""
        self.snapshot = self.deps.agent.read()
        self.details.clear()
        self._removed = None

    def removed(self) -> Mapping[str, AgentThread]:
        """Return archived and deleted threads, read only when a thread is missing."""
        with self._asking("removed"):
            if self._removed is None:
                self._removed = self.deps.agent.removed()
            return self._removed

    def detail(self, thread_id: str) -> ThreadDetail | Unread | None:
        """Return a thread's bodies, read once; None where T3 has no such thread to show."""
        if thread_id not in self.details:
            self.details[thread_id] = self.deps.agent.detail(thread_id)
        return self.details[thread_id]

    def facts(self, record: RunRecord) -> ThreadFacts:
        """Return what T3 shows of the run's thread; T3 failing makes it unread, not absent."""
        if not record.thread_id:
            return NO_THREAD
        snapshot = self.snapshot
        if snapshot is None or record.environment_id not in ("", snapshot.environment_id):
            return thread_facts(record, snapshot, None, None, self.config)
        try:
            if snapshot.thread(record.thread_id) is None:
                return thread_facts(record, snapshot, self.removed(), None, self.config)
            detail = self.detail(record.thread_id)
        except AfkError as error:
            self.deps.report.warn(f"T3 does not show the thread {record.thread_id}: {error}")
            return UNREAD
        return thread_facts(record, snapshot, None, detail, self.config)

    def titled(self, key: IssueKey) -> list[AgentThread]:
        """Return the afk threads of an issue that T3 shows, oldest first."""
        if self.snapshot is None:
            return []
        found = [
            thread
            for thread in self.snapshot.threads
            if (named := parse_title(thread.title))
            and named[1] == key
            and self.at_home(thread, key)
        ]
        return sorted(found, key=lambda thread: (thread.created_at, thread.id))

    def at_home(self, thread: AgentThread, key: IssueKey) -> bool:
        """Say whether a thread with the issue's title works in the repository's own folder.

        On a T3 that two installations share, the other one may have a repository of this name on
        another forge. A thread whose project T3 does not show counts.
        """
        projects = self.snapshot.projects if self.snapshot is not None else ()
        folder = next((one.workspace for one in projects if one.id == thread.project_id), None)
        settings = self.config.repositories.get(key.repo)
        return folder is None or settings is None or folder == settings.workspace

    def live(self, thread: AgentThread) -> bool:
        """Say whether an agent is or may be at work in the thread."""
        return self.snapshot is not None and is_live(
            thread, self.snapshot.server_now, self.config.start_seconds
        )

    def unstarted(self, thread: AgentThread) -> bool:
        """Say whether another tick may be about to start the thread."""
        return self.snapshot is not None and is_unstarted(
            thread, self.snapshot.server_now, self.config.tick_seconds
        )


def names_other_server(tick: Tick) -> bool:
    """Say whether a claimed or running run names a server that is not the one T3 answers as.

    One that is ending keeps its own repository only: it may wait for a person for ever.
    """
    if tick.snapshot is None:
        return False
    here = tick.snapshot.environment_id
    return any(
        record.stage is not Stage.ENDING and record.environment_id not in ("", here)
        for record in tick.runs.values()
    )
