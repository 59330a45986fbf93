"""Plans and their shards in a sandbox world, as the jobs of a workflow run them."""

import json
from dataclasses import replace
from typing import Any

import httpx
from support.poll_rig import BODY, threads

from afk_sandbox.forge.records import Issue
from afk_sandbox.world import Ticked, World


def several(here: World, count: int, body: str = BODY) -> list[Issue]:
    """One ready issue in each of so many repositories, approved one after the other."""
    return [here.issue(here.repository(f"r{n}"), f"Do {n}", body) for n in range(count)]


def plan(here: World, *arguments: str, transport: httpx.BaseTransport | None = None) -> Ticked:
    """Plan; the answer is the JSON document."""
    return here.run("plan", "--json", *arguments, transport=transport)


def shares(planned: Ticked) -> list[str]:
    """Return what each shard of a plan is handed."""
    return [str(one["share"]) for one in planned.document["matrix"]["include"]]


def told(planned: Ticked) -> list[dict[str, Any]]:
    """Return the same, read."""
    return [json.loads(one) for one in shares(planned)]


def tick_shard(
    here: World, share: str, *arguments: str, transport: httpx.BaseTransport | None = None
) -> Ticked:
    """Tick as one shard; the answer is the JSON document."""
    there = replace(here, environ={**here.environ, "AFK_SHARD": share})
    return there.run("tick", "--json", *arguments, transport=transport)


def planned_round(here: World, *, shards: int, after: float = 60) -> list[Ticked]:
    """Let time pass, plan, and let every shard tick."""
    here.clock.sleep(after)
    here.t3.advance()
    planned = plan(here, "--shards", str(shards), "--fill", "1")
    assert planned.exit_code == 0, planned.output
    ticked = [tick_shard(here, one) for one in shares(planned)]
    here.t3.advance()
    return ticked


def starts(here: World, issues: list[Issue]) -> list[int]:
    """Return how many threads each issue has."""
    return [len(threads(here, one)) for one in issues]
