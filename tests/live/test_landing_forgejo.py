"""Landing by pull request where it lives: a real Forgejo with a runner, a scripted agent with git.

Opt-in (``-m live``); tests/README.md says what to start. T3 is the sandbox's, in this process; its
agent commits and pushes with git, as ``writer``, and ``owner`` is the person.
"""

import io
import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from support.live import Server, git, until

from afk.cli import main
from afk.environment.process import Outside
from afk.record.codec import is_record
from afk_sandbox.agents.hands import Push, Rebase
from afk_sandbox.agents.scripted import ScriptedAgent
from afk_sandbox.serving import serve
from afk_sandbox.t3.model import Host, T3Model, Token
from afk_sandbox.t3.routes import t3_app

NEEDED = ("AFK_LIVE_FORGEJO", "AFK_LIVE_FORGEJO_TOKENS")
pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(
        any(name not in os.environ for name in NEEDED), reason=f"needs {', '.join(NEEDED)}"
    ),
]
CI: Final = """\
name: ci
on: push
jobs:
  build:
    runs-on: docker
    steps:
      - run: |
          git clone -q "${{ github.server_url }}/${{ github.repository }}.git" .
          git checkout -q ${{ github.sha }}
          if grep -q red ci.txt; then echo "till: expected 3, got 4"; exit 1; fi
"""


@dataclass
class GitHands:
    """An agent's way into one repository: a clone, and git."""

    server: Server
    clone: Path

    def push(self, push: Push) -> str:
        """Commit on top of the branch, or of where it starts, and push."""
        self._checkout(push.branch, push.base)
        word = re.search(r"^CI: (\w+)$", push.message, re.MULTILINE)
        (self.clone / "ci.txt").write_text(f"{word[1] if word else 'green'}\n", encoding="utf-8")
        if push.touch:
            name, _, line = push.touch.partition(":")
            (self.clone / name).write_text(f"{line} of the run\n", encoding="utf-8")
        (self.clone / f"work-{time.time_ns()}.txt").write_text("work\n", encoding="utf-8")
        git(self.clone, "add", "-A")
        git(self.clone, "commit", "-q", "-m", push.message)
        git(self.clone, "push", "-q", "origin", f"HEAD:{push.branch}")
        return git(self.clone, "rev-parse", "HEAD")

    def rebase(self, rebase: Rebase) -> str:
        """Rebase, the run's own text where lines conflict, and push with the lease."""
        self._checkout(rebase.branch, "")
        git(self.clone, "rebase", "-q", "-X", "theirs", rebase.onto)
        lease = f"--force-with-lease={rebase.branch}:{rebase.lease}"
        git(self.clone, "push", "-q", lease, "origin", f"HEAD:{rebase.branch}")
        return git(self.clone, "rev-parse", "HEAD")

    def open_pull(self, repo: str, branch: str, title: str, body: str, actor: str) -> str:
        """Open a pull request to the default branch."""
        del actor
        spec = {"head": branch, "base": "main", "title": title, "body": body}
        return str(self.server.send("POST", f"/repos/{repo}/pulls", spec, by="writer")["number"])

    def _checkout(self, branch: str, base: str) -> None:
        git(self.clone, "fetch", "-q", "--prune", "origin")
        there = git(self.clone, "branch", "-r", "--list", f"origin/{branch}")
        git(self.clone, "checkout", "-q", "-B", "work", f"origin/{branch}" if there else base)


@dataclass
class Place:
    """One repository, its issue, and afk."""

    server: Server
    repo: str
    issue: int
    settings: dict[str, Any]
    environ: dict[str, str]
    t3: T3Model
    transcript: list[str]

    def tick(self) -> None:
        """Let afk tick, and note what it said."""
        self.t3.advance()
        out = io.StringIO()
        environ = {**self.environ, "AFK_CONFIG": json.dumps(self.settings)}
        outside = Outside(
            environ=environ, stdout=out, now=lambda: datetime.now(UTC), sleep=time.sleep
        )
        code = main(["tick"], outside)
        said = [one for one in out.getvalue().splitlines() if f"#{self.issue} " in one]
        self.transcript += said
        assert code == 0, out.getvalue()
        self.t3.advance()

    def record(self) -> dict[str, Any]:
        """Return the run record."""
        comments = self.server.send("GET", f"/repos/{self.repo}/issues/{self.issue}/comments")
        bodies = [one["body"] for one in comments if is_record(one["body"])]
        if not bodies:
            return {}
        line = bodies[0].split("\n", 1)[0]
        found: dict[str, Any] = json.loads(line[line.index("{") : line.rindex("}") + 1])
        return found

    def come_to(self, what: str, wanted: Any, seconds: float = 180) -> None:
        """Tick until something is so."""

        def ticked() -> bool:
            self.tick()
            return bool(wanted())

        until(seconds, f"{what}; {self.transcript[-5:]}", ticked)

    def waits(self) -> bool:
        """Say whether the run waits for people."""
        return "waiting_since" in self.record().get("landing", {})

    def pull(self) -> str:
        """Return where the run's pull request is in the API."""
        return f"/repos/{self.repo}/pulls/{self.record()['landing']['pull']}"


