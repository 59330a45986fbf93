"""What must hold of the gates: no turn is sent where one was shut (the design's 2).

A tick looks at them some time between its first request and its last, and at the issue itself once
more right before it sends the turn. So a turn is wrong where a gate was shut at every moment of the
step until then; and where nothing held the ticks up, where one of the issue's own was shut for the
last half minute.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain, zip_longest
from typing import Final

from afk.record.names import parse_title
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.records import Issue
from afk_sandbox.t3.state import Message, Thread
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, World
from schedules.deeds import COLLEAGUE, colleague, has, may
from schedules.seen import Seen, Shut, of_label
from schedules.told import records

LATELY: Final = timedelta(seconds=30)
"""The requests between the last look and the turn, of all ticks of a step, take no longer."""
_TOLD: Final = timedelta(seconds=1)
"""By which the time of a message may be before that of an event: T3 and the forge round."""


def shut_now(here: World, issues: Sequence[Issue]) -> Mapping[int, Shut]:
    """Return what is shut now for each issue, by its id."""
    return {issue.id: _shut(here, issue) for issue in issues}


def _shut(here: World, issue: Issue) -> Shut:
    settings, name = here.settings, issue.repo.full_name
    allowed, draining = settings["allowlist"], settings.get("draining", [])
    every = {
        "the kill switch was on": settings["kill_switch"],
        "its repository was in no list": name not in [*allowed, *draining],
    }
    first = every | {
        "its repository was not allowed": name not in allowed,
        "somebody else's pull request closed it": any(
            one.open and one.author is not here.bot and issue in here.forge.closes(one)
            for one in here.forge.pulls(issue.repo)
        ),
    }
    own = {
        "its conversation was locked": issue.locked,
        "a blocker was open": any(one.open for one in issue.blockers),
    }
    return Shut(
        at=here.forge.now(),
        first=frozenset(words for words, is_shut in first.items() if is_shut),
        later=frozenset(words for words, is_shut in every.items() if is_shut),
        own=frozenset(words for words, is_shut in own.items() if is_shut),
        text=f"{issue.title}\n{issue.body}",
        left=not may(here, issue.repo, colleague(here, issue.repo)),
    )


def _locked_by_a_person(seen: Seen, issue: Issue) -> bool:
    """Say whether a lock that a person put on was there before the step, and is there still.

    Put on in the moment of a start it is the run's own.
    """
    locks = [
        events[-1]
        for one in issue.repo.issues.values()
        if has(one, IN_PROGRESS)
        and (events := of_label(one, EventKind.LABELED, IN_PROGRESS))
        and all(record["stage"] not in ("claimed", "running") for record in records(seen.here, one))
    ]
    return any(one.actor is seen.here.owner and one.at < seen.began for one in locks)


def every_gate_was_open(seen: Seen) -> Iterator[str]:
    """2: no turn where a gate was shut in that tick."""
    if not seen.moments:
        return  # a tick was shown what was true long before
    for issue in seen.issues:
        runs: dict[str, list[tuple[Thread, Message]]] = {}
        for thread in seen.threads(issue):
            title = parse_title(thread.title)
            told = [one for one in thread.messages.values() if one.role == "user"]
            runs.setdefault(title[0] if title else "", []).extend((thread, one) for one in told)
        for run in runs.values():
            run.sort(key=lambda one: one[1].created_at)
            for place, (thread, message) in enumerate(run):
                if message.id in seen.told_before:
                    continue
                first = None if place == 0 else run[0][1].text
                sent = seen.on_the_forge(message.created_at)
                for why in sorted(_why_not(seen, issue, first, sent)):
                    yield f"2: {thread.title} was told something, and {why}"


def _why_not(seen: Seen, issue: Issue, first: str | None, sent: datetime) -> Iterator[str]:
    """Yield what was shut; ``first`` is what a run was told first, None where it is that.

    What afk itself puts on and takes off is known by its events: a run may end in the step, too.
    """
    known = [one[issue.id] for one in seen.moments]
    moments = [known[0], *(one for one in known[1:] if one.at <= sent + _TOLD)]
    yield from frozenset.intersection(*(one.later if first else one.first for one in moments))
    if not first and seen.room == 1 and _locked_by_a_person(seen, issue):
        yield "a person's lock was in its repository"
    asked = [one for one in of_label(issue, EventKind.LABELED, READY) if one.at <= sent + _TOLD]
    by = asked[-1].actor if asked else None
    if by is seen.here.forge.account(COLLEAGUE) and all(one.left for one in moments):
        yield "whoever had asked for it might no longer"
    since = max(seen.began, sent - LATELY) if seen.prompt else seen.began
    lately = [
        one for one, after in zip_longest(moments, moments[1:]) if not after or after.at >= since
    ]
    if not _was_on(issue, since, sent + _TOLD):
        yield f"{READY} was not on it"
    if not _was_open(issue, since, sent + _TOLD):
        yield "it was closed"
    if first:
        if not any(_same(first, one.text) for one in lately):
            yield "its text was another one by then"
        return
    yield from frozenset.intersection(*(one.own for one in lately))
    if _handed_over(seen, issue, since):
        yield f"{HUMAN} was on it"


def _was_on(issue: Issue, since: datetime, until: datetime) -> bool:
    """Say whether it was ready at some moment between the two."""
    on = [one.at for one in of_label(issue, EventKind.LABELED, READY) if one.at <= until]
    off = [one.at for one in of_label(issue, EventKind.UNLABELED, READY) if one.at <= until]
    return bool(on) and (not off or on[-1] >= off[-1] or off[-1] >= since)


def _was_open(issue: Issue, since: datetime, until: datetime) -> bool:
    """Say whether it was open at some moment between the two."""
    turns = (EventKind.CLOSED, EventKind.REOPENED)
    told = [one for one in issue.events if one.kind in turns and one.at <= until]
    return not told or told[-1].kind is EventKind.REOPENED or told[-1].at >= since


def _handed_over(seen: Seen, issue: Issue, since: datetime) -> bool:
    """Say whether a person had put it into people's hands, and asked for nothing since."""
    by_people = [
        one.at
        for one in of_label(issue, EventKind.LABELED, HUMAN)
        if one.actor is seen.here.owner and one.at < since
    ]
    asked = chain(
        (one.at for one in of_label(issue, EventKind.LABELED, READY)),
        (one.created_at for one in seen.said if one.issue is issue),
    )
    return bool(by_people) and not any(at >= by_people[-1] for at in asked)


def _same(first: str, text: str) -> bool:
    """Say whether the text, each of its lines as often as it is there, is what a run was told."""
    lines = Counter(line for line in text.splitlines() if line)
    return all(first.count(line) >= count for line, count in lines.items())
