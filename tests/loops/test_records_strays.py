"""Threads that no record accounts for: stopped, followed or handed over; never spoken to."""

import httpx
import pytest
from support.chaos import Killed
from support.loops import (
    BROKEN,
    another_thread,
    assert_ended,
    at_work,
    both,
    labels,
    only,
    record,
    record_comments,
    records,
    said,
    start,
    threads,
    tick,
    until,
    write_in_thread,
)
from support.overheard import Mark, doorbell
from support.poll_rig import Between, is_command

from afk.record import names
from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import IN_PROGRESS, READY, World, world

WORKING = "[[slow=40000]] [[push]]"


def delete(here: World, issue: Issue) -> None:
    here.forge.delete_comment(record_comments(here, issue)[-1])


def ready_again(here: World, issue: Issue) -> None:
    here.forge.remove_label(issue, READY, here.owner)
    here.clock.sleep(60)
    here.forge.add_label(issue, READY, here.owner)


@both
def test_stray__of_a_former_approval__stopped_and_handed_over(kind: Forge) -> None:
    """Its record is gone and the label was put on anew: whose agent that is cannot be told."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, WORKING)
        delete(here, issue)
        ready_again(here, issue)
        before = Mark(here)

        tick(here)

        assert_ended(here, issue, "needs-human", "record-lost", turns=1)
        assert before.commands == ["thread.session.stop"]
        assert len(bell.rings) == 1


@pytest.mark.protocol_1
@both
def test_strays__two_of_one_issue__both_stopped_and_handed_over(kind: Forge) -> None:
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, WORKING)
        first = threads(here, issue)[0]
        again = names.thread_id(record(here, issue)["run_id"], 2)
        another_thread(here, first, first.title, again)
        assert len(at_work(here)) == 2
        delete(here, issue)
        before = Mark(here)

        tick(here)

        assert_ended(here, issue, "needs-human", "record-lost", turns=2)
        assert before.commands == ["thread.session.stop"] * 2
        assert len(bell.rings) == 1


@both
def test_stray__our_own_but_none_of_our_messages__handed_over(kind: Forge) -> None:
    """A thread that afk made and a person set to work: there is no run to rebuild."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", "[[push]]")
        here.faults["t3"] = lambda *_: BROKEN if threads(here, issue) else None
        here.tick()
        here.faults.clear()
        [thread] = threads(here, issue)
        assert record(here, issue)["stage"] == "claimed"
        delete(here, issue)
        write_in_thread(here, thread, WORKING)

        tick(here)

        assert_ended(here, issue, "needs-human", "record-lost", turns=1)


