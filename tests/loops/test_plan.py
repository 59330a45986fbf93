"""`afk plan`: what gets a shard, what gets none, and what it costs to find out."""

import json
from pathlib import Path
from typing import Any

import pytest
from support.poll_rig import BODY, forget, on_both_forges, polled, said, threads, writes
from support.shards import plan, planned_round, several, shares, starts, tick_shard, told
from support.shut import Shut, two_owners

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, TRACKED, world


def repositories(planned: Any) -> list[list[str]]:
    return [one["repositories"] for one in told(planned)]


@on_both_forges
def test_plan__disabled__asks_nobody_and_is_empty(kind: Forge, tmp_path: Path) -> None:
    """The workflow's next job has to know: nothing to do is no failure."""
    with world(kind) as here:
        several(here, 1)
        outputs = tmp_path / "outputs"
        here.environ |= {"AFK_KILL_SWITCH": "true", "GITHUB_OUTPUT": str(outputs)}
        forget(here)
        planned = plan(here)
        assert planned.exit_code == 0
        assert planned.document["empty"] is True
        assert planned.document["matrix"] == {"include": [{"shard": "none", "share": "none"}]}
        assert here.requests() == (0, 0)
        empty, matrix = outputs.read_text(encoding="utf-8").splitlines()
        assert empty == "empty=true"
        assert json.loads(matrix.removeprefix("matrix=")) == planned.document["matrix"]


@on_both_forges
def test_plan__nothing_to_do__is_empty_and_costs_a_listing(kind: Forge) -> None:
    with world(kind) as here:
        for name in ("shop", "site"):
            here.forge.open_issue(here.repository(name), "Later", here.owner)
        forget(here)
        planned = plan(here)
        assert (planned.exit_code, planned.document["empty"]) == (0, True)
        assert here.requests() == (1 if kind is Forge.GITHUB else 2, 2)
        assert said(planned).startswith("nothing to do, so there are no shards")
        forget(here)
        ticked = tick_shard(here, *shares(planned))  # on Forgejo one job is made all the same
        assert ticked.exit_code == 0
        assert here.requests() == (0, 0)


@on_both_forges
def test_plan__outputs__are_what_a_matrix_takes(kind: Forge, tmp_path: Path) -> None:
    with world(kind) as here:
        several(here, 2)
        outputs = tmp_path / "outputs"
        here.environ["GITHUB_OUTPUT"] = str(outputs)
        planned = plan(here, "--shards", "2", "--fill", "1")
        lines = dict(one.split("=", 1) for one in outputs.read_text().splitlines())
        assert json.loads(lines["empty"]) is False
        assert json.loads(lines["matrix"]) == planned.document["matrix"]
        assert [one["shard"] for one in json.loads(lines["matrix"])["include"]] == ["1/2", "2/2"]
        assert not writes(here)


@on_both_forges
def test_plan__every_reason_for_a_tick__gets_its_repository_a_shard(kind: Forge) -> None:
    """And a repository in which a tick would do nothing gets none."""
    with world(kind) as here:
        here.settings["max_in_flight"] = 9
        running, unlabelled, gone = several(here, 3, "[[slow=3000]] [[push]]")
        polled(here)
        for name in (IN_PROGRESS, TRACKED, "ready-for-agent"):
            here.forge.remove_label(unlabelled, name, here.owner)
        here.forge.delete_issue(gone)
        quiet = here.forge.open_issue(here.repository("quiet"), "Later", here.owner)
        ready = here.issue(here.repository("ready"), "Do it", BODY)
        handed = here.forge.open_issue(here.repository("handed"), "Mine", here.owner)
        here.forge.add_label(handed, HUMAN, here.owner)
        here.repository("lost")
        here.forge.rename_repository(here.forge.repositories[-1], "moved")
        here.environ["GITHUB_REPOSITORY"] = "owner/said"
        said_on = here.forge.open_issue(here.repository("said"), "Else", here.owner)
        here.environ["AFK_COMMENTED"] = str(said_on.number)

        planned = plan(here, "--shards", "1")

        (found,) = repositories(planned)
        wanted = [running, unlabelled, gone, ready, handed, said_on]
        named = {issue.repo.full_name for issue in wanted}
        # Forgejo's search tells nothing of a repository that went away and has no issue.
        assert named <= set(found) <= named | {"owner/lost"}
        assert ("owner/lost" in found) is (kind is Forge.GITHUB)
        assert quiet.repo.full_name not in found


