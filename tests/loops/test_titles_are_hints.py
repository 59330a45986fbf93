"""A thread's title is a hint, the record decides; and a record is bound to where it was made."""

import pytest
from support.loops import (
    CI_GRACE,
    HOUR,
    another_thread,
    at_work,
    both,
    labels,
    record,
    record_comments,
    said,
    start,
    threads,
    tick,
    until,
    write_in_thread,
)
from support.overheard import Mark, doorbell
from support.poll_rig import commands
from support.rivals import project_of, rival

from afk.record import names
from afk.types import Forge
from afk_sandbox.world import HUMAN, READY, world


@both
@pytest.mark.parametrize("number", [1, 999_999_999, 4_000_000_000])
def test_thread__titled_like_a_run_and_old__is_left_alone_and_holds_nothing(
    kind: Forge, number: int
) -> None:
    """Nobody's: no tick lives long enough to be about to start it, and no record knows it.

    Of an issue that is there, of one that is not, and of one that no forge can have.
    """
    with world(kind) as here, doorbell(here) as bell:
        repo = here.repository("shop", **CI_GRACE)
        other = here.issue(repo, "Add a sink", "Not asked for", ready=False)
        project = project_of(here, "/srv/shop")
        theirs = rival(here, f"[afk 01234567] owner/shop#{number}", project, starts=True)
        here.clock.sleep(700)
        issue = here.issue(repo, "Add a till", "[[push]]")

        out = tick(here)

        assert record(here, issue)["stage"] == "running"
        assert theirs in at_work(here)
        named = number < 2**31
        assert ("no run is known of it" in out, theirs in out) == (named, named)
        assert other.comments == []
        assert "thread.session.stop" not in commands(here)
        until(here, issue)
        assert at_work(here) == [theirs]
        assert here.t3.state.threads[theirs].deleted_at is None
        assert record(here, issue)["verdict"] == "done"
        assert len(bell.rings) == 1


@both
def test_thread__of_an_ended_run_in_which_a_person_goes_on__holds_no_renamed_repository(
    kind: Forge,
) -> None:
    """Its title names the repository as it was called then."""
    with world(kind) as here:
        first = start(here, "[[push]]")
        until(here, first)
        [thread] = threads(here, first)
        write_in_thread(here, thread, "Thanks, what did you change?")
        here.forge.rename_repository(first.repo, "store")
        here.settings["allowlist"] = ["owner/store"]
        here.settings["repositories"] = {"owner/store": {"workspace": "/srv/shop", **CI_GRACE}}
        second = here.issue(first.repo, "Add a door", "[[push]]")
        before = Mark(here)

        until(here, second, after=HOUR)

        assert record(here, second)["verdict"] == "done"
        assert before.commands.count("thread.create") == 1
        assert "thread.delete" not in before.commands


@pytest.mark.protocol_1
@both
def test_stray__beside_one_that_is_only_titled_so__is_followed_and_that_is_left(
    kind: Forge,
) -> None:
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[slow=40000]] [[push]]")
        first = threads(here, issue)[0]
        other = another_thread(here, first, f"[afk 0badcafe] {issue.ref}")
        here.forge.delete_comment(record_comments(here, issue)[-1])
        before = Mark(here)

        tick(here)

        found = record(here, issue)
        assert (found["stage"], found["thread"]["id"]) == ("running", first.id)
        assert found["thread"]["rebuilt"]
        assert set(at_work(here)) == {first.id, other.id}
        assert before.commands == []
        assert bell.rings == []


@pytest.mark.protocol_1
@both
def test_issue__is_gone_and_its_thread_is_at_rest__left_alone(kind: Forge) -> None:
    """Three threads carry its name; only the one of afk's in which an agent works is stopped."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[idle]]")
        here.forge.remove_label(issue, READY, here.owner)
        tick(here)
        assert record(here, issue)["stage"] == "ended"
        first, run_id = threads(here, issue)[0], record(here, issue)["run_id"]
        another = another_thread(here, first, first.title, names.thread_id(run_id, 2))
        theirs = another_thread(here, first, f"[afk 0badcafe] {issue.ref}")
        here.forge.delete_issue(issue)
        before = Mark(here)

        tick(here)
        tick(here, after=HOUR)

        assert before.commands == ["thread.session.stop"]
        assert another.session is not None
        assert another.session.status == "stopped"
        assert at_work(here) == [theirs.id]
        assert len(bell.rings) == 1


def test_record__pasted_from_another_forgejo__stops_nobodys_agent() -> None:
    """The two share key, T3, repository id and issue number; the run's id names its host."""
    with world(Forge.FORGEJO) as there:
        elsewhere = start(there, "[[slow=20000]] [[push]]")
        pasted, theirs = record_comments(there, elsewhere)[0].body, record(there, elsewhere)
    with world(Forge.FORGEJO) as here:
        issue = start(here, "[[slow=20000]] [[push]]")
        title = f"[afk {names.short(theirs['run_id'])}] {issue.ref}"
        [thread] = threads(here, issue)
        other = rival(here, title, thread.project_id, starts=True)
        here.forge.edit_comment(record_comments(here, issue)[0], here.owner, pasted)

        tick(here)

        assert other in at_work(here)
        assert "thread.turn.start" not in commands(here)[4:]
        assert thread.id not in at_work(here)
        assert labels(issue) == {HUMAN}
        assert len(said(here, issue)) == 2
        assert issue.closed_at is None
