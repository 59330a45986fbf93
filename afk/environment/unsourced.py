"""A terminal that was not given the secrets which ``afk init`` wrote for this machine."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from afk.errors import ConfigError

_ENOUGH: Final = (
    *("AFK_TOKEN", "GITHUB_TOKEN", "GITHUB_ACTIONS", "AFK_STATE_KEY"),
    *("AFK_T3_TOKEN", "AFK_T3_TOKEN_FILE", "AFK_T3_TOKEN_COMMAND"),
)
"""Whoever gives one of these has an environment of their own, and hears what is missing in it."""


def check_sourced(environ: Mapping[str, str]) -> None:
    """Raise `ConfigError` where no secret is given, and the file that holds them is there.

    It is named, never read: its tokens are for one forge, and these settings may name another.
    """
    file = Path(environ.get("HOME", "")) / ".config" / "afk" / "afk.env"
    given = any(environ.get(name, "").strip() for name in _ENOUGH)
    if given or not file.is_absolute() or not file.exists():
        return
    raise ConfigError(
        "this terminal does not have afk's tokens",
        cause=f"afk init wrote them into {file}, which a terminal does not read by itself",
        next_step=f"give it them once: set -a; . {shlex.quote(str(file))}; set +a",
    )
