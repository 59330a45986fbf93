"""Fills the folder that afk runs from: pinned dependencies and afk itself, with bytecode.

Owns fetching and locking. Must not take anything from the network that is not pinned by hash,
nor anything that another job left on the runner, nor show the job's secrets or the caller's
settings to an installer. uv checks a hash when it downloads and believes its cache afterwards,
so it gets a cache of this job's own. The mark that says a folder is whole is written last: a job
may be killed at any point, and the next one starts afresh.

uv: https://docs.astral.sh/uv/reference/cli/#uv-pip-install and
https://docs.astral.sh/uv/concepts/cache/ .
"""

import fcntl
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from action.folder import LEFT_OUT, MARK, CannotStart
from action.running import environment, run
from action.uv import pinned_uv

_SCRATCH: Final = ".scratch"


def install(root: Path, folders: Sequence[Path], environ: Mapping[str, str]) -> Path:
    """Make the first of ``folders`` that can be made, else one for this job; return it.

    Raises `CannotStart` where there is no uv and no way to it, and where fetching fails.
    """
    began = time.monotonic()
    folder = next((one for one in folders if _writable(one.parent)), None)
    if folder is None:
        # The system's folder for such things is everybody's: never a name that can be guessed.
        folder = Path(tempfile.mkdtemp(prefix="afk-"), "afk")
    try:
        with _locked(folder.parent):
            _make(folder, lambda: _fill(folder, root, environ))
    except OSError as error:
        raise CannotStart(
            f"afk cannot be put into {folder}: {error.strerror or error}\n"
            "Next step: check who may write there, and the room on that disk"
        ) from error
    seconds = time.monotonic() - began
    sys.stderr.write(f"afk: installed into {folder} in {seconds:.1f} s\n")
    return folder


def _writable(parent: Path) -> bool:
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(parent, os.W_OK | os.X_OK)


@contextmanager
def _locked(parent: Path) -> Iterator[None]:
    """Hold the one lock of a folder of folders; the system drops it when its holders are gone.

    Installers inherit it: should this process be killed, the lock lasts as long as they do.
    """
    descriptor = os.open(parent, os.O_RDONLY)
    os.set_inheritable(descriptor, True)  # noqa: FBT003  positional only
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _make(folder: Path, fill: Callable[[], None]) -> None:
    """Fill a folder unless another job has done it meanwhile; half-filled ones start afresh."""
    if (folder / MARK).exists():
        return
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()
    fill()
    (folder / MARK).touch()


def _fill(folder: Path, root: Path, environ: Mapping[str, str]) -> None:
    """Put afk in, then what it needs; uv compiles all of it."""
    shutil.copytree(root / "afk", folder / "afk", ignore=shutil.ignore_patterns(*LEFT_OUT))
    settings = environment(environ)
    scratch = folder / _SCRATCH  # on the same disk, so that uv can link what it unpacked
    scratch.mkdir(mode=0o700)
    uv = pinned_uv(root, folder.parent, scratch, settings, _make)
    arguments = ["--target", str(folder), "--python", sys.executable, "--compile-bytecode"]
    pinned = ["--require-hashes", "--no-deps", "--no-build", "-r"]
    done = run(
        [uv, "-q", "pip", "install", *arguments, *pinned, str(root / "requirements/runtime.txt")],
        {**settings, "UV_CACHE_DIR": str(scratch / "cache")},
        scratch,
    )
    if not done:
        raise CannotStart(
            "uv could not install what afk needs; its own words stand above\n"
            "Next step: check the runner's way to its package index (proxy, certificates, "
            "UV_DEFAULT_INDEX), then run the job again"
        )
    shutil.rmtree(scratch)
