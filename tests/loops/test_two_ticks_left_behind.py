"""Two ticks at once, and what they leave behind: two calm ticks later it is as it has to be.

An edit of a comment is no compare-and-swap, so what a slower tick read before another one wrote
can land over it. Here it does, at the worst moment of each kind.
"""

from collections.abc import Callable

import httpx
from support.loops import (
    CI_GRACE,
    HOUR,
    assert_ended,
    at_work,
    both,
    come_to_rest,
    comment,
    record,
    record_comments,
    said,
    start,
    tick,
    until,
)
from support.overheard import Mark, doorbell
from support.poll_rig import Between

from afk.types import Forge
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World, world

Act = Callable[[], object]


def edits_a_record(request: httpx.Request) -> bool:
    """Say whether a request writes over a comment."""
    return request.method == "PATCH" and "/comments/" in request.url.path


def overtaken(here: World, act: Act) -> None:
    """Tick, and let something happen just before its first record is written over."""
    acted: list[bool] = []

    def meddle(request: httpx.Request) -> None:
        if not acted and edits_a_record(request):
            acted.append(True)
            here.clock.sleep(2)
            act()

    assert here.run("tick", transport=Between(meddle)).exit_code == 0
    assert acted
    here.t3.advance()


def calm(here: World, times: int = 2) -> None:
    """Tick by itself, twice: that has to set right whatever was left behind."""
    for _ in range(times):
        tick(here)


def closes(issue: Issue) -> int:
    return sum(event.kind is EventKind.CLOSED for event in issue.events)


@both
def test_running__lands_on_an_end_as_done__ends_again_without_a_second_ring(kind: Forge) -> None:
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[push]] [[linger=31]]", ci={"grace_seconds": 0})
        here.clock.sleep(30)
        here.t3.advance()
        overtaken(here, lambda: here.run("tick"))
        assert record(here, issue)["stage"] == "running"
        before = Mark(here)

        calm(here)

        assert_ended(here, issue, "done", "landed")
        assert "at work" not in comment(here, issue)
        assert closes(issue) == 1
        assert "thread.turn.start" not in before.commands
        assert len(bell.rings) == 1
        come_to_rest(here, issue)


@both
def test_running__lands_on_what_was_landed_and_opened_again__is_not_closed_again(
    kind: Forge,
) -> None:
    """What a person did since the end is theirs; it does not matter how the end was lost."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[push]] [[linger=31]]", ci={"grace_seconds": 0})
        here.clock.sleep(30)
        here.t3.advance()
        overtaken(here, lambda: here.run("tick"))
        here.forge.reopen(issue, here.owner)

        calm(here)

        assert_ended(here, issue, "done", "landed", closed=False)
        assert closes(issue) == 1
        assert len(bell.rings) == 1


@both
def test_running__lands_on_a_stop__ends_as_stopped(kind: Forge) -> None:
    """The command ``stop`` beside a tick that notes the agent's push."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[push=slow]] [[linger=9000]]")
        here.clock.sleep(60)
        here.t3.advance()
        overtaken(here, lambda: here.run("stop", issue.ref))
        assert record(here, issue)["stage"] == "running"

        calm(here)

        assert_ended(here, issue, "stopped", "record-overwritten")
        assert bell.rings == []
        come_to_rest(here, issue)


@both
def test_approval__lands_on_a_start__becomes_running_again(kind: Forge) -> None:
    """No tampering: one tick notes what an issue waits for now while another one starts it."""
    with world(kind) as here:
        repo = here.repository("shop", **CI_GRACE)
        one, two = (here.issue(repo, f"Blocker {n}", "x", ready=False) for n in (1, 2))
        issue = here.issue(repo, "Add a till", "[[slow=3000]] [[push]]")
        here.forge.add_dependency(issue, one, here.owner)
        tick(here)
        here.forge.add_dependency(issue, two, here.owner)
        here.forge.close(one, here.owner)

        def starts_meanwhile() -> None:
            here.forge.close(two, here.owner)
            here.run("tick")

        here.clock.sleep(60)
        overtaken(here, starts_meanwhile)
        assert record(here, issue)["stage"] == "approved"
        assert len(at_work(here)) == 1

        calm(here)

        assert record(here, issue)["stage"] == "running"
        assert len(at_work(here)) == 1
        assert len(said(here, issue)) == 1
        until(here, issue, after=HOUR)
        assert_ended(here, issue, "done", "landed")


@both
def test_approval__put_back_over_a_running_record__stops_nobody_elses_run(kind: Forge) -> None:
    with world(kind) as here:
        repo, other = here.repository("shop", **CI_GRACE), here.repository("site", **CI_GRACE)
        blocker = here.issue(repo, "Blocker", "x", ready=False)
        issue = here.issue(repo, "Add a till", "[[slow=600]] [[push]]")
        here.forge.add_dependency(issue, blocker, here.owner)
        tick(here)
        here.forge.close(blocker, here.owner)
        tick(here)
        [written] = record_comments(here, issue)
        here.forge.edit_comment(written, here.owner, written.history[0].text)
        elsewhere = here.issue(other, "Add a door", "[[push]]")

        calm(here, 1)

        assert record(here, elsewhere)["stage"] == "running"
        assert record(here, issue)["stage"] == "running"
        assert len(said(here, issue)) == 1
        until(here, issue, after=600)
        assert_ended(here, issue, "done", "landed")


@both
def test_record__of_a_limited_run_deleted_and_its_issue_blocked__stops_nobody_elses_run(
    kind: Forge,
) -> None:
    with world(kind) as here:
        repo, other = here.repository("shop", **CI_GRACE), here.repository("site", **CI_GRACE)
        blocker = here.issue(repo, "Blocker", "x", ready=False)
        issue = here.issue(repo, "Add a till", "[[limit=9000]] [[push]]")
        calm(here)
        here.forge.delete_comment(record_comments(here, issue)[0])
        here.forge.add_dependency(issue, blocker, here.owner)
        tick(here)
        elsewhere = here.issue(other, "Add a door", "[[push]]")

        calm(here)

        assert len(said(here, issue)) == 1
        assert until(here, elsewhere, after=HOUR)["verdict"] == "done"
