"""Requests of a tick while issues wait, by how many: flat where nothing can start.

Every number is one tick against the sandbox inside this process, in one repository. The issues are
open, ready and tracked:

* busy: they have not moved for hours, and a person's lock is on their repository;
* full: the same in a free repository, and no place is free in all;
* blocked: the same in a free repository, each waits for an open issue that its text names; since
  a place is free, all pages of the listing are read;
* moved: as busy, but they moved within the last two hours, so each is looked at.

The sandbox's issues have no record, which a listing does not show: what is measured is what has to
be asked to leave them alone. ``--most`` bounds the curve: 10,000 take minutes.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Final

from afk.types import Forge
from afk_sandbox.forge.records import Repository
from afk_sandbox.in_process import NETWORK, InProcess
from afk_sandbox.world import IN_PROGRESS, READY, TRACKED, World, world

COUNTS: Final = (0, 10, 100, 1_000, 10_000)
_HOURS: Final = 3 * 3600.0
_MINUTES: Final = 600.0

Case = tuple[str, Callable[[World, Repository], str], float]
"""A name, what is done to the world (returns the issues' text), seconds from then to the tick."""


def busy(here: World, repo: Repository) -> str:
    """Put a person's lock on the repository."""
    theirs = here.forge.open_issue(repo, "Repaint", here.owner)
    here.forge.add_label(theirs, IN_PROGRESS, here.owner)
    return "Please."


def full(here: World, repo: Repository) -> str:
    """Let nothing start anywhere."""
    del repo
    here.settings["max_in_flight"] = 0
    return "Please."


def blocked(here: World, repo: Repository) -> str:
    """Lock another repository, and let everything wait for an issue there."""
    there = here.repository("site")
    busy(here, there)
    blocker = here.issue(there, "First", "Please.")
    here.forge.add_label(blocker, TRACKED, here.bot)
    del repo
    return f"Blocked by {blocker.ref}"


CASES: Final[Sequence[Case]] = (
    ("busy", busy, _HOURS),
    ("full", full, _HOURS),
    ("blocked", blocked, _HOURS),
    ("moved", busy, _MINUTES),
)


def requests(kind: Forge, case: Case, count: int) -> int:
    """Return how many requests the forge had in a tick while so many issues waited."""
    _, prepare, seconds = case
    token = NETWORK.set(InProcess())
    try:
        with world(kind) as here:
            here.threads = False
            repo = here.repository("shop")
            text = prepare(here, repo)
            for number in range(count):
                issue = here.forge.open_issue(repo, f"Wish {number}", here.owner, body=text)
                for label in (READY, TRACKED):
                    here.forge.add_label(issue, label, here.owner)
            here.clock.sleep(seconds)
            here.log.clear()
            dry = ["--dry-run"] if seconds < _HOURS else []  # it would write of some of them
            ticked = here.run("tick", "--json", *dry)
            if ticked.exit_code:
                raise SystemExit(ticked.output)
            return here.requests()[0]
    finally:
        NETWORK.reset(token)


def main() -> int:
    """Print the curve."""
    made = argparse.ArgumentParser(prog="waiting", description=__doc__)
    made.add_argument("--most", type=int, default=1_000, help="how many issues wait at most")
    most = made.parse_args().most
    counts = [count for count in COUNTS if count <= most]
    sys.stdout.write(f"{'forge':8} {'issues wait':14} {''.join(f'{n:>8,}' for n in counts)}\n")
    for kind in Forge:
        for case in CASES:
            told = "".join(f"{requests(kind, case, count):>8,}" for count in counts)
            sys.stdout.write(f"{kind.value:8} {case[0]:14} {told}\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
