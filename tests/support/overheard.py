"""What a tick sends while a test watches: requests, steps in their order, doorbells that ring."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from support.happy import labels
from support.straight import Sockets, Straight

from afk_sandbox.faults import App, Message, Receive, Send
from afk_sandbox.forge.records import Issue
from afk_sandbox.forge.request_log import Exchange
from afk_sandbox.serving import serve
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, World

TICKET: Final = "/api/auth/websocket-ticket"
"""What opens a socket of T3's, and changes nothing."""
NO_ISSUE: Final = "/issues/0/labels/"
"""Where doctor asks whether it might label: there is no issue 0, so that nothing can change."""
COMMANDS: Final = {
    "message.dispatch": "thread.turn.start",
    "run.interrupt": "thread.session.stop",
    "queued-run.cancel": "thread.session.stop",
}
"""Commands of protocol 2 by what protocol 1 calls them; the others have the same name."""


def command_in(body: str) -> str:
    """Return the kind of a T3 command, in protocol 1's words."""
    told = json.loads(body)
    if told["type"] == "runtime-request.respond":
        kind = "approval" if "decision" in told else "user-input"
        return f"thread.{kind}.respond"
    return COMMANDS.get(told["type"], str(told["type"]))


def is_write(exchange: Exchange) -> bool:
    """Say whether a request was to change something; a GraphQL query is a POST that is not."""
    if exchange.path == TICKET or (exchange.method == "DELETE" and NO_ISSUE in exchange.path):
        return False
    if exchange.path.endswith("/graphql"):
        return '"mutation' in exchange.body or "mutation " in exchange.body
    return exchange.method not in ("GET", "HEAD")


@dataclass
class Mark:
    """The requests sent since this was made."""

    here: World
    forge_before: int = 0
    t3_before: int = 0

    def __post_init__(self) -> None:
        """Begin here."""
        self.forge_before, self.t3_before = self.here.requests()

    @property
    def forge(self) -> list[Exchange]:
        """Return what the forge was asked."""
        return self.here.log.exchanges[self.forge_before :]

    @property
    def t3(self) -> list[Exchange]:
        """Return what T3 was asked."""
        return self.here.t3_log.exchanges[self.t3_before :]

    @property
    def writes(self) -> list[Exchange]:
        """Return what the forge was to change."""
        return [one for one in self.forge if is_write(one)]

    @property
    def commands(self) -> list[str]:
        """Return the kinds of commands that T3 was sent."""
        return [command_in(one.body) for one in self.t3 if is_write(one)]


class Overheard(Sockets):
    """Notes what one tick changes, in its order: on the forge, in T3, at the doorbells.

    A record's write is noted by its stage, a label's by the labels that are then on the issue.
    """

    def __init__(self, issue: Issue) -> None:
        self._inner = Straight()
        self._issue = issue
        self.steps: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        response.read()
        if request.method != "GET" and request.url.path != TICKET:
            self._note(request.url.path, request.read().decode())
        return response

    def close(self) -> None:
        self._inner.close()

    def _note(self, path: str, body: str) -> None:
        if path.endswith("/dispatch"):
            self._step(command_in(body))
        elif "/hooks/" in path:
            self._step("ring")
        elif "/comments" in path:
            self._step(f"record {_stage(json.loads(body)['body'])}")
        elif path.endswith("/labels") or "/labels/" in path or "LabelsToLabelable" in body:
            on = {"ready": READY, "locked": IN_PROGRESS, "human": HUMAN}
            self._step(
                f"labels {[word for word, name in on.items() if name in labels(self._issue)]}"
            )
        elif not path.endswith("/graphql"):
            self._step(f"state {json.loads(body)['state']}")

    def _step(self, step: str) -> None:
        """Two requests in a row that change labels are one step: GitHub takes them together."""
        if self.steps and step.startswith("labels") and self.steps[-1].startswith("labels"):
            self.steps.pop()
        self.steps.append(step)


def _stage(text: str) -> str:
    found = re.search(r'"stage":"([a-z]+)"', text.split("\n", 1)[0])
    return found[1] if found else "approved"


@dataclass
class Bell:
    """A doorbell's receiver: the rings it took; ``failing`` more are answered 503."""

    rings: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0
    failing: int = 0

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        del scope
        parts: list[bytes] = []
        more = True
        while more:
            message: Message = await receive()
            parts.append(message.get("body", b""))
            more = bool(message.get("more_body"))
        status = 200
        if self.failing:
            self.failing, self.refused, status = self.failing - 1, self.refused + 1, 503
        else:
            self.rings.append(json.loads(b"".join(parts)))
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"" if status != 200 else b"ok"})


SETTING: Final = {"webhook": "AFK_WEBHOOK_URL", "slack": "AFK_SLACK_WEBHOOK"}


@contextmanager
def doorbell(here: World, kind: str = "webhook", *, failing: int = 0) -> Iterator[Bell]:
    """Put up a doorbell on loopback and name it in afk's configuration."""
    bell = Bell(failing=failing)
    app: App = bell
    with serve(app) as url:
        here.settings["notify"] = [*here.settings.get("notify", []), kind]
        here.environ[SETTING[kind]] = f"{url}/hooks/secret-{kind}-address"
        yield bell
