"""Where tokens come from, and how they are kept out of what is shown.

Pure but for reading a token file or running a token command. Tokens are checked before they
reach an HTTP header: an error there would repeat them.
"""

import shlex
import subprocess
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from afk.adapters.bearer import check_token
from afk.errors import TokenError, why_not
from afk.variables import SECRETS

_COMMAND_SECONDS: Final = 30


def forge_token(environ: Mapping[str, str], *, own_forge: bool) -> str:
    """Return the forge's token: ``AFK_TOKEN``, else the job's own, ``GITHUB_TOKEN``.

    The job's is for the forge whose runner this is (``own_forge``): no other host gets to see it.
    """
    names = ("AFK_TOKEN", "GITHUB_TOKEN") if own_forge else ("AFK_TOKEN",)
    for name in names:
        if environ.get(name, "").strip():
            return check_token(environ[name], "the forge", name)
    return check_token("", "the forge", " (or ".join(names) + ")" * (len(names) - 1))


def t3_token(environ: Mapping[str, str]) -> Callable[[], str]:
    """Return a function that gives T3's bearer afresh per request.

    From the environment, a file (read each time, so a rotated token is picked up), or a
    command, which runs once per process.
    """
    sources = [
        name
        for name in ("AFK_T3_TOKEN", "AFK_T3_TOKEN_FILE", "AFK_T3_TOKEN_COMMAND")
        if environ.get(name, "").strip()
    ]
    if len(sources) > 1:
        raise TokenError(
            f"{' and '.join(sources)} are both set",
            cause="which of them is meant cannot be told",
            next_step="keep one of them",
        )
    if not sources or sources == ["AFK_T3_TOKEN"]:
        given = environ.get("AFK_T3_TOKEN", "")
        return lambda: check_token(given, "T3", "AFK_T3_TOKEN")
    if sources == ["AFK_T3_TOKEN_FILE"]:
        path = environ["AFK_T3_TOKEN_FILE"].strip()
        return lambda: check_token(_file(path), "T3", "the file AFK_T3_TOKEN_FILE names")
    command = environ["AFK_T3_TOKEN_COMMAND"].strip()
    run = cache(lambda: _command(command, environ))
    return lambda: check_token(run(), "T3", "what AFK_T3_TOKEN_COMMAND prints")


def _file(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise TokenError(
            "the file that AFK_T3_TOKEN_FILE names cannot be read",
            cause="it is no UTF-8 text; some editors and shells save UTF-16",
            next_step="save it as UTF-8",
        ) from None
    except OSError as error:
        raise TokenError(
            "the file that AFK_T3_TOKEN_FILE names cannot be read",
            cause=why_not(error),
            next_step="check the path and who may read it",
        ) from None


def _command(command: str, environ: Mapping[str, str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603  the operator's own command, without a shell
            shlex.split(command),
            capture_output=True,
            check=True,
            text=True,
            timeout=_COMMAND_SECONDS,
            stdin=subprocess.DEVNULL,
            env={name: value for name, value in environ.items() if name not in SECRETS},
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise TokenError(
            "the command in AFK_T3_TOKEN_COMMAND did not print a token",
            cause=why_not(error),
            next_step="run it by hand",
        ) from None
    return done.stdout


def known_secrets(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return every secret in the environment, line by line, longest first, for masking."""
    lines = {line.strip() for name in SECRETS for line in environ.get(name, "").splitlines()}
    return tuple(sorted(lines - {""}, key=len, reverse=True))
