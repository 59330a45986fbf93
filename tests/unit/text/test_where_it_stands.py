"""What the comment of a run says of where it stands, while it has not begun to end."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from support.factories import NOW, PUSHED, changed, config, record, turn
from support.run_factories import ended

from afk.record.groups import SeenVerdict
from afk.record.landing import Landing
from afk.record.state import Purpose, RunRecord, Stage
from afk.text.surroundings import Surroundings
from afk.text.where_it_stands import Standing, branch_of, people_since, standing
from afk.types import CIStatus

AT = "2026-11-23 {} UTC"
LANDING = Landing(branch="afk/7-x")
PULL = replace(LANDING, pull=12, tip=PUSHED)
ON = f"`{PUSHED[:10]}`"
CONFIG = config(fix_forward_max_attempts=5, review_turns=3, conflict_turns=2)
STARTED_AT, PUSHED_AT = AT.format("11:30"), AT.format("11:50")


def at_work(**changes: Any) -> RunRecord:
    """Return a run that has pushed ten minutes ago."""
    base = {"pushed": (PUSHED,), "pushed_at": NOW - timedelta(minutes=10), "branch": "main"}
    return record(**{**base, "turns": (ended(turn()),), **changes})


def seen(status: CIStatus) -> SeenVerdict:
    return SeenVerdict(sha=PUSHED, status=status, at=NOW)


def told(run: RunRecord, **around: Any) -> Standing:
    return standing(run, CONFIG, replace(Surroundings(), **around))


AGAIN = "If that was cut off, it starts once its repository has room."


@pytest.mark.parametrize(
    ("run", "around", "title", "lines"),
    [
        (
            record(stage=Stage.APPROVED),
            {"approver": "mara"},
            "Waiting to start",
            [f"Approved by `mara` at {AT.format('11:00')}. It starts by itself."],
        ),
        (
            record(stage=Stage.APPROVED),
            {},
            "Waiting to start",
            [f"Approved at {AT.format('11:00')}. It starts by itself."],
        ),
        (
            record(stage=Stage.CLAIMED),
            {},
            "Starting",
            [f"The agent is being started. {AGAIN}"],
        ),
        (
            record(),
            {},
            "The agent is at work",
            [f"The agent has been at work since {STARTED_AT}. It has pushed nothing yet."],
        ),
        (
            record(started_at=None, landing=LANDING),
            {},
            "The agent is at work",
            [
                "The agent has been at work. It has pushed nothing yet.",
                "It works on the branch `afk/7-x`; afk opens the pull request.",
            ],
        ),
        (
            record(turns=(ended(turn()), turn(2, Purpose.RESUME))),
            {},
            "The agent is at work again",
            [f"The agent has been at work since {STARTED_AT}. It has pushed nothing yet."],
        ),
        (
            at_work(),
            {},
            "CI is running",
            [f"The agent pushed {ON} to `main` at {PUSHED_AT}, 20 min after it began."],
        ),
        (
            at_work(started_at=None, pushed_at=None, landing=replace(LANDING, tip=PUSHED)),
            {},
            "CI is running",
            [f"The agent pushed {ON} to `afk/7-x`."],
        ),
        (
            at_work(landing=replace(PULL, merged=PUSHED)),
            {},
            "CI is running",
            [f"Merged into `main` as {ON} at {PUSHED_AT}."],
        ),
        (
            at_work(turns=(ended(turn()), ended(turn(2, Purpose.FIX_FORWARD)))),
            {},
            "CI is running, fix 1 of 5",
            [f"The agent pushed {ON} to `main` at {PUSHED_AT}, 20 min after it began."],
        ),
        (at_work(seen_verdict=seen(CIStatus.RED)), {}, "CI is red", [f"CI failed on {ON}."]),
        (
            at_work(seen_verdict=seen(CIStatus.GREEN)),
            {},
            "CI is green",
            [f"CI is green on {ON}."],
        ),
        (
            at_work(seen_verdict=seen(CIStatus.GREEN), landing=PULL),
            {"pull_url": "https://f/12"},
            "CI is green",
            [f"CI is green on {ON}.", "Pull request [#12](https://f/12) for `main` is open."],
        ),
        (
            at_work(seen_verdict=seen(CIStatus.GREEN), landing=replace(PULL, merged=PUSHED)),
            {},
            "CI is green",
            [f"CI is green on {ON}.", f"Pull request `12` is merged into `main` as {ON}."],
        ),
        (
            record(unseen_at=NOW),
            {},
            "T3 is out of sight",
            None,
        ),
        (
            record(limited_at=NOW, next_try=NOW + timedelta(hours=2)),
            {},
            "Paused by a usage limit",
            [
                (
                    f"The provider's usage limit was met at {AT.format('12:00')}. At "
                    f"{AT.format('14:00')} (2 h later) the agent is told to go on; no time is "
                    "counted meanwhile."
                )
            ],
        ),
    ],
    ids=range(16),
)
def test_standing__says_what_is_the_case(
    run: RunRecord, around: dict[str, Any], title: str, lines: list[str] | None
) -> None:
    found = told(run, **around)
    assert found.title == title
    if lines is None:
        assert found.lines[0].startswith(f"T3 has not shown this run since {AT.format('12:00')}. ")
    else:
        assert found.lines == tuple(lines)


@pytest.mark.parametrize(
    ("purpose", "title", "why"),
    [
        (Purpose.FIX_FORWARD, "Fixing CI, try 1 of 5", f"CI failed on {ON}."),
        (Purpose.REVIEW, "Answering a review, try 1 of 3", "Reviewers asked for changes."),
        (
            Purpose.REBASE,
            "Resolving a conflict, try 1 of 2",
            "The pull request conflicts with `main`.",
        ),
    ],
)
@pytest.mark.parametrize("sent", [True, False])
def test_standing__the_agent_is_answering__says_what_and_which_try(
    purpose: Purpose, title: str, why: str, *, sent: bool
) -> None:
    asked = turn(2, purpose, red_commit=PUSHED)
    asked = asked if sent else replace(asked, sent_at=None)
    run = at_work(turns=(ended(turn()), asked))
    when = f"was told at {STARTED_AT}" if sent else "is told"
    assert told(run) == Standing(title, (f"{why} The agent {when}.",))
    over = at_work(turns=(ended(turn()), ended(asked)))
    other = at_work(turns=(ended(turn()), replace(asked, red_commit="d" * 40)))
    assert told(over).title.startswith("CI is running")
    assert told(other).title.startswith("CI is running")


@pytest.mark.parametrize(
    ("seconds", "stage", "waits"),
    [
        (1_000, Stage.RUNNING, True),
        (100, Stage.RUNNING, True),
        (999, Stage.RUNNING, False),
        (None, Stage.RUNNING, False),
        (100, Stage.ENDING, False),
    ],
)
def test_people_since__what_is_due_next_is_theirs(
    seconds: float | None, stage: Stage, *, waits: bool
) -> None:
    settings = config(review_seconds=1_000, review_remind_seconds=100)
    run = at_work(stage=stage, landing=replace(PULL, waiting_since=NOW))
    until = NOW + timedelta(seconds=seconds) if seconds else None
    around = replace(Surroundings(), until=until)
    assert people_since(run, settings, around) == (NOW if waits else None)
    if waits:
        found = standing(run, settings, around)
        assert found == Standing("Waiting for people", ("Pull request `12` for `main` is open.",))
    bare = changed(run, landing=PULL)
    assert people_since(bare, settings, around) is None


def test_branch_of__one_that_is_not_known__is_the_branch() -> None:
    assert branch_of(record(branch="")) == "the branch"
