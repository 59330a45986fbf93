"""The dashboard issue, written at the end of a tick: what stands in it, when, and what never does.

The forges take turns: what differs between them is the ports' business (`tests/contract`).
"""

from collections.abc import Iterator

import pytest
from support.boards import section, with_dashboard, written
from support.poll_rig import forget, polled, record, records, said, threads

from afk.types import Forge
from afk_sandbox.world import HUMAN, READY, World, world

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


def test_tick__a_life__stands_on_the_dashboard_step_by_step(here: World) -> None:
    board = with_dashboard(here)
    done = here.issue(board.repo, "Add a till", "[[ci=green]]")
    waits = here.issue(board.repo, "Add a sink", "[[ci=green]]")

    polled(here)

    assert "[`Add a till`](" in section(board, "Working now (1)")
    assert "the agent is at work, since 2026-03-02" in section(board, "Working now (1)")
    assert "another run is at work" in section(board, "Waiting (1)")
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


def test_tick__lands_by_pull_request__links_it(forgejo: World) -> None:
    board = with_dashboard(forgejo)
    forgejo.settings |= {"landing": "pull-request", "merge": "green"}
    forgejo.issue(board.repo, "Add a till", "[[ci=green]]")
    for _ in range(3):
        polled(forgejo)
    assert "· [pull request 3](" in section(board, "Working now (1)")

    for _ in range(5):
        polled(forgejo, after=300)

    assert "[pull request 3](" in section(board, "Landed in the last 7 days (1)")


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


def test_tick__somebody_talks_to_afk_on_the_dashboard__is_not_heard(here: World) -> None:
    """Nothing is at work there, and nobody is told of a label that it does not carry."""
    board = with_dashboard(here)
    polled(here)
    here.clock.sleep(60)
    here.forge.comment(board, here.owner, "/afk retry")
    here.forge.comment(board, here.stranger, "/afk stop")
    here.environ |= {"AFK_COMMENTED": str(board.number), "GITHUB_REPOSITORY": board.repo.full_name}

    ticked = polled(here)

    assert "never worked on" not in said(ticked, "warning")
    assert [one.body for one in board.comments] == ["/afk retry", "/afk stop"]
    assert not any(one.reactions for one in board.comments)
    assert not board.labels


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


@pytest.mark.parametrize(("kind", "public"), [(GITHUB, True), (FORGEJO, True), (FORGEJO, False)])
def test_tick__private_repository__keeps_its_titles_out_of_a_public_issue(
    kind: Forge, public: bool
) -> None:
    with world(kind) as here:
        board = with_dashboard(here)
        board.repo.private = not public
        secret = here.repository("secret", private=True)
        here.issue(secret, "Buy the competitor", "[[ci=green]]")

        polled(here)

        assert ("Buy the competitor" in board.body) is not public
        assert "`owner/secret#1`" in section(board, "Working now (1)")
        for after in (60, 300, 300):
            polled(here, after=after)
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


def test_tick__handed_back_before_it_was_a_run__stands_there_at_once(github: World) -> None:
    board = with_dashboard(github)
    github.settings["max_in_flight"] = 0
    edited = github.issue(board.repo, "Add a till", "x")
    polled(github)
    github.forge.edit_body(edited, github.owner, "something else")
    huge = github.issue(board.repo, "Add a sink", "x")
    for _ in range(1_001):
        github.forge.comment(huge, github.stranger, "me too")

    polled(github)

    told = section(board, "Handed back to you (2)")
    assert "`Add a till`" in told
    assert "`Add a sink`" in told
    assert "Nothing waits." in section(board, "Waiting")
    stood = board.body
    polled(github, after=900)
    polled(github)
    assert board.body == stood
