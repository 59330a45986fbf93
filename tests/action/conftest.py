"""A copy of the action and a runner's environment for it."""

from pathlib import Path

import pytest
from support.act_rig import IDLE_UV, copy_of_the_action, vouched


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the action's own folder."""
    return copy_of_the_action(tmp_path / "action")


@pytest.fixture
def environ(root: Path, tmp_path: Path) -> dict[str, str]:
    """Return a runner's environment, with a uv that does nothing."""
    return {
        "PATH": str(vouched(root, tmp_path / "bin", uv=IDLE_UV)),
        "ACTION_FOLDER": str(tmp_path / "kept"),
        "RUNNER_TOOL_CACHE": str(tmp_path / "tools"),
        "RUNNER_TEMP": str(tmp_path / "temp"),
        "GITHUB_ACTIONS": "true",
    }
