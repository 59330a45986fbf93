"""What people do on a live Forgejo: requests of their own, each with their own token."""

import base64
import itertools
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import httpx
from support.people import HUMAN, IN_PROGRESS, READY

REFERENCES_TAKE: Final = 4
"""Seconds until a live Forgejo has acted on what a pushed commit says of issues."""

CHECK_BEGINS: Final = 1
"""Seconds until a live Forgejo no longer shows what it found before a push."""

TEAMS: Final = {
    "bot": {"repo.code": "write", "repo.issues": "write"},
    "writer": {"repo.issues": "write"},
    "reader": {"repo.issues": "read"},
}
_JOB: Final = """\
  {name}:
    runs-on: docker
    if: {when}
    steps: [{{run: "{does}"}}]
"""


class ForgejoPeople:
    """People with a token in ``folder/<name>``; ``boss`` administers the server."""

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
        """Send as somebody; for those without a token the administrator does (``sudo``)."""
        known = by in self._clients
        client = self._clients[by if known else "boss"]
        headers = {} if known else {"sudo": by}
        answer = client.request(method, path, json=body, headers=headers)
        assert answer.is_success, f"{by} {method} {path}: {answer.status_code} {answer.text[:300]}"
        return (
            answer.json() if answer.content and "json" in answer.headers["content-type"] else None
        )

    def repository(
        self,
        name: str,
        *,
        private: bool = False,
        labels: bool = True,
        commits: bool = True,
        owner: str = "owner",
    ) -> str:
        name = f"{name}-{self._suffix}"
        made = {"name": name, "private": private, "auto_init": commits, "default_branch": "main"}
        path = "/user/repos" if owner == "owner" else f"/orgs/{owner}/repos"
        repo = f"{self._send('owner', 'POST', path, made)['full_name']}"
        if owner == "owner":
            for login, access in (("writer", "write"), ("bot", "write"), ("reader", "read")):
                self._collaborator(repo, login, access)
        for label in (READY, IN_PROGRESS, HUMAN) if labels else ():
            self.define_label(repo, label)
        return repo

    def _collaborator(self, repo: str, login: str, access: str) -> None:
        path = f"/repos/{repo}/collaborators/{login}"
        self._send("owner", "PUT", path, {"permission": access})

    def organisation(self, name: str) -> str:
        org = f"{name}-{self._suffix}"
        self._send("owner", "POST", "/orgs", {"username": org})
        for login, units in TEAMS.items():
            team = {"name": login, "units_map": units, "includes_all_repositories": True}
            made = self._send("owner", "POST", f"/orgs/{org}/teams", team)
            self._send("owner", "PUT", f"/teams/{made['id']}/members/{login}")
        return org

    def account(self, name: str, repo: str) -> str:
        login = f"{name}-{self._suffix}"
        made = {
            "username": login,
            "email": f"{login}@example.com",
            "password": f"pw-of-{login}",
            "must_change_password": False,
        }
        self._send("boss", "POST", "/admin/users", made)
        self._collaborator(repo, login, "write")
        return login

    def delete_account(self, login: str) -> None:
        self._send("boss", "DELETE", f"/admin/users/{login}")

    def define_label(self, where: str, name: str) -> None:
        path = f"/repos/{where}/labels" if "/" in where else f"/orgs/{where}/labels"
        self._send("owner", "POST", path, {"name": name, "color": "#0e8a16"})

    def delete_label(self, repo: str, name: str) -> None:
        for label in self._send("owner", "GET", f"/repos/{repo}/labels?limit=50"):
            if label["name"] == name:
                self._send("owner", "DELETE", f"/repos/{repo}/labels/{label['id']}")

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

    def forbid_dependencies(self, repo: str) -> None:
        tracker = {"enable_issue_dependencies": False}
        self._send("owner", "PATCH", f"/repos/{repo}", {"internal_tracker": tracker})

    def push(self, repo: str, message: str, by: str = "owner", branch: str = "main") -> str:
        path = f"file-{next(self._files)}.txt"
        return self._commit(repo, path, "x", message, by=by, branch=branch)

    def _commit(
        self, repo: str, path: str, text: str, message: str, *, by: str, branch: str
    ) -> str:
        body = {"content": base64.b64encode(text.encode()).decode(), "message": message}
        known = self._send(by, "GET", f"/repos/{repo}/branches?limit=50")
        there = branch == "main" or branch in [one["name"] for one in known]
        body |= {"branch": branch} if there else {"branch": "main", "new_branch": branch}
        made = self._send(by, "POST", f"/repos/{repo}/contents/{path}", body)
        if "#" in message:
            time.sleep(REFERENCES_TAKE)
        return str(made["commit"]["sha"])

    def run(self, repo: str, ends: Mapping[str, str], file: str = "ci.yml") -> str:
        jobs = "".join(
            _JOB.format(
                name=name,
                when="false" if end == "skipped" else "true",
                does="exit 1" if end == "failure" else "exit 0",
            )
            for name, end in ends.items()
        )
        text = f"name: ci\non: push\njobs:\n{jobs}"
        path = f".forgejo/workflows/{file}"
        return self._commit(repo, path, text, "run it", by="owner", branch="main")

    def status(self, repo: str, sha: str, context: str, state: str) -> None:
        body = {"context": context, "state": state}
        self._send("writer", "POST", f"/repos/{repo}/statuses/{sha}", body)

    def write(self, repo: str, branch: str, text: str, by: str = "writer") -> str:
        path = "story.txt"
        known = [one["name"] for one in self._send(by, "GET", f"/repos/{repo}/branches?limit=50")]
        on = branch if branch in known else "main"
        files = self._send(by, "GET", f"/repos/{repo}/contents?ref={on}")
        body: dict[str, Any] = {
            "content": base64.b64encode(text.encode()).decode(),
            "message": text,
        }
        body |= {"branch": branch} if branch in known else {"branch": on, "new_branch": branch}
        old = [one["sha"] for one in files if one["path"] == path]
        body |= {"sha": old[0]} if old else {}
        made = self._send(by, "PUT" if old else "POST", f"/repos/{repo}/contents/{path}", body)
        return str(made["commit"]["sha"])

    def pull(
        self, repo: str, head: str, title: str = "Work", body: str = "", by: str = "writer"
    ) -> int:
        made = {"head": head, "base": "main", "title": title, "body": body}
        return int(self._send(by, "POST", f"/repos/{repo}/pulls", made)["number"])

    def review(
        self, repo: str, number: int, event: str, body: str = "", note: str = "", by: str = "writer"
    ) -> int:
        notes = [{"path": "story.txt", "body": note, "new_position": 1}] if note else []
        made = {"event": event, "body": body, "comments": notes}
        return int(self._send(by, "POST", f"/repos/{repo}/pulls/{number}/reviews", made)["id"])

    def edit_note(self, repo: str, number: int, body: str, by: str = "writer") -> None:
        time.sleep(1.1)  # within the second of its making nothing would show it
        path = f"/repos/{repo}/pulls/{number}/reviews"
        first = self._send(by, "GET", path)[0]["id"]
        comment = self._send(by, "GET", f"{path}/{first}/comments")[0]["id"]
        self.edit_comment(repo, comment, body, by)

    def protect(self, repo: str, *, checks: tuple[str, ...] = (), approvals: int = 0) -> None:
        rule = {
            "rule_name": "main",
            "enable_push": True,
            "enable_status_check": bool(checks),
            "status_check_contexts": list(checks),
            "required_approvals": approvals,
        }
        self._send("owner", "POST", f"/repos/{repo}/branch_protections", rule)

    def let_check(self, repo: str, number: int) -> None:
        time.sleep(CHECK_BEGINS)
        while not self._send("owner", "GET", f"/repos/{repo}/pulls/{number}")["mergeable"]:
            time.sleep(0.2)

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def merge(self, repo: str, number: int) -> None:
        self._send("owner", "POST", f"/repos/{repo}/pulls/{number}/merge", {"Do": "merge"})

    def remove_branch(self, repo: str, branch: str) -> None:
        self._send("owner", "DELETE", f"/repos/{repo}/branches/{branch}")

    def rename(self, repo: str, name: str) -> None:
        self._send("owner", "PATCH", f"/repos/{repo}", {"name": f"{name}-{self._suffix}"})

    def transfer(self, repo: str, owner: str) -> None:
        self._send("owner", "POST", f"/repos/{repo}/transfer", {"new_owner": owner})

    def archive(self, repo: str) -> None:
        self._send("owner", "PATCH", f"/repos/{repo}", {"archived": True})

    def delete_issue(self, repo: str, number: int) -> None:
        self._send("owner", "DELETE", f"/repos/{repo}/issues/{number}")
