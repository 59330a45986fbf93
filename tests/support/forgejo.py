"""Forgejo's adapters in tests: on recordings as they are, or on a table of recorded answers.

A `Table` answers requests whose form no recording has, with recorded bodies; a request that is
not in it fails the test.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx
from support.cassettes import HOST, body_bytes, load

from afk.adapters.forgejo.checks import ForgejoChecks
from afk.adapters.forgejo.tracker import ForgejoTracker
from afk.adapters.http import Answer, Http
from afk.config import Config

VERSIONS = ("14.0.0", "11.0.15")
API = "/api/v1"
TOKEN = "token-that-must-not-show"


def recording(version: str, name: str) -> str:
    """Return a recording's full name."""
    return f"forgejo/{version}/{name}"


def exchange(version: str, name: str, index: int = 0) -> dict[str, Any]:
    """Return one exchange of a recording."""
    return load(recording(version, name))[index]


def body_of(version: str, name: str, index: int = 0) -> Any:
    """Return what the server answered there."""
    return exchange(version, name, index)["response"]["body"]


@dataclass(frozen=True)
class Reply:
    """An answer to play; ``error`` is raised instead."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    error: Exception | None = None


def recorded(version: str, name: str, index: int = 0) -> Reply:
    """Return a recorded answer as a reply."""
    response = exchange(version, name, index)["response"]
    headers = {
        name.lower(): str(value)
        for name, value in response["headers"].items()
        if name.lower() in ("content-type", "x-total-count", "location", "link")
    }
    return Reply(response["status"], body_bytes(response), headers)


def reply(body: Any, status: int = 200, **headers: str) -> Reply:
    """Return a JSON answer; underscores in header names stand for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    data = json.dumps(body).encode()
    return Reply(status, data, {"content-type": "application/json;charset=utf-8", **named})


def question(method: str, path: str, **params: Any) -> str:
    """Return how a table names a request: method, path, query in the order of its names."""
    query = urlencode(sorted((name, str(value)) for name, value in params.items()))
    return f"{method} {path}" + (f"?{query}" if query else "")


@dataclass
class Table(httpx.BaseTransport):
    """Answers each question from the table, a list one after the other; keeps what was asked."""

    rows: Mapping[str, Reply | list[Reply]]
    asked: list[str] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    headers: list[httpx.Headers] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode().partition("?")[0]
        name = question(request.method, path, **dict(request.url.params))
        self.asked.append(name)
        self.bodies.append(json.loads(request.read() or b"null"))
        self.headers.append(request.headers)
        assert name in self.rows, f"nobody expected {name}"
        row = self.rows[name]
        answer = row if isinstance(row, Reply) else row.pop(0)
        if answer.error is not None:
            raise answer.error
        return httpx.Response(answer.status, headers=dict(answer.headers), content=answer.body)


def http(transport: httpx.BaseTransport | None = None, *, max_body: int = 8 * 1024 * 1024) -> Http:
    """Return the transport that afk uses, on a table or (None) on what `replay` plays."""
    pauses: list[float] = []
    return Http(
        client=httpx.Client(transport=transport),
        base_url=HOST + API,
        name="Forgejo",
        authorize=lambda: {"authorization": f"token {TOKEN}"},
        sleep=pauses.append,
        max_body=max_body,
    )


def tracker(
    transport: httpx.BaseTransport | None = None,
    *,
    max_body: int = 8 * 1024 * 1024,
    config: Config | None = None,
) -> ForgejoTracker:
    """Return a tracker on ``http://recorded.test``."""
    return ForgejoTracker(
        http=http(transport, max_body=max_body),
        web=HOST + "/",
        host="recorded.test",
        config=config or Config(),
    )


def checks(transport: httpx.BaseTransport | None = None) -> ForgejoChecks:
    """Return a reader of checks on ``http://recorded.test``."""
    return ForgejoChecks(http=http(transport), web=HOST)


def answer(given: Reply) -> Answer:
    """Return a reply as the transport would hand it over."""
    return Answer("GET", HOST, given.status, dict(given.headers), given.body)
