"""The dashboard issue, written at the end of a tick: what stands in it, when, and what never does.

The forges take turns: what differs between them is the ports' business (`tests/contract`).
"""

from collections.abc import Iterator

import pytest
from support.poll_rig import forget, polled, record, records, said, threads, writes

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, READY, World, world

GITHUB, FORGEJO = Forge.GITHUB, Forge.FORGEJO


def with_dashboard(here: World, body: str = "") -> Issue:
    """Open an issue in the first repository and tell afk to keep its dashboard there."""
    repo = here.repository("shop")
    board = here.forge.open_issue(repo, "afk", here.owner, body=body)
    here.settings["dashboard"] = f"{repo.full_name}#{board.number}"
    return board


def written(here: World, board: Issue) -> list[str]:
    """Return the writes to the dashboard since the logs were emptied."""
    return [one for one in writes(here) if one.endswith(f"{board.repo.name}/issues/{board.number}")]


def section(board: Issue, name: str) -> str:
    """Return what stands below a heading."""
    return board.body.split(f"### {name}", 1)[1].split("\n###", 1)[0].split("_As of", 1)[0]


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


def test_tick__a_life__stands_on_the_dashboard_step_by_step(here: World) -> None:
    board = with_dashboard(here)
    done = here.issue(board.repo, "Add a till", "[[ci=green]]")
    waits = here.issue(board.repo, "Add a sink", "[[ci=green]]")

    polled(here)

    assert "[`Add a till`](" in section(board, "Working now (1)")
    assert "the agent is at work, since 2026-03-02" in section(board, "Working now (1)")
    assert "another run is in flight" in section(board, "Waiting (1)")
    assert "(gate" not in board.body
    polled(here)
    for _ in range(4):
        polled(here, after=300)
    assert record(here, done)["verdict"] == record(here, waits)["verdict"] == "done"
    landed = section(board, "Landed in the last 7 days (2)")
    assert "`Add a till`" in landed
    assert "`Add a sink`" in landed
    assert "No agent is at work." in section(board, "Working now")
    assert "None." in section(board, "Troubles of this installation")
    assert not board.comments
    assert not board.labels


def test_tick__nothing_changed__writes_nothing_for_days(forgejo: World) -> None:
    board = with_dashboard(forgejo)
    polled(forgejo)
    stood = board.body
    assert "afk:dashboard" in stood
    forget(forgejo)

    for _ in range(3):
        polled(forgejo, after=86_400)

    assert board.body == stood
    assert written(forgejo, board) == []


def test_tick__landed_a_week_ago__leaves_the_dashboard() -> None:
    with world(FORGEJO) as here:
        board = with_dashboard(here)
        here.issue(board.repo, "Add a till", "[[ci=green]]")
        for after in (60, 60, 300, 300):
            polled(here, after=after)
        assert "Landed in the last 7 days (1)" in board.body

        polled(here, after=8 * 86_400)

        assert "Landed in the last 7 days\n\nNothing." in board.body


def test_tick__handed_back__stands_until_a_person_takes_it_up(here: World) -> None:
    board = with_dashboard(here)
    issue = here.issue(board.repo, "Add a till", "[[end]]")
    for after in (60, 60, 60):
        polled(here, after=after)
    assert record(here, issue)["verdict"] == "needs-human"
    told = section(board, "Handed back to you (1)")
    assert "without pushing a commit" in told
    polled(here, after=86_400)
    assert section(board, "Handed back to you (1)") == told

    here.forge.close(issue, here.owner)
    polled(here)

    assert "Nothing." in section(board, "Handed back to you")


def test_tick__handed_back_before_there_was_a_dashboard__is_found() -> None:
    with world(GITHUB) as here:
        repo = here.repository("shop")
        old = here.issue(repo, "Add a till", "x", ready=False)
        here.forge.add_label(old, HUMAN, here.owner)
        board = here.forge.open_issue(repo, "afk", here.owner, body=" \n")
        here.settings["dashboard"] = f"{repo.full_name}#{board.number}"

        polled(here)

        assert "`Add a till`" in section(board, "Handed back to you (1)")
        here.forge.remove_label(old, HUMAN, here.owner)
        polled(here)
        assert "Nothing." in section(board, "Handed back to you")


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
    kind: Forge, change: object, why: str
) -> None:
    with world(kind) as here:
        board = with_dashboard(here)
        polled(here)
        assert callable(change)
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


def test_tick__labelled_dashboard__is_never_worked_on(forgejo: World) -> None:
    board = with_dashboard(forgejo)
    forgejo.forge.add_label(board, READY, forgejo.owner)

    ticked = polled(forgejo)
    explained = forgejo.run("explain", f"{board.repo.full_name}#{board.number}", "--json")

    assert "never worked on" in said(ticked, "warning")
    assert not threads(forgejo)
    assert not records(forgejo, board)
    assert "it is afk's dashboard" in explained.document["verdict"]
    assert not explained.document["starts"]


@pytest.mark.parametrize("arguments", [["--dry-run"], ["--repo", "owner/shop"]])
def test_tick__dry_or_of_one_repository_alone__writes_no_dashboard(
    github: World, arguments: list[str]
) -> None:
    board = with_dashboard(github)

    ticked = polled(github, *arguments)

    assert board.body == ""
    assert ("would write the dashboard" in said(ticked)) == ("--dry-run" in arguments)


def test_watch__alone__leaves_it_to_who_knows_what_waits(forgejo: World) -> None:
    board = with_dashboard(forgejo)

    forgejo.run("watch")

    assert board.body == ""
    assert forgejo.run("poll").exit_code == 0
    assert "afk:dashboard" in board.body


def test_tick__trouble_of_the_installation__stands_there_until_it_is_mended() -> None:
    with world(GITHUB) as here:
        board = with_dashboard(here)
        here.settings["allowlist"].append("owner/nowhere")
        here.settings["repositories"]["owner/nowhere"] = {"workspace": "/srv/nowhere"}

        polled(here)

        told = section(board, "Troubles of this installation (1)")
        assert "owner/nowhere cannot be found" in told
        here.settings["allowlist"].remove("owner/nowhere")
        polled(here)
        assert "None." in section(board, "Troubles of this installation")


@pytest.mark.parametrize("public", [True, False])
def test_tick__private_repository__keeps_its_titles_out_of_a_public_issue(
    here: World, public: bool
) -> None:
    board = with_dashboard(here)
    board.repo.private = not public
    secret = here.repository("secret", private=True)
    here.issue(secret, "Buy the competitor", "[[ci=green]]")

    polled(here)

    assert ("Buy the competitor" in board.body) is not public
    assert "`owner/secret#1`" in section(board, "Working now (1)")
    forget(here)
    polled(here)
    for _ in range(3):
        polled(here, after=300)
    assert ("Buy the competitor" in board.body) is not public
    assert "Landed in the last 7 days (1)" in board.body


HOSTILE = (
    "@owner #1 owner/shop#1 https://evil.example <!-- afk:dashboard:end --> ![x](http://e/p.png) "
    "`](http://evil.example) \u202egnp \n### Working now"
)


def test_tick__hostile_title__is_inert(github: World) -> None:
    board = with_dashboard(github)
    github.issue(board.repo, HOSTILE, "[[ci=slow]]")

    polled(github)

    (line,) = [one for one in board.body.splitlines() if one.startswith("- ")]
    code = line.split("`")
    assert "@owner" in code[1]
    assert all("@" not in part and "evil" not in part for part in code[2::2])
    assert board.body.count("<!-- afk:dashboard:end -->") == 1
    assert "\u202e" not in board.body
