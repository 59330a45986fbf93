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
from afk.record.state import Purpose, RunRecord, Stage
from afk.types import Reason, Verdict

CONFIG = landing_config(review_remind_seconds=7200, review_seconds=14_400)


def shown(run: RunRecord, **around: Any) -> list[str]:
    """Return the lines that hold something, without the phases and the spaces at their ends."""
    lines = render(run, CONFIG, Surroundings(**around)).splitlines()
    return [line.rstrip() for line in lines if line and not line.startswith("- [")]


def heading(words: str) -> str:
    return f"**afk: {words}** (run `{RUN_ID[:8]}`)"


def test_render__waits_for_people__says_so_first_and_when_they_are_reminded() -> None:
    due = EARLIER + timedelta(seconds=CONFIG.review_remind_seconds)
    lines = shown(waiting_record(), pull_url="https://f.test/12", waiting_for="you", until=due)
    assert lines == [
        heading("Waiting for people"),
        f"Commits: `{PUSHED[:10]}`",
        "Pull request: [#12](https://f.test/12)",
        "Waiting: you",
        "Reminder: 2026-11-23 13:00 UTC",
    ]


def test_render__reminded__says_when_it_is_handed_back() -> None:
    run = waiting_record(landing={"reminded_at": NOW})
    due = EARLIER + timedelta(seconds=CONFIG.review_seconds)
    lines = shown(run, until=due)
    assert lines[0] == heading("Waiting for people")
    assert lines[-1] == "Handed back: 2026-11-23 15:00 UTC"


@pytest.mark.parametrize("until", [None, NOW + timedelta(minutes=5)])
def test_render__waited_and_is_at_something_else__is_at_work(until: Any) -> None:
    """A review that is not over yet, or CI of what landed, is nothing for people to deal with."""
    lines = shown(waiting_record(), until=until)
    assert lines[0] == heading("At work")
    assert not any(line.startswith(("Reminder", "Handed back")) for line in lines)


def test_render__no_pull_yet__names_the_branch() -> None:
    run = landing_record(pushed=(), landing={"pull": 0})
    assert shown(run)[1:] == [f"Branch: `{OWN_BRANCH}` (afk opens its pull request)"]
    run = landing_record(
        stage=Stage.ENDED, verdict=Verdict.STOPPED, reason=Reason.READY_REMOVED, landing={"pull": 0}
    )
    assert f"Branch: `{OWN_BRANCH}` (it got no pull request)" in shown(run)


def test_render__turns_reruns_others_and_the_merge__stand_below_the_pull() -> None:
    purposes = (Purpose.REVIEW, Purpose.REBASE, Purpose.REVIEW)
    turns = [turn(), *(turn(number, one) for number, one in enumerate(purposes, 2))]
    run = landing_record(
        turns=tuple(ended(one) for one in turns), landing={"reruns": 1, "merged": MERGED}
    )
    assert shown(run, others="`#9`")[1:] == [
        f"Commits: `{PUSHED[:10]}`",
        f"Pull request: `12`, merged as `{MERGED[:10]}`",
        "Review turns: 2 of 3",
        "Rebase turns: 1 of 2",
        "Somebody else's for this issue: `#9` (as seen when this one was opened or made ready)",
        "CI: what failed was run again before the agent was asked to mend it",
    ]


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
