"""What a death, a dead doorbell or a lost right leaves behind, and how it comes to rest."""

from collections.abc import Callable

import httpx
import pytest
from support.chaos import Killed
from support.loops import (
    BROKEN,
    CI_GRACE,
    assert_ended,
    at_work,
    both,
    come_to_rest,
    command,
    comment,
    labels,
    record,
    records,
    reopened,
    said,
    start,
    t3_down,
    threads,
    tick,
    until,
)
from support.overheard import Mark, doorbell
from support.poll_rig import Between

from afk.types import Forge
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, World, world

Act = Callable[[], object]


def edits_a_record(request: httpx.Request) -> bool:
    """Say whether a request writes over a comment."""
    return request.method == "PATCH" and "/comments/" in request.url.path


def calm(here: World, times: int = 2) -> None:
    """Tick by itself, twice: that has to set right whatever was left behind."""
    for _ in range(times):
        tick(here)


def closes(issue: Issue) -> int:
    return sum(event.kind is EventKind.CLOSED for event in issue.events)


@both
def test_end__after_the_lock_was_taken_off_by_hand__rings_although_the_bell_failed_once(
    kind: Forge,
) -> None:
    with world(kind) as here, doorbell(here, failing=1) as bell:
        issue = start(here, "[[push]]")
        tick(here, after=10)
        here.forge.remove_label(issue, IN_PROGRESS, here.owner)

        until(here, issue)

        assert_ended(here, issue, "done", "landed")
        assert (bell.refused, len(bell.rings)) == (1, 1)


@both
def test_end__after_the_lock_was_taken_off_by_hand__goes_on_where_a_tick_died_after_the_close(
    kind: Forge,
) -> None:
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[push]]")
        tick(here, after=10)
        here.forge.remove_label(issue, IN_PROGRESS, here.owner)

        def dies(_: httpx.Request) -> None:
            if not issue.open:
                raise Killed

        here.clock.sleep(120)
        here.t3.advance()
        with pytest.raises(Killed):
            here.run("tick", transport=Between(dies))
        assert bell.rings == []

        calm(here)

        assert_ended(here, issue, "done", "landed")
        assert len(bell.rings) == 1


