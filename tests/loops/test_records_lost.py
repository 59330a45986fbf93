"""Run records that are deleted, doubled, put back, or signed with another key."""

import pytest
from support.loops import (
    HOUR,
    assert_ended,
    at_work,
    both,
    comment,
    labels,
    lose_thread,
    record,
    record_comments,
    records,
    said,
    start,
    t3_down,
    threads,
    tick,
    until,
)
from support.overheard import Mark, doorbell

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, World, world


def delete(here: World, issue: Issue) -> None:
    here.forge.delete_comment(record_comments(here, issue)[-1])


@both
@pytest.mark.parametrize(
    ("body", "verdict", "reason"),
    [
        ("[[push]]", "done", "landed"),
        ("[[push=red,green]]", "frozen", "record-lost"),
        ("[[slow=60]] [[idle]]", "needs-human", "nothing-pushed"),
    ],
    ids=["green", "red", "idle"],
)
def test_record__deleted_during_the_run__rebuilt_without_further_turns(
    kind: Forge, body: str, verdict: str, reason: str
) -> None:
    """T3 and the branch say how it stands; how many turns there were is not certain any more."""
    with world(kind) as here:
        issue = start(here, body)
        thread = record(here, issue)["thread"]["id"]
        delete(here, issue)
        before = Mark(here)

        assert "rebuilt the record" in tick(here)
        assert record(here, issue)["thread"]["id"] == thread
        until(here, issue)

        assert_ended(here, issue, verdict, reason)
        assert "thread.turn.start" not in before.commands
        assert "thread.create" not in before.commands


@both
def test_record__deleted_and_ready_too__session_is_stopped(kind: Forge) -> None:
    """Without record and label nothing says who asked for it: only the thread's title is left."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[slow=4000]] [[push]]")
        delete(here, issue)
        here.forge.remove_label(issue, READY, here.owner)
        second = here.issue(issue.repo, "Add a drawer", "[[push]]")

        tick(here)
        assert at_work(here) == []
        assert said(here, second) == []
        tick(here)
        tick(here)

        assert labels(issue) == set()
        assert records(here, issue) == []
        assert len(said(here, issue)) == 1
        assert len(said(here, second)) == 1
        assert all(issue.ref not in ring["title"] for ring in bell.rings)


@both
def test_record__deleted_while_t3_is_away__lock_stays(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[slow=40000]] [[push]]")
        delete(here, issue)
        t3_down(here)
        before = Mark(here)

        tick(here, code=1)
        tick(here, after=HOUR, code=1)

        assert before.writes == []
        assert labels(issue) == {READY, IN_PROGRESS}
        here.faults.clear()
        tick(here)
        assert record(here, issue)["thread"]["rebuilt"] is True
        assert len(said(here, issue)) == 1


@pytest.mark.protocol_1
@both
def test_record__and_thread_are_gone__run_never_sends_its_first_turn_twice(kind: Forge) -> None:
    """All that is left is the label's approval: the same run begins again under the same ids."""
    with world(kind) as here:
        issue = start(here, "[[slow=4000]] [[push]]")
        thread = threads(here, issue)[0]
        lose_thread(here, thread)
        delete(here, issue)

        for _ in range(3):
            tick(here)

        assert len(records(here, issue)) == 1
        assert len(said(here, issue)) <= 1
        assert len(at_work(here)) <= 1


@both
def test_record__deleted_when_the_session_is_over__same_ids_nothing_sent_twice(kind: Forge) -> None:
    """T3 knows the run's commands: what begins again is the run that was there before."""
    with world(kind) as here:
        issue = start(here, "[[limit=900]] [[push]]")
        tick(here)
        delete(here, issue)

        for _ in range(4):
            tick(here)
        assert len(said(here, issue)) == 1
        until(here, issue, after=600)

        assert_ended(here, issue, "done", "landed", turns=2)
        assert len(threads(here, issue)) == 1


@both
def test_record__posted_twice__the_first_one_counts_the_other_goes(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[push]]")
        first = record_comments(here, issue)[0]
        here.forge.comment(issue, here.bot, first.body)
        here.forge.comment(issue, here.stranger, first.body)

        until(here, issue)

        assert_ended(here, issue, "done", "landed")
        assert record_comments(here, issue) == [first]
        assert issue.comments == [first], "a copy under another account is a forgery"


