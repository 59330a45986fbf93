"""The workflows and the action as data, for tests of what no runner of ours honours."""

from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
GITHUB: Final = ROOT / ".github" / "workflows"
FORGEJO: Final = ROOT / ".forgejo" / "workflows"
WORKFLOWS: Final = (*sorted(GITHUB.glob("*.yml")), *sorted(FORGEJO.glob("*.yml")))
ACTION: Final = ROOT / "action.yml"


def load(path: Path) -> dict[str, Any]:
    """Return a file's content; YAML 1.1 reads the key ``on`` as True, here it is "on" again."""
    data: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {"on" if key is True else str(key): value for key, value in data.items()}


def steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every step of every job, or those of a composite action."""
    if "runs" in workflow:
        return list(workflow["runs"]["steps"])
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def action_name(uses: str) -> str:
    """Return which action a step uses, wherever it is fetched from and whatever its version."""
    return "/".join(uses.partition("@")[0].split("/")[-2:])


def short(path: Path) -> str:
    """Return a path as a test's name."""
    return path.relative_to(ROOT).as_posix()
