"""One issue as a tick sees it, and what can be wrong with it: the nouns of `afk.decide.repair`.

Pure data.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from afk.decide.approval import Standing
from afk.model.agent import AgentThread, ThreadDetail
from afk.record import names
from afk.record.codec import Found, Records
from afk.record.state import IN_FLIGHT, RunRecord
from afk.types import Comment, Issue, Reason, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownThread:
    """An afk thread of the issue; ``detail`` only where `afk.decide.repair` asked for it."""

    thread: AgentThread
    live: bool
    detail: ThreadDetail | None = None

    @property
    def short_run_id(self) -> str:
        """Return the start of the run id that its title names."""
        named = names.parse_title(self.thread.title)
        return named[0] if named else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One issue as one tick sees it.

    ``threads``: those titled with it, oldest first; ``of_runs``: the ids that runs of it can have,
    since anybody can write a title. ``environment_id``: which T3 answered, "" when none
    did. ``blank``: the record that the application which stands would begin with, None without
    one. ``locker``: what the in-progress label is worth by who set it, asked where
    `afk.decide.repair` has to know; ``own``, afk's accounts, where labels or records are afk's.
    ``branch``, which its runs land on, only where a thread has lost its record. ``sequence``: where
    T3 was when its second source was asked, 0 where it was not.
    """

    now: datetime
    issue: Issue
    records: Records
    threads: tuple[ShownThread, ...]
    of_runs: frozenset[str]
    environment_id: str
    blank: RunRecord | None
    own: Collection[int]
    ready_label: str = ""
    branch: str = ""
    sequence: int = 0
    locker: Standing | None = None

    @property
    def in_flight(self) -> bool:
        """Say whether a believable record says that a run is in flight."""
        return any(found.record.stage in IN_FLIGHT for found in self.records.runs)

    @property
    def strays(self) -> tuple[ShownThread, ...]:
        """Return threads of runs that no believable record accounts for, while that matters.

        Those with an agent at work; of the application that stands, also one whose agent has done
        its work: the run has begun, and must not begin again.
        """
        runs = [found.record.run_id for found in self.records.runs]
        return tuple(
            one
            for one in self.threads
            if (one.live or self._has_worked(one))
            and one.thread.id in self.of_runs
            and not any(run.startswith(one.short_run_id) for run in runs)
        )

    def _has_worked(self, shown: ShownThread) -> bool:
        """Say whether the run that the standing label asks for has done its work in a thread."""
        asked_for = self.blank is not None and self.issue.has_label(self.ready_label)
        ours = self.blank is not None and self.blank.run_id.startswith(shown.short_run_id)
        return asked_for and ours and shown.thread.done


@dataclass(frozen=True, slots=True)
class DeleteDuplicate:
    """A second comment of one run."""

    comment: Comment


@dataclass(frozen=True, slots=True)
class StopThread:
    """A thread whose agent works on for nobody; an archived one is taken back, or it goes on."""

    thread_id: str
    why: str
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Park:
    """End as needs-human under a fresh record; the thread that it names is stopped on the way."""

    record: RunRecord
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Write a record again that was lost while its thread works on."""

    record: RunRecord


@dataclass(frozen=True, slots=True)
class Promote:
    """A claim or an approval whose first message T3 shows is a running run."""

    found: Found
    attempt: int


@dataclass(frozen=True, slots=True)
class End:
    """A run that is over, or never began: ended as ``record`` says, under its own verdict.

    ``told``: whoever is owed a doorbell has had it. ``settled``: the issue is as it has to be.
    """

    found: Found
    record: RunRecord
    verdict: Verdict
    reason: Reason
    told: bool = False
    settled: bool = False


@dataclass(frozen=True, slots=True)
class TakeLabelOff:
    """A label of afk's that stands for nothing any more."""

    label: str
    why: str


@dataclass(frozen=True, slots=True)
class RefuseLabel:
    """A label that somebody without write permission set."""

    label: str


Repair = DeleteDuplicate | StopThread | Park | Rebuild | Promote | End | TakeLabelOff | RefuseLabel


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What to mend, and what must not happen meanwhile.

    ``hold``: why nothing may start in the repository. ``hold_unmended``: likewise, as long as the
    repairs are not made. ``spoilt``: our comments that somebody changed, once nothing
    rests on them.
    """

    repairs: tuple[Repair, ...] = ()
    hold: str = ""
    hold_unmended: str = ""
    spoilt: tuple[Comment, ...] = field(default=(), compare=False)
