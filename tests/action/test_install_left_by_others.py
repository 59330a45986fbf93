"""What other jobs left on the runner: caches, a home folder, another uv. None of it is believed."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.act_rig import DISABLED, programs, run_sh, tool
from support.act_uv import NOTHING, PIP, SYSTEM, folder, real_path, without_uv
from support.workflow_files import ROOT

from action.running import environment
from action.uv import SETUP_UV, UV_VERSION, pinned_uv


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
