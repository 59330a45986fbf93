"""GitHub's adapter in tests: on recordings as they are, or on answers made by hand.

No recording shows a listing, an issue or CI over GraphQL, so a `Hub` answers those with bodies
built here, field by field as the schema has them. A request nobody prepared fails the test.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from support.cassettes import HOST, body_bytes, load

from afk.adapters.github.api import GitHubApi
from afk.adapters.github.checks import GitHubChecks
from afk.adapters.github.kind import HEADERS
from afk.adapters.github.prefetch import Prefetched
from afk.adapters.github.tracker import GitHubTracker
from afk.adapters.http import Answer, Http
from afk.config import Config
from afk.types import Account, Comment, Issue, IssueKey, Label, Repository

REPO = "acme/app"
KEY = IssueKey(REPO, 7)
NOW = "2026-05-01T10:00:00Z"
TOKEN = "token-that-must-not-show"

Data = dict[str, Any]
Prepared = Data | httpx.Response | Exception | Callable[[Data], Data | httpx.Response]


@dataclass
class Hub(httpx.BaseTransport):
    """Answers GraphQL requests one after the other, REST requests from a table."""

    graphql: list[Prepared] = field(default_factory=list)
    rest: Mapping[str, httpx.Response | list[httpx.Response]] = field(default_factory=dict)
    queries: list[Data] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    headers: list[httpx.Headers] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.read() or b"null")
        self.headers.append(request.headers)
        if request.url.path.endswith("/graphql"):
            self.queries.append(body)
            return self._graphql(body)
        name = f"{request.method} {request.url.raw_path.decode()}"
        self.asked.append(name)
        self.bodies.append(body)
        assert name in self.rest, f"nobody expected {name}"
        row = self.rest[name]
        return row if isinstance(row, httpx.Response) else row.pop(0)

    def _graphql(self, body: Data) -> httpx.Response:
        assert self.graphql, f"nobody expected {body}"
        prepared = self.graphql.pop(0)
        if isinstance(prepared, Exception):
            raise prepared
        if isinstance(prepared, httpx.Response):
            return prepared
        answer = prepared(body["variables"]) if callable(prepared) else prepared
        return answer if isinstance(answer, httpx.Response) else reply(answer)

    @property
    def requests(self) -> int:
        return len(self.queries) + len(self.asked)


def reply(body: Any, status: int = 200, **headers: str) -> httpx.Response:
    """Return a JSON answer; underscores in header names stand for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=body, headers=named)


def recorded(name: str) -> httpx.Response:
    """Return a recorded answer."""
    response = load(f"github/{name}")[0]["response"]
    kept = {
        name: value
        for name, value in response["headers"].items()
        if name not in ("content-length", "content-encoding", "transfer-encoding")
    }
    return httpx.Response(response["status"], headers=kept, content=body_bytes(response))


def answer(name: str) -> Answer:
    """Return a recorded answer as the transport hands it over."""
    request, response = load(f"github/{name}")[0]["request"], recorded(name)
    headers = {key.lower(): value for key, value in response.headers.items()}
    url = HOST + request["path"]
    return Answer(request["method"], url, response.status_code, headers, response.content)


def api(hub: httpx.BaseTransport | None = None, *, max_body: int = 8 * 1024 * 1024) -> GitHubApi:
    """Return what speaks to a hub, or (None) to what `replay` plays."""
    pauses: list[float] = []
    http = Http(
        client=httpx.Client(transport=hub),
        base_url=HOST,
        name="GitHub",
        authorize=lambda: {"authorization": f"Bearer {TOKEN}"},
        sleep=pauses.append,
        headers=HEADERS,
        max_body=max_body,
    )
    return GitHubApi(http=http, graphql_url=f"{HOST}/graphql")


