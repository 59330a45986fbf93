"""Finds the uv that fills the folder: one whose own bytes are pinned, wherever it came from.

Owns the way to uv. Must not run a program that only lies in the right place: a runner's tool
cache and its home folder are open to every job, and setup-uv takes what it finds there unchecked
(https://github.com/astral-sh/setup-uv/blob/main/src/download/download-version.ts,
``tryGetFromToolCache``). What PATH shows is read once, into a folder that this job alone writes;
if that copy is one of ``requirements/uv-binaries.txt`` it is what runs. Otherwise pip fetches uv by
hash: https://pip.pypa.io/en/stable/topics/secure-installs/ . Forgejo's default image has neither.
"""

import hashlib
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from action.folder import CannotStart
from action.running import run

SETUP_UV: Final = "astral-sh/setup-uv@11f9893b081a58869d3b5fccaea48c9e9e46f990 # v8.3.2"
UV_VERSION: Final = "0.11.28"
_STEP: Final = 1 << 20

Make = Callable[[Path, Callable[[], None]], None]


def pinned_uv(
    root: Path, kept: Path, scratch: Path, settings: Mapping[str, str], make: Make
) -> str:
    """Return the path of a uv that is one of those pinned.

    ``scratch`` is this job's own; pip's stays in ``kept``, filled by ``make``. Raises
    `CannotStart` where neither PATH nor pip has one.
    """
    found = shutil.which("uv", path=settings.get("PATH"))
    if found:
        copy = scratch / "uv"
        if _copied(Path(found), copy) in _known(root):
            copy.chmod(0o700)
            return str(copy)
        copy.unlink(missing_ok=True)
        sys.stderr.write(f"afk: {found} is not uv {UV_VERSION} as published; pip fetches that\n")
    return _by_pip(root, kept, scratch, settings, make, found or "")


def _copied(source: Path, target: Path) -> str:
    """Copy a program; returns the hash of what was written, "" where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with source.open("rb") as read, target.open("wb") as write:
            while part := read.read(_STEP):
                digest.update(part)
                write.write(part)
    except PermissionError:
        return ""
    return digest.hexdigest()


def _known(root: Path) -> frozenset[str]:
    text = (root / "requirements/uv-binaries.txt").read_text(encoding="utf-8")
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
    return frozenset(line[0] for line in lines if line)


def _by_pip(
    root: Path, kept: Path, scratch: Path, settings: Mapping[str, str], make: Make, found: str
) -> str:
    """Return the path of a uv of the pinned version, fetched through pip and kept."""
    folder = kept / f"uv-{UV_VERSION}"

    def fill() -> None:
        pip = [sys.executable, "-I", "-m", "pip", "install", "-q", "--no-input", "--no-cache-dir"]
        pinned = ["--require-hashes", "--no-deps", "--only-binary", ":all:"]
        pins = ["-r", str(root / "requirements/uv.txt")]
        if not run([*pip, "--target", str(folder), *pinned, *pins], settings, scratch):
            raise CannotStart(_no_uv(found))

    make(folder, fill)
    return str(folder / "bin" / "uv")


def _no_uv(found: str) -> str:
    seen = f"{found} is another, or was changed" if found else "this runner has none"
    return (
        f"afk is installed with uv {UV_VERSION}; {seen}, and pip could not fetch it\n"
        "Next step: put these lines before afk's step (on Forgejo with https://github.com/ in "
        f'front of the name):\n- uses: {SETUP_UV}\n  with: {{version: "{UV_VERSION}"}}'
        + ("\nIf they are there, empty the runner's tool cache of uv" if found else "")
    )
