"""What must hold of labels: what waits, what is locked, what was handed back."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from support.loops import record_comments

from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY
from schedules.ceilings import day_is_full
from schedules.deeds import has
from schedules.seen import Seen, of_label
from schedules.told import records

JUST_THEN: Final = timedelta(minutes=5)
"""A tick that is held up sees so late what somebody asks for while it is under way."""


def what_is_asked_anew_is_kept(seen: Seen) -> Iterator[str]:
    """4: an end changes labels and closes only while nobody has asked for the issue anew.

    What somebody asks for while a tick is on its way to do so, it cannot know: that is handed back.
    So is what a colleague asked for who left.
    """
    here = seen.here
    for issue in seen.issues:
        asked = of_label(issue, EventKind.LABELED, READY)
        if not asked or asked[-1].actor is not here.owner:
            continue
        at = asked[-1].at.replace(microsecond=0)
        taken_off = any(
            one.actor is here.bot and one.at > asked[-1].at + JUST_THEN
            for one in of_label(issue, EventKind.UNLABELED, READY)
        )
        runs = [datetime.fromisoformat(one["approval"]["at"]) for one in records(here, issue)]
        lost = issue.id in seen.unrecorded or seen.written_over(issue)
        if taken_off and not lost and not any(run >= at for run in runs):
            yield f"4: {issue.ref} was asked for at {at}, and there never was a run"
        closed = [one for one in issue.events if one.kind is EventKind.CLOSED][-1:]
        ready = has(issue, READY)
        if (
            ready
            and not issue.open
            and closed[0].actor is here.bot
            and closed[0].at > asked[-1].at + JUST_THEN
        ):
            yield f"4: {issue.ref} was asked for at {at}, and afk closed it instead"


def locks_are_backed(seen: Seen) -> Iterator[str]:
    """3: a lock of ours is backed by a run in flight; all of those are over."""
    for issue in seen.issues:
        if not has(issue, IN_PROGRESS):
            continue
        setting = of_label(issue, EventKind.LABELED, IN_PROGRESS)
        if setting and setting[-1].actor is seen.here.stranger:
            yield f"3: {issue.ref} is locked by a stranger"
        if setting and setting[-1].actor is seen.here.bot:
            yield f"3: {issue.ref} is locked by afk, and nothing is in flight"


def nothing_is_silent(seen: Seen) -> Iterator[str]:
    """8: a ready issue that waits says what for, and it is something that can change."""
    for issue in seen.issues:
        ready = has(issue, READY)
        handed = has(issue, HUMAN)
        if not (ready and issue.open) or handed:
            continue
        blocked = any(one.open for one in issue.blockers) or any(
            issue in seen.here.forge.closes(one)
            for one in seen.here.forge.pulls(issue.repo)
            if one.open
        )
        # Of a label that afk put on for a retry whose record was deleted only a tick's log tells.
        shown = seen.outputs[-1][1] if seen.outputs else ""
        if f"{issue.ref} held: applied by the account afk itself runs as" in shown:
            continue
        told = [one.body for one in record_comments(seen.here, issue)]
        locked = any(
            label.name == IN_PROGRESS
            for one in seen.issues
            for label in one.labels
            if one.repo is issue.repo
        )
        most = int(seen.here.settings.get("runs_per_issue", 5))
        if not told and not locked:
            yield f"8: {issue.ref} is ready, nothing happens, and nothing is said on it"
        free = not (blocked or locked or day_is_full(seen))
        if (told or locked) and free and _started(seen, issue) < most:
            yield f"8: {issue.ref} is ready and free, and does not start"


def _started(seen: Seen, issue: Issue) -> int:
    """Return how many runs of an issue were started: so often afk said that one is under way."""
    return sum(
        one.actor is seen.here.bot for one in of_label(issue, EventKind.LABELED, IN_PROGRESS)
    )


def handed_back_where_it_failed(seen: Seen) -> Iterator[str]:
    """4: labels agree with the newest verdict."""
    for issue in seen.issues:
        found = records(seen.here, issue)
        on = {label.name for label in issue.labels}
        if not found or found[-1]["stage"] != "ended":
            continue
        last = found[-1].get("verdict")  # a person may have written into it
        if _applied_again(issue, found[-1]["approval"]["at"]):
            continue  # labels change only while the run's approval is the newest application
        if READY in on:
            yield f"4: {issue.ref} ended as {last}, and still carries {READY}"
        if last in ("needs-human", "frozen") and HUMAN not in on and issue.open:
            yield f"4: {issue.ref} ended as {last}, and does not carry {HUMAN}"


def _applied_again(issue: Issue, approved: str) -> bool:
    """Say whether the ready label was put on after an approval, by a person or for one.

    afk puts it on for a ``/afk retry`` alone. What became of that may have been deleted since.
    """
    since = datetime.fromisoformat(approved)
    return any(one.at > since for one in of_label(issue, EventKind.LABELED, READY))
