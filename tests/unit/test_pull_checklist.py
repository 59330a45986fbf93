"""What people read in the run's comment of a landing by pull request."""

from datetime import timedelta
from typing import Any

import pytest
from support.factories import NOW, PUSHED, RUN_ID, turn
from support.pull_factories import (
    EARLIER,
    MERGED,
    OWN_BRANCH,
    landing_config,
    landing_record,
    waiting_record,
)
from support.run_factories import ended

from afk.phase_checklist import Surroundings, render
from afk.record.groups import SeenVerdict
from afk.record.state import Purpose, RunRecord, Stage
from afk.types import CIStatus, Reason, Verdict

CONFIG = landing_config(review_remind_seconds=7200, review_seconds=14_400)
GREEN = SeenVerdict(sha=PUSHED, status=CIStatus.GREEN, at=EARLIER)


def shown(run: RunRecord, settings: Any = CONFIG, **around: Any) -> list[str]:
    """Return the lines that hold something, spaces at their ends left out."""
    lines = render(run, settings, Surroundings(**around)).splitlines()
    return [line.rstrip() for line in lines if line.strip()]


def heading(words: str) -> str:
    return f"### afk: {words} <sub>(run `{RUN_ID[:8]}`)</sub>"


def after(label: str, lines: list[str]) -> str:
    """Return what stands behind a label, "" where it does not stand there."""
    found = [line for line in lines if line.startswith(f"**{label}:** ")]
    return found[0].removeprefix(f"**{label}:** ") if found else ""


def test_render__waits_for_people__says_so_first_and_when_they_are_reminded() -> None:
    due = EARLIER + timedelta(seconds=CONFIG.review_remind_seconds)
    lines = shown(waiting_record(), pull_url="https://f.test/12", waiting_for="you", until=due)
    assert lines[0] == heading("Waiting for people")
    assert lines[1] == "Pull request [#12](https://f.test/12) for `main` is open."
    assert after("Next", lines) == "you"
    told = after("If nobody does", lines)
    assert told.startswith("one reminder at 2026-11-23 13:00 UTC (2 h of waiting), ")
    assert told.endswith("handed back at 2026-11-23 15:00 UTC (4 h of waiting).")
    assert after("Gives up", lines) == after("At the latest", lines) == ""
    assert "[Pull request #12](https://f.test/12)" in lines


def test_render__reminded__says_when_it_is_handed_back() -> None:
    run = waiting_record(landing={"reminded_at": NOW})
    due = EARLIER + timedelta(seconds=CONFIG.review_seconds)
    lines = shown(run, until=due)
    assert lines[0] == heading("Waiting for people")
    told = after("If nobody does", lines)
    assert told.startswith("it is handed back at 2026-11-23 15:00 UTC")
    assert told.endswith("A reminder was sent 2026-11-23 12:00 UTC.")


@pytest.mark.parametrize("until", [None, NOW + timedelta(minutes=5)])
def test_render__waited_and_is_at_something_else__is_not_waiting_for_people(until: Any) -> None:
    """A review that is not over yet, or CI of what landed, is nothing for people to deal with."""
    lines = shown(waiting_record(), until=until)
    assert lines[0] == heading("CI is running")
    assert after("If nobody does", lines) == ""


def test_render__no_pull_yet__names_the_branch() -> None:
    lines = shown(landing_record(pushed=(), landing={"pull": 0, "tip": ""}))
    assert f"It works on the branch `{OWN_BRANCH}`; afk opens the pull request." in lines
    assert after("Next", lines) == "it pushes, afk opens a pull request, and CI tests it."
    stopped = {"stage": Stage.ENDED, "verdict": Verdict.STOPPED, "reason": Reason.READY_REMOVED}
    over = shown(landing_record(**stopped, landing={"pull": 0}))
    beside = (
        f"`main` is as it was. The work is on the branch `{OWN_BRANCH}`, without a pull request."
    )
    assert beside in over
    over = shown(landing_record(**stopped, pushed=(), landing={"pull": 0}))
    assert "`main` is as it was. This run pushed nothing." in over


