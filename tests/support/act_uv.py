"""The uv and the pip that a runner of the action's tests has, and where the action installs."""

import venv
from pathlib import Path
from typing import Final

from support.act_rig import programs, tool

from action.folder import key

SYSTEM: Final = "/usr/bin:/bin"
PIP: Final = """\
import pathlib, sys
print("pip:", *sys.argv[1:], flush=True)
target = pathlib.Path(sys.argv[sys.argv.index("--target") + 1], "bin")
target.mkdir(parents=True)
(target / "uv").write_text('#!/bin/sh\\necho "uv: $*"\\n')
(target / "uv").chmod(0o755)
"""
NOTHING: Final = "raise SystemExit(1)"


def folder(root: Path, place: str) -> Path:
    """Return the folder that the action makes below a place."""
    return next(Path(place, "afk").glob(f"{key(root)}-cp3*"))


def real_path(tmp_path: Path) -> str:
    """Return a PATH with this Python and the uv that stands beside it."""
    return f"{programs(tmp_path / 'plain')}:{Path(tool('uv')).parent}:{SYSTEM}"


def without_uv(tmp_path: Path, pip: str = "") -> Path:
    """Return a folder for PATH with a Python of its own, which has this as pip, or none."""
    venv.create(tmp_path / "own", symlinks=True)
    if pip:
        (packages,) = (tmp_path / "own").glob("lib/python3*/site-packages")
        (packages / "pip.py").write_text(pip, encoding="utf-8")
    return programs(tmp_path / "own-bin", python3=f'exec {tmp_path}/own/bin/python "$@"')
