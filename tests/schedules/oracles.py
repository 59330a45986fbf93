"""What must hold whatever happened: written from the design's list of invariants, by its numbers.

Each oracle looks at the models behind the servers, at what was printed and at what the doorbells
took, never at what afk thinks; and returns what is wrong, in words, or nothing.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

from support.loops import record_comments

from afk.record.names import parse_title
from afk_sandbox.forge.ci import JobState
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.records import Issue, Repository
from afk_sandbox.t3.state import Thread
from afk_sandbox.world import IN_PROGRESS, TRACKED
from schedules.ceilings import starts_are_bounded
from schedules.deeds import has
from schedules.ends import (
    closed_once_a_run,
    ended_only_when_stopped,
    handed_back_is_open,
    landed_is_closed,
    live,
    locks_are_in_use,
    nothing_waits_in_vain,
    replaced_only_when_gone,
)
from schedules.gates import every_gate_was_open
from schedules.labels import (
    handed_back_where_it_failed,
    locks_are_backed,
    nothing_is_silent,
    what_is_asked_anew_is_kept,
)
from schedules.pulls import landed, merged_as_asked, what_people_closed_stays_closed
from schedules.seen import FIRST, Oracle, Seen, of_label
from schedules.told import records
from schedules.words import (
    ON_ITS_WAY,
    each_word_is_taken_once,
    only_what_was_approved,
    strangers_have_no_say,
)

CORRECTIVE: Final = "CI is red on commit"
RINGING: Final = ("done", "needs-human", "frozen")
MOST_TICKS: Final = 3
"""Ticks at the same time (`schedules.draw`): none knows of the others before it has rung, nor of a
former one that was not let write it down."""


def _working(thread: Thread) -> bool:
    return live(thread) and any(one.state == "running" for one in thread.turns.values())


def _repositories(seen: Seen) -> list[Repository]:
    return list(dict.fromkeys(issue.repo for issue in seen.issues))


def one_agent_a_place(seen: Seen) -> Iterator[str]:
    """1: as many agents at work in a repository as it has places, and over all as may be.

    Of an agent in a thread that a person archived nothing tells but its record: where somebody
    wrote over that, too, it is at work for them.
    """
    every: list[str] = []
    for repo in _repositories(seen):
        busy = [
            one.title
            for issue in seen.issues
            if issue.repo is repo
            for one in seen.threads(issue)
            if _working(one) and not (one.archived_at and seen.written_over(issue))
        ]
        every += busy
        if len(busy) > seen.room:
            yield f"1: {len(busy)} agents at work where there is room for {seen.room}: {busy}"
    if len(every) > seen.most:
        yield f"1: {len(every)} agents at work where {seen.most} may be: {every}"


def one_first_turn_a_thread(seen: Seen) -> Iterator[str]:
    """1: at most one first turn a thread, and no turn beside another."""
    for issue in seen.issues:
        for thread in seen.threads(issue):
            told = [one.text for one in thread.messages.values() if one.role == "user"]
            if sum(FIRST in text for text in told) > 1:
                yield f"1: a second first turn in {thread.title}"
            for before, after in pairwise(thread.turns.values()):
                ended = before.completed_at or after.requested_at
                if before.state == "running" or ended > after.requested_at:
                    yield f"1: a turn beside another in {thread.title}"


def turns_are_bounded(seen: Seen) -> Iterator[str]:
    """5: corrective turns never exceed the bound."""
    for issue in seen.issues:
        by_run: Counter[str] = Counter()
        for thread in seen.threads(issue):
            title = parse_title(thread.title)
            run = title[0] if title else ""
            told = [one.text for one in thread.messages.values() if one.role == "user"]
            by_run[run] += sum(CORRECTIVE in text for text in told)
        for run, count in by_run.items():
            if count > seen.attempts:
                yield f"5: {count} corrective turns in run {run}, the bound is {seen.attempts}"


def closed_only_when_landed(seen: Seen) -> Iterator[str]:
    """6, 7: what afk closed has green CI on a commit that carries a run's trailer, or on top.

    That commit stands on the branch that it was for, be it as the merge of a pull request; a merge
    itself closes before CI has spoken on what it brings.
    """
    for issue in seen.issues:
        closes = [one for one in issue.events if one.kind is EventKind.CLOSED]
        if issue.open or not closes or closes[-1].actor is not seen.here.bot:
            continue
        runs = {one["run_id"][:8] for one in records(seen.here, issue)}  # some may be deleted
        runs |= {told[0] for one in seen.threads(issue) if (told := parse_title(one.title))}
        commits = [
            sha
            for sha, one in issue.repo.commits.items()
            if any(f"AFK-Run: {run}" in one.message for run in runs)
        ]
        merges = [one.merge.at for one in seen.here.forge.pulls(issue.repo) if one.merge]
        there = commits if closes[-1].at in merges else landed(seen, issue.repo, commits)
        if runs and not any(_green(seen, issue.repo, sha) for sha in _with_later(issue, there)):
            yield f"6: afk closed {issue.ref}, and no commit of its run has landed and is green"


def _with_later(issue: Issue, commits: Collection[str]) -> set[str]:
    """Return commits and those on top of them: one of those decides where CI was overtaken."""
    found = set(commits)
    for one in sorted(issue.repo.commits.values(), key=lambda one: one.order):
        if found.intersection(one.parents):
            found.add(one.sha)
    return found


def _green(seen: Seen, repo: Repository, sha: str) -> bool:
    runs = [one for one in repo.runs if one.sha == sha]
    now = seen.here.forge.now()
    return bool(runs) and all(one.state(now) is JobState.SUCCESS for one in runs)


MUST_FIX: Final = 2
"""A repository that was renamed has to be enrolled anew, which both its names are told for."""
NAMELESS: Final = "is now somewhere else"
"""So it is told of where the forge would not say the new name just then."""


def no_bug(seen: Seen) -> Iterator[str]:
    """Nothing is a bug in afk, and nobody is told to mend what nobody broke."""
    for code, text in seen.outputs:
        renamed = any("-too" in issue.repo.name for issue in seen.issues)
        told = "-too" in text or (renamed and NAMELESS in text)
        if code not in (0, 1) and not (code == MUST_FIX and told):
            line = next((one for one in text.splitlines() if "rror" in one), text[:300])
            yield f"exit {code}: {line}"


def no_secret(seen: Seen) -> Iterator[str]:
    """9: no token in anything that was printed, posted, rung or told to an agent."""
    here = seen.here
    named = ("TOKEN", "KEY", "KEY_PREVIOUS")
    secrets = [here.environ[name] for name in here.environ if name.endswith(named)]
    shown = [text for _, text in seen.outputs] + [str(one) for one in seen.rings]
    for issue in seen.issues:
        shown += [one.body for one in issue.comments]
        shown += [m.text for one in seen.threads(issue) for m in one.messages.values()]
    if any(secret in text for text in shown for secret in secrets):
        yield "9: a secret"


ALWAYS: Final[tuple[Oracle, ...]] = (
    *(one_agent_a_place, one_first_turn_a_thread, only_what_was_approved, turns_are_bounded),
    *(closed_only_when_landed, no_bug, strangers_have_no_say, each_word_is_taken_once),
    *(merged_as_asked, every_gate_was_open, replaced_only_when_gone, ended_only_when_stopped),
    *(locks_are_in_use, what_people_closed_stays_closed, starts_are_bounded),
)
"""After every step."""


def everything_is_over(seen: Seen) -> Iterator[str]:
    """3, 4: every run has ended, and nobody is at work.

    A record that somebody changed after afk's last word is theirs, or while afk was taking its
    last label off: nothing follows from it. A start that was cut off waits for room like any other.
    Of an agent in an archived thread see `one_agent_a_place`.
    """
    for issue in seen.issues:
        for comment, one in zip(
            record_comments(seen.here, issue), records(seen.here, issue), strict=True
        ):
            by_them = [edit for edit in comment.history if edit.editor is not seen.here.bot]
            theirs = bool(comment.history) and comment.history[-1] in by_them
            theirs |= any(edit.at >= _followed_until(issue) for edit in by_them)
            theirs |= one["stage"] == "claimed" and _locked_beside(seen, issue)
            if one["stage"] in ("claimed", "running", "ending") and not theirs:
                yield f"4: {issue.ref}: its run is {one['stage']} and stays so"
        for thread in seen.threads(issue):
            theirs = thread.archived_at is not None and seen.written_over(issue)
            told = any(one.role == "user" for one in thread.messages.values())
            if live(thread) and told and not theirs:
                yield f"4: {thread.title}: its session is live"


def _locked_beside(seen: Seen, issue: Issue) -> bool:
    """Say whether a person's lock is on another issue of the repository."""
    beside = [one for one in seen.issues if one.repo is issue.repo and one is not issue]
    events = [
        of_label(one, EventKind.LABELED, IN_PROGRESS) for one in beside if has(one, IN_PROGRESS)
    ]
    return any(found[-1].actor is not seen.here.bot for found in events if found)


