"""The world is handed what a tick runs, and finds afk's own command line where it is not."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from afk.environment.process import Outside
from afk.types import Forge
from afk_sandbox.world import START, world

ROOT: Final = Path(__file__).parents[3]
COMMAND_LINE: Final = """
import sys
import afk_sandbox.demo
from afk.types import Forge
from afk_sandbox.world import world
def loaded():
    return [name for name in ("afk.bootstrap", "afk.cli", "afk.commands") if name in sys.modules]
print(*loaded(), "imported")
with world(Forge.GITHUB) as here:
    print(*loaded(), "open")
with world(Forge.GITHUB, run=lambda arguments, outside: 0) as here:
    here.tick()
    print(*loaded(), "ticked with another")
with world(Forge.GITHUB) as here:
    print(here.run("tick").exit_code, "afk.cli" in sys.modules)
"""


@pytest.mark.parametrize("kind", Forge)
def test_world__handed_what_a_tick_runs__runs_that_and_nothing_else(kind: Forge) -> None:
    """It is given the arguments, the world's clock and streams, and the servers' addresses."""
    runs: list[tuple[str, ...]] = []

    def run(arguments: Sequence[str], outside: Outside) -> int:
        runs.append(tuple(arguments))
        outside.stdout.write(f"at {outside.now():%H:%M}, knows {outside.environ['AFK_TOKEN']}")
        outside.sleep(60)
        return 7

    with world(kind, run=run) as here:
        assert runs == []
        ticked = here.tick("--dry-run", after=120)
        token = here.environ["AFK_TOKEN"]
        minutes = (here.clock.now() - START).total_seconds() / 60
        requests = here.requests()

    assert runs == [("tick", "--dry-run")]
    assert (ticked.exit_code, ticked.output) == (7, f"at 09:02, knows {token}")
    assert minutes == 3
    assert requests == (0, 0)


def test_world__handed_nothing__finds_the_command_line_when_a_command_runs() -> None:
    """Not when the sandbox is imported, nor when a world opens."""
    done = subprocess.run(  # noqa: S603  this Python, with the text above
        [sys.executable, "-c", COMMAND_LINE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["imported", "open", "ticked with another", "0 True"]
