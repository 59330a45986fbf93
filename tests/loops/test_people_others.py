"""What people and commits do beside a run: close by commit, labels, messages, a second approval."""

import pytest
from support.loops import (
    BROKEN,
    HOUR,
    Mark,
    assert_ended,
    at_work,
    both,
    comment,
    doorbell,
    labels,
    lose_thread,
    only,
    record,
    records,
    reopened,
    said,
    start,
    t3_down,
    threads,
    tick,
    until,
    write_in_thread,
)

from afk.sandbox.forge_records import AccountKind
from afk.sandbox.world import IN_PROGRESS, READY, world
from afk.types import Forge

WORKING = "[[slow=4000]] [[push]]"


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


@both
@pytest.mark.parametrize(
    ("body", "verdict", "reason"),
    [
        ("[[push]]", "done", "landed"),
        ("[[push=red*]]", "frozen", "foreign-message"),
    ],
    ids=["green", "red"],
)
def test_somebody_elses_message__no_more_turns__ci_decides(
    kind: Forge, body: str, verdict: str, reason: str
) -> None:
    with world(kind) as here:
        issue = start(here, f"{body} [[slow=60]]")
        write_in_thread(here, threads(here, issue)[0], "Use the other printer, please.")
        before = Mark(here)

        until(here, issue)

        assert_ended(here, issue, verdict, reason, turns=2)
        assert "thread.turn.start" not in before.commands


@both
def test_somebody_elses_message__nothing_pushed__handed_over(kind: Forge) -> None:
    """Not even a usage limit's end makes afk speak up in a thread that somebody took over."""
    with world(kind) as here:
        issue = start(here, "[[limit=600]] [[idle]]")
        write_in_thread(here, threads(here, issue)[0], "I am looking into it.")
        before = Mark(here)

        for _ in range(4):
            tick(here, after=HOUR)

        assert record(here, issue)["verdict"] == "needs-human"
        assert "thread.turn.start" not in before.commands


@both
@pytest.mark.parametrize("how", ["deleted", "transferred"])
def test_issue__is_gone__session_stopped_and_rung_once(kind: Forge, how: str) -> None:
    """Nothing is left to write on: the thread's title alone says whose agent that was."""
    if kind is Forge.FORGEJO and how == "transferred":
        pytest.skip("Forgejo has no transfer of issues")
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, WORKING)
        key = issue.ref
        thread = threads(here, issue)[0]
        if how == "deleted":
            here.forge.delete_issue(issue)
        else:
            here.forge.transfer_issue(issue, here.forge.add_repository(here.owner, "attic"))
        before = Mark(here)

        for _ in range(3):
            tick(here)

        assert thread.session is not None
        assert thread.session.status == "stopped"
        assert [ring["title"] for ring in bell.rings] == [f"Stopped: {key} is gone"]
        assert before.writes == []
        assert before.commands == ["thread.session.stop"]


@both
def test_issue__is_gone_and_the_stop_fails__rung_only_when_seen(kind: Forge) -> None:
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, WORKING)
        here.forge.delete_issue(issue)
        here.faults["t3"] = only("POST", "/dispatch", BROKEN)
        tick(here, code=1)
        assert bell.rings == []
        here.faults.clear()

        tick(here)
        tick(here)

        assert len(bell.rings) == 1
        assert at_work(here) == []


@both
def test_kill_switch__thrown_during_a_run__nothing_sent_then_facts_first(kind: Forge) -> None:
    """Agents go on meanwhile; once armed, what landed is closed although deadlines have passed."""
    with world(kind) as here:
        issue = start(here, "[[slow=600]] [[push]]")
        here.environ["AFK_KILL_SWITCH"] = "true"
        before = Mark(here)
        for _ in range(3):
            tick(here, after=3 * HOUR)
        assert (before.forge, before.t3) == ([], [])
        here.environ["AFK_KILL_SWITCH"] = "false"

        tick(here)
        until(here, issue)

        assert_ended(here, issue, "done", "landed")


@both
def test_allowlist__repository_leaves_it__not_asked_there_any_more(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, WORKING)
        here.repository("other")
        here.settings["allowlist"].remove("owner/shop")
        before = Mark(here)

        for _ in range(3):
            tick(here, after=HOUR)

        assert not any("shop" in one.path + one.query + one.body for one in before.forge)
        assert before.commands == []
        assert labels(issue) == {READY, IN_PROGRESS}


@both
def test_draining__starts_nothing_and_watches_to_the_end(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[push]]")
        second = here.issue(issue.repo, "Add a drawer", "[[push]]")
        here.settings["draining"] = ["owner/shop"]
        here.settings["allowlist"] = []

        until(here, issue)
        tick(here)

        assert_ended(here, issue, "done", "landed")
        assert said(here, second) == []
        assert records(here, second) == []
        assert labels(second) == {READY}


@both
def test_bot__that_is_listed_nowhere__closing_is_an_act_too(kind: Forge) -> None:
    """Only afk's own accounts are told apart; another bot's close counts like a person's."""
    with world(kind) as here:
        issue = start(here, WORKING)
        cleaner = here.forge.add_account("stale-bot", kind=AccountKind.BOT)
        here.forge.close(issue, cleaner)

        tick(here)

        assert_ended(here, issue, "stopped", "closed-by-person", closed=True)


@both
def test_person__message_in_a_thread_that_then_vanishes__no_replacement(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, WORKING)
        lose_thread(here, threads(here, issue)[0])
        here.forge.remove_label(issue, READY, here.owner)
        before = Mark(here)

        tick(here)

        assert record(here, issue)["reason"] == "ready-removed"
        assert before.commands == []
        assert "stopped" in comment(here, issue).lower()