@pytest.mark.protocol_1
@both
def test_record__an_old_one_put_back__regressed_and_parked(kind: Forge) -> None:
    """The thread knows a turn that the record does not: no further turn, and nothing closes."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[push=red,green]]")
        which = record_comments(here, issue)[0]
        old = which.body
        tick(here)
        assert len(said(here, issue)) == 2
        here.forge.edit_comment(which, here.owner, old)
        before = Mark(here)

        tick(here)

        assert_ended(here, issue, "needs-human", "record-regressed", turns=2)
        assert before.commands == ["thread.session.stop"]
        assert "older than what T3 shows" in comment(here, issue)
        assert len(bell.rings) == 1


@both
def test_record__an_old_one_of_the_same_turn_put_back__goes_on(kind: Forge) -> None:
    """What it had noted since is seen again; nothing is sent twice."""
    with world(kind) as here:
        issue = start(here, "[[push=slow]]")
        which = record_comments(here, issue)[0]
        old = which.body
        tick(here)
        assert record(here, issue)["commits"]["pushed"]
        here.forge.edit_comment(which, here.owner, old)

        until(here, issue)

        assert_ended(here, issue, "done", "landed")


@both
@pytest.mark.parametrize("stage", ["running", "ending"])
def test_record__an_old_one_put_back_after_the_end__closes_nothing(kind: Forge, stage: str) -> None:
    """Reopened, locked by hand, and the record is an older one again: still nothing is closed."""
    with world(kind) as here:
        issue = start(here, "[[push]]")
        which = record_comments(here, issue)[0]
        old = which.body
        until(here, issue)
        if stage == "ending":
            [old] = [one.text for one in which.history if '"stage":"ending"' in one.text]
        here.forge.edit_comment(which, here.owner, old)
        here.forge.reopen(issue, here.owner)
        here.forge.add_label(issue, IN_PROGRESS, here.owner)
        before = Mark(here)

        for _ in range(3):
            tick(here)

        assert record(here, issue)["stage"] == "ended"
        assert issue.closed_at is None
        assert "thread.turn.start" not in before.commands
        assert len(said(here, issue)) == 1


@both
def test_key__replaced__previous_one_is_believed_and_signs_no_more(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[push]]")
        before = record(here, issue)["key_id"]
        here.environ["AFK_STATE_KEY_PREVIOUS"] = here.environ["AFK_STATE_KEY"]
        here.environ["AFK_STATE_KEY"] = "another-state-key-0123456789"

        tick(here, after=1)
        assert record(here, issue)["key_id"] != before
        del here.environ["AFK_STATE_KEY_PREVIOUS"]
        until(here, issue)

        assert_ended(here, issue, "done", "landed")


@both
def test_key__lost__its_records_are_not_believed(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[slow=4000]] [[push]]")
        here.environ["AFK_STATE_KEY"] = "another-state-key-0123456789"

        tick(here)

        [_, found] = records(here, issue)
        assert (found["stage"], found["reason"]) == ("ended", "record-edited")
        assert labels(issue) == {HUMAN}
        assert at_work(here) == []


@both
def test_record__of_a_retried_run__deleted__its_agent_is_stopped_before_another_starts(
    kind: Forge,
) -> None:
    """The approval was a comment, and nothing but the record said so: the label is afk's own."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", "[[hang]]", ready=False)
        here.clock.sleep(60)
        here.forge.comment(issue, here.owner, "/afk retry")
        here.environ |= {
            "AFK_COMMENTED": str(issue.number),
            "GITHUB_REPOSITORY": issue.repo.full_name,
        }
        tick(here)
        (working,) = at_work(here)
        delete(here, issue)

        tick(here, after=300)
        tick(here)
        assert at_work(here) == []
        assert IN_PROGRESS not in labels(issue)

        here.forge.remove_label(issue, READY, here.owner)
        here.clock.sleep(5)
        here.forge.add_label(issue, READY, here.owner)
        for after in (60, 60, 600):
            tick(here, after=after)
            assert len(at_work(here)) <= 1
        assert working not in at_work(here)
