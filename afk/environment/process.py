"""What a process is given: environment, streams, clock, sleep; and the configuration's text.

Light on purpose: a disabled tick imports this, and none of what talks to servers.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO, cast

from afk.adapters.runner.actions import Runner, RunnerIO
from afk.adapters.runner.masking import Mask, MaskedStream
from afk.adapters.runner.reporter import ConsoleReporter
from afk.environment.tokens import known_secrets
from afk.errors import ConfigError

if TYPE_CHECKING:  # httpx is what a disabled tick must not pay for
    from httpx import BaseTransport

_DEFAULT_FILES: Final = ("afk.yml", ".afk.yml")


@dataclass(frozen=True, kw_only=True)
class Outside:
    """What a process gives: environment, streams, clock, transport. Tests give others.

    ``transport`` None: real connections.
    """

    environ: Mapping[str, str]
    stdout: TextIO
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    folder: Path = field(default_factory=Path)
    transport: "BaseTransport | None" = None


def config_text(outside: Outside, path: str) -> str:
    """Return the configuration's text: a named file, ``AFK_CONFIG``, or a file found here.

    Two at once are refused: the one that is ignored might say that the kill switch is on.
    """
    inline = outside.environ.get("AFK_CONFIG", "")
    named = [one for one in (path, outside.environ.get("AFK_CONFIG_FILE", "").strip()) if one]
    if len(named) + bool(inline.strip()) > 1:
        raise ConfigError(
            "the configuration is given more than once",
            cause="two of --config, AFK_CONFIG_FILE and AFK_CONFIG are set",
            next_step="keep one of them",
        )
    if named:
        return _read(outside.folder / named[0])
    if inline.strip():
        return inline
    found = [outside.folder / name for name in _DEFAULT_FILES]
    return next((_read(one) for one in found if one.is_file()), "")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"the configuration file {path} cannot be read",
            cause=type(error).__name__,
            next_step="check the path in --config or AFK_CONFIG_FILE",
        ) from None


def reporter(outside: Outside, runner: Runner, stream: TextIO) -> ConsoleReporter:
    """Return the reporter, with every known secret masked in the runner and in the stream."""
    mask = Mask()
    masked = cast("TextIO", MaskedStream(stream, mask))
    io = RunnerIO(runner=runner, stream=masked)
    report = ConsoleReporter(io=io, mask=mask)
    for secret in known_secrets(outside.environ):
        report.hide(secret)
    return report


def real_outside(environ: Mapping[str, str], stdout: TextIO) -> Outside:
    """Return this process's clock and sleep."""
    return Outside(
        environ=dict(environ), stdout=stdout, now=lambda: datetime.now(UTC), sleep=time.sleep
    )
