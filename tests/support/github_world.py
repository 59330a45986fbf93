"""The worlds that GitHub's recordings presume, and a player of them against the sandbox.

The recordings come from many projects. What one of them answers is built into the model first
(`World.mirror_issue` and the like: same names, numbers, texts, states, times), then its request is
sent as it was recorded and the answer compared.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from support.cassettes import load
from support.github_compare import differences

from afk.adapters.tls import tls_context
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.records import (
    Account,
    AccountKind,
    Comment,
    Issue,
    Label,
    Repository,
)
from afk_sandbox.github.routes import github_app
from afk_sandbox.serving import serve

KINDS = {
    "User": AccountKind.USER,
    "Bot": AccountKind.BOT,
    "Organization": AccountKind.ORGANISATION,
}
LATEST = datetime(2026, 11, 23, 4, tzinfo=UTC)

Json = Mapping[str, Any]


def moment(text: str) -> datetime:
    """Return a time as GitHub writes it."""
    return datetime.fromisoformat(text)


def recorded(name: str) -> dict[str, Any]:
    """Return a recording by the beginning of its name."""
    exchange: dict[str, Any] = load(f"github/{name}")[0]
    return exchange


def answer(name: str) -> Any:
    """Return the body of a recording's answer."""
    return recorded(name)["response"]["body"]


def repo_of(name: str) -> str:
    """Return the repository in a recorded request's path."""
    parts = recorded(name)["request"]["path"].split("/")
    assert parts[1] == "repos", name
    return f"{parts[2]}/{parts[3]}"


@dataclass
class World:
    """A model, and a client of its view."""

    forge: ForgeModel
    client: httpx.Client
    now: list[datetime]
    found: list[str] = field(default_factory=list)
    replayed: set[str] = field(default_factory=set)

    # What there is

    def account(self, login: str, kind: str = "User", account_id: int = 0) -> Account:
        name = login.removesuffix("[bot]")
        account = self.forge.account(name) or self.forge.add_account(name, kind=KINDS[kind])
        account.id = account_id or account.id
        return account

    def mirror_account(self, told: Json | None) -> Account:
        if told is None:
            gone = self.account("gone")
            gone.deleted = True
            return gone
        return self.account(told["login"], told["type"], told["id"])

    def repo(self, full_name: str, *, repo_id: int = 0, private: bool = False) -> Repository:
        repo = self.forge.repository(full_name)
        if repo is None:
            owner, _, name = full_name.partition("/")
            made = self.forge.add_repository(self.account(owner), name, workflows=())
            made.private = private
            repo = made
        repo.id = repo_id or repo.id
        return repo

    def mirror_label(self, repo: Repository, told: Json) -> Label:
        known = (one for one in repo.labels if one.name == told["name"])
        label = next(known, None) or self.forge.define_label(repo, told["name"])
        label.id = told.get("id", label.id)
        label.color = told["color"]
        label.description = told.get("description") or ""
        return label

    def mirror_issue(self, repo: Repository, told: Json) -> Issue:
        """Bring about an issue as an answer shows it; its comments are as many as counted."""
        author = self.mirror_account(told["user"])
        repo.next_number = told["number"]
        issue = self.forge.open_issue(repo, told["title"], author, told["body"] or "")
        issue.is_pull = "pull_request" in told
        issue.labels = [self.mirror_label(repo, one) for one in told["labels"]]
        issue.assignees = [self.mirror_account(one) for one in told.get("assignees", ())]
        issue.locked = told["locked"]
        for number in range(told["comments"]):
            self.forge.comment(issue, author, f"comment {number}")
        if told["state"] == "closed":
            closer = self.mirror_account(told["closed_by"]) if told.get("closed_by") else author
            self.forge.close(issue, closer, reason=told.get("state_reason") or "completed")
            issue.closed_at = moment(told["closed_at"])
        issue.created_at = moment(told["created_at"])
        issue.updated_at = moment(told["updated_at"])
        return issue

    def issue(self, full_name: str, number: int, **settings: Any) -> Issue:
        """Open an issue with a number."""
        repo = self.repo(full_name)
        repo.next_number = number
        return self.forge.open_issue(repo, "an issue", repo.owner, **settings)

    def mirror_comment(self, issue: Issue, told: Json) -> Comment:
        comment = self.forge.comment(issue, self.mirror_account(told["user"]), told["body"])
        comment.id = told["id"]
        comment.created_at = moment(told["created_at"])
        comment.updated_at = moment(told["updated_at"])
        return comment

    def mirror_commit(self, repo: Repository, told: Json, base: str | None = "") -> str:
        """Commit on a branch of its own, and return the sha."""
        self.now[0] = moment(told["commit"]["committer"]["date"])
        author = self.mirror_account(told["author"] or {"login": "x", "type": "User", "id": 1})
        message = told["commit"]["message"]
        sha = str(told["sha"])
        self.forge.push(repo, sha, message, author, base=base, sha=sha)
        return sha

    # Asking

    def replay(
        self,
        name: str,
        *,
        caller: Account | None,
        loose: Collection[str] = (),
        headers: Mapping[str, str] | None = None,
        renamed: tuple[str, str] | None = None,
    ) -> None:
        """Send a recording's request and note how the answer differs.

        ``renamed``: the name that the recorded answer has for the repository, and the asked one.
        """
        exchange = recorded(name)
        if renamed:
            exchange = json.loads(json.dumps(exchange).replace(*renamed))
        self.replayed.add(name[:3])
        asked, told = exchange["request"], exchange["response"]
        date = told["headers"].get("date", "")
        usual = date and date.count(":") > 1
        self.now[0] = parsedate_to_datetime(date) if usual else LATEST
        named = {"accept": asked["headers"].get("accept", "*/*"), **(headers or {})}
        if caller is not None:
            named.setdefault("authorization", f"token {self.forge.token_for(caller)}")
        query = f"?{asked['query']}" if asked["query"] else ""
        response = self.client.request(
            asked["method"],
            f"/api/v3{asked['path']}{query}",
            content=None if asked["body"] in (None, '""') else json.dumps(asked["body"]),
            headers=named,
        )
        body = response.json() if response.content else None
        lines = differences(
            told,
            status=response.status_code,
            headers={key.lower(): value for key, value in response.headers.items()},
            body=body,
            loose=loose,
        )
        self.found += [f"{name}: {line}" for line in lines]


@contextmanager
def github_world(**settings: Any) -> Iterator[World]:
    """Serve an empty forge."""
    now = [LATEST]
    forge = ForgeModel(lambda: now[0])
    with (
        serve(github_app(forge, **settings)) as url,
        httpx.Client(base_url=url, timeout=10, verify=tls_context()) as client,
    ):
        yield World(forge=forge, client=client, now=now)


Story = Callable[[World], None]
