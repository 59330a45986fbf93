"""T3 as this tick has seen it: the newest snapshot, and what was asked beyond it.

A snapshot that is read again replaces the former one, and what was known of threads' bodies is
forgotten with it. A read that failed leaves ``snapshot`` None: nothing is concluded from that.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from afk.config import Config
from afk.decide.thread_facts import NO_THREAD, UNREAD, ThreadFacts, thread_facts
from afk.decide.thread_liveness import is_live, is_unstarted
from afk.errors import AfkError, answer_or_error
from afk.model.agent import AgentSnapshot, AgentThread, ThreadDetail
from afk.parallel import gather
from afk.ports import Agent, Reporter
from afk.record.names import parse_title
from afk.record.state import RunRecord
from afk.types import IssueKey


@dataclass(kw_only=True)
class AgentView:
    """What T3 shows; threads are asked for one by one only where the snapshot cannot tell.

    ``began``: T3's clock when it was first read.
    """

    agent: Agent
    config: Config
    report: Reporter
    snapshot: AgentSnapshot | None = None
    began: datetime | None = None
    _details: dict[str, ThreadDetail | AfkError | None] = field(default_factory=dict)
    _whole: AgentSnapshot | None = None
    _asking: threading.Lock = field(default_factory=threading.Lock)

    def read_again(self) -> None:
        """Read T3 again; what was known of threads' bodies is forgotten."""
        self.snapshot = self.agent.read()
        self.began = self.began or self.snapshot.server_now
        self._details.clear()
        self._whole = None

    @property
    def environment_id(self) -> str:
        """Return which server answers, "" when none did."""
        return self.snapshot.environment_id if self.snapshot is not None else ""

    def whole(self, thread_id: str) -> AgentSnapshot:
        """Return what the second source shows, asked only when the first one lacks a thread."""
        with self._asking:
            if self._whole is None or self._whole.only not in ("", thread_id):
                self._whole = self.agent.whole(thread_id)
            return self._whole

    def detail(self, thread_id: str) -> ThreadDetail | None:
        """Return a thread's bodies, read once; None only when T3 says there is no such thread.

        Raises what the read failed with, every time: what could not be read is never absent.
        """
        if thread_id not in self._details:
            self.read_bodies([thread_id])
        found = self._details[thread_id]
        if isinstance(found, AfkError):
            raise found
        return found

    def read_bodies(self, thread_ids: Sequence[str]) -> None:
        """Read bodies side by side, failures included."""

        def read(thread_id: str) -> ThreadDetail | AfkError | None:
            return answer_or_error(lambda: self.agent.detail(thread_id))

        self._details |= dict(zip(thread_ids, gather(read, thread_ids), strict=True))

    def questions(self, thread_id: str) -> list[str]:
        """Return what the agent wants to know, as far as the thread was read in this tick."""
        detail = self._details.get(thread_id)
        return [one.text for one in detail.pending] if isinstance(detail, ThreadDetail) else []

    def facts(self, record: RunRecord) -> ThreadFacts:
        """Return what T3 shows of the run's thread; T3 failing makes it unread, not absent."""
        if not record.thread.id:
            return NO_THREAD
        snapshot = self.snapshot
        if snapshot is None or record.thread.environment_id not in ("", snapshot.environment_id):
            return thread_facts(record, snapshot, None, None, self.config)
        try:  # T3's trouble is no run's: it is told once and the run goes unseen
            if snapshot.thread(record.thread.id) is None:
                return thread_facts(
                    record, snapshot, self.whole(record.thread.id), None, self.config
                )
            detail = self.detail(record.thread.id)
        except AfkError as error:
            self.report.warn(f"T3 does not show the thread {record.thread.id}: {error}")
            return UNREAD
        return thread_facts(record, snapshot, None, detail, self.config)

    def error_read(self, record: RunRecord) -> str:
        """Return what the run's last turn ended by, where this tick has read it; asks nothing."""
        found = self._details.get(record.thread.id)
        return found.error if isinstance(found, ThreadDetail) else ""

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
