"""What a row says of a run, and one sentence of all rows."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from support.factories import CREATED, NOW, PUSHED, STARTED, issue, record, turn
from support.pull_factories import landing_record, waiting_record
from support.rows import HOSTILE, WEB, row
from support.run_factories import ended, pushed

from afk.record.state import Purpose, RunRecord, Stage
from afk.text.overview import Group, at_what, group_of, headline
from afk.text.overview import row as made
from afk.types import Verdict

LATER = NOW + timedelta(hours=3)
FIX = turn(2, Purpose.FIX_FORWARD)


def over(verdict: Verdict | None, stage: Stage = Stage.ENDED) -> RunRecord:
    return record(stage=stage, verdict=verdict)


@pytest.mark.parametrize(
    ("run", "group", "words"),
    [
        (record(stage=Stage.APPROVED), Group.WAITING, "waiting for its turn"),
        (record(stage=Stage.CLAIMED), Group.WORKING, "starting"),
        (record(), Group.WORKING, "the agent is at work"),
        (record(turns=()), Group.WORKING, "the agent is at work"),
        (record(turns=(ended(turn()),)), Group.WORKING, "the agent has stopped working"),
        (pushed(turns=(ended(turn()),)), Group.WORKING, "waiting for CI"),
        (pushed(turns=(ended(turn()), FIX)), Group.WORKING, "fixing CI, try 1 of 5"),
        (record(unseen_at=STARTED), Group.WORKING, "out of sight: T3 does not show it"),
        (record(limited_at=STARTED), Group.WORKING, "waiting for a usage limit"),
        (
            record(limited_at=STARTED, next_try=LATER),
            Group.WORKING,
            "waiting for a usage limit until 2026-11-23 15:00 UTC",
        ),
        (waiting_record(), Group.PEOPLE, "waiting for people at pull request #12"),
        (landing_record(), Group.WORKING, "waiting for CI at pull request #12"),
        (
            landing_record(turns=(ended(turn()), turn(2, Purpose.REVIEW))),
            Group.WORKING,
            "answering the review at pull request #12",
        ),
        (
            landing_record(turns=(ended(turn()), turn(2, Purpose.REBASE))),
            Group.WORKING,
            "rebasing at pull request #12",
        ),
        (over(Verdict.DONE, Stage.ENDING), Group.ENDING, "ending: landed"),
        (over(Verdict.DONE), Group.LANDED, "landed"),
        (over(Verdict.NEEDS_HUMAN), Group.BACK, "handed back to you"),
        (over(Verdict.FROZEN), Group.BACK, "CI still red, handed back to you"),
        (over(Verdict.STOPPED), Group.OVER, "stopped"),
        (over(Verdict.SUPERSEDED), Group.OVER, "replaced by a newer run"),
        (over(None), Group.OVER, "over"),
    ],
)
def test_run__wherever_it_stands__is_told_in_words(
    run: RunRecord, group: Group, words: str
) -> None:
    assert (group_of(run), at_what(run, 5)) == (group, words)


def test_row__of_a_run__has_link_and_time() -> None:
    shown = made(
        issue().key, "Add\na till", WEB, Group.WORKING, since=STARTED, now=NOW, holds=["a", "a"]
    )
    assert shown == row(
        title="Add a till",
        group="working",
        state="at work",
        since=STARTED.isoformat(),
        elapsed="30 min",
        holds=["a"],
    )


def test_row__without_time_and_address__leaves_them_out() -> None:
    shown = made(issue().key, "t", "", Group.WAITING, state="red", since=CREATED)
    assert (shown["url"], shown["elapsed"], shown["state"]) == ("", "", "red")
    dateless = made(issue().key, "t", "", Group.WAITING, now=NOW)
    assert (dateless["since"], dateless["elapsed"]) == ("", "")


@given(HOSTILE)
def test_row__anybody_s_title__is_one_line(title: str) -> None:
    shown = made(issue().key, title, WEB, Group.WAITING)["title"]
    assert len(shown.splitlines()) <= 1


@pytest.mark.parametrize(
    ("groups", "options", "told"),
    [
        ([], {}, "Nothing is at work and no issue is ready."),
        (["started", "waiting", "waiting"], {}, "1 started, 2 waiting."),
        (["waiting", "landed"], {"troubles": 1}, "1 waiting, 1 landed; 1 thing needs a look."),
        ([], {"troubles": 2}, "Nothing is at work and no issue is ready; 2 things need a look."),
        (
            ["would-start"],
            {"dry_run": True},
            "Dry run, nothing was written: 1 would start.",
        ),
        (["next"], {"recent": "x"}, "1 starts in the next tick."),
        (["next", "next"], {}, "2 start in the next tick."),
        (["asks"], {}, "1 needs its label again."),
        (["asks", "asks"], {}, "2 need their label again."),
        (
            ["handed-back", "stopped"],
            {"recent": "in 7 days"},
            "1 handed back to you, 1 stopped (in 7 days).",
        ),
        (
            ["working", "waiting-for-people", "ending"],
            {},
            "1 at work, 1 waiting for people, 1 ending.",
        ),
    ],
)
def test_headline__of_some__counts_them_in_one_sentence(
    groups: list[str], options: dict[str, Any], told: str
) -> None:
    assert headline([row(group=one) for one in groups], **options) == told


def test_pushed__is_what_the_table_above_takes_it_for() -> None:
    assert pushed().newest_commit == PUSHED
