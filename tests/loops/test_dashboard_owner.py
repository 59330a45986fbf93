"""Whose issue the dashboard may be written into, and what becomes of a tick that may not."""

from collections.abc import Callable, Iterator

import pytest
from support.boards import section, with_dashboard
from support.poll_rig import polled, record, said

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.world import World, world

GITHUB, FORGEJO = Forge.GITHUB, Forge.FORGEJO


@pytest.fixture(params=[GITHUB, FORGEJO], ids=str)
def here(request: pytest.FixtureRequest) -> Iterator[World]:
    with world(request.param) as made:
        yield made


@pytest.fixture
def github() -> Iterator[World]:
    with world(GITHUB) as made:
        yield made


@pytest.fixture
def forgejo() -> Iterator[World]:
    with world(FORGEJO) as made:
        yield made


def test_tick__what_people_wrote_around_it__stays(github: World) -> None:
    board = with_dashboard(github)
    polled(github)
    ours = board.body
    github.forge.edit_body(board, github.owner, f"# Hello\r\n\r\n{ours}\r\n\r\nAsk Mara.")
    github.issue(board.repo, "Add a till", "[[ci=green]]")

    polled(github)

    assert board.body.startswith("# Hello\n\n<!-- afk:dashboard:v1 ")
    assert board.body.endswith("<!-- afk:dashboard:end -->\n\nAsk Mara.")
    assert "`Add a till`" in section(board, "Working now (1)")


@pytest.mark.parametrize(
    ("kind", "change", "why"),
    [
        (GITHUB, lambda body: body.replace("Nothing waits.", "Mara waits."), "somebody changed"),
        (FORGEJO, lambda body: body.replace("<!-- afk:dashboard:end -->", ""), "somebody changed"),
        (FORGEJO, lambda body: f"{body}\n{body}", "somebody changed"),
        (GITHUB, lambda _: "My notes", "it has a text that is not afk's"),
        (FORGEJO, lambda body: body.split("\n", 1)[1], "it has a text that is not afk's"),
    ],
)
def test_tick__a_person_wrote_in_it__is_left_alone_and_told(
    kind: Forge, change: Callable[[str], str], why: str
) -> None:
    with world(kind) as here:
        board = with_dashboard(here)
        polled(here)
        mine = change(board.body)
        here.forge.edit_body(board, here.owner, mine)
        issue = here.issue(board.repo, "Add a till", "[[ci=green]]")

        ticked = polled(here)

        assert board.body == mine
        assert ticked.exit_code == 0
        assert why in said(ticked, "warning")
        assert record(here, issue)["stage"] == "running", "the rest of the tick is served"
        here.forge.edit_body(board, here.owner, "")
        polled(here)
        assert "`Add a till`" in section(board, "Working now (1)")


def test_tick__strangers_issue__is_not_taken_over(here: World) -> None:
    repo = here.repository("shop")
    board = here.forge.open_issue(repo, "afk", here.stranger, body="")
    here.settings["dashboard"] = f"{repo.full_name}#{board.number}"

    ticked = polled(here)

    assert board.body == ""
    assert "stranger opened it" in said(ticked, "warning")
    assert ticked.exit_code == 0


def test_tick__issue_of_afks_own_account__is_taken_over(forgejo: World) -> None:
    repo = forgejo.repository("shop")
    board = forgejo.forge.open_issue(repo, "afk", forgejo.bot, body="")
    forgejo.settings["dashboard"] = f"{repo.full_name}#{board.number}"

    polled(forgejo)

    assert "afk:dashboard" in board.body


def test_tick__no_room_beside_what_people_wrote__is_told(github: World) -> None:
    board = with_dashboard(github)
    polled(github)
    full = "x" * 59_900 + "\n" + board.body
    github.forge.edit_body(board, github.owner, full)
    github.issue(board.repo, "Add a till", "[[ci=slow]]")

    ticked = polled(github)

    assert board.body == full
    assert "no room left" in said(ticked, "warning")
    assert ticked.exit_code == 0


def test_tick__strangers_copy_of_a_dashboard__is_not_taken_over() -> None:
    with world(FORGEJO) as here:
        board = with_dashboard(here)
        polled(here)
        copy = here.forge.open_issue(board.repo, "afk", here.stranger, body=board.body)
        here.settings["dashboard"] = f"{board.repo.full_name}#{copy.number}"

        ticked = polled(here)

        assert copy.body == board.body
        assert "somebody changed" in said(ticked, "warning")


@pytest.mark.parametrize("named", ["owner/shop#99", "owner/none#1"])
def test_tick__no_such_issue__is_told_and_fails_nothing(forgejo: World, named: str) -> None:
    issue = forgejo.issue(forgejo.repository("shop"), "Add a till", "[[ci=green]]")
    forgejo.settings["dashboard"] = named

    ticked = polled(forgejo)

    assert ticked.exit_code == 0
    assert "the dashboard is not up to date" in said(ticked, "warning")
    assert record(forgejo, issue)["stage"] == "running"


def test_tick__write_fails__fails_nothing_and_is_done_by_the_next(github: World) -> None:
    board = with_dashboard(github)

    def fault(method: str, path: str) -> Fault | None:
        mine = method == "PATCH" and path.endswith(f"/issues/{board.number}")
        return Fault("before", 500) if mine else None

    github.faults["forge"] = fault
    issue = github.issue(board.repo, "Add a till", "[[ci=green]]")
    ticked = polled(github)
    assert board.body == ""
    assert ticked.exit_code == 0
    assert "the dashboard is not up to date" in said(ticked, "warning")
    assert record(github, issue)["stage"] == "running"

    del github.faults["forge"]
    polled(github)

    assert "`Add a till`" in section(board, "Working now (1)")
