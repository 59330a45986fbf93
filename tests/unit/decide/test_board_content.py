"""What the dashboard remembers and shows, and whose issue it may be written into."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from support.factories import AFK, MARA, NOW, REPO, RUN_ID, STRANGER, config, issue, record

from afk.decide.board_content import (
    ended_run,
    found_handed_back,
    remembered,
    repositories_of,
    says_handed_back,
    still_handed_back,
    too_large,
    without_titles,
    without_titles_of,
)
from afk.decide.board_owner import flawed_board, refused_author
from afk.model.board import Board, HandedBack
from afk.record.board import BoardFlaw, EndedRun
from afk.record.landing import Landing
from afk.record.state import Stage
from afk.text.cleaning import one_line
from afk.text.dashboard import TITLE, BoardContent, BoardLine
from afk.types import GHOST, Account, IssueKey, Permission, Reason, Verdict

BOARD: Final = Board(key=IssueKey(REPO, 12), repository_id=100, author=MARA, body="")
LANDED: Final = EndedRun(
    run_id="a", repository=REPO, issue=7, title="x", verdict=Verdict.DONE, at=NOW
)
BACK: Final = replace(LANDED, run_id="b", verdict=Verdict.NEEDS_HUMAN, reason=Reason.AGENT_FAILED)


def test_ended_run__over__is_what_its_record_says() -> None:
    over = record(stage=Stage.ENDED, verdict=Verdict.FROZEN, reason=Reason.CI_SILENT, ended_at=NOW)
    over = replace(over, landing=Landing(pull=12))

    found = ended_run(over, "Add a\ntill" * 50)

    assert found == EndedRun(
        run_id=RUN_ID,
        repository=REPO,
        issue=7,
        title=one_line("Add a till" * 50, 100),
        verdict=Verdict.FROZEN,
        at=NOW,
        reason=Reason.CI_SILENT,
        pull=12,
    )
    assert len(found.title) == 100


@pytest.mark.parametrize(
    ("stage", "verdict"),
    [
        (Stage.RUNNING, None),
        (Stage.ENDING, Verdict.DONE),
        (Stage.ENDED, Verdict.STOPPED),
        (Stage.ENDED, Verdict.SUPERSEDED),
    ],
)
def test_ended_run__not_over_or_nobodys_business__is_none(
    stage: Stage, verdict: Verdict | None
) -> None:
    assert ended_run(record(stage=stage, verdict=verdict, ending_at=NOW), "x") is None


def test_ended_run__without_a_time__is_none() -> None:
    assert ended_run(record(stage=Stage.ENDED, verdict=Verdict.DONE), "x") is None


def test_remembered__landed__for_a_week() -> None:
    later = NOW + timedelta(days=7)

    assert remembered([LANDED], config(), later) == (LANDED,)
    assert remembered([LANDED], config(), later + timedelta(seconds=1)) == ()
    assert remembered([BACK], config(), later + timedelta(days=300)) == (BACK,)


def test_remembered__newest_of_an_issue__counts() -> None:
    newer = replace(BACK, run_id="c", at=NOW + timedelta(hours=1))
    landed_since = replace(LANDED, at=NOW + timedelta(hours=2))

    assert remembered([BACK, newer], config(), NOW) == (newer,)
    assert remembered([BACK, landed_since], config(), NOW) == (landed_since,)


def test_remembered__repository_that_left__is_forgotten() -> None:
    assert remembered([replace(BACK, repository="acme/gone")], config(), NOW) == ()


def test_remembered__thousands__are_bounded() -> None:
    many = [
        replace(one, run_id=f"{one.run_id}{number}", issue=number)
        for number in range(1_000)
        for one in (LANDED, BACK)
    ]

    assert len(remembered(many, config(), NOW)) == 120


@pytest.mark.parametrize(
    ("shown", "stands"),
    [
        ({REPO: HandedBack({7: "x"})}, True),
        ({REPO: HandedBack({8: "x"})}, False),
        ({REPO: HandedBack({8: "x"}, whole=False)}, True),
        ({}, True),
    ],
)
def test_still_handed_back__only_what_is_known_to_be_over_goes(
    shown: dict[str, HandedBack], *, stands: bool
) -> None:
    assert still_handed_back(BACK, shown) is stands


def test_found_handed_back__what_no_record_told_of() -> None:
    shown = {REPO: HandedBack({7: "read whole", 8: "Add a\u202e sink"})}

    (found,) = found_handed_back(shown, [issue().key], NOW)

    assert found == EndedRun(
        run_id=f"{REPO}#8",
        repository=REPO,
        issue=8,
        title="Add a sink",
        verdict=Verdict.NEEDS_HUMAN,
        at=NOW,
    )
    assert says_handed_back(found, config()) == "its comment says why"
    assert "(2026-11-23 12:00 UTC)" in says_handed_back(BACK, config())


def test_without_titles__only_those_repositories_lose_them() -> None:
    secret = BoardLine(IssueKey("acme/secret", 1), "Buy them", "x")
    plain = BoardLine(IssueKey(REPO, 1), "Add a till", "x")
    content = BoardContent(
        working=[secret], waiting=[plain], handed_back=["text"], landed=[], troubles=["text"]
    )
    hidden = replace(LANDED, repository="acme/other")

    assert repositories_of(content, [hidden]) == {"acme/secret", REPO, "acme/other"}
    shown = without_titles_of(content, {"acme/secret"})
    assert shown == replace(content, working=[replace(secret, title="")])
    assert without_titles([hidden, LANDED], {"acme/other"}) == (replace(hidden, title=""), LANDED)


@pytest.mark.parametrize("flaw", BoardFlaw)
def test_flawed_board__says_why_and_what_to_do(flaw: BoardFlaw) -> None:
    error = flawed_board(BOARD, flaw)

    assert f"the dashboard {REPO}#12 is not written: {flaw.value}" in str(error)
    assert error.cause == "afk writes over nothing that a person wrote"
    assert error.next_step


@pytest.mark.parametrize(
    ("author", "permission", "trusted", "taken"),
    [
        (MARA, Permission.WRITE, (), True),
        (MARA, Permission.UNKNOWN, (MARA.id,), True),
        (MARA, Permission.UNKNOWN, (), False),
        (STRANGER, Permission.NO_WRITE, (), False),
        (GHOST, Permission.UNKNOWN, (), False),
        (AFK, Permission.WRITE, (), False),
    ],
)
def test_refused_author__who_may_not_approve__keeps_the_issue(
    author: Account, permission: Permission, trusted: tuple[int, ...], *, taken: bool
) -> None:
    """An app's is refused as well; afk's own account is never asked about."""
    board = replace(BOARD, author=author)

    refused = refused_author(board, permission, config(trusted=trusted))

    assert (refused is None) is taken
    if refused is None:
        return
    assert refused.what == f"the dashboard {REPO}#12 is not written: {author.login} opened it"
    may_not = "may not" if permission is Permission.NO_WRITE else "is not known to"
    assert f"{may_not} write to {REPO}" in refused.cause
    assert "open an issue yourself" in refused.next_step


def test_too_large__an_issue_without_a_run__is_remembered_as_handed_over() -> None:
    assert too_large(issue(title="Add\na till" * 50), NOW) == EndedRun(
        run_id=f"{REPO}#7",
        repository=REPO,
        issue=7,
        title=one_line("Add\na till" * 50, TITLE),
        verdict=Verdict.NEEDS_HUMAN,
        at=NOW,
        reason=Reason.OVERSIZED,
    )
