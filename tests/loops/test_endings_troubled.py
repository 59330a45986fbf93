"""Endings that meet trouble: a stop nobody sees, a blocker, doorbells that fail, a lost claim."""

import pytest
from support.chaos import Killed, KillingTransport
from support.loops import (
    BROKEN,
    HOUR,
    assert_ended,
    at_work,
    both,
    comment,
    labels,
    only,
    record,
    records,
    said,
    start,
    t3_down,
    tick,
    until,
)
from support.overheard import Mark, doorbell

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, world


@pytest.mark.protocol_1
@both
@pytest.mark.parametrize("away", [True, False], ids=["t3-away", "t3-takes-no-command"])
def test_end__stop_not_seen__all_but_the_lock_after_stop_seconds(kind: Forge, away: bool) -> None:
    """The verdict stands and is rung, with a warning; label and repository stay taken.

    The run ends by itself once T3 shows the session stopped.
    """
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[idle]]")
        here.faults["t3"] = only("POST", "/dispatch", BROKEN)
        tick(here, code=1)
        assert record(here, issue)["stage"] == "ending"
        if away:
            t3_down(here)
        second = here.issue(issue.repo, "Add a drawer", "[[push]]")
        tick(here, after=600, code=1)
        assert labels(issue) == {READY, IN_PROGRESS}
        assert bell.rings == []

        tick(here, after=300, code=1)
        tick(here, after=HOUR, code=1)

        assert record(here, issue)["stage"] == "ending"
        assert labels(issue) == {HUMAN, IN_PROGRESS}
        assert [ring["text"].count("may still be running") for ring in bell.rings] == [1]
        assert "The agent may still be running" in comment(here, issue)
        assert said(here, second) == []
        here.faults.clear()
        assert here.tick().exit_code == 0
        assert record(here, issue)["stage"] == "ended"
        assert labels(issue) == {HUMAN}
        assert len(bell.rings) == 1
        assert "may still be running" not in comment(here, issue)
        until(here, second)
        assert_ended(here, second, "done", "landed")
        assert_ended(here, issue, "needs-human", "nothing-pushed")


@pytest.mark.protocol_1
@both
def test_end__label_put_on_again_meanwhile__left_alone(kind: Forge) -> None:
    """Labels are the newest approval's: an ending that drags on takes none of them off."""
    with world(kind) as here:
        issue = start(here, "[[idle]]")
        here.faults["t3"] = only("POST", "/dispatch", BROKEN)
        tick(here, code=1)
        here.forge.remove_label(issue, READY, here.owner)
        here.clock.sleep(60)
        here.forge.add_label(issue, READY, here.owner)

        tick(here, after=HOUR, code=1)

        assert record(here, issue)["stage"] == "ending"
        assert labels(issue) == {READY, IN_PROGRESS}
        here.faults.clear()
        tick(here)
        assert [one["stage"] for one in records(here, issue)] == ["ended"]
        tick(here)
        assert [one["stage"] for one in records(here, issue)] == ["ended", "running"]
        assert len(said(here, issue)) == 2


@pytest.mark.protocol_1
@both
def test_end__settled_then_handed_back_by_hand__not_undone(kind: Forge) -> None:
    """What a person changes after the labels were settled is theirs."""
    with world(kind) as here:
        issue = start(here, "[[idle]]")
        here.faults["t3"] = only("POST", "/dispatch", BROKEN)
        tick(here, code=1)
        tick(here, after=HOUR, code=1)
        assert labels(issue) == {HUMAN, IN_PROGRESS}
        here.forge.remove_label(issue, HUMAN, here.owner)
        here.faults.clear()

        tick(here)

        assert_ended(here, issue, "needs-human", "nothing-pushed", marked=set())


@pytest.mark.parametrize("kind", [Forge.FORGEJO])
def test_end__close_refused_by_a_blocker__done_and_says_so(kind: Forge) -> None:
    """Forgejo's 412: it landed, labels come off, the person closes it when the blocker is gone."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[push]]")
        blocker = here.forge.open_issue(issue.repo, "Choose a printer", here.owner)
        here.forge.add_dependency(issue, blocker, here.owner)

        until(here, issue)

        assert_ended(here, issue, "done", "landed", closed=False)
        [ring] = bell.rings
        assert "cannot be closed while" in ring["text"]
        assert "cannot be closed while" in comment(here, issue)
        after = Mark(here)
        tick(here)
        assert after.writes == []


@both
def test_end__a_login_page_answers_for_the_label__not_believed(kind: Forge) -> None:
    """A proxy's 200 is no answer: the label is still on, and the next tick takes it off."""
    with world(kind) as here:
        issue = start(here, "[[push]]")
        page = Fault("before", 200, b"<html>Sign in</html>", "text/html")
        here.faults["forge"] = only("DELETE", "/labels/", page)
        tick(here, code=1)
        assert record(here, issue)["stage"] == "ending"
        here.faults.clear()

        tick(here)

        assert_ended(here, issue, "done", "landed")


