"""What people and commits do beside a run: close by commit, take the lock, approve again."""

import pytest
from support.loops import (
    BROKEN,
    assert_ended,
    at_work,
    both,
    labels,
    only,
    record,
    records,
    reopened,
    said,
    start,
    t3_down,
    tick,
    until,
)
from support.overheard import doorbell

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.world import IN_PROGRESS, READY, world

WORKING = "[[slow=4000]] [[push]]"
BAD_GATEWAY = Fault("before", 502, b"<html>Bad gateway</html>", "text/html")


def refused_who_may_write(method: str, path: str) -> Fault | None:
    """Let no question about anybody's permission through."""
    asks = path.endswith(("/permission", "/assignees"))
    return BAD_GATEWAY if asks and method == "GET" else None


@both
def test_own_commit__closes_and_ci_is_green__done(kind: Forge) -> None:
    """``Closes #N`` in the run's own commit is nobody's act."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[push]] [[close]]")
        tick(here, after=2)
        assert issue.closed_at is not None
        assert record(here, issue)["stage"] == "running"

        until(here, issue)

        assert_ended(here, issue, "done", "landed")
        assert reopened(issue) == 0
        assert [ring["loudness"] for ring in bell.rings] == ["quiet"]


@both
def test_own_commit__closes_and_a_person_reopens__lands_and_stays_open(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[push]] [[close]]")
        tick(here, after=2)
        assert issue.closed_at is not None
        here.forge.reopen(issue, here.owner)

        until(here, issue)

        assert_ended(here, issue, "done", "landed", closed=False)


@both
def test_own_commit__closes_and_ci_is_red__reopened_and_corrected(kind: Forge) -> None:
    """It is reopened before the corrective turn; the next commit closes it again, green."""
    with world(kind) as here:
        issue = start(here, "[[push=red,green]] [[close]]")
        tick(here, after=120)
        assert reopened(issue) == 1
        assert len(said(here, issue)) == 2
        assert "corrective turn 1 of 5" in said(here, issue)[1]

        until(here, issue)

        assert_ended(here, issue, "done", "landed", turns=2)
        assert reopened(issue) == 1


@both
def test_own_commit__closes_while_the_agent_goes_on__reopened_at_red(kind: Forge) -> None:
    """The issue's state follows CI although the corrective turn has to wait for the agent."""
    with world(kind) as here:
        issue = start(here, "[[push=red*]] [[close]] [[linger=900]]")
        tick(here, after=120)
        assert reopened(issue) == 1
        assert issue.closed_at is None
        assert len(said(here, issue)) == 1
        assert "reopened" not in tick(here)
        assert reopened(issue) == 1


@both
def test_own_commit__closes_and_stays_red__frozen_and_open(kind: Forge) -> None:
    with world(kind) as here:
        here.settings["fix_forward_max_attempts"] = 0
        issue = start(here, "[[push=red*]] [[close]]")

        until(here, issue)

        assert_ended(here, issue, "frozen", "attempts-spent")
        assert reopened(issue) == 1


@both
def test_somebody_elses_commit__closes_the_issue__run_is_stopped(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, WORKING)
        here.forge.push(issue.repo, "main", f"Done by hand\n\nCloses #{issue.number}", here.owner)

        tick(here)

        assert_ended(here, issue, "stopped", "closed-by-person", closed=True)


@both
def test_in_progress_label__taken_off_a_running_run__put_back(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, WORKING)
        here.forge.remove_label(issue, IN_PROGRESS, here.owner)

        assert "put the in-progress label back" in tick(here)

        assert labels(issue) == {READY, IN_PROGRESS}
        assert record(here, issue)["stage"] == "running"
        assert "label back" not in tick(here)


@both
@pytest.mark.parametrize("trusted", [True, False])
def test_in_progress_label__taken_off_an_unseen_ending__their_word(
    kind: Forge, trusted: bool
) -> None:
    """T3 takes no stop: a trusted person's word for it ends the run, nobody else's does."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, WORKING)
        here.faults["t3"] = only("POST", "/dispatch", BROKEN)
        here.forge.remove_label(issue, READY, here.owner)
        tick(here, code=1)
        assert record(here, issue)["stage"] == "ending"
        here.forge.remove_label(issue, IN_PROGRESS, here.owner if trusted else here.stranger)

        tick(here, code=1)

        assert record(here, issue)["stage"] == ("ended" if trusted else "ending")
        assert record(here, issue)["verdict"] == "stopped"
        assert labels(issue) == set()
        assert bell.rings == []
        assert len(said(here, issue)) == 1


@both
def test_in_progress_label__taken_off_by_nobody_knows_whom__lock_kept(kind: Forge) -> None:
    """Who may write cannot be read: their word counts once it can."""
    with world(kind) as here:
        issue = start(here, WORKING)
        helper = here.forge.add_account("helper")
        here.forge.set_access(issue.repo, helper, "write")
        t3 = only("POST", "/dispatch", BROKEN)
        here.faults["t3"] = t3
        here.forge.remove_label(issue, READY, here.owner)
        tick(here, code=1)
        here.forge.remove_label(issue, IN_PROGRESS, helper)
        here.faults["forge"] = refused_who_may_write

        tick(here, code=1)
        assert record(here, issue)["stage"] == "ending"
        del here.faults["forge"]
        tick(here, code=1)

        assert record(here, issue)["stage"] == "ended"


@both
def test_person__acts_while_t3_is_away__recorded_then_stopped(kind: Forge) -> None:
    """Their act counts at once; the session is stopped when T3 is back, the lock kept until."""
    with world(kind) as here:
        issue = start(here, WORKING)
        t3_down(here)
        here.forge.remove_label(issue, READY, here.owner)
        tick(here, code=1)
        assert record(here, issue)["stage"] == "ending"
        assert labels(issue) == {IN_PROGRESS}
        here.faults.clear()

        tick(here)

        assert_ended(here, issue, "stopped", "ready-removed")


@both
def test_ready__off_and_on_again__new_run_waits_for_the_old_session(kind: Forge) -> None:
    """The old run ends superseded and leaves the new label alone; only then the new one starts."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, WORKING)
        here.forge.remove_label(issue, READY, here.owner)
        here.clock.sleep(1)
        here.forge.add_label(issue, READY, here.owner)
        here.faults["t3"] = only("POST", "/dispatch", BROKEN)
        tick(here, code=1)
        tick(here, code=1)
        [old] = records(here, issue)
        assert (old["stage"], old["verdict"]) == ("ending", "superseded")
        assert labels(issue) == {READY, IN_PROGRESS}
        assert len(said(here, issue)) == 1
        here.faults.clear()

        tick(here)

        old, *_ = records(here, issue)
        assert (old["stage"], old["reason"]) == ("ended", "labelled-again")
        tick(here)
        old, new = records(here, issue)
        assert new["stage"] == "running"
        assert old["run_id"] != new["run_id"]
        assert len(at_work(here)) == 1
        assert len(said(here, issue)) == 2
        assert bell.rings == []
        assert reopened(issue) == 0