@both
@pytest.mark.parametrize("takes_no", ["comments", "writes"])
def test_end__whose_record_cannot_be_written_any_more__rings_twice_at_most(
    kind: Forge, takes_no: str
) -> None:
    """Write access was lost, or the repository archived, when the end had begun."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "Look around. [[idle]]")
        begun: list[str] = []

        def refuses(request: httpx.Request) -> httpx.Response | None:
            read = request.method == "GET" or request.url.path.endswith("/graphql")
            if read or "/api/orchestration/" in request.url.path or "/hooks/" in request.url.path:
                return None
            if not begun:
                begun.append(request.url.path)
                return None
            kept = takes_no == "comments" and "/comments" not in request.url.path
            return None if kept else httpx.Response(403, json={"message": "no writes"})

        for _ in range(8):
            here.clock.sleep(600)
            here.t3.advance()
            here.run("tick", transport=Between(refuses))

        assert "/comments/" in begun[0]
        assert record(here, issue)["stage"] == "ending"
        assert 1 <= len(bell.rings) <= 2
        tick(here)
        assert record(here, issue)["stage"] == "ended"
        assert len(bell.rings) <= 3
        assert labels(issue) == {HUMAN}


@both
def test_approver__deleted_while_the_agent_works__parks_aloud(kind: Forge) -> None:
    with world(kind) as here, doorbell(here) as bell:
        repo = here.repository("shop", **CI_GRACE)
        writer = here.forge.add_account("writer")
        here.forge.set_access(repo, writer, "write")
        issue = here.issue(repo, "Add a till", "[[slow=3000]] [[push]]", ready=False)
        here.forge.add_label(issue, READY, writer)
        tick(here)
        here.forge.delete_account(writer)

        calm(here)

        assert_ended(here, issue, "needs-human", "authority-revoked")
        assert len(bell.rings) == 1


@both
def test_claim__whose_thread_could_not_be_read_once__keeps_its_working_agent(kind: Forge) -> None:
    """The tick died between label and record; then a blocker was added."""
    with world(kind) as here:
        repo = here.repository("shop", **CI_GRACE)
        blocker = here.issue(repo, "Blocker", "x", ready=False)
        issue = here.issue(repo, "Add a till", "[[slow=3000]] [[push]]")

        def dies(request: httpx.Request) -> None:
            if edits_a_record(request):
                raise Killed

        here.clock.sleep(60)
        with pytest.raises(Killed):
            here.run("tick", transport=Between(dies))
        assert len(at_work(here)) == 1
        here.forge.add_dependency(issue, blocker, here.owner)

        def unread(request: httpx.Request) -> httpx.Response | None:
            return httpx.Response(503) if "/threads/" in request.url.path else None

        here.clock.sleep(60)
        before = Mark(here)
        here.run("tick", transport=Between(unread))
        assert before.commands == []
        assert [one["stage"] for one in records(here, issue)] == ["claimed"]

        calm(here)

        assert record(here, issue)["stage"] == "running"
        [thread] = threads(here, issue)
        assert thread.deleted_at is None
        assert len(said(here, issue)) == 1


@both
def test_approval__whose_label_is_taken_off_while_it_waits__ends_as_stopped(kind: Forge) -> None:
    with world(kind) as here, doorbell(here) as bell:
        repo = here.repository("shop", **CI_GRACE)
        blocker = here.issue(repo, "Blocker", "x", ready=False)
        issue = here.issue(repo, "Add a till", "[[push]]")
        here.forge.add_dependency(issue, blocker, here.owner)
        tick(here)
        here.forge.remove_label(issue, READY, here.owner)

        calm(here)

        assert_ended(here, issue, "stopped", "ready-removed", turns=0)
        assert bell.rings == []
        come_to_rest(here, issue)


@pytest.mark.protocol_1
@both
@pytest.mark.parametrize("closed", [False, True], ids=["label-off", "closed"])
def test_start__that_nobody_asks_for_any_more__ends_as_stopped(
    kind: Forge, *, closed: bool
) -> None:
    """T3 took no writes between claim and label; then the issue was not to be done."""
    with world(kind) as here, doorbell(here) as bell:
        issue = here.issue(here.repository("shop", **CI_GRACE), "Add a till", "[[push]]")
        here.faults["t3"] = lambda method, _: BROKEN if method == "POST" else None
        tick(here, code=1)
        here.faults.clear()
        assert record(here, issue)["stage"] == "claimed"
        if closed:
            here.forge.close(issue, here.owner)
        else:
            here.forge.remove_label(issue, READY, here.owner)

        calm(here)

        reason = "closed-by-person" if closed else "ready-removed"
        assert_ended(here, issue, "stopped", reason, turns=0, closed=closed)
        assert bell.rings == []
        assert reopened(issue) == 0


@pytest.mark.protocol_1
@both
def test_thread__a_persons_archive_taken_back_to_stop_it__is_archived_again(kind: Forge) -> None:
    """T3 could not be read after the stop; the tick after that one puts the archive back."""
    with world(kind) as here:
        issue = start(here, "[[slow=3000]] [[push]]")
        [thread] = threads(here, issue)
        command(here, "thread.archive", thread)
        stopped: list[str] = []

        def unread(request: httpx.Request) -> httpx.Response | None:
            if b"thread.session.stop" in request.content:
                stopped.append("stop")
            read = request.method == "GET" and "/api/orchestration/" in request.url.path
            return httpx.Response(503) if stopped and read else None

        here.clock.sleep(60)
        here.run("tick", transport=Between(unread))
        assert stopped
        assert thread.archived_at is None

        calm(here)

        assert_ended(here, issue, "stopped", "thread-removed")
        assert thread.archived_at is not None


@both
def test_lock__taken_off_an_unseen_end_whose_ready_label_is_gone__ends_it(kind: Forge) -> None:
    """A person's word that nobody is at work; T3 is away all the while."""
    with world(kind) as here:
        issue = start(here, "[[slow=90000]] [[push]]")
        t3_down(here)
        here.forge.remove_label(issue, READY, here.owner)
        tick(here, code=1)
        assert record(here, issue)["stage"] == "ending"
        here.forge.remove_label(issue, IN_PROGRESS, here.owner)

        tick(here, code=1)

        found = record(here, issue)
        assert (found["stage"], found["verdict"]) == ("ended", "stopped")
        assert labels(issue) == set()


def test_close__refused_for_a_blocker_then_a_death__says_why_it_stays_open() -> None:
    """Forgejo answers 412; GitHub closes an issue whatever blocks it."""
    with world(Forge.FORGEJO) as here, doorbell(here) as bell:
        repo = here.repository("shop", **CI_GRACE)
        blocker = here.issue(repo, "Blocker", "x", ready=False)
        issue = here.issue(repo, "Add a till", "[[push]]")
        tick(here)
        tick(here, after=10)
        here.forge.add_dependency(issue, blocker, here.owner)

        def dies(request: httpx.Request) -> None:
            del request
            if READY not in labels(issue):
                raise Killed

        here.clock.sleep(120)
        with pytest.raises(Killed):
            here.run("tick", transport=Between(dies))

        calm(here)

        assert_ended(here, issue, "done", "landed", closed=False)
        assert f"while [`#{blocker.number}`](" in comment(here, issue)
        assert len(bell.rings) == 1
        assert f"#{blocker.number}" in str(bell.rings[0])