@contextmanager
def place(http: httpx.Client, folder: Path, wish: str, **settings: Any) -> Iterator[Place]:
    """A repository on the server with an approved issue, and a T3 whose agent uses git."""
    server = Server(http)
    clone = folder / "clone"
    files = {".forgejo/workflows/ci.yml": CI, "ci.txt": "green\n", "till.txt": "nothing\n"}
    repo = server.repository("landing", files, clone)
    for login in ("bot", "writer"):
        server.send("PUT", f"/repos/{repo}/collaborators/{login}", {"permission": "write"})
    git(clone, "remote", "set-url", "origin", server.push_url(repo, "writer"))
    t3 = T3Model(
        version="0.0.32",
        now=lambda: datetime.now(UTC),
        agent=ScriptedAgent(GitHands(server, clone), actor="writer"),
        tokens={"sandbox-t3-token": Token()},
        host=Host({str(clone): True}),
    )
    with serve(t3_app(t3)) as t3_url:
        one = {"workspace": str(clone), "ci": {"grace_seconds": 5}}
        chosen = {
            "kill_switch": False,
            "forge_url": f"{server.url}/api/v1",
            "t3": {"url": t3_url, "model": "gpt-fake"},
            "allowlist": [repo],
            "repositories": {repo: one},
            "landing": "pull-request",
            "review_quiet_seconds": 3,
            **settings,
        }
        environ = {
            "AFK_TOKEN": server.tokens["bot.landing"],
            "AFK_T3_TOKEN": "sandbox-t3-token",
            "AFK_STATE_KEY": "live-test-key-0123456789abcdef",
            "AFK_KILL_SWITCH": "false",
        }
        opened = {"title": "Add a till", "body": wish}
        issue = server.send("POST", f"/repos/{repo}/issues", opened)["number"]
        here = Place(server, repo, issue, chosen, environ, t3, [])
        server.send(
            "POST", f"/repos/{repo}/labels", {"name": "ready-for-agent", "color": "#0e8a16"}
        )
        label = f"/repos/{repo}/issues/{issue}/labels"
        server.send("POST", label, {"labels": ["ready-for-agent"]})
        here.tick()  # afk vouches for the label, and asks for it once more
        time.sleep(1.1)
        server.send("DELETE", f"{label}/{server.send('GET', label)[0]['id']}")
        server.send("POST", label, {"labels": ["ready-for-agent"]})
        yield here
        print("\n".join(here.transcript))  # noqa: T201  what a person wants to see


def test_landing__red_then_reviewed_then_approved__is_merged_and_tidied_up(tmp_path: Path) -> None:
    with (
        httpx.Client(timeout=30) as http,
        place(http, tmp_path, "A till. [[ci=red,green*]]", merge="approved") as here,
    ):
        here.come_to("waits for people", here.waits)
        review = {"event": "REQUEST_CHANGES", "body": "Ring louder, please."}
        here.server.send("POST", f"{here.pull()}/reviews", review)
        here.come_to("a review turn", lambda: len(here.record()["dialogue"]["turns"]) == 3)
        here.come_to("waits for people again", here.waits)
        here.server.send("POST", f"{here.pull()}/reviews", {"event": "APPROVED", "body": ""})
        here.come_to("has ended", lambda: here.record()["stage"] == "ended")

        record, pull = here.record(), here.server.send("GET", here.pull())
        assert (record["verdict"], record["reason"]) == ("done", "landed")
        purposes = [turn["purpose"] for turn in record["dialogue"]["turns"]]
        assert purposes == ["first", "fix-forward", "review"]
        assert (pull["merged"], pull["user"]["login"]) == (True, "bot")
        issue = here.server.send("GET", f"/repos/{here.repo}/issues/{here.issue}")
        assert issue["state"] == "closed"
        branches = here.server.send("GET", f"/repos/{here.repo}/branches")
        assert [one["name"] for one in branches] == ["main"]


def test_landing__conflict__is_rebased_and_merged_on_green(tmp_path: Path) -> None:
    wish = "A till. [[ci=green*]] [[touch=till.txt:1]]"
    with (
        httpx.Client(timeout=30) as http,
        place(http, tmp_path, wish, merge="approved") as here,
    ):
        here.come_to("waits for people", here.waits)
        other = tmp_path / "other"
        git(tmp_path, "clone", "-q", here.server.push_url(here.repo), str(other))
        (other / "till.txt").write_text("theirs\n", encoding="utf-8")
        git(other, "commit", "-q", "-am", "Theirs")
        git(other, "push", "-q", "origin", "main")
        turns = here.record()["dialogue"]["turns"]
        assert len(turns) == 1
        here.server.send("POST", f"{here.pull()}/reviews", {"event": "APPROVED", "body": ""})
        here.come_to("a rebase turn", lambda: len(here.record()["dialogue"]["turns"]) == 2)
        here.come_to("waits for people again", here.waits)
        here.server.send("POST", f"{here.pull()}/reviews", {"event": "APPROVED", "body": ""})
        here.come_to("has ended", lambda: here.record()["stage"] == "ended")

        record = here.record()
        assert (record["verdict"], record["reason"]) == ("done", "landed")
        assert [turn["purpose"] for turn in record["dialogue"]["turns"]] == ["first", "rebase"]


def test_landing__a_stranger_opens_one_from_the_branch__is_closed_and_the_run_s_own_is_merged(
    tmp_path: Path,
) -> None:
    with (
        httpx.Client(timeout=30) as http,
        place(http, tmp_path, "A till. [[ci=green*]]", merge="green") as here,
    ):
        here.come_to("is running", lambda: here.record().get("stage") == "running")
        branch = here.record()["landing"]["branch"]
        until(30, "pushed", lambda: branch in git(tmp_path / "clone", "ls-remote", "origin"))
        spec = {"head": branch, "base": "main", "title": "Mine", "body": ""}
        path = f"/repos/{here.repo}/pulls"
        foreign = here.server.send("POST", path, spec, by="stranger")["number"]
        here.come_to("has ended", lambda: here.record()["stage"] == "ended")

        pulls = here.server.send("GET", f"{path}?state=all")
        shown = {one["number"]: (one["user"]["login"], one["merged"]) for one in pulls}
        assert shown[foreign] == ("stranger", False)
        assert sorted(shown.values()) == [("bot", True), ("stranger", False)]
