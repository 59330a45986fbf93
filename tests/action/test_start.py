"""What reaches afk through the action, and what is said when it cannot start."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from support.act_rig import DISABLED, run_sh

from action.folder import CannotStart
from action.start import find


def test_old_python__is_told_so(root: Path) -> None:
    """Every Python since 3.7 can read what tells it that it is too old."""
    for name in ("__main__.py", "start.py", "__init__.py"):
        ast.parse((root / "action" / name).read_text(encoding="utf-8"), feature_version=(3, 7))
    with pytest.raises(CannotStart, match=r"3\.11 or newer.*3\.10\.12\nNext step: "):
        find(root, {}, python=(3, 10, 12))


def test_windows__is_told_so(root: Path, tmp_path: Path) -> None:
    """Taken away is what Python has not there."""
    for missing in ("del os.uname", "sys.modules['fcntl'] = None"):
        lines = ("import os, sys", f"sys.path[0] = {str(root)!r}", missing)
        imports = ("from pathlib import Path", "from action.start import main")
        code = "\n".join((*lines, *imports))
        code += f"\nsys.exit(main(Path({str(root)!r}), {{'RUNNER_TEMP': {str(tmp_path)!r}}}))"

        done = subprocess.run(  # noqa: S603  this Python
            [sys.executable, "-I", "-S", "-c", code], capture_output=True, check=False, text=True
        )

        assert done.returncode == 2
        assert "afk's action runs on Linux and macOS, and this runner is neither" in done.stderr
        assert "Next step: " in done.stderr
        assert "Traceback" not in done.stderr


def test_no_python__is_told_so(root: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    ran = run_sh(root, {"PATH": str(tmp_path / "empty")}, tmp_path)

    assert ran.code == 2
    assert "there is no python3 on this runner" in ran.out
    assert "Next step: " in ran.out


def test_workspace_and_callers_python__shadow_nothing(
    root: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    """Files of the repository that is worked on are never imported."""
    workspace = tmp_path / "workspace"
    (workspace / "afk").mkdir(parents=True)
    for name in ("afk/__init__.py", "argparse.py", "hashlib.py", "httpx.py", "sitecustomize.py"):
        (workspace / name).write_text("raise SystemExit('shadowed')", encoding="utf-8")
    environ |= {"PYTHONPATH": str(workspace), "PYTHONSTARTUP": str(workspace / "httpx.py")}
    environ |= {"PYTHONHOME": str(workspace), "PYTHONDONTWRITEBYTECODE": "1"}

    runs = [run_sh(root, environ, workspace) for _ in range(2)]

    assert [one.code for one in runs] == [0, 0], runs
    assert all(DISABLED in one.out for one in runs)
    assert "shadowed" not in runs[0].out + runs[1].out


def test_inputs__empty_ones_count_as_not_given(
    root: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    """GitHub and Forgejo pass inputs that were not given as empty variables."""
    empty = ("ACTION_COMMAND", "AFK_CONFIG", "AFK_CONFIG_FILE", "AFK_ISSUE", "AFK_TOKEN")
    environ |= dict.fromkeys(empty, "") | {"AFK_DRY_RUN": " "}

    ran = run_sh(root, environ, tmp_path)

    assert (ran.code, DISABLED in ran.out) == (0, True)


def test_command__is_split_at_spaces_and_never_seen_by_a_shell(
    root: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    run_sh(root, environ, tmp_path)

    known = run_sh(root, environ | {"ACTION_COMMAND": "poll --json"}, tmp_path)
    shell = run_sh(root, environ | {"ACTION_COMMAND": "tick; touch pwned $(touch pwned)"}, tmp_path)

    assert known.code == 0
    assert '"command": "poll"' in known.out
    assert shell.code == 2
    assert "invalid choice: 'tick;'" in shell.out
    assert not list(tmp_path.rglob("pwned"))


def test_exit_code__is_afks(root: Path, environ: dict[str, str], tmp_path: Path) -> None:
    ran = run_sh(root, environ | {"AFK_KILL_SWITCH": "perhaps"}, tmp_path)

    assert ran.code == 2
    assert "AFK_KILL_SWITCH is 'perhaps'" in ran.out
