"""Fills the folder that afk runs from: pinned dependencies and afk itself, with bytecode.

Owns fetching and locking. Must not take anything from the network that is not pinned by hash,
nor show the job's secrets or the caller's settings to an installer. The mark that says a folder
is whole is written last: a job may be killed at any point, and the next one starts afresh.

uv: https://docs.astral.sh/uv/reference/cli/#uv-pip-install and
https://docs.astral.sh/uv/reference/environment/ ; pip is the way to uv where there is none:
https://pip.pypa.io/en/stable/topics/secure-installs/ . Forgejo's default image has neither.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from action.folder import LEFT_OUT, MARK, CannotStart

SETUP_UV: Final = "astral-sh/setup-uv@11f9893b081a58869d3b5fccaea48c9e9e46f990 # v8.3.2"
UV_VERSION: Final = "0.11.28"

# What says where to fetch from and how to get there; what is fetched must match its hash
# wherever it comes from. All else that steers uv and pip is the caller's own business.
KEPT: Final = (
    "PIP_CERT",
    "PIP_CONFIG_FILE",
    "PIP_EXTRA_INDEX_URL",
    "PIP_INDEX_URL",
    "PIP_PROXY",
    "PIP_TRUSTED_HOST",
    "UV_CACHE_DIR",
    "UV_CONFIG_FILE",
    "UV_DEFAULT_INDEX",
    "UV_EXTRA_INDEX_URL",
    "UV_HTTP_TIMEOUT",
    "UV_INDEX",
    "UV_INDEX_URL",
)
_SECRET: Final = ("ACTION", "AFK_", "FORGEJO_", "GITEA_", "GITHUB_", "INPUT_")
_FOREIGN: Final = ("PIP_", "PYTHON", "UV_")
_SETTINGS: Final = {
    "NO_COLOR": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_ROOT_USER_ACTION": "ignore",
    "UV_NO_PROGRESS": "1",
    "UV_PYTHON_DOWNLOADS": "never",
    "UV_SYSTEM_CERTS": "1",  # a private certificate authority
    "UV_NATIVE_TLS": "1",  # the same for an older uv
}


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
    uv = shutil.which("uv", path=settings.get("PATH")) or _uv_by_pip(folder.parent, root, settings)
    arguments = ["--target", str(folder), "--python", sys.executable, "--compile-bytecode"]
    pinned = ["--require-hashes", "--no-deps", "--no-build", "-r"]
    done = _run(
        [uv, "-q", "pip", "install", *arguments, *pinned, str(root / "requirements/runtime.txt")],
        settings,
        folder,
    )
    if not done:
        raise CannotStart(
            "uv could not install what afk needs; its own words stand above\n"
            "Next step: check the runner's way to its package index (proxy, certificates, "
            "UV_DEFAULT_INDEX), then run the job again"
        )


def _uv_by_pip(parent: Path, root: Path, settings: Mapping[str, str]) -> str:
    """Return the path of a uv of the pinned version, fetched through pip and kept."""
    pins = root / "requirements/uv.txt"
    folder = parent / f"uv-{UV_VERSION}"

    def fill() -> None:
        pip = [sys.executable, "-I", "-m", "pip", "install", "-q", "--no-input"]
        pinned = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(pins)]
        if not _run([*pip, "--target", str(folder), *pinned], settings, folder):
            raise CannotStart(_no_uv())

    _make(folder, fill)
    return str(folder / "bin" / "uv")


def _no_uv() -> str:
    return (
        "afk is installed with uv; this runner has none, and pip could not fetch it\n"
        "Next step: put these lines before afk's step (on Forgejo with https://github.com/ in "
        f'front of the name):\n- uses: {SETUP_UV}\n  with: {{version: "{UV_VERSION}"}}'
    )


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what an installer may see of a job's environment."""
    hidden = (*_SECRET, *_FOREIGN)
    seen = {name: v for name, v in environ.items() if name in KEPT or not name.startswith(hidden)}
    return seen | _SETTINGS


def _run(command: Sequence[str], settings: Mapping[str, str], folder: Path) -> bool:
    """Run an installer away from the workspace, whose settings are none of ours."""
    done = subprocess.run(  # noqa: S603  one of the two commands above, without a shell
        command, env=settings, cwd=folder, check=False, close_fds=False
    )
    return done.returncode == 0
