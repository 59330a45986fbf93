"""A person stops a run: by a label, by closing, by taking the thread away, by a revert."""

from collections.abc import Callable

import pytest
from support.loops import (
    assert_ended,
    at_work,
    both,
    come_to_rest,
    command,
    comment,
    labels,
    record,
    reopened,
    said,
    start,
    threads,
    tick,
    until,
)
from support.overheard import Mark, doorbell

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, World, world

Act = Callable[[World, Issue], None]
WORKING = "[[slow=4000]] [[push]]"


def take_ready_off(here: World, issue: Issue) -> None:
    here.forge.remove_label(issue, READY, here.owner)


def hand_over(here: World, issue: Issue) -> None:
    here.forge.add_label(issue, HUMAN, here.owner)


def close(here: World, issue: Issue) -> None:
    here.forge.close(issue, here.owner)


def archive(here: World, issue: Issue) -> None:
    command(here, "thread.archive", threads(here, issue)[-1])


def delete(here: World, issue: Issue) -> None:
    command(here, "thread.delete", threads(here, issue)[-1])


@both
@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (take_ready_off, "ready-removed"),
        (hand_over, "human-label-added"),
        (close, "closed-by-person"),
        (archive, "thread-removed"),
        (delete, "thread-removed"),
    ],
)
def test_person__acts_while_the_agent_works__run_is_stopped(
    kind: Forge, act: Act, reason: str
) -> None:
    """The session is stopped, labels come off, nothing is reopened and nobody is rung."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, WORKING)
        act(here, issue)
        closed = issue.closed_at is not None
        kept = labels(issue) & {HUMAN}

        tick(here)

        assert_ended(here, issue, "stopped", reason, closed=closed, marked=kept)
        come_to_rest(here, issue)
        after = Mark(here)
        for _ in range(3):
            tick(here, after=3600)
        assert (after.writes, after.commands) == ([], [])
        assert bell.rings == []
        assert reopened(issue) == 0
        assert not any("AFK-Run:" in one.message for one in issue.repo.commits.values())


@both
def test_person__archived_the_thread__stays_archived(kind: Forge) -> None:
    """It is taken back only for the stop that T3 would otherwise not carry out."""
    with world(kind) as here:
        issue = start(here, WORKING)
        archive(here, issue)
        here_before = Mark(here)

        tick(here)

        assert here_before.commands == ["thread.unarchive", "thread.session.stop", "thread.archive"]
        assert threads(here, issue)[0].archived_at is not None
        assert at_work(here) == []


@both
@pytest.mark.parametrize("act", [archive, delete])
@pytest.mark.parametrize(
    ("body", "verdict", "reason"),
    [("[[push]]", "done", "landed"), ("[[push=red]]", "frozen", "thread-removed")],
    ids=["green", "red"],
)
def test_person__takes_thread_away_after_its_turn_was_seen_ended__ci_decides(
    kind: Forge, act: Act, body: str, verdict: str, reason: str
) -> None:
    """Tidying up after the agent is no act against the run; no turn goes anywhere any more."""
    with world(kind) as here:
        issue = start(here, body)
        tick(here, after=2)
        assert record(here, issue)["dialogue"]["turns"][0]["outcome"] == "completed"
        act(here, issue)
        here_before = Mark(here)

        until(here, issue)

        assert_ended(here, issue, verdict, reason)
        assert "thread.turn.start" not in here_before.commands


@both
def test_person__reverts_the_commit__as_closed_by_hand(kind: Forge) -> None:
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[push]]")
        tick(here, after=2)
        [sha] = record(here, issue)["commits"]["pushed"]
        text = f'Revert "Do it"\n\nThis reverts commit {sha}.\n'
        here.forge.push(issue.repo, "main", text, here.owner)

        tick(here)

        assert_ended(here, issue, "stopped", "reverted", closed=False)
        tick(here, after=1200)
        assert issue.closed_at is None
        assert bell.rings == []
        assert "reverted" in comment(here, issue)


@both
def test_person__puts_ready_for_human_on_and_a_stranger_cannot(kind: Forge) -> None:
    """Whoever could put the label on may stop the run; afk's own events never do."""
    with world(kind) as here:
        issue = start(here, WORKING)
        here.forge.add_label(issue, HUMAN, here.bot)

        tick(here)

        assert record(here, issue)["stage"] == "running"
        assert labels(issue) == {READY, IN_PROGRESS, HUMAN}
        assert len(said(here, issue)) == 1


@both
def test_person__reopens_after_the_end__nothing_until_labelled_again(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[push]]")
        until(here, issue)
        assert_ended(here, issue, "done", "landed")
        here.forge.reopen(issue, here.owner)
        come_to_rest(here, issue)
        after = Mark(here)

        for _ in range(3):
            tick(here, after=1800)

        assert (after.writes, after.commands) == ([], [])
        assert_ended(here, issue, "done", "landed", closed=False)
        here.forge.add_label(issue, READY, here.owner)
        tick(here)
        assert record(here, issue)["stage"] == "running"
        assert len(said(here, issue)) == 2
