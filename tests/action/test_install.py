"""The folder that the action makes: what goes in, who makes it, and when that fails.

Most tests give it a uv that installs nothing: a disabled tick needs none of afk's dependencies.
"""

import hashlib
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from support.act_rig import DISABLED, IDLE_UV, programs, run_sh, tool, vouched
from support.workflow_files import ROOT

from action.folder import MARK, key
from action.running import environment
from action.uv import SETUP_UV, UV_VERSION, pinned_uv

SYSTEM = "/usr/bin:/bin"
PIP = """\
import pathlib, sys
print("pip:", *sys.argv[1:], flush=True)
target = pathlib.Path(sys.argv[sys.argv.index("--target") + 1], "bin")
target.mkdir(parents=True)
(target / "uv").write_text('#!/bin/sh\\necho "uv: $*"\\n')
(target / "uv").chmod(0o755)
"""
NOTHING = "raise SystemExit(1)"


def folder(root: Path, place: str) -> Path:
    """Return the folder that the action makes below a place."""
    return next(Path(place, "afk").glob(f"{key(root)}-cp3*"))


def test_first_run__with_uv__installs_for_real_and_runs(
    root: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    """Dependencies and afk itself, with bytecode; the sandbox stays out."""
    environ["PATH"] = real_path(tmp_path)

    ran = run_sh(root, environ, tmp_path)

    assert ran.code == 0, ran.out
    assert DISABLED in ran.out
    made = folder(root, environ["ACTION_FOLDER"])
    assert f"afk: installed into {made}" in ran.out
    assert {"httpx", "pydantic", "yaml", "afk"} <= {one.name for one in made.iterdir()}
    assert list(made.glob("httpx/__pycache__/*.pyc"))
    assert list(made.glob("afk/__pycache__/cli.*.pyc"))
    assert not (made / "afk_sandbox").exists()


def real_path(tmp_path: Path) -> str:
    """Return a PATH with this Python and the uv that stands beside it."""
    return f"{programs(tmp_path / 'plain')}:{Path(tool('uv')).parent}:{SYSTEM}"


def test_cache_of_another_jobs__what_lies_in_it_is_not_installed(
    root: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    """A hash is checked when a wheel comes; what lies in uv's cache is installed as it is.

    A cache that is named counts no more than the one in the home folder.
    """
    environ |= {"PATH": real_path(tmp_path), "HOME": str(tmp_path / "home")}
    caches = (tmp_path / "named", tmp_path / "home/.cache/uv")
    for cache in caches:
        wheel = [tool("uv"), "-q", "pip", "install", "--target", str(tmp_path / "other"), "httpx"]
        settings = environment({"PATH": SYSTEM}) | {"UV_CACHE_DIR": str(cache)}
        subprocess.run([*wheel, "--no-deps", "--python", sys.executable], env=settings, check=True)  # noqa: S603  uv itself
        shutil.rmtree(tmp_path / "other")
        (planted,) = cache.glob("archive-v0/*/httpx/__init__.py")
        planted.unlink()
        planted.write_text("raise SystemExit('planted code ran')", encoding="utf-8")

    ran = run_sh(root, environ | {"UV_CACHE_DIR": str(caches[0])}, tmp_path)

    assert ran.code == 0, ran.out
    made = folder(root, environ["ACTION_FOLDER"])
    assert "planted" not in (made / "httpx/__init__.py").read_text(encoding="utf-8")
    assert not (made / ".scratch").exists()


@pytest.mark.parametrize("home", ["missing/home", "/proc/nowhere", None])
def test_home_that_cannot_be_written__nothing_of_it_is_needed(
    home: str | None, root: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    """Containers with a user of no name, or whose root file system is read-only."""
    environ |= {"PATH": real_path(tmp_path)} | ({"HOME": home} if home else {})

    ran = run_sh(root, environ, tmp_path)

    assert (ran.code, DISABLED in ran.out) == (0, True), ran.out


def test_uv_of_the_tool_cache__that_is_not_the_published_one__does_not_run(
    root: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    """setup-uv takes what it finds in the runner's tool cache unchecked, and so may any PATH."""
    changed = programs(tmp_path / "tools/uv/0.11.28/x86_64", uv="echo planted code ran")
    environ["PATH"] = f"{changed}:{without_uv(tmp_path, pip=PIP)}:{SYSTEM}"

    ran = run_sh(root, environ, tmp_path)

    assert ran.code == 0, ran.out
    assert "planted" not in ran.out
    assert f"{changed}/uv is not uv {UV_VERSION} as published; pip fetches that" in ran.out


def test_uv_that_is_not_the_published_one__without_pip__is_named(
    root: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    changed = programs(tmp_path / "tools", uv="echo planted code ran")
    own = without_uv(tmp_path, pip=NOTHING)
    environ["PATH"] = f"{changed}:{own}:{SYSTEM}"
    (changed / "python3").unlink()

    ran = run_sh(root, environ, tmp_path)

    assert ran.code == 2
    assert "planted" not in ran.out
    assert f"{changed}/uv is another, or was changed" in ran.out
    assert f"- uses: {SETUP_UV}" in ran.out
    assert "empty the runner's tool cache of uv" in ran.out


def test_uv_that_runs__is_the_copy_that_was_checked(
    root: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    """What lies on PATH may be another file a moment later."""
    known = pinned_uv(root, tmp_path, tmp_path, environ, lambda _folder, _fill: None)

    assert known == str(tmp_path / "uv")
    assert (tmp_path / "uv").stat().st_mode & 0o777 == 0o700


def test_published_uv__is_the_one_that_these_tests_run_with() -> None:
    """A new version in uv.txt needs the hashes of its programs, too."""
    known = (ROOT / "requirements/uv-binaries.txt").read_text(encoding="utf-8")

    assert hashlib.sha256(Path(tool("uv")).read_bytes()).hexdigest() in known


def test_second_run__needs_neither_uv_nor_network(
    root: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    run_sh(root, environ, tmp_path)
    environ["PATH"] = str(programs(tmp_path / "plain"))

    ran = run_sh(root, environ, tmp_path)

    assert (ran.code, ran.out.strip()) == (0, DISABLED)


def test_two_jobs_at_once__install_once(
    root: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    environ["PATH"] = str(vouched(root, tmp_path / "slow", f"sleep 0.3; {IDLE_UV}")) + f":{SYSTEM}"
    started = [
        subprocess.Popen(  # noqa: S603  the script under test
            [tool("bash"), f"{root}/action/run.sh"],
            env=environ,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(3)
    ]

    said = [one.communicate(timeout=60)[0] for one in started]

    assert [one.returncode for one in started] == [0, 0, 0]
    assert all(DISABLED in one for one in said)
    assert "".join(said).count("uv: ") == 1


def test_killed_while_installing__the_next_job_starts_afresh(
    root: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    """Without the mark a folder is nothing, whatever is in it."""
    run_sh(root, environ, tmp_path)
    made = folder(root, environ["ACTION_FOLDER"])
    (made / MARK).unlink()
    (made / "afk" / "cli.py").write_text("raise SystemExit(99)", encoding="utf-8")
    (made / "left-over").touch()

    ran = run_sh(root, environ, tmp_path)

    assert ran.code == 0, ran.out
    assert (made / MARK).exists()
    assert not (made / "left-over").exists()


def test_installing_fails__says_so__and_the_next_job_tries_again(
    root: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    vouched(root, tmp_path / "bin", uv="echo no route to the index; exit 1")

    failed = run_sh(root, environ, tmp_path)
    programs(tmp_path / "bin", uv=IDLE_UV)
    ran = run_sh(root, environ, tmp_path)

    assert failed.code == 2
    assert "no route to the index" in failed.out
    assert "::error::uv could not install what afk needs" in failed.out
    assert "Next step: " in failed.out
    assert (ran.code, DISABLED in ran.out) == (0, True)


@pytest.mark.parametrize("forge", ["github", "forgejo"])
def test_no_uv_and_no_pip__the_error_holds_the_lines_that_mend_it(
    forge: str, root: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    """As an annotation on GitHub; Forgejo shows those literally."""
    environ["PATH"] = str(without_uv(tmp_path))
    environ |= {"FORGEJO_ACTIONS": "true"} if forge == "forgejo" else {}

    ran = run_sh(root, environ, tmp_path)

    assert ran.code == 2
    assert f"- uses: {SETUP_UV}" in ran.out
    assert f'version: "{UV_VERSION}"' in ran.out
    assert ("::error::" in ran.out) == (forge == "github")
    assert not list(Path(environ["ACTION_FOLDER"]).rglob(MARK))


def test_no_uv__pip_fetches_the_pinned_one__once(
    root: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    environ["PATH"] = str(without_uv(tmp_path, pip=PIP)) + f":{SYSTEM}"

    first = run_sh(root, environ, tmp_path)
    (root / "afk" / "added.py").touch()  # another version of the action
    second = run_sh(root, environ, tmp_path)

    assert (first.code, second.code) == (0, 0), first.out + second.out
    assert "pip: install -q --no-input --no-cache-dir --target" in first.out
    assert "--require-hashes --no-deps --only-binary :all: -r" in first.out
    assert "uv: -q pip install" in first.out
    assert "pip: " not in second.out
    assert "uv: -q pip install" in second.out


def without_uv(tmp_path: Path, pip: str = "") -> Path:
    """Return a folder for PATH with a Python of its own, which has this as pip, or none."""
    venv.create(tmp_path / "own", symlinks=True)
    if pip:
        (packages,) = (tmp_path / "own").glob("lib/python3*/site-packages")
        (packages / "pip.py").write_text(pip, encoding="utf-8")
    return programs(tmp_path / "own-bin", python3=f'exec {tmp_path}/own/bin/python "$@"')


def test_folder_that_cannot_be_written__the_jobs_own_serves(
    root: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "kept").touch()

    ran = run_sh(root, environ, tmp_path)

    assert ran.code == 0, ran.out
    assert (folder(root, environ["RUNNER_TEMP"]) / MARK).exists()


def test_no_runner__the_folder_is_nobody_elses(
    root: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    """A name in the system's folder for temporary files could be taken by another user."""
    (tmp_path / "system").mkdir()
    outside = {"PATH": environ["PATH"], "TMPDIR": str(tmp_path / "system")}

    runs = [run_sh(root, outside, tmp_path) for _ in range(2)]

    assert [one.code for one in runs] == [0, 0]
    made = sorted((tmp_path / "system").iterdir())
    assert len(made) == 2
    assert [one.stat().st_mode & 0o777 for one in made] == [0o700, 0o700]


def test_installers__see_no_secret_and_no_setting_of_the_callers(
    root: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    """What says where packages are is kept: hashes hold wherever that is."""
    vouched(root, tmp_path / "bin", uv="/usr/bin/env")
    environ |= {
        "AFK_T3_TOKEN": "hush-1",
        "GITHUB_TOKEN": "hush-2",
        "FORGEJO_TOKEN": "hush-3",
        "INPUT_T3-TOKEN": "hush-4",
        "ACTIONS_RUNTIME_TOKEN": "hush-5",
        "UV_NO_VERIFY_HASHES": "1",
        "PIP_USER": "1",
        "PYTHONPATH": "elsewhere",
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "SSL_CERT_FILE": "authority.pem",
    }

    ran = run_sh(root, environ, tmp_path)

    assert "=hush-" not in ran.out
    assert "elsewhere" not in ran.out
    assert "UV_NO_VERIFY_HASHES" not in ran.out
    assert "PIP_USER" not in ran.out
    assert "UV_DEFAULT_INDEX=https://mirror.example/simple" in ran.out
    assert "SSL_CERT_FILE=authority.pem" in ran.out
    assert "UV_SYSTEM_CERTS=1" in ran.out
    assert "UV_PYTHON_DOWNLOADS=never" in ran.out


def test_key__follows_pins_sources_and_installer__and_nothing_else(root: Path) -> None:
    """Another version of anything that runs is another folder."""
    before = key(root)
    (root / "afk" / "__pycache__").mkdir()
    (root / "afk" / "__pycache__" / "cli.pyc").touch()
    (root / "afk_sandbox").mkdir()
    (root / "afk_sandbox" / "demo.py").touch()
    same = key(root)
    seen = [before]
    for part in ("requirements/runtime.txt", "afk/cli.py", "action/install.py"):
        with (root / part).open("a", encoding="utf-8") as file:
            file.write("\n")
        seen.append(key(root))
    (root / "afk" / "adapters" / "new.py").touch()
    seen.append(key(root))

    assert same == before
    assert len(set(seen)) == len(seen)
