"""What a rule of `afk.decide.lifecycle` looks at, in short words.

Pure.
"""

from dataclasses import dataclass
from datetime import datetime

from afk.config import Config
from afk.decide.observation import Observation, run_commits
from afk.model.agent import Presence
from afk.record.state import STATUS_OF, Purpose, RunRecord, Turn
from afk.types import CIStatus, Reason, ThreadStatus


@dataclass(frozen=True, slots=True)
class View:
    """What a rule looks at: the noted record, the observation, the configuration."""

    record: RunRecord
    observed: Observation
    config: Config

    @property
    def now(self) -> datetime:
        """Return the tick's time."""
        return self.observed.now

    @property
    def turn(self) -> Turn | None:
        """Return the last turn that was accepted; an intended one is decided afresh."""
        sent = [turn for turn in self.record.dialogue.turns if turn.sent_at is not None]
        return sent[-1] if sent else None

    @property
    def pushed(self) -> bool:
        """Say whether a commit of the run is on the branch."""
        return bool(self.record.commits.pushed)

    @property
    def on_base(self) -> tuple[str, ...]:
        """Return the run's commits on the base, where it lands by pull request."""
        sight = self.observed.landing
        return run_commits(sight.base, self.record.run_id) if sight is not None else ()

    @property
    def unanswered(self) -> bool:
        """Say whether the last turn asked for something beside CI that no push has answered."""
        turn, asked = self.turn, (Purpose.REVIEW, Purpose.REBASE)
        return (
            turn is not None
            and turn.purpose in asked
            and turn.red_commit == self.record.newest_commit
        )

    @property
    def branch_gone(self) -> str:
        """Return the branch that work lands on, if it is not there any more; "" while it is."""
        commits, sight = self.record.commits, self.observed.landing
        shown = self.observed.branch if sight is None else sight.base
        gone = commits.base and not shown.head
        return commits.branch.replace("`", "'") if gone else ""

    @property
    def ci(self) -> CIStatus | None:
        """Return CI's word on the newest pushed commit, on no other."""
        verdict, newest = self.observed.verdict, self.record.newest_commit
        return verdict.status if verdict and newest and verdict.sha == newest else None

    @property
    def busy(self) -> bool:
        """Say whether an agent is at work in the thread, whoever asked it to be."""
        return self.observed.thread.status in (ThreadStatus.RUNNING, ThreadStatus.NEEDS_HUMAN)

    @property
    def status(self) -> ThreadStatus | None:
        """Return how the last turn stands; an end once seen stays, but for somebody else's turn."""
        if self.turn is not None and self.turn.outcome is not None and not self.busy:
            return STATUS_OF[self.turn.outcome]
        return self.observed.thread.status

    @property
    def ended(self) -> bool:
        """Say whether the last turn is seen ended and nobody is at work in the thread."""
        return not self.busy and (self.turn is None or self.turn.outcome is not None)

    @property
    def no_more_turns(self) -> Reason | None:
        """Return why afk may not send another turn to this run, None when it may."""
        if self.observed.thread.foreign:
            return Reason.FOREIGN_MESSAGE
        if self.observed.thread.presence in (Presence.ARCHIVED, Presence.DELETED):
            return Reason.THREAD_REMOVED
        return Reason.RECORD_LOST if self.record.thread.rebuilt else None

    @property
    def replaceable(self) -> bool:
        """Say whether the one replacement is still unused."""
        return self.record.thread.replacements < self.config.redispatches

    @property
    def intended(self) -> Turn | None:
        """Return the turn that was recorded and T3 does not show; a tick may be sending it.

        Nobody is while the run waits for people: then there was no room for it.
        """
        last = self.record.turn
        unsent = last is not None and last.sent_at is None
        return last if unsent and self.record.landing.waiting_since is None else None

    @property
    def half_replaced(self) -> bool:
        """Say whether the intended turn is to go to a thread of its own, already counted."""
        return bool(self.intended and self.turn and self.intended.thread > self.turn.thread)

    @property
    def half_resumed(self) -> bool:
        """Say whether the intended turn is a RESUME, already counted."""
        return self.intended is not None and self.intended.purpose is Purpose.RESUME
