"""The workflow of plan and shards, run by act against the sandbox's servers."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.act_rig import Act, against

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import IN_PROGRESS, World, world

CLOCK = {"schedule": "*/5 * * * *"}


@pytest.fixture
def here(request: pytest.FixtureRequest) -> Iterator[World]:
    """A forge and T3 of today, with a ready issue in each of three repositories."""
    with world(getattr(request, "param", Forge.GITHUB)) as one:
        one.clock.moment = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=9)
        for name in ("shop", "site", "till"):
            one.issue(one.repository(name), "Add it", "Please. [[push]]")
        yield one


@pytest.fixture
def act(here: World, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Act:
    """Return act with everything that arms a plan of three shards."""
    made = against(here, tmp_path, tmp_path_factory.getbasetemp())
    names = " ".join(here.settings["allowlist"])
    made.variables |= {"AFK_KILL_SWITCH": "false", "AFK_ALLOWLIST": names}
    made.variables["AFK_SHARDS"] = "3 --fill 1"
    return made


def begun(here: World) -> list[bool]:
    """Say of each repository's issue whether a run of it is in flight."""
    issues: list[Issue] = [repo.issues[1] for repo in here.forge.repositories]
    return [IN_PROGRESS in {label.name for label in one.labels} for one in issues]


@pytest.mark.parametrize("here", list(Forge), indirect=True)
def test_many__armed__every_shard_starts_its_own(act: Act, here: World) -> None:
    """Two may start: the first two, whichever shard comes first."""
    config = json.loads(act.variables["AFK_CONFIG"]) | {"max_in_flight": 2}
    act.variables["AFK_CONFIG"] = json.dumps(config)

    ran = act.run("afk-many.yml", "schedule", CLOCK)

    assert ran.code == 0, ran.out
    assert "shard 3/3: 1 repository, may start no runs" in ran.out
    assert begun(here) == [True, True, False]
    for name in ("shop", "site"):
        assert ran.out.count(f"owner/{name}#1 started thread") == 1
    assert "owner/till#1 held: max_in_flight=2 is at 2" in ran.out
    assert not [secret for secret in act.secrets.values() if secret in ran.out]


def test_many__nothing_to_do__runs_no_shard(act: Act, here: World) -> None:
    for repo in here.forge.repositories:
        here.forge.close(repo.issues[1], here.owner)

    ran = act.run("afk-many.yml", "schedule", CLOCK)

    assert ran.code == 0, ran.out
    assert "nothing to do, so there are no shards" in ran.out
    assert "[afk-many/plan" in ran.out
    assert "[afk-many/tick" not in ran.out
    assert here.requests()[1] == 2, "T3 was asked by the plan alone"


def test_many__one_shard_fails__the_others_work_is_whole(act: Act, here: World) -> None:
    """Its repository's branch is gone: its own job is red, and nobody else's."""
    config = json.loads(act.variables["AFK_CONFIG"])
    config["repositories"]["owner/site"]["branch"] = "nowhere"
    act.variables["AFK_CONFIG"] = json.dumps(config)

    ran = act.run("afk-many.yml", "schedule", CLOCK)

    assert ran.code != 0
    assert "owner/site has no branch nowhere" in ran.out
    assert begun(here) == [True, False, True]


@pytest.mark.parametrize("missing", ["AFK_SHARDS", "AFK_KILL_SWITCH"])
def test_many__not_asked_for__starts_no_job(missing: str, act: Act, here: World) -> None:
    del act.variables[missing]

    ran = act.run("afk-many.yml", "schedule", CLOCK)

    assert ran.code == 0, ran.out
    assert "checked out" not in ran.out
    assert here.requests() == (0, 0)


def test_many__disabled__plans_nothing_and_runs_no_shard(act: Act, here: World) -> None:
    act.variables["AFK_KILL_SWITCH"] = "true"

    ran = act.run("afk-many.yml", "schedule", CLOCK)

    assert ran.code == 0, ran.out
    assert "nothing to do: the kill switch is on" in ran.out
    assert "[afk-many/tick" not in ran.out
    assert here.requests() == (0, 0)