@both
def test_doorbell__fails_once__rung_by_the_next_tick(kind: Forge) -> None:
    with world(kind) as here, doorbell(here, failing=1) as bell:
        issue = start(here, "[[push]]")
        tick(here)
        assert (bell.refused, bell.rings) == (1, [])
        assert record(here, issue)["stage"] == "ending"
        assert labels(issue) == {IN_PROGRESS}
        assert "doorbell could not be rung" in comment(here, issue)

        tick(here)

        assert_ended(here, issue, "done", "landed")
        assert len(bell.rings) == 1
        assert "doorbell" not in comment(here, issue)


@both
def test_doorbell__fails_three_times__run_ends_and_says_so(kind: Forge) -> None:
    with world(kind) as here, doorbell(here, failing=99) as bell:
        issue = start(here, "[[idle]]")
        tick(here)
        tick(here)
        assert record(here, issue)["stage"] == "ending"

        said_so = tick(here)

        assert_ended(here, issue, "needs-human", "nothing-pushed")
        assert "the doorbell failed" in said_so
        assert "secret-webhook-address" not in said_so
        assert "doorbell could not be rung" in comment(here, issue)
        tick(here)
        assert (bell.refused, bell.rings) == (3, [])


@both
def test_doorbells__one_of_two_fails__each_rung_once(kind: Forge) -> None:
    with world(kind) as here, doorbell(here, "slack", failing=2) as slack, doorbell(here) as hook:
        issue = start(here, "[[push]]")
        until(here, issue, ticks=4)

        assert_ended(here, issue, "done", "landed")
        assert (len(hook.rings), len(slack.rings), slack.refused) == (1, 1, 2)
        assert record(here, issue)["ending"]["notified"] == ["done:webhook", "done:slack"]


@both
def test_doorbell__tells_of_the_issue_only_its_cleaned_title(kind: Forge) -> None:
    title = "Add\u202e a <!-- @everyone --> till\x1b[31m"
    with world(kind) as here, doorbell(here) as bell, doorbell(here, "slack") as slack:
        issue = start(here, "The body: call +1 555 0100 now. [[idle]]", title=title)
        until(here, issue)

        [ring] = bell.rings
        assert set(ring) == {"id", "title", "text", "link", "loudness"}
        assert ring["id"] == f"{record(here, issue)['run_id']}:needs-human"
        assert ring["title"] == "Handed back to you: owner/shop#1"
        assert ring["loudness"] == "loud"
        assert ring["link"].endswith(f"/owner/shop/issues/1#issuecomment-{issue.comments[0].id}")
        told = str([*bell.rings, *slack.rings])
        assert "555 0100" not in told
        assert "\u202e" not in told
        assert "\\x1b" not in told
        assert "@everyone" not in str(slack.rings)


@both
@pytest.mark.parametrize("nth", range(1, 5))
def test_park__before_the_start_killed_after_any_write__completed(kind: Forge, nth: int) -> None:
    """A run that ends before it ever had the lock is found again all the same."""
    with world(kind) as here, doorbell(here) as bell:
        repo = here.repository("shop")
        blocker = here.forge.open_issue(repo, "Choose a printer", here.owner)
        issue = here.issue(repo, "Add a till", f"Blocked by #{blocker.number}. [[push]]")
        tick(here)
        assert "dialogue" not in record(here, issue)
        here.forge.edit_body(issue, here.owner, f"Blocked by #{blocker.number}. Else. [[push]]")
        here.clock.sleep(60)
        transport = KillingTransport(nth, after=True)
        with pytest.raises(Killed):
            here.run("tick", transport=transport)

        tick(here)
        tick(here)

        assert_ended(here, issue, "needs-human", "edited", turns=0)
        assert len({ring["id"] for ring in bell.rings}) == 1
        assert at_work(here) == []
