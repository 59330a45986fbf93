"""Driving runs that land by pull request, for tests of the loops; see `support.loops`."""

from collections.abc import Callable
from typing import Any, Final

from support.loops import CI_GRACE, record, tick

from afk_sandbox.forge.pull_records import Pull
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World

QUIET: Final = 300


def begin(
    here: World, body: str, *, merge: str = "human", title: str = "Add a till", **settings: Any
) -> Issue:
    """One repository whose work lands by pull request, one approved issue, and its start."""
    here.settings |= {"landing": "pull-request", "merge": merge}
    repo = here.repository("shop", **(CI_GRACE | settings))
    issue = here.issue(repo, title, body)
    tick(here)
    assert record(here, issue)["stage"] == "running"
    return issue


def go_on(here: World, there: Callable[[], object], *, ticks: int = 15, after: float = 120) -> None:
    """Tick until something is so."""
    for _ in range(ticks):
        if there():
            return
        tick(here, after=after)
    assert there()


def the_pull(here: World, issue: Issue) -> Pull:
    """Return the run's pull request."""
    found = here.people.pull_for(issue)
    assert found is not None
    return found


def waits(here: World, issue: Issue) -> bool:
    """Say whether the run waits for people."""
    return "waiting_since" in record(here, issue).get("landing", {})


def to_people(here: World, issue: Issue) -> Pull:
    """Tick until only people can take it further; returns the pull request."""
    go_on(here, lambda: waits(here, issue))
    return the_pull(here, issue)


def ended(here: World, issue: Issue) -> bool:
    """Say whether the run has ended."""
    return bool(record(here, issue).get("stage") == "ended")


def to_the_end(here: World, issue: Issue, *, ticks: int = 20, after: float = 120) -> dict[str, Any]:
    """Tick until the run has ended; returns its record."""
    go_on(here, lambda: ended(here, issue), ticks=ticks, after=after)
    return record(here, issue)


def purposes(here: World, issue: Issue) -> list[str]:
    """Return what the run's turns were sent for."""
    return [turn["purpose"] for turn in record(here, issue)["dialogue"]["turns"]]


def how(here: World, issue: Issue) -> tuple[str, str]:
    """Return how the run ended, and why."""
    found = record(here, issue)
    return found["verdict"], found["reason"]
