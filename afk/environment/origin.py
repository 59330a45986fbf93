"""Where this very afk came from: what a workflow's ``uses:`` names, pinned to a commit.

A program installed from a repository has it written down beside it
(https://packaging.python.org/en/latest/specifications/direct-url/); one that runs in a clone, or
was installed from one, asks git.
"""

import json
import shlex
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import afk
from afk.environment.desk import git
from afk.setup.proposals import Remote, remote_of


def origin() -> tuple[Remote | None, str]:
    """Return the repository of this afk and its commit; None and "" where that cannot be told."""
    told = _told()
    commit = str(told.get("vcs_info", {}).get("commit_id", ""))
    address = str(told.get("url", ""))
    if commit:
        return remote_of(address), commit
    parts = urlsplit(address)
    folder = Path(unquote(parts.path)) if parts.scheme == "file" else Path(afk.__file__).parents[1]
    if not (folder / ".git").exists():
        return None, ""
    return remote_of(git(folder, "remote", "get-url", "origin")), git(folder, "rev-parse", "HEAD")


def with_extra(extra: str) -> str:
    """Return what installs this very afk with one of its extras.

    By where it came from: an index may have another program of this name.
    """
    told = _told()
    address, commit = str(told.get("url", "")), told.get("vcs_info", {}).get("commit_id", "")
    if commit:
        return f"pip install 'afk[{extra}] @ git+{address}@{commit}'"
    parts = urlsplit(address)
    folder = unquote(parts.path) if parts.scheme == "file" else str(Path(afk.__file__).parents[1])
    return f"pip install {shlex.quote(f'{folder}[{extra}]')}"


def _told() -> dict[str, Any]:
    try:
        text = metadata.distribution("afk").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return {}
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