def _followed_until(issue: Issue) -> datetime:
    """Return when a tick that took the tracked label off may have read what it says, at best."""
    off = of_label(issue, EventKind.UNLABELED, TRACKED)
    still = not off or has(issue, TRACKED)
    return datetime.max.replace(tzinfo=UTC) if still else off[-1].at - ON_ITS_WAY


def one_record_a_run(seen: Seen) -> Iterator[str]:
    """4: one record a run, with a verdict."""
    for issue in seen.issues:
        found = records(seen.here, issue)
        for run, count in Counter(one["run_id"] for one in found).items():
            if count > 1:
                yield f"4: {count} records of run {run} on {issue.ref}"
        for one in found:
            if one["stage"] == "ended" and not one.get("verdict"):
                yield f"4: {issue.ref}: ended without a verdict"


def everybody_was_told(seen: Seen) -> Iterator[str]:
    """4: each verdict that rings has rung, at most once for each tick that was at it just then.

    And once more for each time that somebody wrote into the record: what rang stood there. So did
    that a person had stopped it after its merge, which tells nobody.
    """
    rung = Counter(str(one["id"]) for one in seen.rings)
    for issue in seen.issues:
        ours = [one for one in issue.comments if one.author is seen.here.bot]
        written = [edit for one in ours for edit in one.history if edit.editor is seen.here.owner]
        most = MOST_TICKS + seen.troubled + len(written)
        for one in records(seen.here, issue):
            if one["stage"] == "ended" and one.get("verdict") in RINGING:
                # How it ended before somebody wrote over it was rung then, and stands nowhere.
                before = RINGING if one.get("reason") == "record-overwritten" else ()
                told = {one["verdict"], *before}
                count = sum(rung[f"{one['run_id']}:{verdict}"] for verdict in told)
                least = 0 if written and one["verdict"] == "done" else 1
                if not least <= count <= most:
                    yield f"4: {issue.ref}: {one['verdict']} rang {count} times"


