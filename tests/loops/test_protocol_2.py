"""A T3 Code of orchestration protocol 2, and one that becomes it under a run."""

import subprocess
import sys
from typing import Final

import pytest
from support.loops import (
    CI_GRACE,
    assert_ended,
    at_work,
    both,
    comment,
    labels,
    record,
    said,
    start,
    threads,
    tick,
    until,
)
from support.overheard import Mark, doorbell
from support.poll_rig import polled, writes
from support.poll_rig import said as told

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.world import IN_PROGRESS, READY, world

TWO: Final = "0.0.33"
ONE: Final = "0.0.32"


def calls(mark: Mark) -> list[str]:
    """Return what T3 was asked, without the part of an address that names a thread."""
    cut = [
        one.path.partition("/threads/")[0] + ("/threads" if "/threads/" in one.path else "")
        for one in mark.t3
    ]
    return [path.removeprefix("/api/orchestration") for path in cut]


@both
def test_run__from_label_to_closed__on_protocol_2(kind: Forge) -> None:
    with world(kind, t3_version=TWO) as here, doorbell(here) as bell:
        issue = start(here, "[[push=red,green]]")
        until(here, issue)

        assert_ended(here, issue, "done", "landed", turns=2)
        assert len(threads(here, issue)) == 1
        assert len(bell.rings) == 1
        [thread] = threads(here, issue)
        assert thread.runtime_mode == "full-access"


@both
def test_tick__of_a_start_and_of_a_watch__one_socket_and_only_where_something_is_written(
    kind: Forge,
) -> None:
    with world(kind, t3_version=TWO) as here:
        repo = here.repository("shop", **CI_GRACE)
        here.issue(repo, "Add a till", "[[slow=900]] [[push]]")
        starting = Mark(here)
        tick(here)
        assert calls(starting) == [
            "/.well-known/t3/environment",
            "/shell",
            "/api/auth/websocket-ticket",
            "/ws",
            "/ws/server.getConfig",
            "/ws/dispatch",
            "/shell",
            "/ws/dispatch",
            "/shell",
            "/threads",
            "/ws/dispatch",
        ]
        assert starting.commands == ["project.create", "thread.create", "thread.turn.start"]

        watching = Mark(here)
        tick(here)
        assert calls(watching) == ["/.well-known/t3/environment", "/shell", "/threads"]


@pytest.mark.parametrize(
    ("settings", "parts"),
    [
        ({"instance": "codx"}, ["no provider instance codx", "claudeAgent, codex, grok"]),
        ({"model": "gpt-9"}, ["no model gpt-9", "gpt-fake"]),
        ({"instance": "grok"}, ["grok cannot work", "not installed"]),
    ],
)
@both
def test_start__instance_or_model_that_t3_does_not_have__is_the_users_to_fix(
    kind: Forge, settings: dict[str, str], parts: list[str]
) -> None:
    with world(kind, t3_version=TWO) as here:
        issue = here.issue(here.repository("shop", **settings), "Add a till", "[[push]]")
        before = Mark(here)
        ticked = polled(here)
        assert ticked.exit_code == 2
        for part in parts:
            assert part in told(ticked, "error")
        assert before.commands == []
        assert record(here, issue)["stage"] == "approved", "nothing was claimed"
        assert labels(issue) == {READY}
        dry = here.run("tick", "--dry-run", "--json")
        assert dry.exit_code == 2, "a dry run makes the checks of what it would start"
        assert parts[0] in told(dry, "error")


@both
def test_stop__of_an_agent_at_work__its_run_is_interrupted(kind: Forge) -> None:
    with world(kind, t3_version=TWO) as here:
        issue = start(here, "[[hang]]")
        before = Mark(here)
        stopped = here.run("stop", issue.ref)
        assert stopped.exit_code == 0, stopped.output
        assert before.commands == ["thread.session.stop"]
        assert at_work(here) == []
        assert_ended(here, issue, "stopped", "stop-command")


