"""Runs an installer: what it may see of a job's environment, and where.

Owns the environment of uv and pip. The job's secrets stay out of it, and so does all that steers
them but where to fetch from: https://docs.astral.sh/uv/reference/environment/ .
"""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

# What says where to fetch from and how to get there; what is fetched must match its hash
# wherever it comes from. All else that steers uv and pip is the caller's own business, their
# caches included: what lies in one is installed as it is, for the hash was checked when it came.
KEPT: Final = (
    "PIP_CERT",
    "PIP_CONFIG_FILE",
    "PIP_EXTRA_INDEX_URL",
    "PIP_INDEX_URL",
    "PIP_PROXY",
    "PIP_TRUSTED_HOST",
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
    "UV_LINK_MODE": "hardlink",  # never links into a cache that is removed
    "UV_NO_PROGRESS": "1",
    "UV_PYTHON_DOWNLOADS": "never",
    "UV_SYSTEM_CERTS": "1",  # a private certificate authority
    "UV_NATIVE_TLS": "1",  # the same for an older uv
}


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what an installer may see of a job's environment."""
    hidden = (*_SECRET, *_FOREIGN)
    seen = {name: v for name, v in environ.items() if name in KEPT or not name.startswith(hidden)}
    return seen | _SETTINGS


def run(command: Sequence[str], settings: Mapping[str, str], folder: Path) -> bool:
    """Run an installer away from the workspace, whose settings are none of ours."""
    done = subprocess.run(  # noqa: S603  uv or pip, without a shell
        command, env=settings, cwd=folder, check=False, close_fds=False
    )
    return done.returncode == 0
