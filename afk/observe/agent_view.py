"""T3 as this tick has seen it: the newest snapshot, and what was asked beyond it.

A snapshot that is read again replaces the former one, and what was known of threads' bodies is
forgotten with it. A read that failed leaves ``snapshot`` None: nothing is concluded from that.

Bodies are read of threads that moved since the record was last written
(`afk.decide.unmoved_thread`). Which those are the records tell, which are read after T3: so what
moved this very minute is read before them; and of what stood still until then, is read behind them,
and has moved since, no end is believed yet: the branch may have been read before it.

Who acts beside others looks through a view of his own (`AgentView.apart`), so that each sees T3 in
the order in which he read it.
"""

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count

from afk.config import Config
from afk.decide.first_come import LAG
from afk.decide.former_names import Homes, homes
from afk.decide.thread_facts import NO_THREAD, UNREAD, ThreadFacts, thread_facts
from afk.decide.thread_liveness import is_live, is_unstarted
from afk.decide.unmoved_thread import at_rest, facts_unmoved, moved_lately, worth_keeping
from afk.errors import AfkError, answer_or_error
from afk.model.agent import AgentSnapshot, AgentThread, ThreadDetail
from afk.parallel import gather
from afk.ports import Agent, Reporter
from afk.record.groups import SeenThread
from afk.record.names import parse_title
from afk.record.state import RunRecord
from afk.types import IssueKey, ThreadStatus


@dataclass(frozen=True, slots=True)
class _ByTitle:
    """A snapshot's threads by the issue that their title names, and that it named once."""

    homes: Homes
    titled: Mapping[IssueKey, Sequence[AgentThread]]
    once_titled: Mapping[IssueKey, Sequence[AgentThread]]


def _by_title(snapshot: AgentSnapshot | None, config: Config) -> _ByTitle:
    threads = snapshot.threads if snapshot is not None else ()
    found = homes(snapshot.projects if snapshot is not None else (), config)
    titled: dict[IssueKey, list[AgentThread]] = defaultdict(list)
    once_titled: dict[IssueKey, list[AgentThread]] = defaultdict(list)
    for thread in sorted(threads, key=lambda one: (one.created_at, one.id)):
        named, today = parse_title(thread.title), found.issue_of(thread)
        if named is not None:
            titled[named[1]].append(thread)
        if today is not None:
            once_titled[today].append(thread)
    return _ByTitle(found, titled, once_titled)


