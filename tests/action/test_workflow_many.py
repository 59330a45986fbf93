"""The workflow of plan and shards: what it shares with the loop, and how it fans out."""

import json
from pathlib import Path
from typing import Any

import pytest
from support.workflow_files import ACTION, FORGEJO, GITHUB, load, short

from afk.config import Config
from afk.decide.sharding import MOST

each_folder = pytest.mark.parametrize("folder", [GITHUB, FORGEJO], ids=short)


def both(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the loop, and the workflow that takes its place."""
    return load(folder / "afk.yml"), load(folder / "afk-many.yml")


@each_folder
def test_many__is_woken_by_what_wakes_the_loop(folder: Path) -> None:
    loop, many = both(folder)

    for name in ("command", "repository", "issue"):
        del loop["on"]["workflow_dispatch"]["inputs"][name]
    assert many["on"] == loop["on"]
    assert many.get("permissions") == loop.get("permissions")
    assert many["concurrency"]["cancel-in-progress"] is False
    parts = loop["concurrency"]["group"].split(" ${{ github.event_name", 1)[1]
    assert many["concurrency"]["group"] == "afk-many ${{ github.event_name" + parts


@each_folder
def test_many__starts_where_the_loop_would_and_only_with_a_variable_of_its_own(
    folder: Path,
) -> None:
    """Whoever arms the loop in a copy of this repository has not asked for this one."""
    loop, many = both(folder)

    condition = loop["jobs"]["tick"]["if"].removesuffix(" }}")
    assert many["jobs"]["plan"]["if"] == f"{condition} && vars.AFK_SHARDS != '' }}}}"
    command = many["jobs"]["plan"]["steps"][-1]["with"]["command"]
    assert command == "plan --shards ${{ vars.AFK_SHARDS }}"


@each_folder
def test_many__has_the_loops_steps_rights_and_time(folder: Path) -> None:
    loop, many = both(folder)

    tick = loop["jobs"]["tick"]
    for job in many["jobs"].values():
        assert job.get("permissions") == tick.get("permissions")
        assert job["runs-on"] == tick["runs-on"]
        assert job["timeout-minutes"] * 60 <= Config().tick_seconds
        assert job["steps"][:-1] == tick["steps"][:-1]
        given, usual = dict(job["steps"][-1]["with"]), dict(tick["steps"][-1]["with"])
        for name in ("command", "shard", "repository", "issue"):
            given.pop(name, None)
            usual.pop(name, None)
        assert given == usual


@each_folder
def test_many__shards__go_side_by_side_and_spoil_none(folder: Path) -> None:
    tick = load(folder / "afk-many.yml")["jobs"]["tick"]

    assert tick["needs"] == "plan"
    assert tick["strategy"]["fail-fast"] is False
    assert 0 < tick["strategy"]["max-parallel"] <= MOST
    before, instead, after = tick["strategy"]["matrix"].split("'")
    assert (before, after) == ("${{ fromJSON(needs.plan.outputs.matrix || ", ") }}")
    assert json.loads(instead) == {"include": [{"shard": "unfilled"}]}, "act reads it in any case"


def test_many__nothing_to_do__makes_no_job_where_that_can_be_asked() -> None:
    """On Forgejo the jobs of a matrix have no `needs` any more when their `if` is asked.

    Without an `if` they are skipped with the plan; with one, a plan that was skipped makes the
    run fail (v14 and v16, services/actions/job_emitter.go; played on both).
    """
    github = load(GITHUB / "afk-many.yml")["jobs"]["tick"]
    forgejo = load(FORGEJO / "afk-many.yml")["jobs"]["tick"]

    assert github["if"].startswith("${{ needs.plan.outputs.empty == 'false' && ")
    assert "if" not in forgejo


@each_folder
def test_many__a_shard__reaches_afk_as_an_input_and_never_empty(folder: Path) -> None:
    """An empty one would be a tick of everything, in each of the jobs."""
    text = (folder / "afk-many.yml").read_text(encoding="utf-8")
    tick = load(folder / "afk-many.yml")["jobs"]["tick"]

    assert tick["steps"][-1]["with"]["shard"] == "${{ matrix.share || 'unfilled' }}"
    assert text.count("matrix.share") == 1


@each_folder
def test_many__the_plan__is_handed_on(folder: Path) -> None:
    plan = load(folder / "afk-many.yml")["jobs"]["plan"]

    assert plan["steps"][-1]["id"] == "plan"
    names = ("empty", "matrix")
    assert plan["outputs"] == {name: f"${{{{ steps.plan.outputs.{name} }}}}" for name in names}
    action = load(ACTION)
    (step,) = action["runs"]["steps"]
    passed = {name: one["value"] for name, one in action["outputs"].items()}
    assert passed == {name: f"${{{{ steps.{step['id']}.outputs.{name} }}}}" for name in names}
