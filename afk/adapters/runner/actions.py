"""The runner that executes a tick: GitHub Actions, Forgejo Actions, or a person's shell.

Profile
-------
Owns what stands in a runner's environment, its summary file, its outputs and its log
commands. Must not read the environment itself (`afk.environment.process` hands it over), hold a
token, or rest anything on the event: an event wakes a tick and proves nothing (a stranger can cause
one). `event` reads when it happened, to be shown.

Variables: https://docs.github.com/en/actions/reference/workflows-and-actions/variables ; on
Forgejo the recordings ``forgejo-actions/{14.0.0,11.0.15}/env-*``: the same names, no
``GITHUB_GRAPHQL_URL``.

Log commands: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands ,
https://github.com/actions/runner src/Runner.Common/ActionCommand.cs (``::x::`` at a line's start
after white space, ``##[x]`` anywhere in it), and for Forgejo
https://code.forgejo.org/forgejo/runner act/runner/command.go and
internal/pkg/report/reporter.go: groups and masks work, ``::error::`` is shown as it is
(``forgejo-actions/14.0.0/log-composite``), a mask's value is not unescaped, and ``set-env``
and ``add-path`` in a log line still change later steps. So no line that carries a stranger's
text may start a command: `inert_line`.

Errors: none. A runner that cannot be written to must not end a tick; it is said in the log.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self, TextIO
from urllib.parse import SplitResult, urlsplit

from afk.text.cleaning import one_line, visible_text
from afk.text.colours import Paint
from afk.types import Forge

MAX_SUMMARY: Final = 1_000_000
_LINE: Final = 2_000
_SHORTEST_SECRET: Final = 4
_CUT: Final = "\n\n(cut here: a runner shows at most 1 MiB)\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Where this process runs. What the environment does not say is empty or None.

    ``forge`` is None when ``GITHUB_API_URL`` names no known kind of server. URLs end without a
    slash; ``graphql_url`` is as told, and only on GitHub: Forgejo has none.
    """

    is_actions: bool = False
    forge: Forge | None = None
    api_url: str = ""
    graphql_url: str = ""
    server_url: str = ""
    workflow: str = ""
    summary_path: str = ""
    output_path: str = ""
    event: str = ""
    event_path: str = ""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read a runner's variables; ``environ`` is a copy of the process's environment."""

        def text(name: str) -> str:
            return environ.get(f"GITHUB_{name}", "").strip()

        api_url = text("API_URL").rstrip("/")
        server_url = text("SERVER_URL").rstrip("/")
        forge = _forge(api_url)
        return cls(
            is_actions=text("ACTIONS") == "true",
            forge=forge,
            api_url=api_url,
            graphql_url=text("GRAPHQL_URL").rstrip("/") if forge is Forge.GITHUB else "",
            server_url=server_url,
            workflow=text("WORKFLOW"),
            summary_path=text("STEP_SUMMARY"),
            output_path=text("OUTPUT"),
            event=text("EVENT_NAME"),
            event_path=text("EVENT_PATH"),
        )

    @property
    def shows_summary(self) -> bool:
        """Say whether a summary is shown to anybody; Forgejo stores it and shows it nowhere."""
        return bool(self.summary_path) and self.forge is not Forge.FORGEJO


def _split(url: str) -> SplitResult:
    """Return the parts of a URL, all empty when it is none."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def _forge(api_url: str) -> Forge | None:
    """Tell the forge by its API's address.

    Forgejo's ends in /api/v1 (``env-*``), GHES's in /api/v3; github.com and ghe.com have hosts
    of their own: https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency .
    """
    parts = _split(api_url)
    if parts.path.endswith("/api/v1"):
        return Forge.FORGEJO
    host = parts.hostname or ""
    cloud = host == "api.github.com" or re.fullmatch(r"api\.[a-z0-9-]+\.ghe\.com", host)
    return Forge.GITHUB if cloud or parts.path.endswith("/api/v3") else None


def inert_line(text: str, limit: int = _LINE) -> str:
    """Return one visible line that no runner takes for a command."""
    line = one_line(text, limit).replace("##[", "## [")
    return f": {line[1:]}" if line.startswith("::") else line


def inert_row(text: str, limit: int = _LINE) -> str:
    """Return the same with its columns left where they are."""
    line = re.sub(r"\s", " ", visible_text(text)).rstrip()[:limit].replace("##[", "## [")
    inner = line.lstrip()
    return f"{line[: len(line) - len(inner)]}: {inner}" if inner.startswith("::") else line


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerIO:
    """Writes to a runner: its log (``stream``) and its summary; in colour to a terminal."""

    runner: Runner
    stream: TextIO
    paint: Paint = field(default_factory=Paint)

    def append_summary(self, markdown: str) -> None:
        """Append to the job's summary, cut where the runner would refuse the whole of it.

        "Supports content up to a size of 1024k": https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary
        """
        raw = f"{markdown}\n".encode("utf-8", "replace")
        if len(raw) > MAX_SUMMARY:
            raw = raw[:MAX_SUMMARY].decode("utf-8", "ignore").encode() + _CUT.encode()
        self._append(self.runner.summary_path, raw.decode())

    def output(self, name: str, value: str) -> None:
        """Hand on a value of one line to the workflow's later steps and jobs.

        https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-output-parameter
        """
        self._append(self.runner.output_path, f"{name}={value}\n")

    def line(self, text: str) -> None:
        """Print one line that cannot be a command, whatever the text holds."""
        self._print(inert_line(text))

    def block(self, lines: Iterable[str]) -> None:
        """Print lines as they are laid out; none of them can be a command either."""
        rows = list(map(inert_row, lines))
        if rows:
            self._print("\n".join(rows))

    def error(self, message: str) -> None:
        """Report an error: an annotation on GitHub, plain lines elsewhere."""
        self._annotate("error", message)

    def warning(self, message: str) -> None:
        """Report a warning, likewise."""
        self._annotate("warning", message)

    def mask(self, value: str) -> None:
        """Have the runner replace a secret in its log, from now on; nothing outside of one.

        Masked line by line, for logs are, with and without white space around. What is shorter
        than four characters is left: it would star half of the log and hides little.
        """
        if not self.runner.is_actions:
            return
        lines = [form for line in re.split(r"[\r\n]+", value) for form in (line, line.strip())]
        for line in dict.fromkeys(lines):
            if len(line.strip()) >= _SHORTEST_SECRET:
                self._print(f"::add-mask::{line if self._is_forgejo else _escaped(line)}")

    @property
    def _is_forgejo(self) -> bool:
        return self.runner.forge is Forge.FORGEJO

    def _annotate(self, kind: str, message: str) -> None:
        if self.runner.is_actions and not self._is_forgejo:
            self._print(f"::{kind}::{_escaped(visible_text(message))}")
            return
        for line in message.splitlines():
            self._print(f"{self.paint.kind(kind)}: {inert_line(line)}")

    def _print(self, line: str) -> None:
        print(line.encode("utf-8", "replace").decode(), file=self.stream, flush=True)

    def _append(self, path: str, text: str) -> None:
        if not path:
            return
        try:
            with Path(path).open("a", encoding="utf-8", errors="replace", newline="\n") as file:
                file.write(text)
        except OSError as error:
            self.warning(f"cannot write to the runner's file: {error.strerror}")


def _escaped(value: str) -> str:
    """Escape the value of a workflow command, as GitHub's runner unescapes it."""
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