@both
@pytest.mark.parametrize("again", [False, True], ids=["rebuilt", "parked"])
def test_stray__two_ticks_find_it_at_once__one_record(kind: Forge, again: bool) -> None:
    """Whoever posts second makes way: the first one's record is the run's."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, WORKING)
        delete(here, issue)
        if again:
            ready_again(here, issue)
        overtaken: list[str] = []

        def meddle(request: httpx.Request) -> None:
            if request.method == "POST" and "/comments" in request.url.path and not overtaken:
                overtaken.append(request.url.path)
                assert here.run("tick").exit_code == 0

        here.clock.sleep(60)
        ticked = here.run("tick", transport=Between(meddle))

        assert ticked.exit_code == 0
        assert "dropped: another tick recorded the run first" in ticked.output
        assert len(records(here, issue)) == 1
        assert record(here, issue)["stage"] == ("ended" if again else "running")
        assert len(bell.rings) == (1 if again else 0)
        assert len(said(here, issue)) == 1


@both
@pytest.mark.parametrize("by_us", [True, False], ids=["our-turn", "a-persons-turn"])
def test_leftover__works_on_for_a_run_that_ended__only_ours_is_stopped(
    kind: Forge, by_us: bool
) -> None:
    """A tick that died had just sent a turn; a person who goes on in the thread is left alone."""
    with world(kind) as here:
        issue = start(here, "[[push=red]] [[slow@2=40000]]")
        if by_us:
            sent: list[str] = []

            def meddle(request: httpx.Request) -> None:
                if sent:
                    raise Killed
                if is_command(request, "thread.turn.start"):
                    here.run("stop", issue.ref)
                    sent.append(request.url.path)

            here.clock.sleep(60)
            here.t3.advance()
            with pytest.raises(Killed):
                here.run("tick", transport=Between(meddle))
        else:
            here.run("stop", issue.ref)
            write_in_thread(here, threads(here, issue)[0], WORKING)
        assert record(here, issue)["stage"] == "ended"
        assert len(at_work(here)) == 1
        before = Mark(here)

        tick(here)
        tick(here)

        assert before.commands == (["thread.session.stop"] if by_us else [])
        assert len(at_work(here)) == (0 if by_us else 1)
        assert before.writes == []


@both
def test_label__that_the_issue_was_opened_with__locks_nothing(kind: Forge) -> None:
    """A stranger may open an issue with any label on it; on GitHub only who may label can."""
    with world(kind) as here:
        repo = here.repository("shop")
        bare = here.forge.web_form_issue(repo, here.stranger, [IN_PROGRESS])
        issue = here.issue(repo, "Add a till", "[[push]]")

        until(here, issue)

        assert_ended(here, issue, "done", "landed")
        assert labels(bare) == set()


@both
def test_label__without_any_event__is_a_lock_that_nobody_can_be_asked_about(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", "[[push]]")
        here.forge.add_label(issue, IN_PROGRESS, here.owner)
        issue.events.pop()

        tick(here)

        assert labels(issue) == {READY, IN_PROGRESS}
        assert said(here, issue) == []


@pytest.mark.protocol_1
@both
def test_issue__is_gone_and_the_agent_does_not_stop__not_rung(kind: Forge) -> None:
    """T3 accepts and nothing comes of it: the next tick asks again, and rings when it is seen."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, WORKING)
        here.forge.delete_issue(issue)
        here.t3._reactor.wedged = True
        before = Mark(here)

        tick(here)
        tick(here)

        assert bell.rings == []
        assert before.commands == ["thread.session.stop"] * 2


@both
def test_issue__is_gone_and_t3_goes_silent_after_the_stop__rung_when_seen(kind: Forge) -> None:
    """One look that fails is not the last one."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, WORKING)
        here.forge.delete_issue(issue)
        script = [BROKEN] * 3
        before = Mark(here)

        def silent(method: str, _path: str) -> Fault | None:
            return script.pop() if script and before.commands and method == "GET" else None

        here.faults["t3"] = silent
        tick(here, code=1)

        assert script == []
        assert len(bell.rings) == 1
        assert at_work(here) == []


@both
def test_issue__is_gone_and_the_doorbell_fails__said(kind: Forge) -> None:
    with world(kind) as here, doorbell(here, failing=99) as bell:
        issue = start(here, WORKING)
        here.forge.delete_issue(issue)

        output = tick(here)

        assert "the doorbell failed" in output
        assert "secret-webhook-address" not in output
        assert bell.rings == []
        assert at_work(here) == []


@both
def test_lock__of_a_thread_whose_bodies_cannot_be_read__kept(kind: Forge) -> None:
    """What could not be read is not absent: nothing is concluded, and then the run is followed."""
    with world(kind) as here:
        issue = start(here, WORKING)
        delete(here, issue)
        here.faults["t3"] = only("GET", "/threads/", BROKEN)
        working = at_work(here)
        assert here.tick().exit_code == 1
        assert at_work(here) == working
        assert record_comments(here, issue) == []
        assert IN_PROGRESS in labels(issue)
        here.faults.clear()
        here.tick()
        assert record(here, issue)["stage"] == "running"
        assert at_work(here) == working
