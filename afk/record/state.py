"""A run's state: what the record remembers between ticks, and nothing else does.

Pure data with small look-ups. Only facts stand here, never text of users or models. Times are
afk's own clock at the tick that first saw the fact, except ``Turn.requested_at``, which is T3's
and correlates a turn with its message. A time that is read back has a zone, or the whole is not
believed: without one it could not be compared. What belongs together is a group of its own; a group
in which nothing happened yet is not written down.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum, unique
from typing import ClassVar, Final

from pydantic import AwareDatetime

from afk.record.answers import Answers
from afk.record.groups import Commits, Ending, ThreadState
from afk.record.landing import Landing
from afk.record.pauses import Pauses, moved_on
from afk.types import Phase, Reason, ThreadStatus, Verdict

SCHEMA: Final = 1
MAX_ANSWERED: Final = 20
MAX_ASKED: Final = 5


@unique
class Stage(StrEnum):
    """Where a run stands. APPROVED locks nothing and counts as no run."""

    APPROVED = "approved"
    CLAIMED = "claimed"
    RUNNING = "running"
    ENDING = "ending"
    ENDED = "ended"


IN_FLIGHT: Final = frozenset({Stage.CLAIMED, Stage.RUNNING, Stage.ENDING})


@unique
class Purpose(StrEnum):
    """Why a turn was sent."""

    FIRST = "first"
    FIX_FORWARD = "fix-forward"
    RESUME = "resume"
    REPLACEMENT = "replacement"
    REVIEW = "review"
    REBASE = "rebase"


@unique
class Outcome(StrEnum):
    """How a turn ended, written down the first time it is seen: T3 forgets it."""

    COMPLETED = "completed"
    ERROR = "error"
    INTERRUPTED = "interrupted"
    LIMITED = "limited"
    VANISHED = "vanished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The keys that sign run records; empty ``current`` means unsigned."""

    current: bytes = b""
    previous: bytes = b""

    def __repr__(self) -> str:
        """Never show a key."""
        return f"Keys(current={'set' if self.current else 'none'})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One user-to-agent cycle. ``sent_at`` None: intended, not yet known to be accepted.

    ``thread`` is the attempt number of the thread it was sent to. ``red_commit`` is the head that
    it answers, ``told`` the reviews and comments that it tells. The tokens it used are written down
    once it has ended, where T3 shows them.
    """

    number: int
    purpose: Purpose
    message_id: str
    attempt: int = 1
    thread: int = 1
    sent_at: AwareDatetime | None = None
    requested_at: AwareDatetime | None = None
    outcome: Outcome | None = None
    outcome_at: AwareDatetime | None = None
    red_commit: str = ""
    told: tuple[str, ...] = ()
    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who asked for what: the label event and the digest of what it covered."""

    actor_id: int
    at: AwareDatetime
    event: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A session stop afk asked for, and the rule that asked."""

    at: AwareDatetime
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request the agent made, first seen ``at``.

    Its text is the agent's, so it stands below the marker; ``digest`` is its sha256, by which it
    is known again there.
    """

    id: str
    at: AwareDatetime
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """What was said: turns, the agent's first requests, answers to them (by their ids), stops."""

    turns: tuple[Turn, ...] = ()
    asked: tuple[Asked, ...] = ()
    answered: tuple[str, ...] = ()
    stops: tuple[Stop, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """The run record's fields; `afk.record.codec` writes and reads them.

    ``phases`` are those the agent said and those afk saw, shown to people and never decided on.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}  # its groups, too

    forge: str
    repository_id: int
    repository: str
    issue: int
    run_id: str
    approval: Approval
    schema: int = SCHEMA
    key_id: str = ""
    sequence: int = 0
    stage: Stage = Stage.APPROVED
    verdict: Verdict | None = None
    reason: Reason | None = None
    detail: str = ""

    thread: ThreadState = field(default_factory=ThreadState)
    dialogue: Dialogue = field(default_factory=Dialogue)
    commits: Commits = field(default_factory=Commits)
    phases: dict[Phase, AwareDatetime] = field(default_factory=dict)
    pauses: Pauses = field(default_factory=Pauses)
    landing: Landing = field(default_factory=Landing)
    ending: Ending = field(default_factory=Ending)
    answers: Answers = field(default_factory=Answers)

    @property
    def turn(self) -> Turn | None:
        """Return the last recorded turn."""
        return self.dialogue.turns[-1] if self.dialogue.turns else None

    @property
    def corrective_turns(self) -> int:
        """Return how many fix-forward turns were sent."""
        return self.turns_for(Purpose.FIX_FORWARD)

    def turns_for(self, purpose: Purpose) -> int:
        """Return how many turns were sent for a purpose."""
        return sum(
            turn.purpose is purpose and turn.sent_at is not None for turn in self.dialogue.turns
        )

    @property
    def told(self) -> frozenset[str]:
        """Return the reviews and comments that the agent was told."""
        sent = [turn for turn in self.dialogue.turns if turn.sent_at is not None]
        return frozenset(one for turn in sent for one in turn.told)

    @property
    def newest_commit(self) -> str:
        """Return the commit whose CI counts: the newest pushed one, or where it was taken to."""
        if self.landing.branch:
            return self.landing.tip
        return self.commits.pushed[-1] if self.commits.pushed else ""

    @property
    def waits_for_people(self) -> bool:
        """Say whether only people can take the run further: no agent is at work for it.

        So does one whose turn is intended and has to wait for a place.
        """
        turn = self.turn
        at_rest = turn is None or turn.outcome is not None or turn.sent_at is None
        return self.stage is Stage.RUNNING and self.landing.waiting_since is not None and at_rest

    def with_turn(self, turn: Turn) -> "RunRecord":
        """Return the record with this turn added, or replacing the one of its number."""
        kept = tuple(one for one in self.dialogue.turns if one.number != turn.number)
        return replace(self, dialogue=replace(self.dialogue, turns=(*kept, turn)))

    def without_thread(self) -> "RunRecord":
        """Return the record of an approval that never became a run: no thread, no turn."""
        return replace(
            self,
            thread=replace(self.thread, id=""),
            dialogue=replace(self.dialogue, turns=()),
        )

    def stops_of(self, turn: Turn | None) -> tuple[Stop, ...]:
        """Return the stops asked for since a turn was sent; without a turn, all of them."""
        sent = turn.sent_at if turn else None
        return tuple(stop for stop in self.dialogue.stops if sent is None or stop.at >= sent)

    def resumed(self, now: datetime) -> "RunRecord":
        """Return the record after waiting for a usage limit: no budget or deadline counts it."""
        since = self.pauses.waiting_since
        if since is None:
            return self
        # What T3 did not show of the wait is accounted for when it is seen again.
        unpaused = min(now, self.pauses.unseen_at or now)
        pushed_at = moved_on(self.commits.pushed_at, since, now)
        record = replace(
            self,
            pauses=self.pauses.resumed(now),
            commits=replace(self.commits, pushed_at=pushed_at),
        )
        return _budgets_moved_on(record, since, unpaused)

    def held(self, now: datetime) -> "RunRecord":
        """Return the record while another run's limit holds it, since this tick or before."""
        held_at = self.pauses.held_at or now
        return replace(self, pauses=replace(self.pauses, held_at=held_at))

    def let_go(self, now: datetime) -> "RunRecord":
        """Return the record once no other run's limit holds it; its own limit goes on."""
        return self.resumed(now) if self.pauses.limited_at is None else self

    def out_of_sight(self, now: datetime) -> "RunRecord":
        """Return the record while T3 does not show the run, since this tick or before."""
        unseen_at = self.pauses.unseen_at or now
        return replace(self, pauses=replace(self.pauses, unseen_at=unseen_at))

    def seen_again(self, now: datetime) -> "RunRecord":
        """Return the record after T3 was out of sight: only the wait for CI went on counting."""
        gone_at, turn = self.pauses.unseen_at, self.turn
        if gone_at is None:
            return self
        # While a limit is waited out the clocks stand still anyway.
        counted_from = gone_at if self.pauses.waiting_since is None else now
        record = replace(self, pauses=self.pauses.seen_again(now))
        record = _budgets_moved_on(record, counted_from, now)
        if turn is None or turn.outcome is not None or self.stops_of(turn):
            return record
        return record.with_turn(replace(turn, sent_at=moved_on(turn.sent_at, gone_at, now)))


def _budgets_moved_on(record: RunRecord, start: datetime, end: datetime) -> RunRecord:
    """Return the record with a gap given back to the budgets since the start and the first red."""
    started_at = moved_on(record.thread.started_at, start, end)
    first_red_at = moved_on(record.commits.first_red_at, start, end)
    return replace(
        record,
        thread=replace(record.thread, started_at=started_at),
        commits=replace(record.commits, first_red_at=first_red_at),
    )


STATUS_OF: Final = {
    Outcome.COMPLETED: ThreadStatus.IDLE,
    Outcome.ERROR: ThreadStatus.ERROR,
    Outcome.LIMITED: ThreadStatus.ERROR,
    Outcome.INTERRUPTED: ThreadStatus.INTERRUPTED,
    Outcome.VANISHED: ThreadStatus.ERROR,
}
"""What the fixed table sees of a turn whose end was seen."""