@both
def test_stop__of_an_agent_that_asks__is_answered_first_and_nothing_is_wedged(kind: Forge) -> None:
    with world(kind, t3_version=TWO) as here:
        issue = start(here, "[[approval]] [[linger]]")
        before = Mark(here)
        here.run("stop", issue.ref)
        here.run("stop", issue.ref)
        assert before.commands[0] == "thread.approval.respond"
        assert not here.t3.wedged
        assert at_work(here) == []
        assert record(here, issue)["stage"] == "ended"


@both
def test_restart__under_an_agent_at_work__told_to_go_on_once(kind: Forge) -> None:
    """Protocol 2 shows what a restart cut off, at once; nothing has to fall silent first."""
    with world(kind, t3_version=TWO) as here:
        issue = start(here, "[[slow=900]] [[push]]")
        here.t3.restart()
        before = Mark(here)
        tick(here)
        assert before.commands == ["thread.turn.start"]
        assert said(here, issue)[-1].startswith("Go on where you stopped.")

        here.t3.restart()
        until(here, issue)
        assert_ended(here, issue, "needs-human", "agent-failed", turns=2)
        assert len(threads(here, issue)) == 1


@both
def test_crash__of_the_provider__is_found_by_its_silence(kind: Forge) -> None:
    """The run stays ``running`` for ever, and nothing can stop it: a person is told."""
    with world(kind, t3_version=TWO) as here:
        issue = start(here, "[[crash]]")
        for _ in range(4):
            tick(here, after=1500)
        assert record(here, issue)["dialogue"]["stops"][0]["rule"] == "zombie"
        until(here, issue, "ending", after=7300)
        assert record(here, issue)["verdict"] == "needs-human"
        assert labels(issue) == {READY, IN_PROGRESS}
        assert len(said(here, issue)) == 1


@pytest.mark.parametrize("kind_of", ["before", "after"])
@both
def test_turn__its_answer_is_lost__is_sent_once(kind: Forge, kind_of: str) -> None:
    with world(kind, t3_version=TWO) as here:
        repo = here.repository("shop", **CI_GRACE)
        issue = here.issue(repo, "Add a till", "[[push]]")
        struck: list[str] = []

        def strike(method: str, path: str) -> Fault | None:
            if path != "/ws/dispatch":
                return None
            struck.append(method)
            return (
                Fault("before" if kind_of == "before" else "after")
                if len(struck) in (3, 4)
                else None
            )

        here.faults["t3"] = strike
        tick(here)

        assert len(struck) > 4
        assert len(said(here, issue)) == 1
        until(here, issue)
        assert_ended(here, issue, "done", "landed")


# --- what T3 shows of tokens


@both
def test_tokens__where_t3_shows_none__nothing_is_said_of_them(kind: Forge) -> None:
    with world(kind, t3_version=TWO) as here:
        issue = start(here, "[[push]]")
        until(here, issue)
        assert "Used:" not in comment(here, issue)


# --- what it costs those who do not need it

IMPORTS: Final = """
import sys
sys.path[:0] = ["tests"]
from afk.types import Forge
from afk_sandbox.world import world
import afk.cli

with world(Forge.GITHUB, t3_version="0.0.32") as here:
    sockets = [name for name in sys.modules if name.startswith("websockets")]
    for name in sockets:  # the sandbox's server has its own use for it
        del sys.modules[name]
    repo = here.repository("shop")
    here.issue(repo, "Add a till", "[[push]]")
    here.settings["kill_switch"] = True
    assert here.tick().exit_code == 0
    here.settings["kill_switch"] = False
    ticked = here.tick()
    assert ticked.exit_code == 0, ticked.output
    assert "started thread" in ticked.output
    assert not [name for name in sys.modules if name.startswith("websockets")]
"""


def test_tick__disabled_or_on_protocol_1__imports_no_websocket() -> None:
    done = subprocess.run(  # noqa: S603  the text above
        [sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr


@both
def test_dry_run__on_protocol_2__writes_nothing(kind: Forge) -> None:
    with world(kind, t3_version=TWO) as here:
        here.issue(here.repository("shop"), "Add a till", "[[push]]")
        dry = here.run("tick", "--dry-run", "--json")
        assert dry.exit_code == 0, dry.output
        assert writes(here) == []
