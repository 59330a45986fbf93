"""One issue as a tick sees it, for tests of what has to be mended; see `factories`.

The defaults: MARA's approval stands, no record and no thread are there, and T3 has answered.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from support.factories import (
    AFK,
    ENVIRONMENT,
    IN_PROGRESS,
    LABELLED,
    NOW,
    OWN,
    READY,
    RUN_ID,
    STARTED,
    STRANGER,
    changed,
    comment,
    event,
    issue,
    labels,
    record,
    thread,
)

from afk.decide.approval import blank_record
from afk.decide.sight import (
    Park,
    ShownThread,
    Sight,
)
from afk.model.agent import AgentMessage, Speaker, ThreadDetail
from afk.record import names
from afk.record.codec import Flaw, Found, Records
from afk.record.state import RunRecord, Stage
from afk.types import Event, Issue, Reason, Verdict

KEY: Final = issue().key
BLANK: Final = blank_record(issue(), "github", RUN_ID, event())
OTHER_RUN: Final = "0f0f0f0f-0000-4000-8000-000000000000"
HELD_STRAY: Final = f"{KEY} has a thread without a record"
OWN_LOCK: Final = event(label=IN_PROGRESS, order=2, actor=AFK)
THEIR_LOCK: Final = event(label=IN_PROGRESS, order=2, actor=STRANGER)


def sight(**changes: Any) -> Sight:
    """Return an approved issue without records and threads, T3 having answered."""
    base = Sight(
        now=NOW,
        issue=issue(),
        records=Records(),
        threads=(),
        of_runs=frozenset(names.thread_id(RUN_ID, one) for one in range(1, 6)),
        environment_id=ENVIRONMENT,
        blank=BLANK,
        own=OWN,
        branch="main",
    )
    return replace(base, **changes)


def recorded(*runs: RunRecord, **changes: Any) -> Records:
    """Return these records, each in a comment of its own."""
    found = (Found(run, comment(id=600 + number)) for number, run in enumerate(runs))
    return Records(runs=tuple(found), **changes)


def flawed(*flaws: Flaw, at: timedelta = timedelta(minutes=1)) -> Records:
    """Return records that are not believed, written so long after the approval."""
    shown = comment(author=AFK, created_at=LABELLED + at)
    return Records(flawed=tuple((shown, flaw) for flaw in flaws))


def ended(run_id: str = RUN_ID, **changes: Any) -> RunRecord:
    """Return the record of a run that is over."""
    return record(run_id=run_id, stage=Stage.ENDED, verdict=Verdict.DONE, **changes)


def approved(attempt: int = 1, stage: Stage = Stage.APPROVED) -> RunRecord:
    """Return a record that has not come to a running turn, at this attempt."""
    return record(stage=stage, attempt=attempt, thread_id=names.thread_id(RUN_ID, attempt))


def shown(
    *said: str,
    run: str = RUN_ID,
    attempt: int = 1,
    live: bool = True,
    body: bool = True,
    **changes: Any,
) -> ShownThread:
    """Return a thread of a run in which messages with these ids were sent to the agent."""
    one = thread(id=names.thread_id(run, attempt), title=names.title(run, KEY), **changes)
    asked = tuple(AgentMessage(each, Speaker.ASKING, "x", STARTED) for each in said)
    detail = ThreadDetail(thread=one, messages=asked) if body else None
    return ShownThread(thread=one, live=live, detail=detail)


def said(number: int = 1, attempt: int = 1, run: str = RUN_ID) -> str:
    return names.message_id(run, number, attempt)


def locked(*events: Event) -> Issue:
    """Return the approved issue with the in-progress label on, and these events."""
    return issue(labels=labels(READY, IN_PROGRESS), events=(event(), *events))


def parked(strays: ShownThread | None, reason: Reason, detail: str = "") -> Park:
    """Return the end of an approval whose record is not believed or lost."""
    run = changed(
        BLANK,
        thread_id=strays.thread.id if strays else "",
        environment_id=ENVIRONMENT if strays else "",
        rebuilt=True,
    )
    return Park(run, reason, detail)
