"""What people do around a run: messages, a deleted issue, the kill switch, the allowlist."""

import pytest
from support.loops import (
    BROKEN,
    HOUR,
    assert_ended,
    at_work,
    both,
    comment,
    labels,
    lose_thread,
    only,
    record,
    records,
    said,
    start,
    threads,
    tick,
    until,
    write_in_thread,
)
from support.overheard import Mark, doorbell

from afk.types import Forge
from afk_sandbox.forge.records import AccountKind
from afk_sandbox.world import IN_PROGRESS, READY, world

WORKING = "[[slow=4000]] [[push]]"


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


@pytest.mark.parametrize(
    ("kind", "how"),
    [(Forge.GITHUB, "deleted"), (Forge.GITHUB, "transferred"), (Forge.FORGEJO, "deleted")],
)
def test_issue__is_gone__session_stopped_and_rung_once(kind: Forge, how: str) -> None:
    """Nothing is left to write on: the thread's title alone says whose agent that was."""
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
