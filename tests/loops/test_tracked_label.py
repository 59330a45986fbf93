"""The life of the label by which an issue is found: from its first record until all is at rest."""

import pytest
from support.chaos import Killed, KillingTransport
from support.loops import (
    CI_GRACE,
    HOUR,
    assert_ended,
    both,
    come_to_rest,
    labels,
    record,
    records,
    said,
    start,
    tick,
    until,
)
from support.overheard import Mark, doorbell
from support.poll_rig import forget, polled, writes

from afk.types import Forge
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import IN_PROGRESS, READY, TRACKED, world


def tracked(issue: Issue) -> bool:
    return TRACKED in {label.name for label in issue.labels}


def acts(issue: Issue, kind: EventKind) -> int:
    """Return how often the label was put on, or taken off."""
    found = [one.label for one in issue.events if one.kind is kind and one.label is not None]
    return sum(label.name == TRACKED for label in found)


@both
def test_tracked__from_before_the_first_record_until_ten_minutes_after_the_end(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop", **CI_GRACE), "Add a till", "[[push]]")
        assert not tracked(issue)
        forget(here)
        polled(here)
        changed = [one.rsplit("/", 1)[1] for one in writes(here) if "/issues/" in one]
        assert changed[:2] == ["labels", "comments"]
        assert tracked(issue)
        until(here, issue)
        tick(here, after=500)
        assert tracked(issue)

        tick(here, after=110)

        assert not tracked(issue)
        assert (acts(issue, EventKind.LABELED), acts(issue, EventKind.UNLABELED)) == (1, 1)
        after = Mark(here)
        for _ in range(2):
            tick(here, after=HOUR)
        assert (after.writes, after.commands) == ([], [])
        assert_ended(here, issue, "done", "landed")


@both
def test_tracked__put_on_and_the_tick_died_before_the_record__starts_as_ever(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop", **CI_GRACE), "Add a till", "[[push]]")
        here.clock.sleep(60)
        with pytest.raises(Killed):
            here.run("tick", transport=KillingTransport(1, after=True))
        assert tracked(issue)
        assert records(here, issue) == []

        until(here, issue)

        assert_ended(here, issue, "done", "landed")
        assert acts(issue, EventKind.LABELED) == 1


@both
def test_tracked__without_any_record__comes_off_in_its_time(kind: Forge) -> None:
    """A tick died before the record, and then nobody asked for anything any more."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop", **CI_GRACE), "Add a till", "[[push]]")
        here.clock.sleep(60)
        with pytest.raises(Killed):
            here.run("tick", transport=KillingTransport(1, after=True))
        here.forge.remove_label(issue, READY, here.owner)
        tick(here)
        assert tracked(issue)

        come_to_rest(here, issue)

        assert issue.comments == []
        assert said(here, issue) == []


@both
def test_tracked__stays_on_while_anything_runs_or_waits(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[slow=40000]] [[push]]")
        waits = here.issue(issue.repo, "Add a door", "[[push]]")
        for _ in range(3):
            tick(here, after=HOUR)
        assert record(here, issue)["stage"] == "running"
        assert record(here, waits)["stage"] == "approved"
        assert tracked(issue)
        assert tracked(waits)


@both
def test_run__of_which_both_labels_were_taken_off__is_found_and_ends(kind: Forge) -> None:
    """Its agent has stopped already, for a usage limit: the label is all that is left of it."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[limit=9000]] [[push]]")
        tick(here)
        here.forge.remove_label(issue, READY, here.owner)
        here.forge.remove_label(issue, IN_PROGRESS, here.owner)

        tick(here)

        assert_ended(here, issue, "stopped", "ready-removed")
        assert bell.rings == []
        come_to_rest(here, issue)


@both
def test_tracked__put_on_by_a_person_where_nothing_is__starts_nothing_and_comes_off(
    kind: Forge,
) -> None:
    with world(kind) as here:
        repo = here.repository("shop", **CI_GRACE)
        issue = here.issue(repo, "Add a till", "[[push]]", ready=False)
        here.forge.add_label(issue, TRACKED, here.owner)

        come_to_rest(here, issue)

        assert labels(issue) == set()
        assert issue.comments == []
        assert said(here, issue) == []
