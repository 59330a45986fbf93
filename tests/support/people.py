"""What people (not afk) do to a forge, so that a contract test has something to look at.

One Protocol, two ways: on the sandbox's model, and through a live Forgejo's API with each
person's own token. Cassettes need neither: there the recorded names and numbers are used.
"""

import base64
import itertools
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx

from afk.sandbox.forge_model import ForgeModel
from afk.sandbox.forge_records import Account, Issue, Repository

READY = "ready-for-agent"
IN_PROGRESS = "agent-in-progress"
HUMAN = "ready-for-human"
REFERENCES_TAKE = 4
"""Seconds until a live Forgejo has acted on what a pushed commit says of issues."""


class People(Protocol):
    """Who there is: ``owner``, ``writer``, ``reader``, ``stranger``, and afk's ``bot``."""

    def repository(self, name: str, *, private: bool = False, labels: bool = True) -> str:
        """Create a repository with a commit, the cast's rights and (unless told) afk's labels."""

    def issue(self, repo: str, title: str, body: str = "", by: str = "owner") -> int:
        """Open an issue."""

    def label(self, repo: str, number: int, name: str, by: str = "owner") -> None:
        """Put a label on."""

    def unlabel(self, repo: str, number: int, name: str, by: str = "owner") -> None:
        """Take a label off."""

    def edit(self, repo: str, number: int, by: str = "owner", **changes: str) -> None:
        """Change title, body or state."""

    def comment(self, repo: str, number: int, body: str, by: str = "owner") -> int:
        """Comment."""

    def edit_comment(self, repo: str, comment: int, body: str, by: str = "owner") -> None:
        """Change a comment."""

    def block(self, repo: str, number: int, blocker: int) -> None:
        """Make an issue depend on another one of the repository."""

    def push(self, repo: str, message: str, by: str = "owner") -> str:
        """Commit to main; returns the sha."""

    def status(self, repo: str, sha: str, context: str, state: str) -> None:
        """Post a commit status."""

    def rename(self, repo: str, name: str) -> None:
        """Rename a repository."""

    def archive(self, repo: str) -> None:
        """Archive a repository."""

    def delete_issue(self, repo: str, number: int) -> None:
        """Delete an issue."""


