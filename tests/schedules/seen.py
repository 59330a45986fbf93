"""What the oracles are shown: the world behind the servers, and what came out of the ticks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from afk.record.names import parse_title
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.records import Comment, Event, Issue
from afk_sandbox.t3.state import Thread
from afk_sandbox.world import World
from schedules.told import records

FIRST: Final = "You implement one issue, alone"
"""Stands in a first turn."""
_BEFORE: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shut:
    """What keeps an issue at a moment from its ``first`` turn and from any ``later`` one, in words.

    ``own``: what keeps it from its first that the issue itself shows, whose title and body are
    ``text``. ``left``: the colleague may not write to its repository. ``at`` is the forge's time.
    """

    at: datetime
    first: frozenset[str]
    later: frozenset[str]
    own: frozenset[str]
    text: str
    left: bool


@dataclass
class Seen:
    """A world after a step, and what came out of the ticks so far.

    ``outputs``: exit code and text of each tick, killed ones left out. ``rings``: what the doorbell
    took. ``quiet``: how many of the forge's comments and events each of the last two ticks added.
    ``troubled``: how many ticks died, or were refused something. ``room``, ``most`` and
    ``attempts``: the most that any tick so far was allowed, of agents at work in a repository and
    over all, and of corrective turns; ``in_parts``: some tick had a part of the repositories.
    ``policies``: who merged pull requests, and since when by the forge's clock. ``said``: what the
    owner ever said, and ``gone``, by its id, when it was deleted; ``unrecorded``: the issues of
    which somebody deleted a record.
    ``moments``: what was shut for each issue, by its id, as often as something changed in the step,
    none where a tick was shown what had been true before; ``began``: when its ticks began, by the
    forge's clock; ``prompt``: nothing holds them up; ``alone``: there is one; ``told_before``: the
    messages that threads had then; ``ended_before``: the runs that had ended.
    """

    here: World
    issues: Sequence[Issue]
    outputs: list[tuple[int, str]] = field(default_factory=list)
    rings: list[dict[str, Any]] = field(default_factory=list)
    quiet: list[int] = field(default_factory=list)
    troubled: int = 0
    room: int = 1
    most: int = 1
    attempts: int = 0
    in_parts: bool = False
    policies: list[tuple[datetime, str]] = field(default_factory=list)
    said: list[Comment] = field(default_factory=list)
    gone: dict[int, datetime] = field(default_factory=dict)
    unrecorded: set[int] = field(default_factory=set)
    moments: list[Mapping[int, Shut]] = field(default_factory=list)
    began: datetime = _BEFORE
    prompt: bool = True
    alone: bool = True
    told_before: frozenset[str] = frozenset()
    ended_before: frozenset[str] = frozenset()

    def begins(self, ticks: int) -> None:
        """Note that the ticks of a step begin now, and how many."""
        self.moments.clear()
        self.prompt, self.alone = True, ticks == 1
        self.began = self.here.forge.now().replace(microsecond=0)
        every = self.here.t3.state.threads.values()
        self.told_before = frozenset(one for thread in every for one in thread.messages)
        known = [one for issue in self.issues for one in records(self.here, issue)]
        self.ended_before = frozenset(one["run_id"] for one in known if one["stage"] == "ended")

    def heard(self) -> None:
        """Note what the owner has said, and what of it is there no longer: nothing else knows."""
        now = self.here.forge.now()
        there = [one for issue in self.issues for one in issue.comments]
        known = {one.id for one in self.said}
        self.said += [one for one in there if one.author is self.here.owner and one.id not in known]
        left = {one.id for one in there}
        for one in self.said:
            if one.id not in left:
                self.gone.setdefault(one.id, now)

    def obeyed(self) -> None:
        """Note what a tick that begins now is told to obey."""
        settings = self.here.settings
        self.room = max(self.room, int(settings.get("runs_per_repository", 1)))
        watched = [*settings["allowlist"], *settings.get("draining", [])]
        names = {issue.repo.full_name.removesuffix("-too") for issue in self.issues}
        # Nothing is read of a repository in neither list: who is at work there does not count.
        beside = len(names.difference(one.removesuffix("-too") for one in watched))
        places = int(settings.get("runs_per_repository", 1))
        self.most = max(self.most, int(settings.get("max_in_flight", 4)) + beside * places)
        self.attempts = max(self.attempts, int(settings.get("fix_forward_max_attempts", 5)))
        policy = str(settings.get("merge", "human"))
        if not self.policies or self.policies[-1][1] != policy:
            self.policies.append((self.here.forge.now(), policy))

    def on_the_forge(self, moment: datetime) -> datetime:
        """Return a moment of T3's clock by the forge's."""
        return moment + (self.here.forge.now() - self.here.t3.now())

    def written_over(self, issue: Issue) -> bool:
        """Say whether a person wrote into a record of the issue, be it one to this day or not."""
        here = self.here
        ours = [one for one in issue.comments if one.author is here.bot]
        return any(edit.editor is here.owner for one in ours for edit in one.history)

    def threads(self, issue: Issue) -> list[Thread]:
        """Return the issue's threads, by title, oldest first."""
        every = self.here.t3.state.threads.values()
        mine = [one for one in every if self._names(one.title, issue)]
        return sorted(mine, key=lambda one: one.created_at)

    @staticmethod
    def _names(title: str, issue: Issue) -> bool:
        """Say whether a thread is titled with an issue, by any name that its repository had."""
        told = parse_title(title)
        if told is None or told[1].number != issue.number:
            return False
        return f"{issue.repo.full_name}-too".startswith(f"{told[1].repo}-too")


def of_label(issue: Issue, kind: EventKind, label: str) -> list[Event]:
    """Return when a label was put on, or taken off, oldest first."""
    return [
        one
        for one in issue.events
        if one.kind is kind and one.label is not None and one.label.name == label
    ]


Oracle = Callable[[Seen], Iterator[str]]
