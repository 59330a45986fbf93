"""What a process is given: environment, streams, clock, sleep; and the configuration's text.

Light on purpose: a disabled tick imports this, and none of what talks to servers.
"""

import codecs
import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO, cast

from afk.adapters.runner.actions import Runner, RunnerIO
from afk.adapters.runner.masking import Mask, MaskedStream
from afk.adapters.runner.reporter import ConsoleReporter
from afk.config import Config
from afk.environment.secrets import check_secrets
from afk.environment.settings import Loaded, loaded, thrown
from afk.environment.stopping import Stopping, by_signals, unasked
from afk.environment.tokens import known_secrets
from afk.errors import ConfigError, why_not
from afk.findings import Collected
from afk.text.cleaning import visible_text
from afk.text.colours import Paint, coloured

if TYPE_CHECKING:  # httpx is what a disabled tick must not pay for
    from httpx import BaseTransport

    from afk.adapters.sockets import Opener
    from afk.ports.setup import Desk
    from afk.setup.facts import Machine

_DEFAULT_FILES: Final = ("afk.yml", ".afk.yml")
_MOST_BYTES: Final = 1024 * 1024


def quietly(step: str) -> None:
    """Show no step: nobody is waiting."""
    del step


@dataclass(frozen=True, kw_only=True)
class Outside:
    """What a process gives: environment, streams, clock, transport. Tests give others.

    ``transport`` None: real connections; ``sockets`` likewise. ``stopping`` is given the sleep and
    opens what a command that goes on and on is stopped by. ``desk`` is given the folder and where
    lines are shown, and is who ``afk init`` talks to; ``machine`` is where; None: this process's.
    ``progress`` shows each step of what takes its time to who is waiting.
    ``transport`` None: real connections; ``sockets`` likewise. ``one_by_one``: nothing is ever
    waited for, so nothing needs a thread.
    """

    environ: Mapping[str, str]
    stdout: TextIO
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    folder: Path = field(default_factory=Path)
    transport: "BaseTransport | None" = None
    sockets: "Opener | None" = None
    stopping: Callable[[Callable[[float], None]], AbstractContextManager[Stopping]] = unasked
    desk: "Callable[[Path, TextIO], Desk] | None" = None
    machine: "Machine | None" = None
    progress: Callable[[str], None] = quietly
    one_by_one: bool = False


def configuration(outside: Outside, path: str) -> Config:
    """Return the configuration as files and variables have it, as `found_configuration` does."""
    return found_configuration(outside, path).config


def found_configuration(outside: Outside, path: str) -> Loaded:
    """Return the configuration as files and variables have it, and who shuts its gates.

    Nothing is looked for while the kill switch in the environment is on: throwing it must work
    whatever else is broken.
    """
    found = Collected()
    with found.one():
        if thrown(outside.environ):
            return loaded("", outside.environ)
    text, name = None, ""
    with found.one():
        text, name = config_text(outside, path)
    with found.one():
        one = loaded(text, outside.environ, name, lambda: check_secrets(outside.environ))
    found.finish()
    return one


def config_text(outside: Outside, path: str) -> tuple[str, str]:
    """Return the configuration's text, and what to call it where a line is named.

    From a named file, ``AFK_CONFIG``, or a file found here. Two at once are refused: the one that
    is ignored might say that the kill switch is on.
    """
    inline = outside.environ.get("AFK_CONFIG", "")
    named = [one for one in (path, outside.environ.get("AFK_CONFIG_FILE", "").strip()) if one]
    if len(named) + bool(inline.strip()) > 1:
        raise ConfigError(
            "the configuration is given more than once",
            cause="two of --config, AFK_CONFIG_FILE and AFK_CONFIG are set",
            next_step="keep one of them",
        )
    if inline.strip():
        return inline, "AFK_CONFIG"
    usual = [name for name in _DEFAULT_FILES if (outside.folder / name).is_file()]
    found = next(iter(named or usual), "")
    return (_read(outside.folder / found), found) if found else ("", "AFK_CONFIG")


def _read(path: Path) -> str:
    """Return a file's text; a mark that some editors put in front of UTF-8 is none of it."""
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, why_not(error)) from None
    if len(raw) > _MOST_BYTES:
        raise _unreadable(path, f"it has more than {_MOST_BYTES} bytes")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in raw[:4]:
        raise _unreadable(path, "it is UTF-16, as some editors save: save it as UTF-8")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _unreadable(path, f"line {line} is not UTF-8: save it as UTF-8") from None


def _unreadable(path: Path, cause: str) -> ConfigError:
    return ConfigError(
        f"the configuration file {path} cannot be read",
        cause=cause,
        next_step="check the path in --config or AFK_CONFIG_FILE, and the file",
    )


def write_file(outside: Outside, path: str, text: str, *, private: bool = False) -> None:
    """Write a file that a person asked for; one that cannot be written is theirs to mend.

    A private one can be read by nobody else from its first byte on.
    """
    mode = 0o600 if private else 0o666
    try:
        handle = os.open(outside.folder / path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise ConfigError(
            f"{path!r:.200} cannot be written",
            cause=why_not(error),
            next_step="name a file in a folder that is there and may be written to",
        ) from None


def reporter(outside: Outside, runner: Runner, stream: TextIO) -> ConsoleReporter:
    """Return the reporter, with every known secret masked in the runner and in the stream."""
    mask = Mask()
    masked = cast("TextIO", MaskedStream(stream, mask))
    terminal = stream.isatty() and not runner.is_actions
    paint = Paint(coloured(outside.environ, terminal=terminal))
    io = RunnerIO(runner=runner, stream=masked, paint=paint)
    report = ConsoleReporter(io=io, mask=mask)
    for secret in known_secrets(outside.environ):
        report.hide(secret)
    return report


def real_outside(environ: Mapping[str, str], stdout: TextIO) -> Outside:
    """Return this process's clock and sleep."""
    return Outside(
        environ=dict(environ),
        stdout=stdout,
        now=lambda: datetime.now(UTC),
        sleep=time.sleep,
        stopping=by_signals,
        progress=_on_a_terminal,
    )


def _on_a_terminal(step: str) -> None:
    """Show a step on standard error, where somebody sits before it."""
    if sys.stderr is not None and sys.stderr.isatty():
        sys.stderr.write(f"... {visible_text(step)}\n")
        sys.stderr.flush()
