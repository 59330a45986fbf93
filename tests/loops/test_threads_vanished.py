"""A thread that is gone without anybody's act: replaced once, then handed over or frozen."""

from typing import Any

import pytest
from support.chaos import Killed, KillingTransport
from support.loops import (
    BROKEN,
    assert_ended,
    at_work,
    both,
    comment,
    lose_thread,
    only,
    record,
    said,
    start,
    threads,
    tick,
    until,
)
from support.overheard import Mark, doorbell
from support.sampling import kill_points

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World, world

WORKING = "[[slow=4000]] [[push]]"
AGAIN = "An earlier thread worked on this and is gone."


def lose(here: World, issue: Issue) -> str:
    """Let T3 forget the newest thread; returns its id."""
    thread = threads(here, issue)[-1]
    lose_thread(here, thread)
    return thread.id


@both
def test_vanished__nothing_pushed__one_replacement_that_is_told_everything(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "The till is blue. [[slow=600]] [[push]]")
        old = lose(here, issue)
        before = Mark(here)

        tick(here)

        assert before.commands == ["thread.create", "thread.turn.start"]
        [text] = said(here, issue)
        assert text.startswith(AGAIN)
        assert "The till is blue." in text
        assert record(here, issue)["thread"]["id"] == threads(here, issue)[0].id != old
        until(here, issue)
        assert_ended(here, issue, "done", "landed")
        assert [turn["purpose"] for turn in record(here, issue)["dialogue"]["turns"]] == [
            "first",
            "replacement",
        ]


@both
def test_vanished__twice_before_a_push__handed_over(kind: Forge) -> None:
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, WORKING)
        lose(here, issue)
        tick(here)
        lose(here, issue)
        before = Mark(here)

        tick(here)

        assert_ended(here, issue, "needs-human", "vanished", turns=0)
        assert before.commands == []
        assert "may start no other in its place" in comment(here, issue)
        assert len(bell.rings) == 1


@both
def test_vanished__redispatches_is_none__handed_over_at_once(kind: Forge) -> None:
    with world(kind) as here:
        here.settings["redispatches"] = 0
        issue = start(here, WORKING)
        lose(here, issue)

        tick(here)

        assert_ended(here, issue, "needs-human", "vanished", turns=0)


@both
@pytest.mark.parametrize("pushes", ["green", "red,green"])
def test_vanished__after_a_push__ci_decides(kind: Forge, pushes: str) -> None:
    """Green closes without any thread; red goes to a replacement, which is told everything."""
    with world(kind) as here:
        issue = start(here, f"The till is blue. [[push={pushes}]]")
        lose(here, issue)
        before = Mark(here)

        tick(here)

        if pushes == "green":
            assert_ended(here, issue, "done", "landed", turns=0)
            assert before.commands == []
            return
        [text] = said(here, issue)
        assert text.startswith(AGAIN)
        assert "The till is blue." in text
        assert "This is corrective turn 1 of 5." in text
        assert before.commands == ["thread.create", "thread.turn.start"]


@both
def test_vanished__red_and_the_replacement_used_up__frozen(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[push=red*]]")
        lose(here, issue)
        tick(here)
        assert len(said(here, issue)) == 1
        lose(here, issue)
        before = Mark(here)

        tick(here)

        assert_ended(here, issue, "frozen", "vanished", turns=0)
        assert before.commands == []


@pytest.mark.protocol_1
@both
@pytest.mark.parametrize("times", [1, 3])
def test_vanished__t3_refuses_the_new_thread__tried_under_fresh_ids_thrice(
    kind: Forge, times: int
) -> None:
    """T3 remembers refused commands: each try is another thread; the replacement counts once."""
    with world(kind) as here:
        issue = start(here, "[[slow=600]] [[push]]")
        lose(here, issue)
        dispatch = here.t3.dispatch
        refused: list[str] = []

        def refuse(body: Any) -> int:
            again = body["commandId"] in refused or len(set(refused)) < times
            if body["type"] != "thread.create" or not again:
                return dispatch(body)
            refused.append(body["commandId"])
            return dispatch({**body, "projectId": "unknown"})

        here.t3.dispatch = refuse  # type: ignore[method-assign]
        for _ in range(times):
            tick(here, code=1)

        assert len(set(refused)) == times
        assert record(here, issue)["thread"]["replacements"] == 1
        if times == 1:
            until(here, issue)
            assert_ended(here, issue, "done", "landed")
        else:
            assert_ended(here, issue, "needs-human", "dispatch-failed", turns=0)


@pytest.mark.protocol_1
@both
def test_vanished__or_archived_cannot_be_told__nothing_is_concluded(kind: Forge) -> None:
    """The shell leaves archived and deleted threads out: without the snapshot nobody knows."""
    with world(kind) as here:
        issue = start(here, WORKING)
        lose(here, issue)
        here.faults["t3"] = only("GET", "/snapshot", BROKEN)
        before = Mark(here)

        output = tick(here)

        assert "T3 does not show the thread" in output
        assert before.commands == []
        assert record(here, issue)["stage"] == "running"
        here.faults.clear()
        tick(here)
        assert record(here, issue)["thread"]["replacements"] == 1


@both
def test_vanished__two_runs_at_once__each_replaced(kind: Forge) -> None:
    """What T3 archived or deleted is read once, whoever misses a thread."""
    with world(kind) as here:
        issues = [
            here.issue(here.repository(name), "Add a till", WORKING) for name in ("shop", "site")
        ]
        tick(here)
        for issue in issues:
            lose(here, issue)

        tick(here)

        assert [record(here, issue)["thread"]["replacements"] for issue in issues] == [1, 1]
        assert len(at_work(here)) == 2


@both
@pytest.mark.parametrize("body", [WORKING, "[[push=red,green]]"], ids=["before-push", "red"])
def test_vanished__killed_after_any_write__one_replacement(kind: Forge, body: str) -> None:
    """Wherever the tick dies, the second thread is used, counted once, and told everything."""
    killed = 0
    for nth in kill_points(kind, 9):
        with world(kind) as here:
            issue = start(here, body)
            lose(here, issue)
            here.clock.sleep(60)
            transport = KillingTransport(nth, after=True)
            try:
                here.run("tick", transport=transport)
            except Killed:
                killed += 1
            else:
                break

            tick(here)
            tick(here)

            texts = said(here, issue)
            assert [text.startswith(AGAIN) for text in texts] == [True, *[False] * len(texts[1:])]
            assert len(threads(here, issue)) == 1
            assert len(at_work(here)) <= 1
            assert record(here, issue)["thread"]["replacements"] == 1
            assert len(record(here, issue)["dialogue"]["turns"]) == 1 + len(texts)
            assert len(texts) <= (1 if body is WORKING else 2)
    assert killed >= 2


@both
def test_vanished__t3_is_restored_from_an_older_backup__thread_is_its_own(kind: Forge) -> None:
    """The same environment without the thread: that is vanishing, whatever else T3 lost."""
    with world(kind) as here:
        issue = start(here, WORKING)
        lose(here, issue)
        here.t3.state.projects.clear()
        here.t3.state.receipts.clear()

        tick(here)

        assert len(said(here, issue)) == 1
        assert record(here, issue)["thread"]["replacements"] == 1
        assert len(here.t3.state.projects) == 1
