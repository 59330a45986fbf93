"""Two installations share one T3, and their repositories have the same name on two forges."""

import uuid
from typing import Any

import pytest
from support.loops import assert_ended, at_work, both, start, tick, until
from support.overheard import Mark, doorbell

from afk.types import Forge
from afk_sandbox.world import World, world

MODES = {"runtimeMode": "full-access", "interactionMode": "default"}


def work_elsewhere(here: World, folder: str) -> None:
    """Let the other installation's agent work on its ``owner/shop#1`` in its own folder."""
    here.t3.folders[folder] = True

    def command(kind: str, **fields: Any) -> None:
        given = {"commandId": str(uuid.uuid4()), "createdAt": "now"}
        here.t3.dispatch({"type": kind, **given, **fields})

    command("project.create", projectId="theirs", title="theirs", workspaceRoot=folder)
    command(
        "thread.create",
        threadId="theirs",
        projectId="theirs",
        title="[afk deadbeef] owner/shop#1",
        modelSelection={"instanceId": "codex", "model": "gpt-fake"},
        branch=None,
        worktreePath=None,
        **MODES,
    )
    message = {"messageId": "m1", "role": "user", "text": "[[sleep=9000]]", "attachments": []}
    command("thread.turn.start", threadId="theirs", message=message, **MODES)
    here.t3.advance()
    here.clock.sleep(60)


@both
@pytest.mark.parametrize("exists", [True, False])
def test_thread__of_a_namesake_in_another_folder__is_not_stopped(
    kind: Forge, *, exists: bool
) -> None:
    with world(kind) as here, doorbell(here) as bell:
        repo = here.repository("shop")
        if exists:
            here.issue(repo, "Add a till", "Not asked for", ready=False)
        work_elsewhere(here, "/srv/mirror")
        before = Mark(here)

        tick(here)

        assert before.commands == []
        assert at_work(here) == ["theirs"]
        assert bell.rings == []


@both
def test_thread__of_a_namesake_in_another_folder__is_in_no_runs_way(kind: Forge) -> None:
    with world(kind) as here:
        work_elsewhere(here, "/srv/mirror")

        issue = start(here, "[[push]]")
        until(here, issue)

        assert at_work(here) == ["theirs"]
        here.t3.state.threads.pop("theirs")
        assert_ended(here, issue, "done", "landed")


@both
def test_thread__in_the_own_folder_only_titled_like_a_run__is_left_alone(kind: Forge) -> None:
    """Anybody can write a title; a run's thread has an id that comes of the run."""
    with world(kind) as here, doorbell(here) as bell:
        issue = here.issue(here.repository("shop"), "Add a till", "Not asked for", ready=False)
        work_elsewhere(here, "/srv/shop")
        before = Mark(here)

        tick(here)

        assert at_work(here) == ["theirs"]
        assert (before.writes, before.commands) == ([], [])
        assert issue.comments == []
        assert bell.rings == []
