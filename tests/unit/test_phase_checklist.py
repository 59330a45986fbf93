"""The visible part of the run's comment."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from support.factories import NOW, PUSHED, REPO, RUN_ID, STARTED, changed, config, record, turn

from afk.config import RepositoryConfig, StageConfig
from afk.phase_checklist import Surroundings, render
from afk.record.state import Outcome, Purpose, RunRecord, Stage
from afk.text.messages import why
from afk.types import Phase, Reason, Verdict

AROUND = Surroundings()
DEPLOYS = {REPO: RepositoryConfig(workspace="/srv/app", deploy=StageConfig(workflow="deploy"))}
ROLLS_OUT = {
    REPO: RepositoryConfig(workspace="/srv/app", rollout=StageConfig(probe="https://x.test"))
}


def shown(run: RunRecord, around: Surroundings = AROUND, **changes: Any) -> list[str]:
    """Return the lines of the comment that hold something, spaces at their ends left out."""
    text = render(run, config(**changes), around)
    return [line.rstrip() for line in text.splitlines() if line]


def ended(verdict: Verdict, reason: Reason, **changes: Any) -> RunRecord:
    run = record(stage=Stage.ENDED, verdict=verdict, reason=reason, ended_at=NOW)
    return changed(run, **changes)


def test_render__a_run_at_work__is_title_checklist_and_facts() -> None:
    run = record(
        phases={Phase.WORKTREE: STARTED, Phase.PUSHED: NOW}, pushed=(PUSHED,), first_red_at=NOW
    )
    around = Surroundings(
        thread_url="https://t3.test/e/t",
        commit_url="https://github.com/acme/app/commit/",
        waiting_for="CI has not spoken",
        until=NOW + timedelta(hours=2),
    )
    assert render(run, config(), around) == (
        f"**afk: At work** (run `{RUN_ID[:8]}`)\n"
        "\n"
        "- [x] worktree · 2026-11-23 11:30 UTC\n"
        "- [ ] tests red\n"
        "- [ ] tests green\n"
        "- [x] pushed · 2026-11-23 12:00 UTC\n"
        "- [ ] CI green\n"
        "- [ ] done\n"
        "\n"
        "Thread: [open in T3](https://t3.test/e/t)  \n"
        f"Commits: [`{PUSHED[:10]}`](https://github.com/acme/app/commit/{PUSHED})  \n"
        "Corrective turns: 0 of 5  \n"
        "Waiting: CI has not spoken  \n"
        "Next deadline: 2026-11-23 14:00 UTC\n"
    )


def test_render__t3_out_of_sight__says_since_when_while_the_run_is_at_work() -> None:
    """It is in the record, so it is written once, and taken back once T3 is seen again."""
    run = record(unseen_at=STARTED)
    (line,) = [line for line in shown(run) if line.startswith("T3: ")]
    assert line.startswith("T3: has not shown this run since 2026-11-23 11:30 UTC. It cannot be")
    assert not [line for line in shown(changed(run, unseen_at=None)) if line.startswith("T3: ")]
    over = ended(Verdict.NEEDS_HUMAN, Reason.UNSEEN, unseen_at=STARTED)
    assert not [line for line in shown(over) if line.startswith("T3: ")]


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"stage": Stage.APPROVED}, "Approved, not started yet"),
        ({"stage": Stage.CLAIMED}, "Starting"),
        ({"stage": Stage.RUNNING}, "At work"),
        ({"stage": Stage.ENDING}, "Ending"),
        ({"stage": Stage.ENDING, "verdict": Verdict.FROZEN}, "Frozen"),
        ({"stage": Stage.ENDED, "verdict": Verdict.DONE}, "Landed"),
        ({"stage": Stage.RUNNING, "verdict": Verdict.DONE}, "At work"),
    ],
)
def test_render__each_stage__has_its_title(changes: dict[str, Any], title: str) -> None:
    assert shown(record(**changes))[0] == f"**afk: {title}** (run `{RUN_ID[:8]}`)"


def test_render__approved_and_waiting__shows_what_for_and_no_checklist() -> None:
    run = record(stage=Stage.APPROVED, turns=())
    around = Surroundings(waiting_for="its turn", until=NOW)
    assert shown(run, around)[1:] == ["Waiting: its turn"]


@pytest.mark.parametrize("repositories", [DEPLOYS, ROLLS_OUT])
def test_render__repository_that_deploys__has_that_step(repositories: dict[str, Any]) -> None:
    assert "- [ ] deployed" in shown(record(), repositories=repositories)


@pytest.mark.parametrize("changes", [{}, {"repositories": {}}])
def test_render__nothing_deploys__has_no_such_step(changes: dict[str, Any]) -> None:
    """Not even where the repository's settings are gone."""
    assert not [line for line in shown(record(), **changes) if "deployed" in line]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "- [x] done · 2026-11-23 12:00 UTC"),
        (
            {"stage": Stage.ENDING, "ended_at": None, "ending_at": STARTED},
            "- [x] done · 2026-11-23 11:30 UTC",
        ),
        ({"verdict": Verdict.FROZEN, "reason": Reason.CI_SILENT}, "- [ ] done"),
    ],
)
def test_render__done__is_ticked_only_by_the_verdict(changes: dict[str, Any], line: str) -> None:
    assert line in shown(changed(ended(Verdict.DONE, Reason.LANDED), **changes))


