"""Corrective turns: one for each red commit, never beside a turn, never beyond the bounds."""

import pytest
from support.chaos import Killed, KillingTransport
from support.loops import (
    assert_ended,
    at_work,
    both,
    come_to_rest,
    comment,
    labels,
    record,
    said,
    start,
    tick,
    until,
)
from support.overheard import Mark, doorbell
from support.sampling import kill_points

from afk.types import Forge
from afk_sandbox.world import IN_PROGRESS, READY, world


@both
def test_red__every_time__five_corrective_turns_and_no_more(kind: Forge) -> None:
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[push=red*]]")

        until(here, issue)

        assert_ended(here, issue, "frozen", "attempts-spent", turns=6)
        texts = said(here, issue)
        for number, text in enumerate(texts[1:], start=1):
            assert f"This is corrective turn {number} of 5." in text
            assert f"AFK-Run: {record(here, issue)['run_id']}" in text
        commits = [one for one in issue.repo.commits.values() if "AFK-Run:" in one.message]
        assert len(commits) == 6
        assert "Fixes tried: 5 of 5" in comment(here, issue)
        assert "`fix_forward_max_attempts=5`" in comment(here, issue)
        come_to_rest(here, issue)
        after = Mark(here)
        for _ in range(3):
            tick(here, after=3600)
        assert (after.writes, after.commands) == ([], [])
        assert len(bell.rings) == 1


@both
def test_red__corrected__closed_with_the_green_commit(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[push=red,red,green]]")

        found = until(here, issue)

        assert_ended(here, issue, "done", "landed", turns=3)
        assert found["commits"]["seen_verdict"]["sha"] == found["commits"]["pushed"][-1]
        red = [turn.get("red_commit") for turn in found["dialogue"]["turns"]]
        assert red == [None, *found["commits"]["pushed"][:2]]


@both
def test_red__corrective_turn_pushes_nothing__counts_all_the_same(kind: Forge) -> None:
    """The same red commit is answered again, and each answer counts towards the bound."""
    with world(kind) as here:
        here.settings["fix_forward_max_attempts"] = 2
        issue = start(here, "[[push=red]] [[idle@2]] [[idle@3]]")

        until(here, issue)

        assert_ended(here, issue, "frozen", "attempts-spent", turns=3)
        assert len(record(here, issue)["commits"]["pushed"]) == 1


@both
def test_red__while_the_agent_goes_on__waits_for_the_end_of_its_turn(kind: Forge) -> None:
    """It may well be pushing a fix of its own; then there is nothing to correct."""
    with world(kind) as here:
        issue = start(here, "[[push=red]] [[linger=900]]")
        for _ in range(4):
            tick(here, after=120)
        assert len(said(here, issue)) == 1
        assert record(here, issue)["commits"]["seen_verdict"]["status"] == "red"
        assert labels(issue) == {READY, IN_PROGRESS}

        tick(here, after=600)

        assert len(said(here, issue)) == 2


@both
def test_red__time_is_over__frozen_without_another_turn(kind: Forge) -> None:
    """``fix_forward_max_seconds`` counts from the tick that first saw red."""
    with world(kind) as here:
        issue = start(here, "[[push=red*]] [[slow@2=3000]]")
        tick(here)
        assert len(said(here, issue)) == 2

        tick(here, after=3480)
        tick(here)
        assert len(said(here, issue)) == 3
        tick(here, after=120)

        assert_ended(here, issue, "frozen", "time-spent", turns=3)
        assert "`fix_forward_max_seconds=3600`" in comment(here, issue)


@both
def test_red__killed_after_any_write__bound_holds(kind: Forge) -> None:
    """Over restarts the turns are counted by what stands in the record and in T3, not by ticks."""
    killed = 0
    for nth in kill_points(kind, 30):
        with world(kind) as here:
            here.settings["fix_forward_max_attempts"] = 2
            issue = start(here, "[[push=red*]]")
            transport = KillingTransport(nth, after=True)
            try:
                for _ in range(5):
                    here.clock.sleep(60)
                    here.t3.advance()
                    here.run("tick", transport=transport)
                    assert len(said(here, issue)) <= 3
            except Killed:
                killed += 1
            else:
                break

            until(here, issue)
            tick(here)

            assert_ended(here, issue, "frozen", "attempts-spent", turns=3)
            corrective = [text.split("\n", 1)[0] for text in said(here, issue)[1:]]
            assert len(set(corrective)) == 2
            assert at_work(here) == []
    assert killed >= 5


@pytest.mark.protocol_1
@both
@pytest.mark.parametrize("times", [1, 2, 3])
def test_corrective__t3_refuses_the_turn__tried_under_fresh_ids_thrice(
    kind: Forge, times: int
) -> None:
    """T3 remembers refused commands: each try is another one, and the third refusal ends it."""
    with world(kind) as here:
        issue = start(here, "[[push=red,green]]")
        decide = here.t3.dispatch
        refused: list[str] = []

        def refuse(body: object) -> int:
            if isinstance(body, dict) and body["type"] == "thread.turn.start":
                identifier = body["commandId"]
                if identifier in refused or len(set(refused)) < times:
                    refused.append(identifier)
                    return decide({**body, "threadId": "unknown"})
            return decide(body)

        here.t3.dispatch = refuse  # type: ignore[method-assign]
        for _ in range(times):
            tick(here, code=1)

        assert len(set(refused)) == times
        if times < 3:
            until(here, issue)
            assert_ended(here, issue, "done", "landed", turns=2)
        else:
            assert_ended(here, issue, "frozen", "dispatch-failed")
