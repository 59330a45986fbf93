"""What ``afk explain`` says is what the next tick does, in whatever state things are."""

from typing import Any, Final

import pytest
from support.loops import t3_down
from support.poll_rig import BODY, changed, forget, polled, said, threads, writes

from afk.record.codec import _mac
from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, World, world

Given = Any


def fresh(here: World) -> Issue:
    return here.issue(here.repository("shop"), "Add a till", BODY)


def behind_a_run(here: World) -> Issue:
    first = fresh(here)
    polled(here)
    return here.issue(first.repo, "Add a sink", BODY)


def second_in_line(here: World) -> Issue:
    """Both may start, and one goes first."""
    first = fresh(here)
    return here.issue(first.repo, "Add a sink", BODY)


def third_of_two(here: World) -> Issue:
    here.settings["max_dispatch_per_tick"] = 2
    return [here.issue(here.repository(f"r{n}"), "Do", BODY) for n in range(3)][-1]


def own_run(here: World) -> Issue:
    issue = fresh(here)
    polled(here)
    return issue


def landed(here: World) -> Issue:
    issue = here.issue(here.repository("shop"), "Add a till", "[[push]]")
    for _ in range(8):
        polled(here, after=120)
        here.t3.advance()
    assert not issue.open
    return issue


def landed_and_reopened(here: World) -> Issue:
    issue = landed(here)
    here.forge.reopen(issue, here.owner)
    return issue


def landed_and_asked_again(here: World) -> Issue:
    issue = landed_and_reopened(here)
    here.clock.sleep(60)
    here.forge.add_label(issue, READY, here.owner)
    return issue


def blocked(here: World) -> Issue:
    return here.issue(here.repository("shop"), "Add a till", f"Blocked by #99. {BODY}")


def edited(here: World) -> Issue:
    issue = fresh(here)
    here.clock.sleep(60)
    here.forge.edit_body(issue, here.owner, "Else")
    return issue


def edited_record(here: World) -> Issue:
    here.settings["max_in_flight"] = 0
    issue = fresh(here)
    polled(here)
    comment = issue.comments[0]
    here.forge.edit_comment(comment, here.owner, comment.body[:60])
    del here.settings["max_in_flight"]
    return issue


def handed_back(here: World) -> Issue:
    issue = fresh(here)
    here.clock.sleep(60)
    here.forge.add_label(issue, HUMAN, here.owner)
    return issue


def by_a_stranger(here: World) -> Issue:
    repo = here.repository("shop")
    return here.forge.web_form_issue(repo, here.stranger, [READY], body=BODY)


def without_a_label(here: World) -> Issue:
    return here.forge.open_issue(here.repository("shop"), "Add a till", here.owner)


def somebody_s_lock(here: World) -> Issue:
    issue = fresh(here)
    other = here.forge.open_issue(issue.repo, "Repaint", here.owner)
    here.forge.add_label(other, IN_PROGRESS, here.owner)
    return issue


def limited_elsewhere(here: World) -> Issue:
    here.issue(here.repository("r0"), "Do", "[[limit=5000]] [[push]]")
    polled(here)
    polled(here)
    return fresh(here)


def no_such_branch(here: World) -> Issue:
    return here.issue(here.repository("shop", branch="mian"), "Add a till", BODY)


def archived(here: World) -> Issue:
    issue = fresh(here)
    here.forge.archive(issue.repo)
    return issue


def t3_away(here: World) -> Issue:
    issue = fresh(here)
    t3_down(here)
    return issue


WORLDS: Final[tuple[Given, ...]] = (
    *(fresh, behind_a_run, second_in_line, third_of_two, own_run, landed, landed_and_reopened),
    *(landed_and_asked_again, blocked, edited, edited_record, handed_back, by_a_stranger),
    *(without_a_label, somebody_s_lock, limited_elsewhere, no_such_branch, archived, t3_away),
)


def started_by(here: World, issue: Issue) -> bool:
    """Tick, and say whether that sent the issue to an agent."""
    before = len(threads(here, issue))
    here.run("tick")
    return len(threads(here, issue)) > before


@pytest.mark.parametrize("given", WORLDS)
@pytest.mark.parametrize("kind", list(Forge))
def test_explain__in_many_worlds__says_what_the_next_tick_does(kind: Forge, given: Given) -> None:
    with world(kind) as here:
        issue = given(here)
        here.clock.sleep(60)
        forget(here)
        told = here.run("explain", issue.ref, "--json").document
        assert writes(here) == []
        decided = here.run("tick", "--dry-run", "--json").document["decisions"]
        of_it = [one for one in decided if one["issue"] == issue.ref]

        shut = [one for one in told["gates"] if not one["passed"] and one.get("asked", True)]
        for one in of_it:
            assert told["starts"] is one["start"]
            assert [(no["gate"], no["evidence"]) for no in shut[:1]] == (
                [] if one["start"] else [(one["gate"], one["evidence"])]
            )
            assert one["evidence"] in told["verdict"]
        here.faults.clear() if given is not t3_away else None
        assert started_by(here, issue) is told["starts"]
        assert told["verdict"]


@pytest.mark.parametrize("kind", list(Forge))
def test_explain__of_its_own_run__asks_no_gate_before_a_start(kind: Forge) -> None:
    with world(kind) as here:
        told = here.run("explain", own_run(here).ref, "--json").document
        assert told["gates"] == []
        assert told["verdict"].startswith("Its run is in flight since ")
        assert len(told["runs"]) == 1


@pytest.mark.parametrize("kind", list(Forge))
def test_explain__of_an_issue_that_landed__says_so(kind: Forge) -> None:
    with world(kind) as here:
        told = here.run("explain", landed(here).ref, "--json").document
        assert told["verdict"].startswith("It has landed: its last run ended at ")
        assert "nobody has asked since" in told["verdict"]
        assert told["verdict"].endswith("It is closed: reopen it first.")
        assert told["gates"] == []


@pytest.mark.parametrize("kind", list(Forge))
def test_explain__of_what_cannot_be_told__says_that_and_no_more(kind: Forge) -> None:
    """A newer version of afk wrote here: hands off, which the error explains."""
    with world(kind) as here:
        issue = fresh(here)
        json = '{"schema":9,"more":1}'
        mac = _mac(here.environ["AFK_STATE_KEY"].encode(), json)
        here.forge.comment(issue, here.bot, f"<!-- afk:run:v9 {json} mac={mac} -->")
        ticked = here.run("explain", issue.ref, "--json")
        assert ticked.exit_code == 2
        assert "could not be told" in ticked.document["verdict"]
        assert not ticked.document["starts"]
        assert not started_by(here, issue)


@pytest.mark.parametrize("kind", list(Forge))
def test_explain__while_a_dry_run_holds__does_not_say_that_all_is_well(kind: Forge) -> None:
    with world(kind) as here:
        issue = fresh(here)
        here.clock.sleep(60)
        changed(here, AFK_DRY_RUN="true")
        ticked = here.run("explain", issue.ref, "--json")
        assert not ticked.document["starts"]
        assert "AFK_DRY_RUN is true, so a tick only says" in ticked.document["verdict"]
        assert "NO   dry-run: AFK_DRY_RUN is true" in said(ticked)
        assert not started_by(here, issue)
        changed(here, AFK_DRY_RUN="")
        assert here.run("explain", issue.ref, "--json").document["starts"]
        assert started_by(here, issue)
