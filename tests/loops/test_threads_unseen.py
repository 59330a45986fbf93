"""T3 that shows nothing, is another server, or shows an agent that stopped moving."""

from datetime import datetime

import pytest
from support.loops import (
    BROKEN,
    HOUR,
    assert_ended,
    both,
    comment,
    labels,
    only,
    record,
    records,
    said,
    start,
    t3_down,
    threads,
    tick,
    until,
)
from support.overheard import Mark, doorbell, is_write

from afk.text.messages import minutes
from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.world import IN_PROGRESS, READY, world

OTHER = "99999999-0000-4000-8000-000000000000"


@both
@pytest.mark.parametrize(
    ("body", "verdict", "reason"),
    [
        ("[[hang]]", "needs-human", "unseen"),
        ("[[push]]", "done", "landed"),
        ("[[push=red]]", "frozen", "unseen"),
    ],
    ids=["nothing-pushed", "green", "red"],
)
def test_t3__away_for_unseen_seconds__ci_decides(
    kind: Forge, body: str, verdict: str, reason: str
) -> None:
    """Four hours later the run ends by what is known, and says that the agent may still run."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, body)
        t3_down(here)
        before = Mark(here)
        for _ in range(3):
            tick(here, after=HOUR, code=1)
        assert record(here, issue)["stage"] == "running"
        tick(here, after=HOUR, code=1)
        tick(here, after=HOUR, code=1)
        assert record(here, issue)["stage"] == "ending"

        tick(here, after=1000, code=1)

        assert (record(here, issue)["verdict"], record(here, issue)["reason"]) == (verdict, reason)
        assert record(here, issue)["stage"] == "ending"
        assert IN_PROGRESS in labels(issue)
        assert READY not in labels(issue)
        assert (issue.closed_at is not None) == (verdict == "done")
        assert "may still be running" in bell.rings[0]["text"]
        assert before.commands == []
        here.faults.clear()
        tick(here)
        assert_ended(here, issue, verdict, reason)
        assert len(bell.rings) == 1


T3_TROUBLES = {
    "refused": Fault("before", 401, b"{}", "application/json"),
    "down": BROKEN,
    "wrong": Fault("before", 200, b"<html>Sign in</html>", "text/html"),
    "failing": Fault("before", 502, b"", "text/plain"),
}


@both
@pytest.mark.parametrize("trouble", T3_TROUBLES.values(), ids=T3_TROUBLES)
def test_t3__out_of_sight_during_a_run__its_comment_says_so_until_it_is_back(
    kind: Forge, trouble: Fault
) -> None:
    """Written once, not in each tick; what T3 does not show is not claimed."""
    with world(kind) as here:
        issue = start(here, "[[hang]]")
        assert "afk: The agent is at work" in comment(here, issue)
        here.faults["t3"] = lambda *_: trouble
        ticked = here.tick(after=60)
        assert ticked.exit_code in (1, 2)
        since = minutes(datetime.fromisoformat(record(here, issue)["pauses"]["unseen_at"]))
        told = comment(here, issue)
        assert f"T3 has not shown this run since {since}. It cannot be reached" in told
        assert "**Waiting:** T3 to show whether the agent is at work" in told
        assert "the agent is at work  " not in told.replace("whether the agent is at work  ", "")

        before = len(here.log.exchanges)
        for _ in range(3):
            here.tick(after=60)
        assert not [one for one in here.log.exchanges[before:] if is_write(one)]
        assert comment(here, issue) == told

        here.faults.clear()
        tick(here)
        assert "T3 has not shown" not in comment(here, issue)
        assert "afk: The agent is at work" in comment(here, issue)


@both
def test_t3__away_for_a_while__counts_in_no_deadline(kind: Forge) -> None:
    """``prepush_seconds`` (4 h) leaves out the three hours in which T3 did not show the run."""
    with world(kind) as here:
        issue = start(here, "[[hang]]")
        here.settings["silence_seconds"] = 9 * HOUR
        t3_down(here)
        tick(here, after=60, code=1)
        tick(here, after=3 * HOUR, code=1)
        here.faults.clear()
        tick(here)
        tick(here, after=3 * HOUR)
        assert record(here, issue)["stage"] == "running"

        tick(here, after=HOUR)

        assert_ended(here, issue, "needs-human", "prepush-deadline")


@both
def test_thread__its_bodies_cannot_be_read__nothing_is_concluded(kind: Forge) -> None:
    """Without bodies neither an end nor a message can be told: the run waits, one warning."""
    with world(kind) as here:
        issue = start(here, "[[push=red]]")
        fault = Fault("before", 500, b"{}", "application/json")
        here.faults["t3"] = only("GET", "/threads/", fault)

        output = tick(here)

        assert "T3 does not show the thread" in output
        assert record(here, issue)["stage"] == "running"
        assert len(said(here, issue)) == 1
        here.faults.clear()
        tick(here)
        assert len(said(here, issue)) == 2


@both
def test_other_server__held_rung_once_nothing_starts_then_ends(kind: Forge) -> None:
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[hang]]")
        mine = here.t3.environment_id
        here.t3.environment_id = OTHER
        second = here.issue(here.repository("other"), "Add a drawer", "[[push]]")
        before = Mark(here)

        for _ in range(3):
            tick(here, after=HOUR)

        assert record(here, issue)["stage"] == "running"
        assert [ring["title"] for ring in bell.rings] == [f"T3 is another server: {issue.ref}"]
        assert before.commands == []
        assert said(here, second) == []
        tick(here, after=HOUR)
        tick(here, after=HOUR)
        tick(here, after=1000)
        assert record(here, issue)["reason"] == "unseen"
        assert record(here, issue)["stage"] == "ending"
        assert labels(issue) == {IN_PROGRESS, "ready-for-human"}
        until(here, second)
        assert record(here, second)["verdict"] == "done"
        here.t3.environment_id = mine
        tick(here)
        assert record(here, issue)["stage"] == "ended"
        about = [ring["title"] for ring in bell.rings if issue.ref in ring["title"]]
        assert about[1:] == [f"Handed back to you: {issue.ref}"]
        assert len(said(here, issue)) == 1


@both
def test_other_server__doorbell_fails__rung_by_the_next_tick(kind: Forge) -> None:
    with world(kind) as here, doorbell(here, failing=1) as bell:
        issue = start(here, "[[hang]]")
        here.t3.environment_id = OTHER

        assert "the doorbell failed" in tick(here)
        assert bell.rings == []
        tick(here)
        tick(here)

        assert [ring["title"] for ring in bell.rings] == [f"T3 is another server: {issue.ref}"]


@both
def test_other_server__was_a_wrong_address__run_goes_on(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[push]]")
        mine = here.t3.environment_id
        here.t3.environment_id = OTHER
        tick(here)
        assert record(here, issue)["stage"] == "running"
        here.t3.environment_id = mine

        until(here, issue)

        assert_ended(here, issue, "done", "landed")
        assert len(records(here, issue)) == 1


@pytest.mark.protocol_1
@both
def test_zombie__stopped_resumed_once_then_handed_over(kind: Forge) -> None:
    """T3 shows "running" for ever after a restart: the agent died with it."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[slow=900]] [[push]]")
        here.t3.restart()
        before = Mark(here)
        tick(here, after=3500)
        assert before.commands == []
        tick(here, after=200)
        assert before.commands == ["thread.session.stop"]
        assert record(here, issue)["stage"] == "running"

        tick(here)

        assert before.commands == ["thread.session.stop", "thread.turn.start"]
        assert said(here, issue)[-1].startswith("Go on where you stopped.")
        here.t3.restart()
        tick(here, after=3700)
        tick(here)
        assert_ended(here, issue, "needs-human", "zombie", turns=2)
        assert before.commands.count("thread.turn.start") == 1
        assert "moved for too long" in comment(here, issue)
        assert len(bell.rings) == 1