@dataclass
class SandboxPeople:
    """People of a sandbox forge."""

    forge: ForgeModel
    cast: dict[str, Account] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Create the cast."""
        for name in ("owner", "writer", "reader", "stranger", "bot"):
            self.cast[name] = self.forge.add_account(name)

    def _repo(self, name: str) -> Repository:
        found = self.forge.repository(name)
        assert found is not None, name
        return found

    def _issue(self, repo: str, number: int) -> Issue:
        return self._repo(repo).issues[number]

    def repository(self, name: str, *, private: bool = False, labels: bool = True) -> str:
        repo = self.forge.add_repository(self.cast["owner"], name, private=private)
        for login, access in (("writer", "write"), ("bot", "write"), ("reader", "read")):
            self.forge.set_access(repo, self.cast[login], access)
        for label in (READY, IN_PROGRESS, HUMAN) if labels else ():
            self.forge.define_label(repo, label)
        self.forge.push(repo, "main", "begin\n\nCI: none", self.cast["owner"])
        return repo.full_name

    def issue(self, repo: str, title: str, body: str = "", by: str = "owner") -> int:
        return self.forge.open_issue(self._repo(repo), title, self.cast[by], body=body).number

    def label(self, repo: str, number: int, name: str, by: str = "owner") -> None:
        self.forge.add_label(self._issue(repo, number), name, self.cast[by])

    def unlabel(self, repo: str, number: int, name: str, by: str = "owner") -> None:
        self.forge.remove_label(self._issue(repo, number), name, self.cast[by])

    def edit(self, repo: str, number: int, by: str = "owner", **changes: str) -> None:
        issue, actor = self._issue(repo, number), self.cast[by]
        if "title" in changes:
            self.forge.edit_title(issue, actor, changes["title"])
        if "body" in changes:
            self.forge.edit_body(issue, actor, changes["body"])
        if changes.get("state") == "closed":
            self.forge.close(issue, actor)
        if changes.get("state") == "open":
            self.forge.reopen(issue, actor)

    def comment(self, repo: str, number: int, body: str, by: str = "owner") -> int:
        return self.forge.comment(self._issue(repo, number), self.cast[by], body).id

    def edit_comment(self, repo: str, comment: int, body: str, by: str = "owner") -> None:
        found = self.forge.comment_by_id(self._repo(repo), comment)
        assert found is not None
        self.forge.edit_comment(found, self.cast[by], body)

    def block(self, repo: str, number: int, blocker: int) -> None:
        issue, other = self._issue(repo, number), self._issue(repo, blocker)
        self.forge.add_dependency(issue, other, self.cast["owner"])

    def push(self, repo: str, message: str, by: str = "owner") -> str:
        return self.forge.push(self._repo(repo), "main", message + "\n\nCI: none", self.cast[by])

    def status(self, repo: str, sha: str, context: str, state: str) -> None:
        self.forge.post_status(self._repo(repo), sha, state, self.cast["writer"], context=context)

    def rename(self, repo: str, name: str) -> None:
        self.forge.rename_repository(self._repo(repo), name)

    def archive(self, repo: str) -> None:
        self.forge.archive(self._repo(repo))

    def delete_issue(self, repo: str, number: int) -> None:
        self.forge.delete_issue(self._issue(repo, number))


class ForgejoPeople:
    """People of a live Forgejo, each with a token in ``folder/<name>``; ``owner`` is an admin."""

    def __init__(self, url: str, folder: Path, suffix: str) -> None:
        """``suffix`` keeps the names of one run's repositories apart from another's."""
        self._suffix = suffix
        self._files = itertools.count(1)
        self._clients = {
            path.name: httpx.Client(
                base_url=f"{url}/api/v1",
                headers={
                    "authorization": f"token {path.read_text(encoding='utf-8').strip()}",
                    "x-afk-people": "yes",
                },
                timeout=30,
            )
            for path in folder.iterdir()
        }

    def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            client.close()

    def _send(self, by: str, method: str, path: str, body: Any = None) -> Any:
        answer = self._clients[by].request(method, path, json=body)
        assert answer.is_success, f"{by} {method} {path}: {answer.status_code} {answer.text[:300]}"
        return (
            answer.json() if answer.content and "json" in answer.headers["content-type"] else None
        )

    def repository(self, name: str, *, private: bool = False, labels: bool = True) -> str:
        name = f"{name}-{self._suffix}"
        made = {"name": name, "private": private, "auto_init": True, "default_branch": "main"}
        repo = f"{self._send('owner', 'POST', '/user/repos', made)['full_name']}"
        for login, access in (("writer", "write"), ("bot", "write"), ("reader", "read")):
            body = {"permission": access}
            self._send("owner", "PUT", f"/repos/{repo}/collaborators/{login}", body)
        for label in (READY, IN_PROGRESS, HUMAN) if labels else ():
            self._send(
                "owner", "POST", f"/repos/{repo}/labels", {"name": label, "color": "#0e8a16"}
            )
        return repo

    def issue(self, repo: str, title: str, body: str = "", by: str = "owner") -> int:
        made = self._send(by, "POST", f"/repos/{repo}/issues", {"title": title, "body": body})
        return int(made["number"])

    def label(self, repo: str, number: int, name: str, by: str = "owner") -> None:
        self._send(by, "POST", f"/repos/{repo}/issues/{number}/labels", {"labels": [name]})

    def unlabel(self, repo: str, number: int, name: str, by: str = "owner") -> None:
        labels = self._send(by, "GET", f"/repos/{repo}/issues/{number}/labels")
        for label in labels:
            if label["name"] == name:
                self._send(by, "DELETE", f"/repos/{repo}/issues/{number}/labels/{label['id']}")

    def edit(self, repo: str, number: int, by: str = "owner", **changes: str) -> None:
        self._send(by, "PATCH", f"/repos/{repo}/issues/{number}", changes)

    def comment(self, repo: str, number: int, body: str, by: str = "owner") -> int:
        made = self._send(by, "POST", f"/repos/{repo}/issues/{number}/comments", {"body": body})
        return int(made["id"])

    def edit_comment(self, repo: str, comment: int, body: str, by: str = "owner") -> None:
        self._send(by, "PATCH", f"/repos/{repo}/issues/comments/{comment}", {"body": body})

    def block(self, repo: str, number: int, blocker: int) -> None:
        owner, _, name = repo.partition("/")
        body = {"index": blocker, "owner": owner, "repo": name}
        self._send("owner", "POST", f"/repos/{repo}/issues/{number}/dependencies", body)

    def push(self, repo: str, message: str, by: str = "owner") -> str:
        path = f"/repos/{repo}/contents/file-{next(self._files)}.txt"
        body = {"content": base64.b64encode(b"x").decode(), "message": message, "branch": "main"}
        sha = str(self._send(by, "POST", path, body)["commit"]["sha"])
        if "#" in message:
            time.sleep(REFERENCES_TAKE)
        return sha

    def status(self, repo: str, sha: str, context: str, state: str) -> None:
        body = {"context": context, "state": state}
        self._send("writer", "POST", f"/repos/{repo}/statuses/{sha}", body)

    def rename(self, repo: str, name: str) -> None:
        self._send("owner", "PATCH", f"/repos/{repo}", {"name": f"{name}-{self._suffix}"})

    def archive(self, repo: str) -> None:
        self._send("owner", "PATCH", f"/repos/{repo}", {"archived": True})

    def delete_issue(self, repo: str, number: int) -> None:
        self._send("owner", "DELETE", f"/repos/{repo}/issues/{number}")
