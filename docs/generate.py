"""Writes the reference's tables from the code, so that they cannot rot: ``make docs``.

``--check`` changes nothing and fails when a table differs from the code.
"""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, Final

from afk.commands import COMMANDS, Command
from afk.config import CIConfig, Config, RepositoryConfig, StageConfig, T3Config
from afk.setting_texts import REPOSITORY, TOP
from afk.text.messages import REASONS
from afk.variables import KINDS

PAGE: Final = Path(__file__).parent / "reference.md"


def _default(item: Any) -> str:
    value = item.default if item.default is not MISSING else item.default_factory()
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if value is None or value in ("", (), {}):
        return ""
    if isinstance(value, tuple):
        return " ".join(f"`{one}`" for one in value)
    return "" if isinstance(value, T3Config | CIConfig) else f"`{value}`"


def settings() -> str:
    """Return the table of top-level settings."""
    items = {item.name: item for item in fields(Config)}
    assert set(items) == set(TOP), "describe every setting"
    return _table(
        ("setting", "default", ""),
        ((f"`{name}`", _default(items[name]), text) for name, text in TOP.items()),
    )


def repository() -> str:
    """Return the table of a repository's settings."""
    rows = []
    for item in fields(RepositoryConfig):
        if item.name == "ci":
            nested = [(f"ci.{one.name}", _default(one)) for one in fields(CIConfig)]
            rows += nested
        else:
            required = item.default is MISSING
            rows.append((item.name, "" if required else _default(item)))
    assert [name for name, _ in rows] == list(REPOSITORY), "describe every setting, in order"
    assert {one.name for one in fields(StageConfig)} == {
        "workflow",
        "status",
        "environment",
        "probe",
        "probe_status",
        "probe_json",
        "probe_text",
    }
    return _table(
        ("setting", "default", ""),
        ((f"`{name}`", default, REPOSITORY[name]) for name, default in rows),
    )


def environment() -> str:
    """Return the table of environment variables."""
    rows = [
        (f"`{name}`", text, kind) for kind, some in KINDS.items() for name, text in some.items()
    ]
    return _table(("variable", "", "kind"), rows)


def reasons() -> str:
    """Return the table of reasons a run ends for."""
    names = {"ready": "ready-for-agent", "human": "ready-for-human"}
    return _table(
        ("reason", "what happened", "the way back"),
        (
            (f"`{reason.value}`", one.what.format(**names), one.way_back.format(**names))
            for reason, one in REASONS.items()
        ),
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cell for cell in line)} |" for line in lines)


def commands() -> str:
    """Return the table of commands."""
    rows = ((f"`afk {name}{_arguments(one)}`", one.help) for name, one in COMMANDS.items())
    return _table(("command", "what it does"), rows)


_EVERYWHERE: Final = frozenset({"--json", "--config"})


def _arguments(command: Command) -> str:
    """Return a command's own arguments, each with what it takes."""
    shown = []
    for option in command.options:
        if option.name in _EVERYWHERE:
            continue
        takes = option.about.get("metavar", "")
        words = f"{option.name} {takes}" if option.name.startswith("--") and takes else takes
        shown.append(f"[{words or option.name}]")
    return "".join(f" {one}" for one in shown)


TABLES: Final[Mapping[str, Callable[[], str]]] = {
    "commands": commands,
    "settings": settings,
    "repository": repository,
    "environment": environment,
    "reasons": reasons,
}


def rendered(text: str) -> str:
    """Return the page with every table as the code has it now."""
    for name, make in TABLES.items():
        mark = rf"(<!-- generated: {name} \(make docs\) -->\n).*?(<!-- end -->)"
        found = re.search(mark, text, re.DOTALL)
        assert found, f"{PAGE.name} has no place for the table {name}"
        text = text[: found.end(1)] + make() + "\n" + text[found.start(2) :]
    return text


def main() -> int:
    """Write the tables, or check them."""
    text = PAGE.read_text(encoding="utf-8")
    fresh = rendered(text)
    if "--check" in sys.argv:
        return int(fresh != text)
    PAGE.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