def tracker(
    hub: httpx.BaseTransport | None = None,
    *,
    prefetched: Prefetched | None = None,
    config: Config | None = None,
    max_body: int = 8 * 1024 * 1024,
) -> GitHubTracker:
    return GitHubTracker(
        api=api(hub, max_body=max_body),
        web="https://recorded.test",
        host="recorded.test",
        config=config or Config(),
        prefetched=prefetched or Prefetched(),
    )


def checks(
    hub: httpx.BaseTransport,
    *,
    prefetched: Prefetched | None = None,
    config: Config | None = None,
) -> GitHubChecks:
    return GitHubChecks(
        api=api(hub), config=config or Config(), prefetched=prefetched or Prefetched()
    )


def data(**aliases: Any) -> Data:
    """Return a GraphQL answer without errors."""
    return {"data": aliases}


def problem(kind: str, *path: str | int, message: str = "no") -> Data:
    """Return an entry of ``errors`` as recording 143 has it."""
    return {"type": kind, "path": list(path), "locations": [], "message": message}


def page(*nodes: Any, more: str = "") -> Data:
    """Return a connection, ``more`` being the cursor of its next page."""
    return {
        "pageInfo": {"hasNextPage": bool(more), "endCursor": more or None},
        "nodes": list(nodes),
    }


def who(login: str = "ann", number: int | None = 1, kind: str = "User") -> Data:
    shown = {"__typename": kind, "login": login}
    return shown if kind == "EnterpriseUserAccount" else {**shown, "databaseId": number}


def home(repo: str = REPO, **changes: Any) -> Data:
    shown = {
        "id": "R_1",
        "databaseId": 11,
        "nameWithOwner": repo,
        "isArchived": False,
        "defaultBranchRef": {"name": "main"},
    }
    return {**shown, **changes}


def happened(kind: str = "LabeledEvent", **changes: Any) -> Data:
    shown: Data = {"__typename": kind, "createdAt": NOW, "actor": who()}
    own: dict[str, Data] = {
        "LabeledEvent": {"label": {"name": "ready-for-agent"}},
        "UnlabeledEvent": {"label": {"name": "ready-for-agent"}},
        "ClosedEvent": {"closer": None},
    }
    return {**shown, **own.get(kind, {}), **changes}


def said(number: int = 100, **changes: Any) -> Data:
    shown = {
        "id": f"IC_{number}",
        "fullDatabaseId": str(number),
        "author": who(),
        "editor": None,
        "createdAt": NOW,
        "lastEditedAt": None,
        "body": "hello",
    }
    return {**shown, **changes}


def issue(number: int = 7, **changes: Any) -> Data:
    shown = {
        "id": f"I_{number}",
        "number": number,
        "title": "Broken",
        "body": "It is broken",
        "state": "OPEN",
        "locked": False,
        "createdAt": NOW,
        "updatedAt": NOW,
        "lastEditedAt": None,
        "author": who(),
        "repository": {"databaseId": 11},
        "labels": page({"id": "LA_r", "name": "ready-for-agent"}),
        "subIssuesSummary": {"total": 0, "completed": 0},
        "blockedBy": page(),
        "timelineItems": page(happened()),
        "comments": page(),
    }
    return {**shown, **changes}


def whole(number: int = 7, **changes: Any) -> Data:
    """Return what an ``i`` alias holds."""
    return {**home(), "issue": issue(number, **changes)}


def an_issue(*labels: str, **changes: Any) -> Issue:
    """Return an issue as the adapter would have read it."""
    fields: Data = {
        "repo": Repository(11, REPO, "main"),
        "number": 7,
        "title": "Broken",
        "body": "",
        "open": True,
        "author": Account(1, "ann"),
        "labels": tuple(Label(name) for name in labels),
        "created_at": None,
        "updated_at": None,
        **changes,
    }
    return Issue(**fields)


def a_comment(number: int) -> Comment:
    fields: Data = {"created_at": None, "updated_at": None}
    return Comment(id=number, author=Account(1, "ann"), body="", **fields)
