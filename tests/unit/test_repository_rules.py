"""Rules of this repository that no linter knows."""

import ast
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_MODULE = 300
OWN_FOLDERS = (".ci", ".forgejo", ".github")
NOT_OURS = ("__pycache__", "dist", "build", "mutants", "node_modules")


def files(*endings: str) -> Iterator[Path]:
    """Yield the repository's own files, without what tools leave behind."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [
            one
            for one in folders
            if one not in NOT_OURS
            and not one.endswith(".egg-info")
            and (not one.startswith(".") or (one in OWN_FOLDERS and Path(folder) == ROOT))
            and not (Path(folder, one) / "pyvenv.cfg").exists()
        ]
        for name in names:
            if name.endswith(endings) and not name.startswith(".coverage"):
                yield Path(folder, name)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def contracts() -> dict[str, dict[str, Any]]:
    """Return import-linter's contracts by type and name."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {one["name"]: one for one in settings["tool"]["importlinter"]["contracts"]}


def pure_places() -> list[str]:
    (found,) = [one for name, one in contracts().items() if name.startswith("What decides is pure")]
    return [str(name) for name in found["source_modules"]]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Every file that is text, by its name."""
    found = {}
    for path in files(""):
        raw = path.read_bytes()
        if b"\0" not in raw[:8192]:
            found[name_of(path)] = raw.decode("utf-8", "replace")
    return found


def test_modules__fit_on_a_few_screens() -> None:
    """A long module has more than one reason to change."""
    lengths = {name_of(path): len(path.read_bytes().splitlines()) for path in files(".py")}

    assert "afk/types.py" in lengths
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a path of somebody's machine", r"(?<![\w.}])/(?:wor[k]|roo[t]|Users)/|\.\./share[d]"),
        ("a package index", r"pyp[i]\.org|pythonhoste[d]|npmj[s]\.|proxy\.gola[n]g"),
        ("work left for later", r"\b(?:TOD[O]|FIXM[E]|XX[X])\b"),
    ],
)
def test_files__name_no(what: str, pattern: str, texts: dict[str, str]) -> None:
    """They would mean nothing, or the wrong thing, where the repository is read."""
    found = [name for name, text in texts.items() if re.search(pattern, text)]

    assert len(texts) > 100
    assert found == [], what


def test_contracts__call_every_folder_below_the_ports_pure() -> None:
    """A new folder is put among the layers, or lint fails; here it joins the pure ones too."""
    (layered,) = [one for one in contracts().values() if one["type"] == "layers"]
    layers = [re.split(r" [:|] ", layer) for layer in layered["layers"]]

    below = layers[layers.index(["adapters"]) + 1 :]
    names = {f"afk.{name}" for layer in below for name in layer}
    assert names - {"afk.parallel"} <= set(pure_places())  # a pool of threads decides nothing


def pure_modules() -> Iterator[Path]:
    """Yield the files of the pure modules and folders."""
    for place in pure_places():
        path = ROOT / place.replace(".", "/")
        yield from path.glob("*.py") if path.is_dir() else [path.with_suffix(".py")]


@pytest.mark.parametrize("module", sorted(pure_modules()), ids=name_of)
def test_pure_modules__read_no_clock_and_do_no_io(module: Path) -> None:
    """What needs no import: the present time of a datetime, files, output, chance."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]

    names = {one.id for one in calls if isinstance(one, ast.Name)}
    methods = {one.attr for one in calls if isinstance(one, ast.Attribute)}
    assert not names & {"open", "print", "input", "exec", "eval", "__import__"}
    assert not methods & {"now", "utcnow", "today", "uuid1", "uuid4", "getrandbits"}


def test_coverage__gate__names_every_pure_place_and_the_loops() -> None:
    """A star stops at a slash: a folder that is not named would leave the gate without a word."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    match = re.search(r"^COVERED := (.*)$", text, re.MULTILINE)
    assert match is not None
    covered = {path for pattern in match[1].split() for path in ROOT.glob(pattern)}
    folders = ("act", "commands", "observe")
    loops = [path for name in folders for path in (ROOT / "afk" / name).glob("*.py")]

    assert covered >= {*pure_modules(), *loops}


PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)==(\S+)((?: ; [^\\]+)?) \\$", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    """Return the versions, markers included, that a requirements file pins."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return {package: version + marker for package, version, marker in PIN.findall(text)}


def test_requirements__each_holds_the_smaller_one() -> None:
    """What is tested is what runs; one environment serves demo and tests."""
    runtime, sandbox, test = pins("runtime"), pins("sandbox"), pins("test")
    browser, mutants = pins("browser"), pins("mutants")

    assert {"httpx", "pydantic", "pyyaml"} <= set(runtime)
    assert runtime.items() < sandbox.items() < test.items() < browser.items()
    assert test.items() < mutants.items()


@pytest.mark.parametrize("name", ["runtime", "sandbox", "test", "browser", "mutants", "uv"])
def test_requirements__are_hashes_and_no_addresses(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")

    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    packages = [line for line in lines if not line.startswith(" ")]
    others = [line for line in lines if line.startswith(" ")]
    assert len(packages) == len(pins(name))
    assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?", line) for line in others)
    assert not re.search(r"https?://|index-url|find-links", text)


def test_requirements__hold_what_pyproject_asks_for() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = settings["optional-dependencies"]

    def names(wanted: list[str]) -> set[str]:
        found = {re.split(r"[^A-Za-z0-9._-]", one)[0].lower() for one in wanted}
        return found - {"afk"}

    assert names(settings["dependencies"]) <= set(pins("runtime"))
    assert names(extras["sandbox"]) <= set(pins("sandbox"))
    assert names(extras["test"]) <= set(pins("test"))
    assert names(extras["browser"]) <= set(pins("browser"))
    assert names(extras["mutants"]) <= set(pins("mutants"))
