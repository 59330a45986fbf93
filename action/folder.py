"""The folder that afk runs from: what goes into it, by what its name is known, when it is ready.

Imported by Pythons that are too old, which must still be able to parse it.
"""

from __future__ import annotations

import hashlib
import os
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = ".ready"
LEFT_OUT = ("__pycache__",)


class CannotStart(Exception):
    """afk cannot be started; the text says why, and what to do."""


def key(root: Path) -> str:
    """Return the hash of what the folder is made of: pins, sources, installer, platform."""
    digest = hashlib.sha256(repr((EXTENSION_SUFFIXES, os.uname().machine)).encode())
    pins = root / "requirements" / "runtime.txt"
    for path in (pins, *sources(root / "action"), *sources(root / "afk")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def sources(package: Path) -> Iterator[Path]:
    """Yield a package's files in a fixed order, without what the action leaves out."""
    for folder, folders, files in os.walk(package):
        folders[:] = sorted(one for one in folders if one not in LEFT_OUT)
        for name in sorted(files):
            yield Path(folder, name)