@on_both_forges
def test_plan__one_owner_refuses__is_made_and_the_shard_tells_of_it(kind: Forge) -> None:
    """Asked for owner by owner: what could not be listed is in a shard, not left out."""
    with two_owners(kind) as (here, calm, shut):
        planned = plan(here, "--shards", "2", "--fill", "1", transport=Shut("vault"))
        assert sorted(repositories(planned)) == [["owner/shop"], ["vault/safe"]]
        assert [one["places"] for one in told(planned)] == [2, 2]
        assert "vault/safe cannot be read" in said(planned, "warning")
        assert planned.exit_code == 0, "a job that fails hands nothing on"

        ticked = [tick_shard(here, one, transport=Shut("vault")) for one in shares(planned)]

        assert ticked[0].exit_code == 0
        assert ticked[1].exit_code
        assert "vault" in said(ticked[1], "error")
        assert starts(here, [calm, shut]) == [1, 0]


@on_both_forges
def test_plan__t3_away__watches_and_starts_nothing(kind: Forge) -> None:
    with world(kind) as here:
        several(here, 2)
        here.faults["t3"] = lambda _method, _path: Fault("before")
        planned = plan(here)
        assert planned.exit_code == 0
        assert "T3" in said(planned, "warning")
        (share,) = told(planned)
        assert share["repositories"] == ["owner/r0", "owner/r1"]
        assert (share["places"], share["started_today"]) == (0, None)
        here.faults.clear()
        ticked = tick_shard(here, shares(planned)[0])
        assert not threads(here)
        assert {one["gate"] for one in ticked.document["decisions"]} == {"runs_per_day"}


def test_plan__t3_away_and_nothing_to_do__fails() -> None:
    """Nobody else will tell."""
    with world(Forge.FORGEJO) as here:
        here.repository("shop")
        here.faults["t3"] = lambda _method, _path: Fault("before")
        planned = plan(here)
        assert planned.exit_code == 1
        assert planned.document["empty"] is True
        assert "T3" in said(planned, "error")


@pytest.mark.parametrize("arguments", [("--shards", "0"), ("--shards", "257"), ("--fill", "0")])
def test_plan__numbers_that_make_none__are_refused_before_anything_is_asked(
    arguments: tuple[str, str],
) -> None:
    with world(Forge.FORGEJO) as here:
        here.repository("shop")
        planned = plan(here, *arguments)
        assert planned.exit_code == 2
        assert "makes no plan" in said(planned, "error")
        assert "empty" not in planned.document, "nothing is handed on"
        assert here.requests() == (0, 0)


@on_both_forges
def test_plan__the_dashboard__is_whole_and_no_shard_writes_it(kind: Forge) -> None:
    with world(kind) as here:
        issues = several(here, 3, "[[slow=300]] [[push]]")
        board = here.forge.open_issue(issues[0].repo, "Dashboard", here.bot, body="")
        here.settings["dashboard"] = f"owner/r0#{board.number}"
        planned_round(here, shards=3)
        stood = board.body
        assert all(f"owner/r{n}#1" in stood for n in range(3))
        assert "starts next" in stood
        planned_round(here, shards=3)
        assert "at work" in board.body.lower()
        assert all(f"owner/r{n}#1" in board.body for n in range(3))
        stood = board.body
        for share in shares(plan(here, "--dry-run", "--shards", "3", "--fill", "1")):
            tick_shard(here, share)
        assert board.body == stood


def test_plan__the_dashboard_carries_a_label__is_told_and_gets_no_shard() -> None:
    with world(Forge.FORGEJO) as here:
        repo = here.repository("shop")
        board = here.forge.open_issue(repo, "Dashboard", here.bot, body="")
        here.settings["dashboard"] = f"owner/shop#{board.number}"
        here.forge.add_label(board, READY, here.owner)
        planned = plan(here)
        assert planned.document["empty"] is True
        assert "is never worked on" in said(planned, "warning")


@on_both_forges
def test_plan__issues_that_wait_as_before__get_no_shard_until_their_turn_comes(kind: Forge) -> None:
    """What nobody moved for hours is not even read."""
    with world(kind) as here:
        here.settings["max_in_flight"] = 1
        running, *waiting = several(here, 4, "[[slow=20000]] [[push]]")
        planned_round(here, shards=4)
        planned_round(here, shards=4)
        here.clock.sleep(3 * 3600)
        here.t3.advance()
        planned = plan(here)
        assert repositories(planned) == [["owner/r0"]]
        here.forge.close(running, here.owner)
        for _ in range(3):
            planned_round(here, shards=4, after=300)
        assert starts(here, waiting) == [1, 0, 0]
