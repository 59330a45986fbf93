"""The run's work comes to the branch by a pull request, is taken off it, or moves with it."""

import pytest
from support.loops import both, comment, record, said, start, tick, until

from afk.types import Forge
from afk_sandbox.forge.records import Issue, Repository
from afk_sandbox.world import World, world


def merged(here: World, issue: Issue, message: str, *, squash: bool) -> None:
    """Let somebody merge a branch with this commit by a pull request that closes the issue."""
    repo = issue.repo
    here.forge.push(repo, "till", message, here.owner)
    text = f"Closes #{issue.number}"
    pull = here.forge.open_issue(repo, "Add a till", here.owner, text, is_pull=True)
    here.clock.sleep(30)
    here.forge.merge_pull(repo, pull, "till", here.owner, squash=squash)


@both
@pytest.mark.parametrize("squash", [False, True])
def test_runs_own_pull_request_closes_the_issue__is_no_persons_act(
    kind: Forge, squash: bool
) -> None:
    with world(kind) as here:
        issue = start(here, "[[slow=300]]")
        run = record(here, issue)["run_id"]
        merged(here, issue, f"Add a till\n\nAFK-Run: {run}", squash=squash)

        tick(here)

        assert record(here, issue)["stage"] == "running"
        ended = until(here, issue, ticks=20)
        assert (ended["verdict"], ended["reason"]) == ("done", "landed")
        assert not issue.open


@both
def test_somebody_elses_pull_request_closes_the_issue__is_theirs(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[slow=300]]")
        merged(here, issue, "Add a till, by hand", squash=False)

        ended = until(here, issue)

        assert (ended["verdict"], ended["reason"]) == ("stopped", "closed-by-person")


@both
def test_branch_is_reset_below_the_runs_commit__as_reverted(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[push=slow]]")
        tick(here)
        base = record(here, issue)["commits"]["base"]
        assert record(here, issue)["commits"]["pushed"]
        here.forge.move_branch(issue.repo, "main", base, here.owner)

        ended = until(here, issue)

        assert (ended["verdict"], ended["reason"]) == ("stopped", "reverted")
        assert issue.open
        assert "off the branch" in comment(here, issue)


@both
def test_agent_pushes_without_the_trailer__the_comment_names_what_is_new(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[idle]]")
        sha = here.forge.push(issue.repo, "main", "Hush: a till <b>", here.owner)

        ended = until(here, issue)

        assert (ended["verdict"], ended["reason"]) == ("needs-human", "unmarked-commits")
        assert ended["detail"] == sha
        said = comment(here, issue)
        assert f"new on the branch: [`{sha[:10]}`](" in said
        assert f"/commit/{sha})" in said
        assert "Hush" not in said
        assert "without pushing" not in said


def renamed(repo: Repository, name: str) -> None:
    """Let somebody rename the default branch."""
    repo.branches[name] = repo.branches.pop(repo.default_branch)
    repo.default_branch = name


@both
@pytest.mark.parametrize("body", ["[[slow=300]] [[push=red,green]]", "[[push=red,green]]"])
def test_default_branch_is_renamed_during_a_run__is_followed(kind: Forge, body: str) -> None:
    """Before the agent pushes, and after."""
    with world(kind) as here:
        issue = start(here, body)
        renamed(issue.repo, "trunk")

        ended = until(here, issue, ticks=30)

        assert (ended["verdict"], ended["reason"]) == ("done", "landed")
        assert ended["commits"]["branch"] == "trunk"
        assert sorted(issue.repo.branches) == ["trunk"]
        assert "the branch trunk" in said(here, issue)[1]


@both
def test_configured_branch_is_gone__the_comment_names_it(kind: Forge) -> None:
    """Nobody knows what took its place: it is the configuration that names it."""
    with world(kind) as here:
        issue = start(here, "[[slow=600]]", branch="main")
        renamed(issue.repo, "trunk")
        tick(here)
        assert "the branch main is no longer there" in comment(here, issue)

        ended = until(here, issue, ticks=20)

        assert (ended["verdict"], ended["reason"]) == ("needs-human", "branch-gone")
        assert ended["detail"] == "main"
        assert "no longer there" in comment(here, issue)
        assert "without pushing" not in comment(here, issue)


@both
def test_default_branch_is_another_one_without_the_base__is_not_followed(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[slow=600]]")
        here.forge.push(issue.repo, "other", "Unrelated", here.owner, base="")
        issue.repo.branches.pop("main")
        issue.repo.default_branch = ""

        ended = until(here, issue, ticks=20)

        assert (ended["verdict"], ended["reason"]) == ("needs-human", "branch-gone")