def nothing_goes_on_moving(seen: Seen) -> Iterator[str]:
    """A world at rest is left alone: the last ticks wrote nothing."""
    if any(seen.quiet[-2:]):
        yield f"at rest, and still written to: {seen.quiet[-2:]} in the last two ticks"


CALM: Final[tuple[Oracle, ...]] = (
    *(everything_is_over, one_record_a_run, locks_are_backed, nothing_is_silent),
    *(what_is_asked_anew_is_kept, closed_once_a_run, handed_back_is_open, nothing_waits_in_vain),
    *(handed_back_where_it_failed, landed_is_closed, everybody_was_told),
    *(nothing_goes_on_moving, no_secret),
)
"""Once everything has been well for hours."""


def broken(seen: Seen, oracles: Sequence[Oracle]) -> list[str]:
    """Return everything that does not hold."""
    return [words for oracle in oracles for words in oracle(seen)]


_IDS: Final = re.compile(r"\b[0-9a-f]{8}\b|[0-9a-f-]{36}|#\d+|\d+")


def kind_of(words: str) -> str:
    """Return a violation without its names: two that differ in nothing else are of one kind."""
    return _IDS.sub("_", words)


def numbers() -> Mapping[str, str]:
    """Return every oracle and what it holds."""
    return {one.__name__: (one.__doc__ or "").strip() for one in (*ALWAYS, *CALM)}
