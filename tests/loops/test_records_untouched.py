"""A dry run, and a tick pointed at another issue: they see everything and leave it as it is."""

from collections.abc import Callable

import pytest
from support.loops import (
    at_work,
    both,
    labels,
    lose_thread,
    record,
    record_comments,
    records,
    said,
    start,
    threads,
    tick,
)
from support.overheard import Mark, doorbell

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import IN_PROGRESS, READY, World, world

WORKING = "[[slow=40000]] [[push]]"
DRY = ("--dry-run",)
ELSEWHERE = ("--repo", "owner/other", "--issue", "1")
looks = pytest.mark.parametrize("only", [DRY, ELSEWHERE], ids=["dry-run", "elsewhere"])


def look(here: World, *only: str) -> str:
    """Tick without acting on the issue; returns what was said."""
    here.clock.sleep(60)
    here.t3.advance()
    ticked = here.run("tick", *only)
    assert ticked.exit_code == 0, ticked.output
    return ticked.output


def delete_record(here: World, issue: Issue) -> None:
    here.forge.delete_comment(record_comments(here, issue)[-1])


def edit_record(here: World, issue: Issue) -> None:
    which = record_comments(here, issue)[-1]
    here.forge.edit_comment(which, here.owner, which.body.replace("running", "ended", 1))


def call_off(here: World, issue: Issue) -> None:
    here.forge.remove_label(issue, READY, here.owner)


def lose(here: World, issue: Issue) -> None:
    lose_thread(here, threads(here, issue)[0])


@both
@looks
@pytest.mark.parametrize("what", [delete_record, edit_record, call_off, lose])
def test_run__in_need_of_something__left_as_it_is(
    kind: Forge, what: Callable[[World, Issue], None], only: tuple[str, ...]
) -> None:
    """Nothing is written, nothing is told to T3, and nothing starts in its repository."""
    with world(kind) as here, doorbell(here) as bell:
        here.repository("other")
        issue = start(here, WORKING)
        second = here.issue(issue.repo, "Add a drawer", "[[push]]")
        what(here, issue)
        before = Mark(here)
        at = at_work(here)

        output = look(here, *only)

        assert (before.writes, before.commands, bell.rings) == ([], [], [])
        assert at_work(here) == at
        assert said(here, second) == []
        assert "would" in output or only is ELSEWHERE


@both
@looks
def test_label__of_ours_without_a_run__left_on(kind: Forge, only: tuple[str, ...]) -> None:
    with world(kind) as here:
        here.repository("other")
        issue = start(here, "[[idle]]")
        tick(here)
        assert record(here, issue)["stage"] == "ended"
        here.forge.add_label(issue, IN_PROGRESS, here.bot)
        before = Mark(here)

        look(here, *only)

        assert before.writes == []
        assert IN_PROGRESS in labels(issue)
        tick(here)
        assert IN_PROGRESS not in labels(issue)


@both
@looks
def test_issue__is_gone__its_agent_goes_on(kind: Forge, only: tuple[str, ...]) -> None:
    with world(kind) as here, doorbell(here) as bell:
        here.repository("other")
        issue = start(here, WORKING)
        here.forge.delete_issue(issue)
        before = Mark(here)

        output = look(here, *only)

        assert (before.writes, before.commands, bell.rings) == ([], [], [])
        assert len(at_work(here)) == 1
        assert ("would stop: the issue is gone" in output) is (only is DRY)


@both
@looks
def test_records__posted_twice__both_left(kind: Forge, only: tuple[str, ...]) -> None:
    with world(kind) as here:
        here.repository("other")
        issue = start(here, WORKING)
        here.forge.comment(issue, here.bot, record_comments(here, issue)[0].body)

        look(here, *only)

        assert len(records(here, issue)) == 2
        tick(here)
        assert len(records(here, issue)) == 1
