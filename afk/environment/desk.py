"""The machine somebody sits at: prompts, files, the clone that a folder is. Thin.

Prompts go to standard error: with ``--json`` the document alone stands on standard output. A
secret is typed unseen (https://docs.python.org/3/library/getpass.html).
"""

import contextlib
import getpass
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from afk.errors import ConfigError, why_not
from afk.text.cleaning import visible_text

_PRIVATE: Final = 0o600
_GIT_SECONDS: Final = 10
_MOST_BYTES: Final = 1024 * 1024


@dataclass(kw_only=True)
class Terminal:
    """Implements `afk.ports.setup.Desk`; ``shown`` takes lines, ``line`` and ``hidden`` ask."""

    folder: Path
    shown: TextIO
    talks: bool
    line: Callable[[str], str]
    hidden: Callable[[str], str]

    def say(self, line: str) -> None:
        """Show a line; what a server said in it cannot steer the terminal."""
        print(visible_text(line), file=self.shown, flush=True)

    def ask(self, question: str, proposal: str) -> str:
        """Ask, and return the answer, the proposal for none."""
        shown = f"{question} [{proposal}] " if proposal else f"{question} "
        return self.line(visible_text(shown)).strip() or proposal

    def ask_hidden(self, question: str) -> str:
        """Ask for a secret."""
        return self.hidden(f"{question} ").strip()

    def remote(self) -> str:
        """Return the address that the folder was cloned from."""
        return git(self.folder, "remote", "get-url", "origin")

    def read(self, path: str) -> str | None:
        """Return a file's text."""
        try:
            with (self.folder / path).open("rb") as file:
                return file.read(_MOST_BYTES).decode("utf-8-sig")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise _trouble(path, "read", error) from None

    def exists(self, path: str) -> bool:
        """Say whether a file is there."""
        return (self.folder / path).exists()

    def write(self, path: str, text: str, *, private: bool) -> None:
        """Write a file as a whole or not at all: beside its place first, then into it.

        A link on the way there is somebody's, and may lead out of the folder: nothing is written.
        """
        place = self.folder / path
        beside = place.with_name(f".{place.name}.new")
        if place.is_symlink() or not self._stays_here(path, place.parent):
            raise ConfigError(
                f"{path} is not written: it leads elsewhere",
                cause="it, or a folder that it stands in, is a link",
                next_step="put a file or a folder of its own in the link's place",
            )
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                beside.unlink()
            mode = _PRIVATE if private else 0o666
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            beside.replace(place)
        except OSError as error:
            raise _trouble(path, "written", error) from None

    def _stays_here(self, path: str, parent: Path) -> bool:
        """Say whether a file of the folder stands in it; one of the person's home may be linked."""
        if Path(path).is_absolute():
            return True
        return parent.resolve() == self.folder.resolve() / Path(path).parent


def terminal(folder: Path, shown: TextIO) -> Terminal:
    """Return this process's terminal; nobody is there where input or errors go elsewhere."""
    there = sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()
    return Terminal(folder=folder, shown=shown, talks=there, line=_line, hidden=getpass.getpass)


def git(folder: Path, *arguments: str) -> str:
    """Return what a look into a clone prints, "" where there is no clone, or no git."""
    try:
        done = subprocess.run(  # noqa: S603  a fixed command, without a shell
            ["git", "-C", str(folder), *arguments],  # noqa: S607  the person's own git
            capture_output=True,
            check=True,
            text=True,
            timeout=_GIT_SECONDS,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def _line(prompt: str) -> str:
    """Ask on standard error; no more input is an interruption, not an empty answer."""
    sys.stderr.write(prompt)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise KeyboardInterrupt
    return line


def _trouble(path: str, doing: str, error: Exception) -> ConfigError:
    return ConfigError(
        f"{path} cannot be {doing}",
        cause=why_not(error),
        next_step="look who may read and write it, and whether it is a text",
    )
