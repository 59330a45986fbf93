"""What people read says what was the case: who did it, what blocks, what T3 refused."""

import pytest
from support.loops import (
    assert_ended,
    both,
    comment,
    labels,
    only,
    record,
    record_comments,
    records,
    start,
    tick,
    until,
)
from support.overheard import doorbell
from support.poll_rig import link

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.t3.schedule import Pace
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, world

WORKING = "[[sleep=9000]] [[push]]"


@both
def test_ready__taken_off_with_afks_own_account__is_an_end_that_was_overwritten(
    kind: Forge,
) -> None:
    """Only afk's account takes it off, and only where a run ends: so it is over, whoever did it."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, WORKING)
        here.forge.remove_label(issue, READY, here.bot)

        tick(here)

        assert_ended(here, issue, "stopped", "record-overwritten")
        assert "It had ended before" in comment(here, issue)
        assert "old one back" not in comment(here, issue)
        assert bell.rings == []


@both
def test_approval__labelled_again_while_it_waits__the_older_one_is_superseded(
    kind: Forge,
) -> None:
    """No bell: nothing of it ever ran. The newest approval runs."""
    with world(kind) as here, doorbell(here) as bell:
        first = start(here, "[[sleep=3000]] [[push]]")
        issue = here.issue(first.repo, "Add a drawer", "[[push]]")
        tick(here)
        assert [one["stage"] for one in records(here, issue)] == ["approved"]
        here.forge.remove_label(issue, READY, here.owner)
        here.clock.sleep(5)
        here.forge.add_label(issue, READY, here.owner)

        tick(here)

        older, newer = records(here, issue)
        assert (older["stage"], older["verdict"]) == ("ended", "superseded")
        assert newer["stage"] == "approved"
        assert "**Waiting:**" not in record_comments(here, issue)[0].body
        assert labels(issue) == {READY}
        assert bell.rings == []
        until(here, issue, after=1800)
        assert [one["verdict"] for one in records(here, issue)] == ["superseded", "done"]
        assert len(bell.rings) == 2


@both
def test_approval__labelled_again_and_started_at_once__the_older_one_is_superseded(
    kind: Forge,
) -> None:
    with world(kind) as here:
        here.settings["max_in_flight"] = 0
        issue = here.issue(here.repository("shop"), "Add a till", WORKING)
        tick(here)
        here.forge.remove_label(issue, READY, here.owner)
        here.clock.sleep(5)
        here.forge.add_label(issue, READY, here.owner)
        del here.settings["max_in_flight"]

        tick(here)

        assert [one["stage"] for one in records(here, issue)] == ["ended", "running"]


@pytest.mark.parametrize("kind", [Forge.FORGEJO])
def test_close__refused_by_a_blocker__names_it(kind: Forge) -> None:
    """In the comment by a link that refers to nothing: the blocker's timeline stays as it was."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[push]]")
        blocker = here.forge.open_issue(issue.repo, "Choose a printer", here.owner)
        here.forge.add_dependency(issue, blocker, here.owner)

        until(here, issue)

        assert f"cannot be closed while #{blocker.number} is open" in bell.rings[0]["text"]
        assert f"while {link(here, f'#{blocker.number}', blocker.ref)} is open" in comment(
            here, issue
        )


@pytest.mark.protocol_1
@both
def test_start__thread_refused_with_400__is_no_missing_workspace(kind: Forge) -> None:
    """Only the project's 400 is the folder's; T3's own words stand beside the reason."""
    with world(kind) as here, doorbell(here) as bell:
        repo = here.repository("shop", ci={"grace_seconds": 60})
        former = here.issue(repo, "Add a till", "[[push]]")
        until(here, former)  # so that the project is there
        issue = here.issue(repo, "Add a drawer", "[[push]]")
        told = b'{"code": "invalid_request", "reason": "no `model` of that name"}'
        here.faults["t3"] = only(
            "POST", "/dispatch", Fault("before", 400, told, "application/json")
        )

        tick(here, code=1)

        found = record(here, issue)
        assert (found["stage"], found["reason"]) == ("ended", "start-refused")
        assert "no 'model' of that name" in comment(here, issue)
        assert "workspace" not in comment(here, issue)
        assert "no 'model' of that name" in bell.rings[-1]["text"]
        assert labels(issue) == {HUMAN}


@both
def test_gone__its_agent_takes_a_while_to_stop__rings_in_that_tick(kind: Forge) -> None:
    with world(kind, pace=Pace(command=3.0)) as here, doorbell(here) as bell:
        issue = start(here, WORKING)
        here.forge.delete_issue(issue)

        tick(here)
        tick(here)

        assert [ring["title"] for ring in bell.rings] == ["Stopped: owner/shop#1 is gone"]


@both
def test_record__signed_only_later__says_that_it_was_not_signed(kind: Forge) -> None:
    """Nobody edited it: the key was set while the run was at work."""
    with world(kind) as here:
        here.settings["allow_unsigned_state"] = True
        key = here.environ.pop("AFK_STATE_KEY")
        issue = start(here, WORKING)
        assert labels(issue) == {READY, IN_PROGRESS}
        here.environ["AFK_STATE_KEY"] = key

        tick(here)

        assert record(here, issue)["reason"] == "record-edited"
        assert "(`it is not signed`)" in comment(here, issue)
