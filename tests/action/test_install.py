"""The folder that the action makes: what goes in, who makes it, and when that fails.

Most tests give it a uv that installs nothing: a disabled tick needs none of afk's dependencies.
"""

import subprocess
from pathlib import Path

import pytest
from support.act_rig import DISABLED, IDLE_UV, programs, run_sh, tool, vouched
from support.act_uv import PIP, SYSTEM, folder, real_path, without_uv

from action.folder import MARK, key
from action.uv import SETUP_UV, UV_VERSION


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


def test_second_run__needs_neither_uv_nor_network(
    root: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    run_sh(root, environ, tmp_path)
    environ["PATH"] = str(programs(tmp_path / "plain"))

    ran = run_sh(root, environ, tmp_path)

    assert (ran.code, ran.out.strip().startswith(DISABLED)) == (0, True)


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
