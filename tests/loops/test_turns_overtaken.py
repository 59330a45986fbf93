"""Somebody acts between what a tick reads and what it writes: it drops what it was about to do."""

from collections.abc import Callable

import httpx
import pytest
from support.loops import (
    assert_ended,
    at_work,
    both,
    record,
    record_comments,
    records,
    said,
    start,
    threads,
    tick,
)
from support.overheard import Mark, doorbell
from support.poll_rig import Between, is_command

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.github import ids
from afk_sandbox.world import READY, World, world


def overtaken(
    here: World, wanted: Callable[[httpx.Request], bool], act: Callable[[], object]
) -> str:
    """Tick, with an act right before the first request of a kind; returns what the tick said."""
    acted: list[httpx.Request] = []

    def meddle(request: httpx.Request) -> None:
        if not acted and wanted(request):
            acted.append(request)
            act()

    here.clock.sleep(60)
    here.t3.advance()
    ticked = here.run("tick", transport=Between(meddle))
    assert acted
    assert ticked.exit_code == 0, ticked.output
    return ticked.output


def reads_the_record(here: World, issue: Issue) -> Callable[[httpx.Request], bool]:
    """Return what recognises the last look at the record before it is written."""
    [found] = record_comments(here, issue)
    name = f"/comments/{found.id}" if here.kind is Forge.FORGEJO else ids.comment(found)
    return lambda request: name in str(request.url.path) + request.content.decode()


def restart(here: World) -> None:
    """T3 forgets that it runs the agent; an hour later nothing has moved."""
    here.t3.restart()
    here.clock.sleep(3600)


@both
@pytest.mark.parametrize(
    ("body", "prepare"),
    [
        ("[[push=red]]", None),
        ("[[ask]] [[push]]", None),
        ("[[slow=900]] [[push]]", restart),
        ("[[idle]]", None),
    ],
    ids=["corrective", "answer", "stop", "end"],
)
def test_record__written_by_somebody_else_just_then__nothing_is_done(
    kind: Forge, body: str, prepare: Callable[[World], None] | None
) -> None:
    """The last look at the record is right before its write, and the write before the deed."""
    with world(kind) as here:
        issue = start(here, body)
        if prepare:
            prepare(here)
        before = Mark(here)

        output = overtaken(
            here,
            reads_the_record(here, issue),
            lambda: here.forge.edit_comment(record_comments(here, issue)[0], here.bot, "Gone."),
        )

        assert "dropped: another tick wrote the record first" in output
        assert (before.commands, before.writes) == ([], [])
        assert len(said(here, issue)) == 1


@both
def test_run__ended_while_a_turn_is_sent__what_began_is_stopped(kind: Forge) -> None:
    """A person's `afk stop` comes between the turn and its record."""
    with world(kind) as here:
        issue = start(here, "[[push=red]] [[slow@2=900]]")

        output = overtaken(
            here,
            lambda request: is_command(request, "thread.turn.start"),
            lambda: here.run("stop", issue.ref),
        )

        assert "stopped again: the run ended meanwhile" in output
        assert record(here, issue)["verdict"] == "stopped"
        assert at_work(here) == []
        tick(here)
        assert at_work(here) == []
        assert len(records(here, issue)) == 1


def delete_issue(here: World, issue: Issue) -> None:
    here.forge.delete_issue(issue)


def delete_record(here: World, issue: Issue) -> None:
    here.forge.delete_comment(record_comments(here, issue)[0])


@both
@pytest.mark.parametrize("what", [delete_issue, delete_record])
def test_run__taken_away_between_two_looks__no_turn(
    kind: Forge, what: Callable[[World, Issue], None]
) -> None:
    with world(kind) as here:
        issue = start(here, "[[push=red]]")
        here.threads = False  # both looks are under way at once, else, and either may be first
        before = Mark(here)
        looks: list[str] = []

        def second_look(request: httpx.Request) -> bool:
            if request.url.path.endswith("/shell"):
                looks.append(request.url.path)
            return len(looks) == 2

        output = overtaken(here, second_look, lambda: what(here, issue))

        assert "no longer holds" in output
        assert "thread.turn.start" not in before.commands
        assert before.writes == []