@dataclass(kw_only=True)
class AgentView:
    """What T3 shows; threads are asked for one by one only where the snapshot cannot tell.

    ``begun``: which of this tick's reads the snapshot is of, by their beginnings; 0: of none.
    ``opened_at``: T3's clock when it was first read.
    """

    agent: Agent
    config: Config
    report: Reporter
    snapshot: AgentSnapshot | None = None
    begun: int = 0
    opened_at: datetime | None = None
    _details: dict[str, ThreadDetail | AfkError | None] = field(default_factory=dict)
    _early: set[str] = field(default_factory=set)
    _kept: dict[str, tuple[SeenThread, ThreadFacts]] = field(default_factory=dict)
    _whole: AgentSnapshot | None = None
    _ordered: _ByTitle | None = None
    _asking: threading.Lock = field(default_factory=threading.Lock)
    _reads: Iterator[int] = field(default_factory=lambda: count(1))
    _able: set[tuple[str, str]] = field(default_factory=set)
    _checking: threading.Lock = field(default_factory=threading.Lock)

    def read_again(self) -> None:
        """Read T3 again; what was known of threads' bodies is forgotten."""
        begun = next(self._reads)
        self._show(self.agent.read(), begun)

    def begin_with(self, snapshot: AgentSnapshot) -> None:
        """Show what was read of T3 before there was this view."""
        self._show(snapshot, next(self._reads))

    def apart(self, report: Reporter) -> "AgentView":
        """Return a view that begins with what this one shows and then goes its own way."""
        return replace(
            self,
            report=report,
            _details=dict(self._details),
            _kept=dict(self._kept),
            _asking=threading.Lock(),
        )

    def catch_up(self, others: Sequence["AgentView"]) -> None:
        """Show what was read last in any of the views apart, if anything was."""
        last = max(others, key=lambda view: view.begun, default=self)
        if last.begun > self.begun:
            self._show(last.snapshot, last.begun)

    def _show(self, snapshot: AgentSnapshot | None, begun: int) -> None:
        self.snapshot, self.begun = snapshot, begun
        if snapshot is not None and self.opened_at is None:
            self.opened_at = snapshot.server_now
        self._details, self._kept, self._whole, self._ordered = {}, {}, None, None

    def check_provider(self, instance: str, model: str) -> None:
        """Raise what keeps T3 from running an agent; one that it can is asked for once a tick."""
        with self._checking:
            if (instance, model) not in self._able:
                self.agent.check_provider(instance, model)
                self._able.add((instance, model))

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

    def read_early(self, thread_ids: Sequence[str]) -> None:
        """Read bodies before the forge is read."""
        self.read_bodies(thread_ids)
        self._early.update(thread_ids)

    def read_moved(self, records: Sequence[RunRecord]) -> None:
        """Read the bodies that first looks at these runs need, and this tick has not read yet."""
        snapshot = self.snapshot
        if snapshot is None:
            return
        present = {thread.id for thread in snapshot.threads} - self._details.keys()
        moved = (
            one.thread.id
            for one in records
            if one.thread.id in present
            and one.thread.environment_id in ("", snapshot.environment_id)
            and facts_unmoved(one, snapshot, self.config) is None
        )
        self.read_bodies(list(dict.fromkeys(moved)))

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
        facts = thread_facts(record, snapshot, None, detail, self.config)
        kept = worth_keeping(snapshot, detail, facts) if detail is not None else None
        if kept is not None:
            self._kept[record.thread.id] = kept, facts
        return facts

    def first_facts(self, record: RunRecord) -> ThreadFacts:
        """Return the same for a first look, without the bodies of a thread that did not move.

        Whoever is about to act looks again, after `read_again`, and reads them.
        """
        thread_id = record.thread.id
        early = thread_id in self._early
        unmoved = None if early else facts_unmoved(record, self.snapshot, self.config)
        if unmoved is not None:
            return unmoved
        facts, detail = self.facts(record), self._details.get(thread_id)
        shown = self.snapshot.thread(thread_id) if self.snapshot is not None else None
        if early or shown is None or not isinstance(detail, ThreadDetail):
            return facts
        younger = detail.thread.updated_at != shown.updated_at
        return replace(facts, status=ThreadStatus.RUNNING) if younger else facts

    def seen(self, record: RunRecord) -> SeenThread | None:
        """Return what the record is to keep of its thread, as far as this tick has read it."""
        kept = self._kept.get(record.thread.id)
        return kept[0] if kept is not None else record.thread.seen

    def has_come_to_rest(self, record: RunRecord) -> bool:
        """Say whether that is worth a write of its own: then nobody reads the bodies again."""
        kept = self._kept.get(record.thread.id)
        return kept is not None and kept[0] != record.thread.seen and at_rest(*kept)

    def moved_lately(self, thread: AgentThread) -> bool:
        """Say whether an agent may be at work in the thread this minute."""
        return self.snapshot is not None and moved_lately(thread, self.snapshot.server_now)

    def error_read(self, record: RunRecord) -> str:
        """Return what the run's last turn ended by, where this tick has read it; asks nothing."""
        found = self._details.get(record.thread.id)
        return found.error if isinstance(found, ThreadDetail) else ""

    def titled(self, key: IssueKey) -> list[AgentThread]:
        """Return the afk threads of an issue that T3 shows, oldest first."""
        return [one for one in self._by_title.titled.get(key, ()) if self.at_home(one, key)]

    def issue_of(self, thread: AgentThread) -> IssueKey | None:
        """Return the issue that a thread is titled with, by its repository's name of today."""
        return self._by_title.homes.issue_of(thread)

    def once_titled(self, key: IssueKey) -> Sequence[AgentThread]:
        """Return likewise the threads titled with the issue by any name its repository had."""
        return self._by_title.once_titled.get(key, ())

    def at_home(self, thread: AgentThread, key: IssueKey) -> bool:
        """Say whether a thread with the issue's title works in the repository's own folder."""
        return self._by_title.homes.at_home(thread, key)

    @property
    def _by_title(self) -> _ByTitle:
        """Return the threads by their issues, put in order once for each snapshot."""
        if self._ordered is None:
            self._ordered = _by_title(self.snapshot, self.config)
        return self._ordered

    def live(self, thread: AgentThread) -> bool:
        """Say whether an agent is or may be at work in the thread."""
        return self.snapshot is not None and is_live(
            thread, self.snapshot.server_now, self.config.start_seconds
        )

    def is_new(self, thread: AgentThread) -> bool:
        """Say whether the thread is there only since T3 was first read, or may be."""
        return self.opened_at is not None and thread.created_at >= self.opened_at - LAG

    def unstarted(self, thread: AgentThread) -> bool:
        """Say whether another tick may be about to start the thread."""
        return self.snapshot is not None and is_unstarted(
            thread, self.snapshot.server_now, self.config.tick_seconds
        )
