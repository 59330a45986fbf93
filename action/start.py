"""Finds the folder that holds afk, has it made if it is not there, and runs afk from it.

Owns the way from a runner's environment to ``afk.__main__``: which folder, and what reaches the
program. Knows nothing of what afk does; how the folder is filled is `action.install`'s business,
which is imported only then. Runs under ``-I -S``: nothing but the standard library and this
action is importable until the folder takes its place in front. Pythons that are too old must
still be able to parse this file, for it is what tells them so.

What runners set: the recordings ``forgejo-actions/*/env-composite-step.txt`` and
https://docs.github.com/en/actions/reference/workflows-and-actions/variables .
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from action.folder import MARK, CannotStart, key

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

OLDEST = (3, 11)


def main(root: Path, environ: MutableMapping[str, str]) -> int:
    """Run the command that the action's inputs name; returns its exit code, 2 if it cannot start.

    ``root`` is the action's own folder, with ``action.yml`` in it, and first in ``sys.path``.
    """
    try:
        folder = find(root, environ)
    except CannotStart as error:
        _say(str(error), environ)
        return 2
    sys.path[0] = str(folder)
    sys.argv = ["afk", *(environ.pop("ACTION_COMMAND", "").split() or ["tick"])]
    from afk.__main__ import run  # noqa: PLC0415  importable only now

    return run()


def find(
    root: Path, environ: Mapping[str, str], python: tuple[int, ...] = sys.version_info[:3]
) -> Path:
    """Return the folder to run from, for a Python of this version.

    Its name carries a hash of all that goes into it and of the Python it is for: it is made
    once, never brought up to date, and jobs of different versions share a runner. It lies where
    the job alone writes, unless a person names a folder: a runner's tool cache is open to every
    job, of other repositories too, and what lies there would run with afk's secrets.
    """
    if python < OLDEST:
        found = ".".join(str(part) for part in python)
        raise CannotStart(
            f"afk needs Python 3.11 or newer, and python3 on this runner is {found}\n"
            "Next step: use a newer image, or put a setup-python step before this one"
        )
    if not hasattr(os, "uname") or find_spec("fcntl") is None:
        raise CannotStart(
            "afk's action runs on Linux and macOS, and this runner is neither (Windows?)\n"
            "Next step: give afk's job a runner of those in its runs-on; the repositories that "
            "it works on may have theirs anywhere"
        )
    name = f"{key(root)}-cp{python[0]}{python[1]}"
    places = [environ.get(place, "").strip() for place in ("ACTION_FOLDER", "RUNNER_TEMP")]
    folders = [Path(place, "afk", name) for place in places if place]
    for folder in folders:
        if (folder / MARK).exists():
            return folder
    from action.install import install  # noqa: PLC0415  a warm start needs none of it

    return install(root, folders, environ)


def _say(text: str, environ: Mapping[str, str]) -> None:
    """Print an error; as an annotation where the runner shows those."""
    forgejo = "FORGEJO_ACTIONS" in environ or "GITEA_ACTIONS" in environ
    if environ.get("GITHUB_ACTIONS") == "true" and not forgejo:
        text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        sys.stdout.write(f"::error::{text}\n")
    else:
        sys.stderr.write(f"error: {text}\n")