@both
def test_issue__deleted_right_after_its_record_was_posted__nothing_starts(kind: Forge) -> None:
    """The first write is looked at again: without the issue there is no run."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", "[[push]]")
        posted: list[str] = []

        def after_the_post(request: httpx.Request) -> bool:
            if posted:
                return True
            if request.method == "POST" and request.url.path.endswith("/comments"):
                posted.append(request.url.path)
            return False

        overtaken(here, after_the_post, lambda: here.forge.delete_issue(issue))

        assert threads(here, issue) == []
        tick(here)
        assert threads(here, issue) == []


@both
def test_approval__an_older_one_written_by_somebody_else_just_then__left_to_them(
    kind: Forge,
) -> None:
    """It waited, then the label was put on again; what somebody wrote in between stays."""
    with world(kind) as here:
        repo = here.repository("shop")
        blocker = here.forge.open_issue(repo, "Choose a printer", here.owner)
        issue = here.issue(repo, "Add a till", f"Blocked by #{blocker.number}. [[push]]")
        tick(here)
        [waits] = record_comments(here, issue)
        here.forge.remove_label(issue, READY, here.owner)
        here.clock.sleep(60)
        here.forge.add_label(issue, READY, here.owner)

        output = overtaken(
            here,
            reads_the_record(here, issue),
            lambda: here.forge.edit_comment(waits, here.bot, "Gone."),
        )

        assert "dropped: another tick wrote the record first" in output
        assert waits.body == "Gone."
        assert threads(here, issue) == []


@both
def test_end__another_tick_ends_it_first__this_one_leaves_it(kind: Forge) -> None:
    """A run in ``ending`` is looked at again before any step is taken."""
    with world(kind) as here:
        issue = start(here, "[[idle]]")
        here.environ["AFK_WEBHOOK_URL"] = "http://127.0.0.1:9/nobody"
        here.settings["notify"] = ["webhook"]
        tick(here)
        assert record(here, issue)["stage"] == "ending"
        del here.environ["AFK_WEBHOOK_URL"]
        here.settings["notify"] = []

        looks: list[str] = []

        def second_look(request: httpx.Request) -> bool:
            if request.url.path.endswith(("/issues/1", "/graphql")):
                looks.append(request.url.path)
            return len(looks) == (1 if kind is Forge.FORGEJO else 3)  # after listing and timelines

        output = overtaken(here, second_look, lambda: here.run("tick"))

        assert "dropped: somebody else ended the run" in output
        assert_ended(here, issue, "needs-human", "nothing-pushed")
        assert len(records(here, issue)) == 1


@both
def test_end__recorded_by_somebody_else_right_before_a_late_ring__nobody_is_rung_for(
    kind: Forge,
) -> None:
    """Late in an end a ring is recorded before it is tried, and here that record is refused."""
    with world(kind) as here, doorbell(here, failing=1) as bell:
        issue = start(here, "[[idle]]")
        tick(here)
        assert record(here, issue)["stage"] == "ending"
        [found] = record_comments(here, issue)
        there = found.body
        here.clock.sleep(600)
        before = Mark(here)

        output = overtaken(
            here,
            reads_the_record(here, issue),
            lambda: here.forge.edit_comment(found, here.bot, "Gone."),
        )

        assert "dropped: another tick wrote the record first" in output
        assert (before.commands, before.writes) == ([], [])
        assert (bell.refused, bell.rings) == (1, [])
        here.forge.edit_comment(found, here.bot, there)
        tick(here)
        assert_ended(here, issue, "needs-human", "nothing-pushed")
        assert len(bell.rings) == 1
