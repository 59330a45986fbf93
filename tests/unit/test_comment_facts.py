"""What the run's comment says of a run: since and until when, how often, what is left where."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from support.comments import ASKED, QUESTION, lines, over, pushed, red, title
from support.factories import NOW, REPO, STARTED, changed, config, record, turn

from afk.config import RepositoryConfig, StageConfig
from afk.phase_checklist import Surroundings, render
from afk.record.state import Outcome, Purpose, RunRecord, Stage
from afk.text.messages import why
from afk.text.questions import by_digest, questions_in
from afk.types import Phase, Reason, Verdict

DEPLOYS = {REPO: RepositoryConfig(workspace="/srv/app", deploy=StageConfig(workflow="deploy"))}
ROLLS_OUT = {
    REPO: RepositoryConfig(workspace="/srv/app", rollout=StageConfig(probe="https://x.test"))
}


def test_render__t3_out_of_sight__says_since_when_while_the_run_is_at_work() -> None:
    """It is in the record, so it is written once, and taken back once T3 is seen again."""
    words = "T3 has not shown this run since 2026-11-23 11:30 UTC. It cannot be reached"
    assert words in lines(record(unseen_at=STARTED))[1]
    assert words not in "".join(lines(record()))
    gone = over(record(unseen_at=STARTED), Verdict.NEEDS_HUMAN, Reason.UNSEEN)
    assert words not in "".join(lines(gone))


@pytest.mark.parametrize("repositories", [DEPLOYS, ROLLS_OUT])
def test_render__repository_that_deploys__has_that_step(repositories: dict[str, Any]) -> None:
    assert "○\u00a0deployed" in "".join(lines(record(), repositories=repositories))
    reached = {Phase.DEPLOYED: NOW}
    assert "✓\u00a0deployed" in "".join(lines(record(phases=reached), repositories=repositories))


@pytest.mark.parametrize("changes", [{}, {"repositories": {}}])
def test_render__nothing_deploys__has_no_such_step(changes: dict[str, Any]) -> None:
    """Not even where the repository's settings are gone."""
    assert "deployed" not in "".join(lines(record(), **changes))


def test_render__done__is_ticked_only_by_the_verdict() -> None:
    said = {Phase.DONE: NOW}
    assert "○\u00a0done" in "".join(lines(record(phases=said)))
    done = over(pushed(phases=said), Verdict.DONE, Reason.LANDED)
    assert "- Done: 2026-11-23 12:06 UTC (36 min)" in lines(done)
    assert "- Done" not in "".join(lines(over(pushed(), Verdict.FROZEN, Reason.CI_SILENT)))
    begun = changed(done, stage=Stage.ENDING, ended_at=None)
    assert "- Done: 2026-11-23 12:05 UTC (35 min)" in lines(begun)


def test_render__commits__the_last_five_linked_where_an_address_is_known() -> None:
    run = record(pushed=tuple(f"{number}" * 40 for number in range(7)))
    (line,) = [line for line in lines(run) if line.startswith("- Commits")]
    shas = ", ".join(f"`{str(number) * 10}`" for number in range(2, 7))
    assert line == f"- Commits: {shas} and 2 before"


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, None),
        ({"first_red_at": NOW}, "- Fixes tried: 0 of 5"),
        ({"turns": (turn(), turn(2, Purpose.FIX_FORWARD))}, "- Fixes tried: 1 of 5"),
    ],
)
def test_render__fixes__are_counted_once_ci_was_red(
    changes: dict[str, Any], line: str | None
) -> None:
    found = [one for one in lines(record(**changes)) if one.startswith("- Fixes")]
    assert found == ([line] if line else [])


def test_render__limited__says_until_when_and_for_how_long() -> None:
    run = record(limited_at=STARTED, next_try=NOW)
    assert "met at 2026-11-23 11:30 UTC. At 2026-11-23 12:00 UTC (30 min later)" in lines(run)[1]
    assert "- Paused by usage limits: 2 h" in lines(record(paused_seconds=7200))


