"""Agents that go on in archived threads, unrecorded or released: no first look shows them."""

import pytest
from support.loops import (
    assert_ended,
    at_work,
    both,
    command,
    labels,
    record_comments,
    records,
    start,
    t3_down,
    threads,
    tick,
)
from support.overheard import Mark

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, TRACKED, World, world


def hide(here: World, issue: Issue) -> None:
    """Archive the thread and delete the record, as a person may who tidies up."""
    command(here, "thread.archive", threads(here, issue)[-1])
    here.forge.delete_comment(record_comments(here, issue)[-1])
    assert at_work(here)


@both
def test_hidden__while_ready_is_on__stopped_and_handed_back(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[slow=40000]] [[push]]")
        hide(here, issue)
        before = Mark(here)

        tick(here)

        assert_ended(here, issue, "needs-human", "record-lost")
        assert labels(issue) >= {HUMAN}
        assert "thread.turn.start" not in before.commands
        assert len(threads(here, issue)) == 1


@both
@pytest.mark.parametrize("lock", [True, False], ids=["locked", "the lock taken off"])
def test_hidden__ready_taken_off_too__just_stopped(kind: Forge, *, lock: bool) -> None:
    with world(kind) as here:
        issue = start(here, "[[slow=40000]] [[push]]")
        hide(here, issue)
        for label in (READY, *(() if lock else (IN_PROGRESS,))):
            here.forge.remove_label(issue, label, here.owner)

        before = Mark(here)

        tick(here)

        assert at_work(here) == []
        assert before.commands == ["thread.unarchive", "thread.session.stop"]
        tick(here)
        tick(here)
        assert labels(issue) == set()
        assert records(here, issue) == []


@both
def test_hidden__while_t3_is_away__found_when_it_is_back(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[slow=40000]] [[push]]")
        hide(here, issue)
        t3_down(here)
        tick(here, code=1)
        assert {READY, IN_PROGRESS, TRACKED} <= {label.name for label in issue.labels}
        here.faults.clear()

        tick(here)

        assert_ended(here, issue, "needs-human", "record-lost")


@both
def test_hidden__put_away_and_released_while_t3_is_away__stopped_when_it_is_back(
    kind: Forge,
) -> None:
    """A person says that nobody is at work, and archives the thread in which somebody is."""
    with world(kind) as here:
        issue = start(here, "[[slow=40000]] [[push]]")
        t3_down(here)
        here.forge.remove_label(issue, READY, here.owner)
        tick(here, code=1)
        command(here, "thread.archive", threads(here, issue)[-1])
        here.forge.remove_label(issue, IN_PROGRESS, here.owner)
        tick(here, code=1)
        (over,) = records(here, issue)
        assert (over["stage"], over["verdict"]) == ("ended", "stopped")
        assert at_work(here)
        tick(here, code=1, after=3600)
        assert [one.name for one in issue.labels] == [TRACKED], "until T3 was asked"
        here.faults.clear()
        before = Mark(here)

        tick(here)

        assert at_work(here) == []
        assert before.commands == ["thread.unarchive", "thread.session.stop"]
        tick(here)
        assert not issue.labels


@both
def test_run__that_ends_by_itself__never_costs_a_look_at_archived_threads(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[push]]")
        before = Mark(here)
        for _ in range(4):
            tick(here)

        assert records(here, issue)[-1]["stage"] == "ended"
        assert not [one for one in before.t3 if one.path.endswith("snapshot")]
