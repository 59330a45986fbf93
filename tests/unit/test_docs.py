"""What the documents say is so: tables, exit codes, commands, links, what is not built."""

import argparse
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Final

import pytest

from afk.adapters.runner import reporter
from afk.cli import parser
from afk.config import CIConfig, Config, RepositoryConfig, StageConfig, T3Config
from afk.variables import KNOWN
from docs import checks
from docs.generate import rendered

ROOT: Final = Path(__file__).resolve().parents[2]
README: Final = (ROOT / "README.md").read_text(encoding="utf-8")
REFERENCE: Final = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
_NOT_OURS: Final = {"node_modules", ".venv"}
PAGES: Final = [
    path
    for path in sorted(ROOT.rglob("*.md"))
    if not any(part in _NOT_OURS or (ROOT / part / "pyvenv.cfg").exists() for part in path.parts)
]
OURS: Final = [path for path in PAGES if "recordings" not in path.parts]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def commands() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each command."""
    (found,) = [one.choices for one in parser()._actions if one.dest == "command"]
    assert isinstance(found, dict)
    return found


def test_tables__are_as_the_code_has_them() -> None:
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        env={"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"run `make docs`\n{done.stdout}{done.stderr}"


def test_tables__changed_by_hand__are_found_out() -> None:
    changed = REFERENCE.replace("| `max_in_flight` | `4` |", "| `max_in_flight` | `5` |")
    assert rendered(changed) == REFERENCE != changed


def test_readme__is_read_to_its_end() -> None:
    assert len(README.splitlines()) <= 120


def test_checks__of_doctor__are_as_the_code_has_them() -> None:
    text = checks.PAGE.read_text(encoding="utf-8")
    assert checks.rendered(text) == text, "run `make docs`"
    with pytest.raises(AssertionError, match="no place"):
        checks.rendered("# afk doctor")


def test_exit_codes__are_those_of_the_program() -> None:
    rows = re.findall(r"^\| (\d+) \|", REFERENCE, re.MULTILINE)
    known = {
        reporter.DONE,
        reporter.FAILED,
        reporter.USER_MUST_FIX,
        reporter.BUG,
        reporter.INTERRUPTED,
    }
    assert {int(code) for code in rows} == known == {0, 1, 2, 3, 130}


CODE: Final = re.compile(r"^```[a-z]*\n(.*?)^```|`([^`\n]+)`", re.DOTALL | re.MULTILINE)
CALL: Final = re.compile(r"^(?:\S*python -m )?afk ([a-z]+)([^#\n]*)", re.MULTILINE)
TITLES: Final = ("dashboard",)
"""An issue of that name is made by ``afk init``."""


@pytest.mark.parametrize("page", OURS, ids=name)
def test_commands__in_a_document__are_those_the_program_takes(page: Path) -> None:
    """And each option is one of theirs; in a transcript what follows ``$`` was typed."""
    wrong = []
    for block, span in CODE.findall(page.read_text(encoding="utf-8")):
        typed = "\n".join(re.findall(r"^\$ (.*)", block, re.MULTILINE))
        for command, options in CALL.findall(typed or block or span):
            usage = commands()[command].format_help() if command in commands() else ""
            wrong += [command] if not usage and command not in TITLES else []
            wrong += [
                one for one in re.findall(r"--[a-z-]+", options) if usage and one not in usage
            ]
    assert wrong == []


def test_action__names_commands_that_exist() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    (told,) = re.findall(r'"What to do: (.*)"', text)
    named = {one.split()[0] for one in re.sub(r"\(.*?\)", "", told).split(", ")}
    assert named == set(commands()) - {"demo", "sandbox", "init", "replay"}, "none is a job's work"


LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
"""Pictures, too."""


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links__lead_somewhere(page: Path) -> None:
    """To files and headings of this repository; addresses elsewhere are not asked for."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken = []
    for target in (one or picture for one, picture in LINK.findall(text)):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


def anchors(page: Path) -> set[str]:
    """Return the fragments that a page's headings can be reached by."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one).strip().lower().replace(" ", "-") for one in headings}


@pytest.mark.parametrize("page", OURS, ids=name)
def test_variables__in_a_document__are_read_by_something(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    workflows = (ROOT / ".github" / "workflows").glob("*.yml")
    of_a_workflow = [
        one
        for workflow in workflows
        for one in re.findall(r"\bvars\.(AFK_[A-Z_]+)", workflow.read_text(encoding="utf-8"))
    ]
    known = {*KNOWN, *of_a_workflow}
    tests = ("AFK_LIVE_", "AFK_RECORD", "AFK_ORACLES", "AFK_SIM_")
    named = set(re.findall(r"\bAFK_[A-Z0-9_]+", text))
    assert {one for one in named - known if not one.startswith(tests)} == set()


@pytest.mark.parametrize("page", OURS, ids=name)
def test_settings__in_a_document__exist(page: Path) -> None:
    """Words in backticks that are formed like one: ``max_in_flight``, ``t3.url: ...``."""
    schemas = (Config, RepositoryConfig, CIConfig, StageConfig, T3Config)
    known = {item.name for schema in schemas for item in fields(schema)}
    text = page.read_text(encoding="utf-8")
    named = set(
        re.findall(r"`([a-z]+(?:_[a-z]+)*_(?:seconds|label|switch|state|accounts))\b", text)
    )
    assert named <= known


@pytest.mark.parametrize("page", OURS, ids=name)
def test_make_targets__in_a_document__exist(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE))
    assert named <= targets