@pytest.mark.parametrize(
    ("run", "says"),
    [
        (record(), "nothing is pushed by 2026-11-23 15:30 UTC (4 h of work)"),
        (record(started_at=None), ""),
        (record(limited_at=STARTED, next_try=NOW), ""),
        (
            record(unseen_at=STARTED),
            "T3 does not show it by 2026-11-23 15:30 UTC (4 h out of sight)",
        ),
        (record(unseen_at=STARTED, next_try=NOW), "T3 does not show it by 2026-11-23 16:00 UTC"),
        (pushed(unseen_at=STARTED), ""),
        (pushed(), "CI gives no answer by 2026-11-23 13:40 UTC (2 h after the push)"),
        (pushed(pushed_at=None), ""),
        (red(), "after try 5; no try begins after 2026-11-23 13:00"),
        (red(first_red_at=None), ""),
        (record(stage=Stage.CLAIMED), ""),
    ],
)
def test_render__gives_up__at_a_time_that_stands_still(run: RunRecord, says: str) -> None:
    found = [one for one in lines(run) if one.startswith("**Gives up:**")]
    assert (says in found[0]) if says else found == []


def test_render__approved_and_waiting__says_what_for_and_how_long_the_approval_holds() -> None:
    run = record(stage=Stage.APPROVED, turns=())
    said = lines(run, Surroundings(waiting_for="its turn", until=NOW, approver="mara"))
    assert said[1] == "Approved by `mara` at 2026-11-23 11:00 UTC. It starts by itself."
    assert said[2:4] == [
        "**Waiting:** its turn",
        (
            "**Approved until:** 2026-11-30 11:00 UTC (7 d after the label was put on). After "
            "that put the label on again."
        ),
    ]
    assert "Approved at 2026-11-23 11:00 UTC." in lines(run)[1]


def test_render__claim_given_back__still_folds_what_was_tried() -> None:
    assert "<details>" in lines(record(stage=Stage.APPROVED))


@pytest.mark.parametrize("words", ["the agent is at work", "CI has not spoken", ""])
def test_render__waits_for_what_goes_without_saying__says_what_comes_next(words: str) -> None:
    said = lines(record(), Surroundings(waiting_for=words, until=NOW + timedelta(hours=2)))
    assert "**Next:** it pushes to `main`, and CI tests it." in said
    assert not [one for one in said if one.startswith(("**Waiting:**", "**At the latest:**"))]


def test_render__waits_for_something_else__says_what_and_until_when() -> None:
    around = Surroundings(waiting_for="a review to end", until=NOW + timedelta(minutes=5))
    said = lines(pushed(), around)
    assert "**Waiting:** a review to end" in said
    assert "**At the latest:** 2026-11-23 12:05 UTC" in said
    assert not [one for one in said if one.startswith("**Next:**")]
    again = replace(around, until=NOW + timedelta(minutes=100))
    assert not [one for one in lines(pushed(), again) if "At the latest" in one], "said below"


def test_render__branch_without_a_name__is_the_branch() -> None:
    assert "**Next:** it pushes to the branch, and CI tests it." in lines(record(branch=""))


def test_render__ended__waits_for_nothing_any_more() -> None:
    around = Surroundings(waiting_for="CI", until=NOW)
    text = "\n".join(lines(over(pushed(), Verdict.DONE, Reason.LANDED), around))
    assert not re.search(r"\*\*(Waiting|Next|Gives up|To stop it)", text)


def test_render__parked__says_why_which_setting_and_the_way_back() -> None:
    run = over(
        record(), Verdict.NEEDS_HUMAN, Reason.PREPUSH_DEADLINE, detail="prepush_seconds=14400"
    )
    assert lines(run)[1:5] == [
        f"**{why(Reason.PREPUSH_DEADLINE, config())}** (`prepush_seconds=14400`, 4 h)",
        "Ended 2026-11-23 12:05 UTC, 35 min after it began.",
        "Nothing of this run is on `main`.",
        (
            "**What you can do:** Read the agent's conversation in T3, then put `ready-for-agent` "
            "on again, or finish it by hand."
        ),
    ]


def test_render__ended_badly_in_every_way__says_each() -> None:
    around = Surroundings(agent_may_run=True, doorbell_failed=True)
    run = over(changed(record(), close_blocked=True), Verdict.DONE, Reason.LANDED)
    assert title(run) == "Landed, but not closed"
    assert lines(run, around)[3:6] == [
        "The issue cannot be closed while a blocker is open; close it by hand after that.",
        "The agent may still be running: T3 does not show that it stopped.",
        "Not everybody was told: a doorbell could not be rung, or a comment not be posted.",
    ]


