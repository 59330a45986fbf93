"""How long a job takes to start: the action's own script, from nothing and from a kept folder.

What is run ends at once, since afk is disabled there. Packages come from wherever this machine
gets them; without a way to them nothing is measured.
"""

import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

from bench.results import Start

_SCRIPT: Final = Path(__file__).parent.parent / "action" / "run.sh"
_OURS: Final = ("AFK_", "ACTION_", "GITHUB_", "FORGEJO_", "PYTHON")
_TIMES: Final = 3


def started() -> Start:
    """Measure both; the shortest of a few."""
    cold, kept = [], []
    for _ in range(_TIMES):
        with tempfile.TemporaryDirectory() as folder:
            first = _run(folder)
            if first is None:
                return Start(cold=None, kept=None)
            cold.append(first)
            kept += [second for _ in range(2) if (second := _run(folder)) is not None]
    return Start(cold=min(cold), kept=min(kept))


def _run(folder: str) -> float | None:
    """Return the seconds of one start; None where it fails."""
    seen = {name: text for name, text in os.environ.items() if not name.startswith(_OURS)}
    before = time.perf_counter()
    done = subprocess.run(  # noqa: S603  the action's own script
        ["/usr/bin/env", "bash", str(_SCRIPT)],
        env={**seen, "ACTION_FOLDER": folder, "RUNNER_TEMP": folder},
        capture_output=True,
        check=False,
    )
    seconds = time.perf_counter() - before
    return None if done.returncode else seconds
