"""What both views of the forge need of HTTP: a log of requests, and an answer's date."""

import json
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from afk_sandbox.faults import FRAMES, App, Message, Receive, Send

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and the status that left the application; None when it was broken off."""

    method: str
    path: str
    query: str
    status: int | None
    body: str = field(default="", compare=False)


@dataclass(slots=True)
class RequestLog:
    """Every request a view has had, in order of its answer."""

    exchanges: list[Exchange] = field(default_factory=list)

    def __len__(self) -> int:
        """Return how many requests there were."""
        return len(self.exchanges)

    def count(self, method: str = "", path: str = "") -> int:
        """Count requests of a method (any) whose path contains a text (any)."""
        return sum(1 for e in self.exchanges if method in ("", e.method) and path in e.path)

    def clear(self) -> None:
        """Forget them."""
        self.exchanges.clear()


class Logged:
    """An ASGI application around another one that writes each request into a log."""

    def __init__(self, app: App, log: RequestLog) -> None:
        """Wrap ``app``."""
        self._app = app
        self._log = log

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "websocket":
            self._log.exchanges.append(Exchange("GET", scope["path"], "", None))
            await self._app(scope, self._overheard(receive), send)
            return
        statuses: list[int] = []
        parts: list[bytes] = []

        async def overhear() -> Message:
            message = await receive()
            parts.append(message.get("body", b""))
            return message

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
            await send(message)

        try:
            await self._app(scope, overhear, watch)
        finally:
            if scope["type"] == "http":
                self._log.exchanges.append(
                    Exchange(
                        scope["method"],
                        scope["path"],
                        scope["query_string"].decode("latin-1"),
                        statuses[0] if statuses else None,
                        b"".join(parts).decode("utf-8", "replace"),
                    )
                )

    def _overheard(self, receive: Receive) -> Receive:
        """Return a socket whose calls are logged, each as a request of its own."""

        async def overhear() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive":
                self._log.exchanges.append(_call(str(message.get("text"))))
            return message

        return overhear


def _call(text: str) -> Exchange:
    """Return a frame as a request: what asks is a GET, what commands is a POST of the command."""
    try:
        frame = json.loads(text)
    except ValueError:
        frame = {}
    tag = str(frame.get("tag"))
    asks = tag.startswith("server.")
    body = "" if asks else json.dumps(frame.get("payload"))
    path = f"/ws/{tag}" if asks else FRAMES
    return Exchange("GET" if asks else "POST", path, "", None, body)


def http_date(at: datetime) -> str:
    """Return a ``Date`` header's value."""
    return _date(int(at.timestamp()))


@lru_cache(maxsize=8)
def _date(second: int) -> str:
    """Return it of a whole second: there are several answers in each.

    In English wherever the server is: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
    """
    at = datetime.fromtimestamp(second, UTC)
    return (
        f"{_DAYS[at.weekday()]}, {at.day:02d} {_MONTHS[at.month - 1]} {at.year:04d} "
        f"{at.hour:02d}:{at.minute:02d}:{at.second:02d} GMT"
    )
