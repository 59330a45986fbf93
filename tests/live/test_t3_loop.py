"""Whole runs on a real T3 Code, with the sandbox's forge: opt-in, see tests/README.md.

``AFK_LIVE_T3`` is its address, ``AFK_LIVE_T3_TOKEN_FILE`` holds a token, and below
``AFK_LIVE_T3_FOLDERS``, on the server's machine, which is this one, workspaces are made. Behind it
stands an agent without a model that obeys words in double brackets and pushes nothing: what it
would have pushed is pushed by the test.
"""

import os
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from support.loops import comment, labels, record
from support.poll_rig import said

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World, world

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif("AFK_LIVE_T3_FOLDERS" not in os.environ, reason="no real T3 is named"),
]
_LOOKS: Final = 40
_PAUSE: Final = 0.5


@pytest.fixture(params=list(Forge))
def here(request: pytest.FixtureRequest) -> Iterator[World]:
    with world(request.param) as found:
        token = Path(os.environ["AFK_LIVE_T3_TOKEN_FILE"]).read_text(encoding="utf-8")
        found.environ["AFK_T3_TOKEN"] = token.strip()
        found.settings["t3"]["url"] = os.environ["AFK_LIVE_T3"]
        found.settings["runs_per_day"] = 1_000
        yield found


def begin(here: World, body: str) -> Issue:
    """One repository with a workspace of its own, one approved issue."""
    folder = Path(os.environ["AFK_LIVE_T3_FOLDERS"]) / f"shop-{uuid.uuid4().hex[:8]}"
    subprocess.run(["git", "init", "-q", str(folder)], check=True)  # noqa: S603, S607
    repo = here.repository("shop", workspace=str(folder), ci={"grace_seconds": 60})
    return here.issue(repo, "Add a till", body)


def tick(here: World, *, after: float = 60) -> str:
    """Tick, and show what was said."""
    here.clock.sleep(after)
    ticked = here.run("tick", "--json")
    text = said(ticked)
    print(text)  # noqa: T201  the transcript
    assert ticked.exit_code == 0, text
    return text


def until(here: World, words: str, *, after: float = 60) -> str:
    """Tick until something is said; the server's agent takes real time."""
    heard = ""
    for _ in range(_LOOKS):
        text = tick(here, after=after)
        heard += text
        if words in text:
            return heard
        time.sleep(_PAUSE)
    raise AssertionError(f"never said: {words}\n{heard}")


def push(here: World, issue: Issue, ci: str) -> None:
    """Push what the agent was asked for, with CI's word for it."""
    time.sleep(_PAUSE * 4)
    run = record(here, issue)["run_id"]
    agent = here.forge.account("agent")
    assert agent is not None
    message = f"Do it\n\nCI: {ci}\n\nAFK-Run: {run}\n"
    here.forge.push(issue.repo, issue.repo.default_branch, message, agent)


def turns(here: World, issue: Issue) -> list[str]:
    return [one["purpose"] for one in record(here, issue)["dialogue"]["turns"]]


def test_live_run__from_label_to_closed(here: World) -> None:
    issue = begin(here, "A till, please. [[sleep=1]]")
    until(here, "started thread")
    push(here, issue, "green")
    until(here, "ended: done")
    assert issue.closed_at is not None
    assert labels(issue) == set()
    assert turns(here, issue) == ["first"]


def test_live_run__red__is_corrected_in_the_same_thread(here: World) -> None:
    issue = begin(here, "A till, please.")
    until(here, "started thread")
    push(here, issue, "red")
    until(here, "the agent was told to fix CI")
    push(here, issue, "green")
    until(here, "ended: done")
    assert turns(here, issue) == ["first", "fix-forward"]


def test_live_run__usage_limit__waits_and_goes_on(here: World) -> None:
    issue = begin(here, "A till, please. [[fail]]")
    until(here, "waiting for the provider's reset")
    assert "pauses" in record(here, issue)
    until(here, "the agent was told to go on", after=600)
    push(here, issue, "green")
    until(here, "ended: done")
    assert turns(here, issue) == ["first", "resume"]


def test_live_run__question__is_answered(here: World) -> None:
    issue = begin(here, "A till, please. [[ask]]")
    until(here, "answered: nobody is there, decide yourself")
    push(here, issue, "green")
    until(here, "ended: done")
    assert turns(here, issue) == ["first"]


def test_live_run__stopped__its_agent_is_seen_stopped(here: World) -> None:
    issue = begin(here, "A till, please. [[hang]]")
    until(here, "started thread")
    time.sleep(_PAUSE * 2)
    for _ in range(3):
        stopped = here.run("stop", issue.ref)
        print(stopped.output)  # noqa: T201  the transcript
        if stopped.exit_code == 0:
            break
    assert stopped.exit_code == 0
    assert record(here, issue)["verdict"] == "stopped"
    assert "Stopped" in comment(here, issue)


def test_live_start__model_that_t3_does_not_list__is_the_users_to_fix(here: World) -> None:
    here.settings["t3"]["model"] = "gpt-9"
    begin(here, "A till, please.")
    here.clock.sleep(60)
    ticked = here.run("tick", "--json")
    assert ticked.exit_code == 2
    assert "no model gpt-9" in said(ticked, "error")
