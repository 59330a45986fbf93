"""A run's state: what the record remembers between ticks, and nothing else does.

Pure data with small look-ups. Only facts stand here, never text of users or models. Times are
afk's own clock at the tick that first saw the fact, except ``Turn.requested_at``, which is T3's
and correlates a turn with its message.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import ClassVar, Final

from afk.types import CIStatus, Phase, Reason, ThreadStatus, Verdict

SCHEMA: Final = 1
MAX_PUSHED: Final = 100
"""More than a run pushes: the close by a commit that was forgotten would look like a person's."""
MAX_ANSWERED: Final = 20


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

    ``thread`` is the attempt number of the thread it was sent to.
    """

    number: int
    purpose: Purpose
    message_id: str
    attempt: int = 1
    thread: int = 1
    sent_at: datetime | None = None
    requested_at: datetime | None = None
    outcome: Outcome | None = None
    outcome_at: datetime | None = None
    red_commit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who asked for what: the label event and the digest of what it covered."""

    actor_id: int
    at: datetime
    event: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenVerdict:
    """The newest CI verdict and the tick that first saw it."""

    sha: str
    status: CIStatus
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenHead:
    """A branch's tip above the run's commit, and the tick that first saw it there."""

    sha: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A session stop afk asked for, and the rule that asked."""

    at: datetime
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """The run record's fields; `afk.record.codec` writes and reads them."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

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

    environment_id: str = ""
    thread_id: str = ""
    attempt: int = 1
    replacements: int = 0
    dispatch_failures: int = 0
    turns: tuple[Turn, ...] = ()
    answered: tuple[str, ...] = ()
    stops: tuple[Stop, ...] = ()

    base_commit: str = ""
    branch: str = ""
    pushed: tuple[str, ...] = ()
    phases: dict[Phase, datetime] = field(default_factory=dict)

    claimed_at: datetime | None = None
    started_at: datetime | None = None
    pushed_at: datetime | None = None
    first_red_at: datetime | None = None
    seen_verdict: SeenVerdict | None = None
    seen_head: SeenHead | None = None
    ending_at: datetime | None = None
    ended_at: datetime | None = None

    times_limited: int = 0
    limited_at: datetime | None = None
    first_reset: datetime | None = None
    next_try: datetime | None = None
    held_at: datetime | None = None
    waited_seconds: int = 0
    unseen_at: datetime | None = None
    unseen_seconds: int = 0
    paused_seconds: int = 0
    rang_other_server: bool = False
    settled: bool = False
    close_blocked: bool = False
    blocked_by: tuple[str, ...] = ()

    notified: tuple[str, ...] = ()
    notify_failures: int = 0
    last_command: int = 0
    rebuilt: bool = False

    @property
    def turn(self) -> Turn | None:
        """Return the last recorded turn."""
        return self.turns[-1] if self.turns else None

    @property
    def corrective_turns(self) -> int:
        """Return how many fix-forward turns were sent."""
        return sum(
            turn.purpose is Purpose.FIX_FORWARD and turn.sent_at is not None for turn in self.turns
        )

    @property
    def newest_commit(self) -> str:
        """Return the newest pushed commit of the run, or ""."""
        return self.pushed[-1] if self.pushed else ""

    def with_turn(self, turn: Turn) -> "RunRecord":
        """Return the record with this turn added, or replacing the one of its number."""
        kept = tuple(one for one in self.turns if one.number != turn.number)
        return replace(self, turns=(*kept, turn))

    def stops_of(self, turn: Turn | None) -> tuple[Stop, ...]:
        """Return the stops asked for since a turn was sent; without a turn, all of them."""
        sent = turn.sent_at if turn else None
        return tuple(stop for stop in self.stops if sent is None or stop.at >= sent)

    def budget_now(self, now: datetime) -> datetime:
        """Return the time by which budgets are judged.

        It stands still while a limit is waited out (the run's own, or ``held_at``: another
        run's on the same provider) and while T3 does not show the run; `resumed` and
        `seen_again` then move the clocks on by the gap.
        """
        pauses = (self.limited_at, self.held_at, self.unseen_at)
        return min([now, *(at for at in pauses if at is not None)])

    def waited(self, now: datetime) -> int:
        """Return the seconds waited for limits, those before the first named reset left out."""
        if self.limited_at is None:
            return self.waited_seconds
        start = max(self.limited_at, self.first_reset or self.limited_at)
        return self.waited_seconds + _seconds(start, now)

    def resumed(self, now: datetime) -> "RunRecord":
        """Return the record after waiting for a usage limit: no budget or deadline counts it."""
        pauses = [at for at in (self.limited_at, self.held_at) if at is not None]
        if not pauses:
            return self
        since = min(pauses)
        # What T3 did not show of the wait is accounted for when it is seen again.
        unpaused = min(now, self.unseen_at or now)
        return replace(
            self,
            limited_at=None,
            held_at=None,
            next_try=None,
            paused_seconds=self.paused_seconds + _seconds(since, now),
            waited_seconds=self.waited(now),
            started_at=_later(self.started_at, since, unpaused),
            first_red_at=_later(self.first_red_at, since, unpaused),
            pushed_at=_later(self.pushed_at, since, now),
        )

    def let_go(self, now: datetime) -> "RunRecord":
        """Return the record once no other run's limit holds it; its own limit goes on."""
        return self.resumed(now) if self.limited_at is None else self

    def seen_again(self, now: datetime) -> "RunRecord":
        """Return the record after T3 was out of sight: only the wait for CI went on counting."""
        if self.unseen_at is None:
            return self
        # While a limit is waited out the clocks stand still anyway.
        waiting = self.limited_at is not None or self.held_at is not None
        counted_from = now if waiting else self.unseen_at
        turn = self.turn
        record = replace(
            self,
            unseen_at=None,
            unseen_seconds=self.unseen_seconds + _seconds(self.unseen_at, now),
            started_at=_later(self.started_at, counted_from, now),
            first_red_at=_later(self.first_red_at, counted_from, now),
        )
        if turn is None or turn.outcome is not None or self.stops_of(turn):
            return record
        return record.with_turn(replace(turn, sent_at=_later(turn.sent_at, self.unseen_at, now)))


def _later(at: datetime | None, start: datetime, end: datetime) -> datetime | None:
    """Return a clock's start moved on by as much of a gap as it has run through."""
    return at + max(end - max(at, start), timedelta()) if at is not None else None


def _seconds(start: datetime, end: datetime) -> int:
    """Return the whole seconds between two times, none when the clock went back."""
    return max(int((end - start).total_seconds()), 0)


STATUS_OF: Final = {
    Outcome.COMPLETED: ThreadStatus.IDLE,
    Outcome.ERROR: ThreadStatus.ERROR,
    Outcome.LIMITED: ThreadStatus.ERROR,
    Outcome.INTERRUPTED: ThreadStatus.INTERRUPTED,
    Outcome.VANISHED: ThreadStatus.ERROR,
}
"""What the fixed table sees of a turn whose end was seen."""
