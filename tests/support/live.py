"""Real servers for the opt-in tests of tests/live: a Forgejo as its owner, git, waiting."""

import os
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx


def git(folder: Path, *arguments: str) -> str:
    """Run git quietly; returns what it printed."""
    who = ["-c", "user.name=o", "-c", "user.email=o@x"]
    command = ["git", "-C", str(folder), *who, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  git
    return done.stdout.strip()


class Server:
    """The Forgejo, as its owner; ``by`` is somebody else with a token."""

    def __init__(self, http: httpx.Client) -> None:
        self.url = os.environ["AFK_LIVE_FORGEJO"].rstrip("/")
        folder = Path(os.environ["AFK_LIVE_FORGEJO_TOKENS"])
        self.tokens = {
            one.name: one.read_text(encoding="utf-8").strip() for one in folder.iterdir()
        }
        self.suffix = datetime.now(UTC).strftime("%H%M%S")
        self.http = http
        http.base_url = httpx.URL(f"{self.url}/api/v1")

    def send(self, method: str, path: str, body: Any = None, *, by: str = "owner") -> Any:
        """Send a request that has to succeed."""
        headers = {"authorization": f"token {self.tokens[by]}"}
        answer = self.http.request(method, path, json=body, headers=headers)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        return answer.json() if answer.content else None

    def push_url(self, repo: str, by: str = "owner") -> str:
        """Return the address git pushes to."""
        scheme, rest = self.url.split("://")
        return f"{scheme}://{by}:{self.tokens[by]}@{rest}/{repo}.git"

    def repository(self, name: str, files: dict[str, str], folder: Path) -> str:
        """Create a repository with these files; the clone stays in the folder."""
        repo: str = self.send("POST", "/user/repos", {"name": f"{name}-{self.suffix}"})["full_name"]
        folder.mkdir(parents=True)
        git(folder, "init", "-q", "-b", "main")
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", "begin")
        git(folder, "remote", "add", "origin", self.push_url(repo))
        git(folder, "push", "-q", "origin", "main")
        return repo


def until(seconds: float, what: str, wanted: Callable[[], object]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not wanted():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(2)
