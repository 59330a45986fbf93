"""Runs a process to its end and tells what it took."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

LIGHT: Final = "import afk.__main__\n"
IMPORTS: Final = """
import afk.cli, yaml, httpcore, afk.bootstrap, afk.commands.tick, afk.adapters.{forge}.connect
import afk.commands.watch_and_poll
"""
_AFK: Final = """
import sys
from afk.__main__ import run
sys.argv = ["afk", *{arguments!r}]
if code := run():
    raise SystemExit(code)
"""
PLAIN: Final = """
import json, os
from bench import plain
plain.tick(json.loads(os.environ["AFK_CONFIG"]), os.environ)
"""
# Not resource.getrusage: a child begins there with its parent's peak.
_PEAK: Final = """
import pathlib, sys
if (status := pathlib.Path("/proc/self/status")).exists():
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    print(lines["VmHWM"].split()[0], file=sys.stderr)
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took: wall seconds, and megabytes at its peak (0 where Linux is not).

    ``output``: what it printed.
    """

    seconds: float
    megabytes: float
    output: str = ""


def afk(*arguments: str) -> str:
    """Return the code that runs one of afk's commands."""
    return _AFK.format(arguments=arguments)


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what a process of ours sees: nothing of this one's but where code is."""
    return {"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(sys.path), **environ}


def process(code: str, environ: Mapping[str, str]) -> Cost:
    """Run one process to its end; what it prints is shown only when it fails."""
    before = time.perf_counter()
    ran = subprocess.run(  # noqa: S603  this interpreter and code of this file
        [sys.executable, "-c", code + _PEAK],
        env=environment(environ),
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - before
    if ran.returncode:
        raise SystemExit(f"a process ended with {ran.returncode}:\n{ran.stdout}{ran.stderr}")
    peak = int(ran.stderr.split()[-1]) if ran.stderr else 0
    return Cost(seconds, peak * 1024 / 1e6, ran.stdout)
