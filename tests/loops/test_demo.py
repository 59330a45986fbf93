"""`afk demo`, whole: what it proves to whoever runs it first, and that it stays on loopback."""

import io
import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from afk.cli import main
from afk.environment.process import Outside
from afk.types import Forge
from afk_sandbox.demo import SCENARIOS, demo
from afk_sandbox.demo_scenarios import FROZEN

ROOT: Final = Path(__file__).parents[2]
SECONDS: Final = 40
WATCHED: Final = """
import sys
places = set()
def hook(event, arguments):
    if event == "socket.connect":
        places.add(str(arguments[1][0]))
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        places.add(str(arguments[0]))
sys.addaudithook(hook)
from afk.cli import main
from afk.environment.process import real_outside
code = main(["demo"], real_outside({}, sys.stdout))
print(*sorted(places), file=sys.stderr)
sys.exit(code)
"""


def processor_time() -> float:
    """Return what ended children used, in seconds: a busy machine must not fail a test."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_demo__run_as_anybody_would__ends_every_run_as_expected_and_stays_on_loopback() -> None:
    """In a process without any setting or secret; who is connected to is heard by the system."""
    began = processor_time()
    done = subprocess.run(  # noqa: S603  this Python, with the text above
        [sys.executable, "-c", WATCHED],
        cwd=ROOT,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    took = processor_time() - began

    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    runs = sum(len(one.kinds) for one in SCENARIOS)
    assert runs >= 18
    assert lines[-1] == f"demo: {runs} of {runs} runs ended as expected"
    rows = [line for line in lines if line.endswith("  yes")]
    assert len(rows) == runs
    assert {line.split()[0] for line in rows} == {"github", "forgejo"}
    assert done.stderr.split() == ["127.0.0.1"]
    assert took < SECONDS


def test_demo__a_run_that_ends_otherwise__is_marked_and_fails() -> None:
    out = io.StringIO()
    wrong = replace(SCENARIOS[0], verdicts=(FROZEN,))
    code = demo(out, kinds=[Forge.FORGEJO], scenarios=[wrong, SCENARIOS[0]])
    lines = out.getvalue().splitlines()
    assert code == 1
    assert lines[-1] == "demo: 1 of 2 runs ended as expected"
    assert [line.split()[-1] for line in lines if " owner/shop#" in line][-2:] == ["NO", "yes"]


def test_demo__json__is_one_document() -> None:
    """And every command went through the command line that was handed over."""
    out, ran = io.StringIO(), list[Sequence[str]]()

    def counted(arguments: Sequence[str], outside: Outside) -> int:
        ran.append(arguments)
        return main(arguments, outside)

    code = demo(out, as_json=True, run=counted, kinds=[Forge.GITHUB], scenarios=SCENARIOS[:1])
    document = json.loads(out.getvalue())
    assert code == 0
    (run,) = document["runs"]
    assert (run["verdict"], run["as_expected"]) == ("done", True)
    (totals,) = document["totals"]
    assert set(ran) == {("tick",)}
    assert totals.startswith(f"github: {len(ran)} ticks, ")
