"""How a run goes on, by when, and what follows otherwise: the lines of its comment."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from support.factories import NOW, PUSHED, REPO, config, record, turn
from support.run_factories import ended

from afk.config import RepositoryConfig
from afk.record.groups import SeenVerdict
from afk.record.landing import Landing
from afk.record.state import Purpose, RunRecord, Stage
from afk.text.next_steps import next_steps
from afk.text.surroundings import Surroundings
from afk.types import CIStatus

CONFIG = config(
    approval_max_age=86_400,
    prepush_seconds=7_200,
    ci_seconds=3_600,
    fix_forward_max_seconds=10_800,
    fix_forward_max_attempts=5,
    unseen_seconds=14_400,
    review_seconds=172_800,
    review_remind_seconds=86_400,
)
LANDING = Landing(branch="afk/7-x", pull=12, tip=PUSHED)
PUSH = {"pushed": (PUSHED,), "pushed_at": NOW, "branch": "main", "turns": (ended(turn()),)}
STOP = [
    "**To stop it:** comment `/afk stop`, or take `ready-for-agent` off.",
    "afk looks again when its schedule or an event wakes it.",
]


def seen(status: CIStatus) -> SeenVerdict:
    return SeenVerdict(sha=PUSHED, status=status, at=NOW)


def told(run: RunRecord, settings: Any = CONFIG, **around: Any) -> dict[str, str]:
    """Return the lines by their labels, without those that are always there."""
    lines = next_steps(run, settings, replace(Surroundings(), **around))
    assert lines[-2:] == STOP
    parts = (line.removeprefix("**").split(":** ", 1) for line in lines[:-2])
    return {label: words for label, words in parts}  # noqa: C416  says what they are


AT_WORK = record(branch="main")
PUSHED_RUN = record(**PUSH)
RED = record(**PUSH, seen_verdict=seen(CIStatus.RED), first_red_at=NOW)
GREEN = record(**PUSH, seen_verdict=seen(CIStatus.GREEN))


@pytest.mark.parametrize(
    ("run", "lines"),
    [
        (
            record(stage=Stage.APPROVED),
            {
                "Approved until": "2026-11-24 11:00 UTC (1 d after the label was put on). After "
                "that put the label on again."
            },
        ),
        (record(stage=Stage.CLAIMED), {}),
        (
            AT_WORK,
            {
                "Next": "it pushes to `main`, and CI tests it.",
                "Gives up": "it is handed back to you if nothing is pushed by 2026-11-23 13:30 UTC "
                "(2 h of work).",
            },
        ),
        (record(started_at=None, branch=""), {"Next": "it pushes to the branch, and CI tests it."}),
        (
            record(started_at=None, landing=LANDING),
            {"Next": "it pushes, afk opens a pull request, and CI tests it."},
        ),
        (
            PUSHED_RUN,
            {
                "Next": "green: afk closes the issue; red: the agent fixes it, try 1 of 5.",
                "Gives up": "it is handed back to you if CI gives no answer by 2026-11-23 13:00 "
                "UTC (1 h after the push).",
            },
        ),
        (
            RED,
            {
                "Next": "the agent pushes a fix, and CI runs again.",
                "Gives up": "after try 5; no try begins after 2026-11-23 15:00 UTC (3 h after CI "
                "first failed).",
            },
        ),
        (GREEN, {"Next": "afk closes the issue."}),
        (
            record(**PUSH, seen_verdict=seen(CIStatus.GREEN), landing=LANDING),
            {"Next": "the pull request is made ready, reviewed and merged."},
        ),
        (
            record(
                **PUSH, seen_verdict=seen(CIStatus.GREEN), landing=replace(LANDING, merged=PUSHED)
            ),
            {"Next": "afk closes the issue."},
        ),
        (
            record(**{**PUSH, "turns": (turn(2, Purpose.REVIEW),), "pushed_at": None}),
            {"Next": "the agent pushes, and CI runs again."},
        ),
        (
            record(unseen_at=NOW),
            {
                "Gives up": "it is handed back to you if T3 does not show it by 2026-11-23 16:00 "
                "UTC (4 h out of sight)."
            },
        ),
        (
            record(unseen_at=NOW, next_try=NOW + timedelta(hours=1), limited_at=NOW),
            {
                "Gives up": "it is handed back to you if T3 does not show it by 2026-11-23 17:00 "
                "UTC (4 h out of sight)."
            },
        ),
        (record(**PUSH, unseen_at=NOW), {}),
        (
            record(**PUSH, unseen_at=NOW, seen_verdict=seen(CIStatus.GREEN)),
            {
                "Gives up": "it is handed back to you if T3 does not show it by 2026-11-23 16:00 "
                "UTC (4 h out of sight)."
            },
        ),
        (record(limited_at=NOW, next_try=NOW), {}),
        (record(held_at=NOW), {}),
    ],
    ids=range(17),
)
def test_next_steps__where_nothing_stands_in_the_way(run: RunRecord, lines: dict[str, str]) -> None:
    assert told(run) == lines


def test_next_steps__every_fix_was_tried__the_next_red_is_handed_back() -> None:
    fixes = tuple(ended(turn(number, Purpose.FIX_FORWARD)) for number in range(2, 7))
    run = record(**{**PUSH, "turns": (ended(turn()), *fixes)})
    assert told(run)["Next"].endswith("red: handed back to you.")
    fewer = record(**{**PUSH, "turns": (ended(turn()), *fixes[:-1])})
    assert told(fewer)["Next"].endswith("red: the agent fixes it, try 5 of 5.")


@pytest.mark.parametrize(
    ("merge", "own", "known", "words"),
    [
        ("human", "", True, "somebody reviews and merges it"),
        ("approved", "", True, "once somebody approves it, afk merges it"),
        ("green", "", True, "afk merges it"),
        ("human", "green", True, "afk merges it"),
        ("human", "green", False, "somebody reviews and merges it"),
    ],
)
def test_next_steps__green__is_merged_by_whom_the_repository_says(
    merge: Any, own: Any, known: bool, words: str
) -> None:
    settings = {REPO: RepositoryConfig(workspace="/srv/app", merge=own)} if known else {}
    run = record(**PUSH, landing=LANDING)
    found = told(run, replace(CONFIG, merge=merge, repositories=settings))
    assert found["Next"].startswith(f"green: {words}; red: ")


def test_next_steps__something_is_waited_for__is_said_with_the_time_it_is_looked_at() -> None:
    until = NOW + timedelta(minutes=5)
    waiting = told(AT_WORK, waiting_for="a review is under way", until=until)
    assert waiting["Waiting"] == "a review is under way"
    assert waiting["At the latest"] == "2026-11-23 12:05 UTC"
    assert "Next" not in waiting
    bare = told(AT_WORK, waiting_for="a review is under way")
    assert "At the latest" not in bare
    said_already = told(AT_WORK, waiting_for="x", until=NOW + timedelta(minutes=90))
    assert "At the latest" not in said_already
    limited = told(record(next_try=NOW), waiting_for="x", until=until)
    assert "At the latest" not in limited
    ending = told(record(stage=Stage.ENDING), waiting_for="x", until=until)
    assert ending == {"Waiting": "x"}


@pytest.mark.parametrize("reminded", [False, True])
def test_next_steps__people_are_waited_for__says_what_follows_if_nobody_does(
    reminded: bool,
) -> None:
    landing = replace(LANDING, waiting_since=NOW, reminded_at=NOW if reminded else None)
    run = record(**PUSH, landing=landing)
    found = told(run, waiting_for="somebody to merge it", until=NOW + timedelta(days=1))
    over = "2026-11-25 12:00 UTC (2 d of waiting)"
    assert found.pop("If nobody does") == (
        f"it is handed back at {over}. A reminder was sent 2026-11-23 12:00 UTC."
        if reminded
        else f"one reminder at 2026-11-24 12:00 UTC (1 d of waiting), handed back at {over}."
    )
    assert found == {"Next": "somebody to merge it"}