def test_render__commits__the_last_five_linked_where_an_address_is_known() -> None:
    run = record(pushed=tuple(f"{number}" * 40 for number in range(7)))
    (line,) = [line for line in shown(run) if line.startswith("Commits")]
    assert line == "Commits: " + ", ".join(f"`{str(number) * 10}`" for number in range(2, 7))


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, None),
        ({"first_red_at": NOW}, "Corrective turns: 0 of 5"),
        ({"turns": (turn(), turn(2, Purpose.FIX_FORWARD))}, "Corrective turns: 1 of 5"),
    ],
)
def test_render__corrective_turns__are_shown_once_ci_was_red(
    changes: dict[str, Any], line: str | None
) -> None:
    found = [one for one in shown(record(**changes)) if one.startswith("Corrective")]
    assert found == ([line] if line else [])


def test_render__limited__says_until_when() -> None:
    run = record(limited_at=STARTED, next_try=NOW)
    line = "Usage limit: waiting until 2026-11-23 12:00 UTC (30 min from 2026-11-23 11:30 UTC)"
    assert line in shown(run)
    assert not [line for line in shown(changed(run, limited_at=None)) if "limit" in line]


def test_render__ended__waits_for_nothing_any_more() -> None:
    around = Surroundings(waiting_for="CI", until=NOW)
    lines = shown(ended(Verdict.DONE, Reason.LANDED), around)
    assert not [line for line in lines if line.startswith(("Waiting", "Next deadline"))]


def test_render__parked__says_why_which_setting_and_the_way_back() -> None:
    run = ended(
        Verdict.NEEDS_HUMAN, Reason.PREPUSH_DEADLINE, detail="prepush_seconds=14400", turns=()
    )
    assert shown(run)[1:] == [
        f"{why(Reason.PREPUSH_DEADLINE, config())} (`prepush_seconds=14400`)",
        "Read the thread, then put `ready-for-agent` on again, or finish it by hand.",
    ]


def test_render__ended_badly_in_every_way__says_each() -> None:
    around = Surroundings(agent_may_run=True, doorbell_failed=True)
    run = ended(Verdict.DONE, Reason.LANDED, close_blocked=True, turns=())
    assert shown(run, around)[1:] == [
        "The commit is on the branch and CI is green.",
        "Landed; the issue cannot be closed while a blocker is open.",
        "The agent may still be running: T3 does not show that it stopped.",
        "The doorbell could not be rung.",
    ]


def test_render__landed_but_blocked__names_the_blockers_and_links_none() -> None:
    run = ended(Verdict.DONE, Reason.LANDED, close_blocked=True, blocked_by=("#4", "#5"), turns=())
    assert "Landed; the issue cannot be closed while `#4`, `#5` are open." in shown(run)


def test_render__same_record_twice__is_the_same_text() -> None:
    """Nothing is written where nothing changed."""
    assert render(record(), config(), AROUND) == render(record(), config(), AROUND)


@pytest.mark.parametrize(
    ("used", "cost", "line"),
    [
        ((0, 0), "", ""),
        ((12_345, 678), "", "Used: 12,345 tokens in, 678 out"),
        ((12_345, 678), "0.42 USD", "Used: 12,345 tokens in, 678 out; 0.42 USD"),
        ((0, 0), "0.42 USD", "Used: 0.42 USD"),
    ],
)
def test_render__what_t3_shows_of_tokens_and_price__is_said(
    used: tuple[int, int], cost: str, line: str
) -> None:
    one = replace(turn(), tokens_in=used[0], tokens_out=used[1])
    run = changed(record(turns=(one,)), cost=cost)
    assert [each for each in shown(run) if each.startswith("Used:")] == ([line] if line else [])


@pytest.mark.parametrize(
    ("outcome", "verdict", "limited", "words"),
    [
        (Outcome.ERROR, Verdict.NEEDS_HUMAN, False, "(afk reads no usage limit in it):"),
        (Outcome.ERROR, Verdict.FROZEN, False, "(afk reads no usage limit in it):"),
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
    lines = shown(run, Surroundings(error="Plan expired.\n```\n@octocat"))
    if words:
        assert lines[-6].endswith(words)
        assert lines[-5:] == ["````text", "Plan expired.", "```", "@octocat", "````"]
    else:
        assert "Plan expired." not in lines
    assert "What T3 says" not in "".join(shown(run))


def test_render__something_left_out_of_the_text__is_said_once_an_agent_gets_it() -> None:
    around = Surroundings(taken_out="in the body 1 hidden comment")
    line = "Not handed to the agent: in the body 1 hidden comment"
    assert line in shown(record(), around)
    assert line not in shown(record(stage=Stage.APPROVED, turns=()), around)
    assert "Not handed" not in "".join(shown(record()))
