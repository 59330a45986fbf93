"""What a tick learns while it acts; everything else it knows was read before and stands still.

Acts go side by side across repositories, so several threads write in it: what others walk through
(`Ledger.runs`, `Ledger.held`, `Ledger.ended`) is replaced and never changed, and a bound is taken
from, not counted afterwards.
"""

import threading
from dataclasses import dataclass, field
from typing import Final

from afk.record.state import IN_FLIGHT, RunRecord
from afk.text.overview import Group
from afk.types import IssueKey

_WRITING: Final = threading.Lock()
"""One for all ledgers, which are copied; it is held for a moment."""


@dataclass(slots=True)
class Bound:
    """How many of so many writes a tick has made, or is about to."""

    taken: int = 0

    def take(self, most: int) -> bool:
        """Take a place among so many, and say whether there was one."""
        with _WRITING:
            free = self.taken < most
            self.taken += free
            return free

    def give_back(self) -> None:
        """Return a place: nothing was written after all."""
        with _WRITING:
            self.taken -= 1


@dataclass(slots=True)
class Ledger:
    """How things stand by what this tick has done so far.

    ``runs``: the records of runs in flight, by run id. ``held``: repositories in which nothing may
    start, each with the reason. ``hands_off``: issues on which nothing starts in this tick, because
    what was read of them is out of date or makes no sense. ``bases``: by repository, the commit a
    run would start from. ``unread``: issues with an agent at work that only T3 knows of and the
    forge does not show. ``labels_refused``, ``asked_again``, ``pins`` and ``cleared`` are writes
    that are bounded per tick; ``vouched``: the labels, by id, whose names were signed in it;
    ``followed``: issues that were given the tracked label; ``removed``: comments that passed for
    afk's own; ``too_large``: issues that were handed over unread. For whoever reads what the tick
    did: ``waits`` is what each run waits for, ``ended`` the runs that it ended, ``steps`` what was
    done about the issues that did not start.
    """

    runs: dict[str, RunRecord] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    hands_off: set[IssueKey] = field(default_factory=set)
    unread: set[IssueKey] = field(default_factory=set)
    bases: dict[str, str] = field(default_factory=dict)
    labels_refused: Bound = field(default_factory=Bound)
    asked_again: Bound = field(default_factory=Bound)
    pins: Bound = field(default_factory=Bound)
    cleared: Bound = field(default_factory=Bound)
    vouched: set[int] = field(default_factory=set)
    followed: set[IssueKey] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)
    too_large: set[IssueKey] = field(default_factory=set)
    waits: dict[str, str] = field(default_factory=dict)
    ended: dict[str, RunRecord] = field(default_factory=dict)
    steps: dict[IssueKey, Group] = field(default_factory=dict)

    def hold(self, repo: str, why: str) -> None:
        """Let nothing start in the repository; the first reason stays."""
        with _WRITING:
            self.held = {**self.held, repo: self.held.get(repo, why)}

    def stands(self, record: RunRecord) -> None:
        """Note how a run now stands."""
        with _WRITING:
            runs = {**self.runs, record.run_id: record}
            if record.stage not in IN_FLIGHT:
                del runs[record.run_id]
            self.runs = runs

    def has_ended(self, record: RunRecord) -> None:
        """Note a run that this tick ended."""
        with _WRITING:
            self.ended = {**self.ended, record.run_id: record}
