"""What must hold of ends and replacements: nobody is at work any more (the design's 1, 3, 4)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from support.loops import record_comments

from afk.record.names import parse_title
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.records import Issue
from afk_sandbox.t3.state import Thread
from afk_sandbox.world import IN_PROGRESS, READY
from schedules.deeds import has
from schedules.seen import Seen, of_label
from schedules.told import records

OVER: Final = ("stopped", "interrupted", "error")
MOST_THREADS: Final = 2
HANDED: Final = ("needs-human", "frozen")
CLEAN: Final = 2
"""Ticks without trouble after which a lock is backed or gone."""


def live(thread: Thread) -> bool:
    """Say whether an agent may be at work in a thread."""
    session = thread.session
    return bool(session and session.status not in OVER and thread.deleted_at is None)


def told(seen: Seen, issue: Issue) -> dict[str, list[Thread]]:
    """Return the threads of an issue that were told something, by the short id of their run."""
    found: dict[str, list[Thread]] = {}
    for thread in seen.threads(issue):
        title = parse_title(thread.title)
        if title is not None and any(one.role == "user" for one in thread.messages.values()):
            found.setdefault(title[0], []).append(thread)
    return found


def replaced_only_when_gone(seen: Seen) -> Iterator[str]:
    """1: one replacement, and only of a thread in which nobody is at work."""
    for issue in seen.issues:
        for run, threads in told(seen, issue).items():
            if len(threads) > MOST_THREADS:
                yield f"1: run {run} of {issue.ref} has {len(threads)} threads"
            if any(live(one) for one in threads[:-1]):
                yield f"1: run {run} of {issue.ref} was started anew beside its agent"


def ended_only_when_stopped(seen: Seen) -> Iterator[str]:
    """4: no run has ended in this step whose agent may be at work, unless a person said so.

    Where nothing beside it, and nothing cut off, may have told the agent something since.
    """
    for issue in seen.issues:
        threads = told(seen, issue)
        for one in _ended(seen, issue):
            run = one["run_id"]
            new = run not in seen.ended_before and seen.alone
            by_word = one.get("ending", {}).get("by_word")
            if new and not by_word and any(live(thread) for thread in threads.get(run[:8], [])):
                yield f"4: run {run[:8]} of {issue.ref} has ended, and its agent may be at work"


def _ended(seen: Seen, issue: Issue) -> list[Mapping[str, Any]]:
    """Return the records that say a run is over, without those that people wrote into."""
    here = seen.here
    return [
        record
        for comment, record in zip(record_comments(here, issue), records(here, issue), strict=True)
        if record["stage"] == "ended" and all(one.editor is here.bot for one in comment.history)
    ]


def locks_are_in_use(seen: Seen) -> Iterator[str]:
    """3: two clean ticks later a lock of ours stands for a run in flight.

    Or for a session whose record was lost, and which T3 does not show as stopped yet.
    """
    if len(seen.quiet) < CLEAN:
        return
    for issue in seen.issues:
        locks = of_label(issue, EventKind.LABELED, IN_PROGRESS)
        stages = {one["stage"] for one in records(seen.here, issue)}
        ours = has(issue, IN_PROGRESS) and locks and locks[-1].actor is seen.here.bot
        stuck = any(live(one) for one in seen.threads(issue))
        if ours and not stuck and stages.isdisjoint({"claimed", "running", "ending"}):
            yield f"3: {issue.ref} is locked by afk, and its runs are {sorted(stages)}"


def landed_is_closed(seen: Seen) -> Iterator[str]:
    """4: what landed is closed, unless people opened it again, asked anew or hold it open."""
    for issue in seen.issues:
        ended = _ended(seen, issue)
        last = records(seen.here, issue)[-1:]
        if not (ended and last == ended[-1:] and last[0].get("verdict") == "done"):
            continue
        approved = datetime.fromisoformat(last[0]["approval"]["at"])
        reopened = [one for one in issue.events if one.kind is EventKind.REOPENED]
        asked = of_label(issue, EventKind.LABELED, READY)
        anew = any(one.at > approved for one in (*reopened, *asked))
        if issue.open and not anew and not issue.blockers:
            yield f"4: {issue.ref} has landed, and is open"


def closed_once_a_run(seen: Seen) -> Iterator[str]:
    """4: what people open again after afk closed it stays open, until somebody asks for it anew."""
    for issue in seen.issues:
        closed = reopened = False
        asked = [one.created_at for one in seen.said if one.issue is issue]
        ready = of_label(issue, EventKind.LABELED, READY)
        for one in issue.events:
            if one in ready:
                closed = reopened = False
            elif one.kind is EventKind.REOPENED and one.actor is seen.here.owner:
                reopened = closed
            elif one.kind is EventKind.CLOSED and one.actor is seen.here.bot:
                if reopened and not any(at <= one.at for at in asked):
                    yield f"4: {issue.ref} was opened again, and afk closed it once more"
                closed = True


def handed_back_is_open(seen: Seen) -> Iterator[str]:
    """4: what is handed back is open again where only a commit of the run had closed it.

    A record that was lost or written into no longer says which commit is its own.
    """
    for issue in seen.issues:
        ended = _ended(seen, issue)
        last = records(seen.here, issue)[-1:]
        handed = last == ended[-1:] and last and last[0].get("verdict") in HANDED
        if not handed or issue.id in seen.unrecorded or seen.written_over(issue):
            continue
        turns = [one for one in issue.events if one.kind in (EventKind.CLOSED, EventKind.REOPENED)]
        if not issue.open and turns and turns[-1].commit:
            yield f"4: {issue.ref} was handed back, and stays closed by its own commit"


def nothing_waits_in_vain(seen: Seen) -> Iterator[str]:
    """4: an approval that waits is of an issue that is open and ready, unless it was put back."""
    for issue in seen.issues:
        if seen.written_over(issue):
            continue
        ready = has(issue, READY)
        stages = [one["stage"] for one in records(seen.here, issue)]
        if stages.count("approved") > int(ready and issue.open):
            yield f"4: {issue.ref} waits in vain: {stages}"