@pytest.mark.parametrize(
    ("merge", "words"),
    [
        ("human", "green: somebody reviews and merges it; red: "),
        ("approved", "green: once somebody approves it, afk merges it; red: "),
        ("green", "green: afk merges it; red: "),
    ],
)
def test_render__ci_is_running__says_who_merges_then(merge: Any, words: str) -> None:
    lines = shown(landing_record(), landing_config(merge=merge))
    assert lines[0] == heading("CI is running")
    assert f"to `{OWN_BRANCH}` at 2026-11-23 11:00 UTC" in lines[1]
    assert after("Next", lines).startswith(words)
    gone = landing_config(merge=merge, repositories={})
    assert after("Next", shown(landing_record(), gone)).startswith(words)


def test_render__ci_is_green__the_pull_request_is_next() -> None:
    lines = shown(landing_record(seen_verdict=GREEN))
    assert lines[0] == heading("CI is green")
    assert "Pull request `12` for `main` is open." in lines
    assert after("Next", lines) == "the pull request is made ready, reviewed and merged."
    early = shown(landing_record(seen_verdict=GREEN, landing={"pull": 0}))
    assert lines[1] == early[1]


@pytest.mark.parametrize(
    ("purpose", "words"),
    [
        (Purpose.REVIEW, "Answering a review, try 1 of 3"),
        (Purpose.REBASE, "Resolving a conflict, try 1 of 2"),
    ],
)
def test_render__the_agent_answers__says_what_and_which_try(purpose: Purpose, words: str) -> None:
    turns = (ended(turn()), turn(2, purpose, red_commit=PUSHED))
    lines = shown(landing_record(turns=turns, seen_verdict=GREEN))
    assert lines[0] == heading(words)
    assert after("Next", lines) == "the agent pushes, and CI runs again."
    assert after("Gives up", lines) == ""


def test_render__turns_reruns_others_and_the_merge__are_told() -> None:
    purposes = (Purpose.REVIEW, Purpose.REBASE, Purpose.REVIEW)
    turns = [turn(), *(turn(number, one) for number, one in enumerate(purposes, 2))]
    run = landing_record(
        turns=tuple(ended(one) for one in turns),
        pushed=(PUSHED, MERGED),
        landing={"reruns": 1, "merged": MERGED, "tip": MERGED},
    )
    lines = shown(run, others="`#9`")
    assert lines[1] == f"Merged into `main` as `{MERGED[:10]}` at 2026-11-23 11:00 UTC."
    assert after("Next", lines).startswith("green: afk closes the issue; red: ")
    for line in (
        f"- Commits: `{MERGED[:10]}`",
        "- Reviews given to the agent: 2 of 3",
        "- Conflicts given to the agent: 1 of 2",
        (
            "- Other pull requests for this issue: `#9` (as seen when this run's own was opened "
            "or made ready)"
        ),
        "- CI: what failed was run again before the agent was asked to mend it",
    ):
        assert line in lines
    green = SeenVerdict(sha=MERGED, status=CIStatus.GREEN, at=NOW)
    merged = shown(landing_record(pushed=(PUSHED,), seen_verdict=green, landing=_merged()))
    assert f"Pull request `12` is merged into `main` as `{MERGED[:10]}`." in merged


def _merged() -> dict[str, str]:
    return {"merged": MERGED, "tip": MERGED}


def test_render__closed_without_a_merge__says_where_the_work_is() -> None:
    run = landing_record(
        stage=Stage.ENDED, verdict=Verdict.STOPPED, reason=Reason.PULL_CLOSED, detail="#12"
    )
    assert (
        f"`main` is as it was. The work is on the branch `{OWN_BRANCH}`, in pull request "
        "[#12](https://f.test/12), which was closed."
    ) in shown(run, pull_url="https://f.test/12")


def test_render__commits_that_went_astray__are_linked() -> None:
    run = landing_record(
        stage=Stage.ENDED,
        verdict=Verdict.FROZEN,
        reason=Reason.PUSHED_TO_BASE,
        detail=f"{PUSHED} {MERGED}",
    )
    text = "\n".join(shown(run, commit_url="https://f.test/commit/"))
    assert f"[`{PUSHED[:10]}`](https://f.test/commit/{PUSHED})" in text
    assert f"[`{MERGED[:10]}`](https://f.test/commit/{MERGED})" in text
    assert "is as it was" not in text
