"""One run as a tick sees it: healthy observations, thread facts, verdicts; see `factories`.

The defaults go on with that story: T3 shows the run's thread at work on the first turn, nothing
is pushed, nobody did anything.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from support.factories import NOW, OWN, PUSHED, RUN_ID, STARTED, config, event, issue, record

from afk.config import Config
from afk.decide.decision import Decision
from afk.decide.lifecycle import decide
from afk.decide.observation import Observation, note
from afk.decide.thread_facts import UNREAD, ThreadFacts
from afk.model.agent import Presence
from afk.model.ci import CIVerdict
from afk.model.forge import Branch, Commit
from afk.record import names
from afk.record.state import Outcome, RunRecord, Turn
from afk.types import CIStatus, Event, EventKind, Issue, StageResult, ThreadStatus

FIRST: Final = names.message_id(RUN_ID, 1, 1)
SECOND: Final = names.message_id(RUN_ID, 2, 1)
LIMIT_TEXT: Final = "You've hit your usage limit. Try again later."
"""recordings/t3/0.0.32/31-2-failed-thread.json"""

OTHER_SERVER: Final = ThreadFacts(presence=Presence.OTHER_SERVER)
VANISHED: Final = ThreadFacts(presence=Presence.VANISHED, stopped=True)
UNSEEN: Final = UNREAD


def facts(status: ThreadStatus | None = ThreadStatus.RUNNING, **changes: Any) -> ThreadFacts:
    """Return the present thread with its first message, in this state."""
    base = ThreadFacts(
        presence=Presence.PRESENT, status=status, requested_at={FIRST: STARTED}, stopped=False
    )
    return replace(base, **changes)


def removed(presence: Presence = Presence.ARCHIVED, **changes: Any) -> ThreadFacts:
    """Return a thread that somebody archived or deleted."""
    return replace(ThreadFacts(presence=presence, stopped=presence is Presence.DELETED), **changes)


def on(kind: EventKind, order: int = 9, **changes: Any) -> Event:
    """Return an event of MARA's three minutes ago, after her approval."""
    return event(kind, order=order, at=NOW - timedelta(minutes=3), **changes)


def happened(*more: Event, **changes: Any) -> Issue:
    """Return the approved issue with these events after the approval."""
    return issue(events=(event(), *more), **changes)


def ended(turn: Turn, outcome: Outcome = Outcome.COMPLETED, **changes: Any) -> Turn:
    """Return the turn as it stands once its end was seen."""
    return replace(turn, outcome=outcome, outcome_at=NOW - timedelta(minutes=5), **changes)


def commit(sha: str = PUSHED, message: str = "") -> Commit:
    """Return a commit that carries the run's trailer, or the message given."""
    return Commit(sha, message or f"Greet people\n\nAFK-Run: {RUN_ID}\n")


def branch(*shas: str, **changes: Any) -> Branch:
    """Return the branch with these commits of the run, newest first."""
    head = shas[0] if shas else "b" * 40
    return replace(Branch(head, tuple(commit(sha) for sha in shas)), **changes)


def verdict(status: CIStatus | None, sha: str = PUSHED) -> CIVerdict:
    """Return CI's word on the run's newest commit."""
    return CIVerdict(sha, status, (StageResult("build", status, "tests"),))


def observed(before: RunRecord | None = None, **changes: Any) -> Observation:
    """Return what one tick sees of the run of this record."""
    base = Observation(
        now=NOW,
        record=before or record(),
        issue=issue(),
        thread=facts(),
        branch=branch(),
        own=OWN,
    )
    return replace(base, **changes)


def after_push(status: CIStatus | None, **changes: Any) -> dict[str, Any]:
    """Return the parts of an observation in which the run's commit stands on the branch."""
    return {"branch": branch(PUSHED), "verdict": verdict(status), **changes}


def pushed(**changes: Any) -> RunRecord:
    """Return the record of a run whose commit was seen ten minutes ago."""
    seen_at = NOW - timedelta(minutes=10)
    return record(**{"pushed": (PUSHED,), "pushed_at": seen_at, **changes})


def decided(
    before: RunRecord | None = None, settings: Config | None = None, **changes: Any
) -> Decision:
    """Note what is seen and decide, as a tick does."""
    settings = settings or config()
    seen = observed(before, **changes)
    return decide(note(seen, settings), seen, settings)