def test_render__landed_but_blocked__names_the_blockers() -> None:
    run = over(changed(record(), close_blocked=True), Verdict.DONE, Reason.LANDED)
    run = changed(run, blocked_by=("#4", "#5"))
    around = Surroundings(blockers="[`#4`](https://f.test/4), [`#5`](https://f.test/5)")
    text = "\n".join(lines(run, around))
    assert "cannot be closed while [`#4`](https://f.test/4), [`#5`](https://f.test/5) are" in text


@pytest.mark.parametrize(
    ("outcome", "verdict", "limited", "words"),
    [
        (Outcome.ERROR, Verdict.NEEDS_HUMAN, False, "(no usage limit, as far as afk can tell):"),
        (Outcome.ERROR, Verdict.FROZEN, False, "(no usage limit, as far as afk can tell):"),
        (Outcome.LIMITED, Verdict.NEEDS_HUMAN, False, "What T3 says of the usage limit:"),
        (Outcome.LIMITED, None, True, "What T3 says of the usage limit:"),
        (Outcome.LIMITED, None, False, ""),
        (Outcome.ERROR, Verdict.STOPPED, False, ""),
        (Outcome.COMPLETED, Verdict.NEEDS_HUMAN, False, ""),
        (None, Verdict.NEEDS_HUMAN, False, ""),
    ],
)
def test_render__the_turn_ended_by_an_error__shows_it_where_a_person_has_to_know(
    outcome: Outcome | None, verdict: Verdict | None, words: str, *, limited: bool
) -> None:
    stage = Stage.ENDED if verdict else Stage.RUNNING
    reason = Reason.AGENT_FAILED if verdict else None
    run = record(stage=stage, verdict=verdict, reason=reason, turns=(turn(outcome=outcome),))
    if limited:
        run = changed(run, limited_at=NOW, next_try=NOW)
    said = lines(run, Surroundings(error="Plan expired.\n```\n@octocat"))
    block = ["````text", "Plan expired.", "```", "@octocat", "````"]
    if words:
        at = next(place for place, line in enumerate(said) if line.endswith(words))
        assert said[at + 1 : at + 6] == block
    else:
        assert "Plan expired." not in said
    assert "What T3 says" not in "".join(lines(run))


@pytest.mark.parametrize("over_for", [None, Reason.ASKED_AGAIN, Reason.NOTHING_PUSHED])
def test_render__what_the_agent_asked__is_whole_and_folded_where_it_no_longer_matters(
    over_for: Reason | None,
) -> None:
    run = record(asked=(ASKED,), answered=("q1",))
    run = over(run, Verdict.NEEDS_HUMAN, over_for) if over_for else run
    text = render(run, config(), Surroundings(questions=by_digest([QUESTION])))
    assert questions_in(text) == by_digest([QUESTION])
    folded = text.index(QUESTION) > text.index("<details>")
    assert folded == (over_for is Reason.NOTHING_PUSHED)


def test_render__something_left_out_of_the_text__is_said_once_an_agent_gets_it() -> None:
    around = Surroundings(taken_out="in the body 1 hidden comment")
    line = "- Not handed to the agent: in the body 1 hidden comment"
    assert line in lines(record(), around)
    assert "Not handed" not in "".join(lines(record(stage=Stage.APPROVED, turns=()), around))
    assert "Not handed" not in "".join(lines(record()))


@pytest.mark.parametrize(
    ("used", "cost", "line"),
    [
        ((0, 0), "", ""),
        ((12_345, 678), "", "- Used: 12,345 tokens in, 678 out"),
        ((12_345, 678), "0.42 USD", "- Used: 12,345 tokens in, 678 out; `0.42 USD`"),
        ((0, 0), "0.42 USD", "- Used: `0.42 USD`"),
    ],
)
def test_render__what_t3_shows_of_tokens_and_price__is_said(
    used: tuple[int, int], cost: str, line: str
) -> None:
    one = replace(turn(), tokens_in=used[0], tokens_out=used[1])
    run = changed(record(turns=(one,)), cost=cost)
    assert [each for each in lines(run) if each.startswith("- Used:")] == ([line] if line else [])


def test_render__never_ran__says_nothing_of_a_branch() -> None:
    """An approval that was handed back before it began has left nothing anywhere."""
    run = over(record(turns=(), thread_id=""), Verdict.NEEDS_HUMAN, Reason.EDITED)
    assert "Nothing of this run" not in "".join(lines(run))
    assert "- Agent" not in "".join(lines(run))