@both
def test_zombie__told_to_go_on__finishes(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[slow=900]] [[push]]")
        here.t3.restart()
        tick(here, after=3700)
        tick(here)

        until(here, issue, after=600)

        assert_ended(here, issue, "done", "landed", turns=2)


@both
@pytest.mark.parametrize("pushes", ["green", "red,green"])
def test_linger__beside_a_verdict__waits_the_grace_then_stops(kind: Forge, pushes: str) -> None:
    """Nothing is closed or corrected beside a running turn; after half an hour it is stopped."""
    with world(kind) as here:
        issue = start(here, f"[[push={pushes}]] [[linger@1]]")
        before = Mark(here)
        for _ in range(2):
            tick(here, after=800)
        assert before.commands == []
        assert record(here, issue)["stage"] == "running"
        assert issue.closed_at is None

        tick(here, after=1100)
        assert before.commands == ["thread.session.stop"]
        assert issue.closed_at is None
        until(here, issue)

        turns = 1 if pushes == "green" else 2
        assert_ended(here, issue, "done", "landed", turns=turns)
        stops = record(here, issue)["dialogue"]["stops"]
        assert [stop["rule"] for stop in stops] == ["running-grace"]


@pytest.mark.protocol_1
@both
def test_never_started__t3_accepts_and_nothing_happens__handed_over(kind: Forge) -> None:
    """A wedged server takes the message and starts no turn: five minutes, then a person."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", "[[push]]")
        here.t3._reactor.wedged = True
        tick(here)
        assert record(here, issue)["stage"] == "running"
        tick(here, after=200)
        assert record(here, issue)["stage"] == "running"

        tick(here, after=200)

        assert_ended(here, issue, "needs-human", "never-started")
        assert "`start_seconds=300`" in comment(here, issue)
        assert threads(here, issue)[0].session is None
