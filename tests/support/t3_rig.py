"""What the tests of the T3 adapter share: a client, scripted answers, recorded threads.

Replayed (`support.cassettes`) is whatever a recording answers as asked. Where recordings of one
server do not form the sequence a rule needs (a 500 and then a look into the thread), `Script`
answers step by step with recorded answers; made-up answers are those of timeouts, gateways and
of 0.0.27, which was not recorded.
"""

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
from support.cassettes import RECORDINGS, body_bytes, load

from afk.adapters.http import Http
from afk.adapters.t3.protocol1 import Protocol1
from afk.adapters.t3_client import T3Client
from afk.ports import Agent, ThreadSpec

VERSIONS = ("0.0.28", "0.0.32")
# No descriptor of 0.0.32 was recorded: this one adds nothing to it that afk reads.
DESCRIPTOR = "t3/0.0.28/01-well-known"
ENVIRONMENT = "c7e723ed-433b-4e97-8e0a-7ce84995b53b"
NOW = datetime(2026, 11, 22, 17, 57, 58, 430000, tzinfo=UTC)
THREAD = "thr-feaa65e5-99e6-415d-a2ba-00ba85d565d2"
TOKEN = "fixture-token"

WELL_KNOWN = "GET /.well-known/t3/environment"
SHELL = "GET /api/orchestration/shell"
SNAPSHOT = "GET /api/orchestration/snapshot"
DISPATCH = "POST /api/orchestration/dispatch"


def read_thread(thread_id: str) -> str:
    return f"GET /api/orchestration/threads/{thread_id}"


class Rig:
    """A client, and what it waited for."""

    def __init__(self, transport: httpx.BaseTransport | None = None) -> None:
        """Without a transport, requests go where `replay` catches them."""
        self.pauses: list[float] = []
        self.created = NOW
        self._web = httpx.Client(transport=transport)
        self.http = Http(
            client=self._web,
            base_url="http://recorded.test",
            name="T3 Code",
            authorize=lambda: {"authorization": f"Bearer {TOKEN}"},
            sleep=self.pauses.append,
        )
        self.client = T3Client(http=self.http, now=lambda: self.created)
        self.port: Agent = self.client
        assert isinstance(self.client._spoken, Protocol1)
        self.first = self.client._spoken

    def close(self) -> None:
        self._web.close()


@contextmanager
def replaying() -> Iterator[Rig]:
    """Yield a client whose requests `support.cassettes.replay` catches."""
    made = Rig()
    yield made
    made.close()


class Script(httpx.BaseTransport):
    """Answers the expected requests in order; any other request fails the test."""

    def __init__(self, *steps: tuple[str, httpx.Response | Exception]) -> None:
        """A step is the method and path expected, and what then happens."""
        self.steps = list(steps)
        self.bodies: list[Any] = []
        self.tokens: list[str | None] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        seen = f"{request.method} {request.url.raw_path.decode()}"
        assert self.steps, f"one request too many: {seen}"
        expected, answer = self.steps.pop(0)
        assert seen == expected
        self.tokens.append(request.headers.get("authorization"))
        if request.method == "POST":
            self.bodies.append(json.loads(request.read()))
        if isinstance(answer, Exception):
            raise answer
        return answer


@contextmanager
def scripted(*steps: tuple[str, httpx.Response | Exception]) -> Iterator[tuple[Rig, Script]]:
    script = Script(*steps)
    made = Rig(script)
    yield made, script
    made.close()
    assert script.steps == []


def answered(name: str) -> httpx.Response:
    """Return the recorded answer."""
    recorded = load(f"t3/{name}")[0]["response"]
    headers = {
        key: value
        for key, value in recorded["headers"].items()
        if key.lower() in ("content-type", "date")
    }
    return httpx.Response(recorded["status"], headers=headers, content=body_bytes(recorded))


def page(status: int = 200) -> httpx.Response:
    return httpx.Response(status, html="<!doctype html><title>T3 Code</title>")


def changed(name: str, change: Callable[[Any], None]) -> httpx.Response:
    """Return a recorded answer with a change to its body."""
    body = copy.deepcopy(load(f"t3/{name}")[0]["response"]["body"])
    change(body)
    return httpx.Response(200, json=body)


def sent(name: str) -> dict[str, Any]:
    """Return the recorded command."""
    body: dict[str, Any] = load(f"t3/{name}")[0]["request"]["body"]
    return body


def call(rig: Rig, body: dict[str, Any]) -> int | None:
    """Ask the adapter for what the recorded command asked for, at its time."""
    client, command = rig.client, body["commandId"]
    rig.created = datetime.fromisoformat(body.get("createdAt", "2026-11-22T18:00:00Z"))
    match body["type"]:
        case "project.create":
            workspace = body["workspaceRoot"]
            client.create_project(body["projectId"], body["title"], workspace, command)
        case "thread.create":
            return client.create_thread(spec(body), command)
        case "thread.turn.start":
            said = body["message"]
            client.start_turn(body["threadId"], said["messageId"], said["text"], command)
        case "thread.session.stop":
            client.stop(body["threadId"], command)
        case "thread.delete":
            client.delete_thread(body["threadId"], command)
        case other:
            raise AssertionError(f"afk never sends {other}")
    return None


def spec(body: dict[str, Any]) -> ThreadSpec:
    return ThreadSpec(
        id=body["threadId"],
        project_id=body["projectId"],
        title=body["title"],
        instance=body["modelSelection"]["instanceId"],
        model=body["modelSelection"]["model"],
    )


def recorded(name: str) -> Any:
    """Return the body of a recorded answer, or a recorded shell thread itself."""
    data = load(f"t3/{name}")[0]
    return data["response"]["body"] if data and "response" in data else data


def thread_of(name: str) -> dict[str, Any]:
    body: dict[str, Any] = copy.deepcopy(recorded(name))
    found: dict[str, Any] = body.get("thread", body)
    return found


def names(pattern: str) -> list[str]:
    """Return the recordings of both versions whose file name matches and which hold a thread."""
    return [
        name
        for version in VERSIONS
        for path in sorted((RECORDINGS / "t3" / version).glob(pattern))
        if (body := recorded(name := f"{version}/{path.stem}"))
        and ("thread" in body or "projectId" in body)
    ]
