"""Runs the action as runners do: its shell part alone, or a whole workflow by act.

act (https://nektosact.com) in host mode runs jobs on this machine, without containers and
without a network: actions from elsewhere are mapped to local stand-ins, and the checkout of the
own repository is a copy. It knows neither ``types:`` nor cron, concurrency or permissions.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from support.workflow_files import GITHUB, ROOT, action_name, load, steps

from action.uv import SETUP_UV
from afk.types import Forge
from afk_sandbox.world import World

DISABLED: Final = "nothing to do: the kill switch is on"
IDLE_UV: Final = 'echo "uv: $*"'
_BASH: Final = shutil.which("bash") or "bash"
_BESIDE: Final = Path(sys.executable).parent
_LIMIT: Final = 120
_STAND_IN: Final = """\
name: stand-in
description: Does nothing.
runs:
  using: composite
  steps:
    - {run: "true", shell: bash}
"""
_CHECKOUT: Final = """\
name: checkout
description: Copies the own repository, and says which commit was asked for.
inputs: {{persist-credentials: {{}}, ref: {{}}}}
runs:
  using: composite
  steps:
    - run: cp -R "$FROM/." . && echo "checked out [$REF]"
      shell: bash
      env: {{FROM: "{workspace}", REF: "${{{{ inputs.ref }}}}"}}
"""
_PARTS: Final = ("afk", "action", "requirements", ".github", "action.yml")


@dataclass(frozen=True)
class Ran:
    """What a process did."""

    code: int
    out: str


def tool(name: str) -> str:
    """Return the path of a program that stands beside this Python, or on PATH."""
    beside = _BESIDE / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise LookupError(f"{name} is not installed; `make test` puts it into .venv")
    return found


def programs(folder: Path, **scripts: str) -> Path:
    """Make a folder for PATH that holds this Python as python3, and shell scripts."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"python3": f'exec {sys.executable} "$@"', **scripts}.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return folder


def copy_of_the_action(folder: Path) -> Path:
    """Copy what a runner would fetch of this repository."""
    folder.mkdir(parents=True)
    for part in _PARTS:
        if (ROOT / part).is_dir():
            unwanted = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / part, folder / part, ignore=unwanted)
        else:
            shutil.copy(ROOT / part, folder / part)
    return folder


def vouched(root: Path, folder: Path, uv: str, **others: str) -> Path:
    """Make a folder for PATH whose uv, a shell script, is one that a copy of the action knows."""
    programs(folder, uv=uv, **others)
    known = root / "requirements/uv-binaries.txt"
    digest = hashlib.sha256((folder / "uv").read_bytes()).hexdigest()
    with known.open("a", encoding="utf-8") as file:
        file.write(f"{digest}  a test's\n")
    return folder


def run_sh(root: Path, environ: Mapping[str, str], workspace: Path) -> Ran:
    """Run the action's shell part as its one step does."""
    command = [_BASH, f"{root}/action/run.sh"]
    done = subprocess.run(  # noqa: S603  the script under test
        command,
        env=dict(environ),
        cwd=workspace,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
        timeout=_LIMIT,
    )
    return Ran(done.returncode, done.stdout)


@dataclass(kw_only=True)
class Act:
    """One workflow run by act in scratch folders; ``kept`` holds afk's installation."""

    scratch: Path
    kept: Path
    env: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def run(self, workflow: str, event: str, payload: Mapping[str, Any]) -> Ran:
        """Run a workflow of ``.github/workflows`` for an event."""
        home, workspace = self.scratch / "home", self.scratch / "workspace"
        cache = home / "act"
        cache.mkdir(parents=True)
        copy_of_the_action(workspace)
        stand_in = home / "stand-in"
        stand_in.mkdir()
        (stand_in / "action.yml").write_text(_STAND_IN, encoding="utf-8")
        checkout = home / "checkout"
        checkout.mkdir()
        text = _CHECKOUT.format(workspace=workspace)
        (checkout / "action.yml").write_text(text, encoding="utf-8")
        file = home / "event.json"
        file.write_text(json.dumps(payload), encoding="utf-8")
        beside = str(Path(tool("uv")).parent)
        path = [str(programs(home / "bin")), beside, os.environ.get("PATH", os.defpath)]
        done = subprocess.run(  # noqa: S603  act, with arguments of our own
            [
                tool("act"),
                event,
                *("-C", str(workspace), "-W", f".github/workflows/{workflow}", "-e", str(file)),
                *("-P", "ubuntu-latest=-self-hosted", "--no-cache-server"),
                *("--local-repository", f"{SETUP_UV.split(' ')[0]}={stand_in}"),
                *("--local-repository", f"{_checkout_of(workflow)}={checkout}"),
                *_named("--env", {"GITHUB_REPOSITORY": "owner/afk", **self.env}),
                *_named("--var", {"AFK_FOLDER": str(self.kept), **self.variables}),
                *_named("-s", self.secrets),
            ],
            env={
                "HOME": str(home),
                "XDG_CACHE_HOME": str(home),
                "DO_NOT_TRACK": "1",
                "PATH": os.pathsep.join(path),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            text=True,
            timeout=_LIMIT,
        )
        return Ran(done.returncode, done.stdout)


def against(here: World, scratch: Path, base: Path) -> Act:
    """Return act for a world's servers, with the secrets and without the variables that arm afk.

    ``base``: where this test run keeps what its tests make. The installation is shared by all of
    them, workers included: the action's own lock is in charge.
    """
    api = here.settings["forge_url"]
    graphql = api.removesuffix("/v3") + "/graphql" if here.kind is Forge.GITHUB else ""
    return Act(
        scratch=scratch,
        kept=(base.parent if base.name.startswith("popen-") else base) / "kept",
        env={"GITHUB_API_URL": api, "GITHUB_GRAPHQL_URL": graphql},
        variables={
            "AFK_CONFIG": json.dumps(_unarmed(here.settings)),
            "AFK_T3_URL": here.settings["t3"]["url"],
        },
        secrets={
            name: here.environ[name] for name in ("AFK_TOKEN", "AFK_T3_TOKEN", "AFK_STATE_KEY")
        },
    )


def _unarmed(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings without the two gates, the forge's address (a runner knows it) and T3's."""
    left = {k: v for k, v in settings.items() if k not in ("kill_switch", "allowlist", "forge_url")}
    return left | {"t3": {"model": "gpt-fake"}}


def _checkout_of(workflow: str) -> str:
    """Return the checkout that a workflow pins."""
    found = (str(step.get("uses", "")) for step in steps(load(GITHUB / workflow)))
    return next(uses for uses in found if action_name(uses) == "actions/checkout")


def _named(option: str, values: Mapping[str, str]) -> list[str]:
    return [part for name, value in values.items() for part in (option, f"{name}={value}")]
