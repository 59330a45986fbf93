"""The times in which a run's budgets stand still: usage limits, and T3 out of sight.

Pure. A pause has begun where its time is set. While it lasts, budgets are judged by the time at
which it began (`Pauses.budget_now`); when it ends, the record moves its clocks on by the gap.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import AwareDatetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pauses:
    """What a run waits for besides its agent and CI, and how long it has waited.

    ``limited_at``: the run's own usage limit, over at ``next_try`` at the earliest; ``first_reset``
    is the first one that an error named. ``held_at``: another run's limit on the same provider.
    ``unseen_at``: T3 does not show the run. ``waited_seconds`` are those that
    ``usage_wait_seconds`` bounds. ``rang_other_server``: people know that T3 is another server.
    """

    times_limited: int = 0
    limited_at: AwareDatetime | None = None
    first_reset: AwareDatetime | None = None
    next_try: AwareDatetime | None = None
    held_at: AwareDatetime | None = None
    waited_seconds: int = 0
    paused_seconds: int = 0
    unseen_at: AwareDatetime | None = None
    unseen_seconds: int = 0
    rang_other_server: bool = False

    @property
    def waiting_since(self) -> datetime | None:
        """Return since when a limit is waited out, the run's own or another's."""
        begun = (self.limited_at, self.held_at)
        return min((at for at in begun if at is not None), default=None)

    @property
    def last(self) -> bool:
        """Say whether one lasts, so that budgets stand still."""
        return self.waiting_since is not None or self.unseen_at is not None

    def budget_now(self, now: datetime) -> datetime:
        """Return the time by which budgets are judged.

        It stands still while a limit is waited out and while T3 does not show the run;
        `RunRecord.resumed` and `RunRecord.seen_again` then move the clocks on by the gap.
        """
        begun = (self.waiting_since, self.unseen_at)
        return min([now, *(at for at in begun if at is not None)])

    def waited(self, now: datetime) -> int:
        """Return the seconds waited for limits, those before the first named reset left out."""
        if self.limited_at is None:
            return self.waited_seconds
        start = max(self.limited_at, self.first_reset or self.limited_at)
        return self.waited_seconds + _seconds(start, now)

    def resumed(self, now: datetime) -> "Pauses":
        """Return the pauses once no limit is waited out any more."""
        return replace(
            self,
            limited_at=None,
            held_at=None,
            next_try=None,
            paused_seconds=self.paused_seconds + _seconds(self.waiting_since or now, now),
            waited_seconds=self.waited(now),
        )

    def seen_again(self, now: datetime) -> "Pauses":
        """Return the pauses once T3 shows the run again."""
        unseen = _seconds(self.unseen_at or now, now)
        return replace(self, unseen_at=None, unseen_seconds=self.unseen_seconds + unseen)


def moved_on(at: datetime | None, start: datetime, end: datetime) -> datetime | None:
    """Return a clock's start moved on by as much of a gap as it has run through."""
    return at + max(end - max(at, start), timedelta()) if at is not None else None


def _seconds(start: datetime, end: datetime) -> int:
    """Return the whole seconds between two times, none when the clock went back."""
    return max(int((end - start).total_seconds()), 0)
