"""Real connections that a test stands in front of: requests, and a socket's calls as requests.

A transport that derives from `Sockets` is asked about each call over a socket as about a request,
``POST /ws/dispatch`` with the command as its body (``GET /ws/<tag>`` for what only asks), and its
answer decides what becomes of the call: 200 is the frame that came back, anything else, and a
broken connection, is a socket that was lost. `Straight` is what is behind it all.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx
from support.sockets import real

from afk.adapters.sockets import Connection, SocketLost
from afk.adapters.tls import tls_context
from afk_sandbox.faults import FRAMES
from afk_sandbox.in_process import NETWORK


class Straight(httpx.BaseTransport):
    """Sends a request to its server, and a call over the socket that it belongs to."""

    def __init__(self) -> None:
        self._behind = NETWORK.get() or httpx.HTTPTransport(verify=tls_context())

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        connection: Connection | None = request.extensions.get("connection")
        if connection is None:
            return self._behind.handle_request(request)
        connection.send(request.extensions["frame"])
        seconds: float = request.extensions["seconds"]
        return httpx.Response(200, text=connection.recv(seconds))

    def close(self) -> None:
        self._behind.close()


class Sockets(httpx.BaseTransport):
    """A transport that is asked about sockets' calls, too."""

    def open_socket(
        self, url: str, *, headers: Mapping[str, str], seconds: float, most: int
    ) -> Connection:
        """Open a socket whose calls go through this transport."""
        network = NETWORK.get()
        opened = network.open_socket if network is not None else real
        return Called(self, url, opened(url, headers=headers, seconds=seconds, most=most))


@dataclass
class Called:
    """A socket whose calls go through a transport as requests; ``behind`` is the real one."""

    through: httpx.BaseTransport
    url: str
    behind: Connection
    answers: list[str] = field(default_factory=list)

    def send(self, text: str) -> None:
        frame = json.loads(text)
        asks = frame["tag"].startswith("server.")
        base = httpx.URL(self.url.replace("ws", "http", 1)).join("/")
        request = httpx.Request(
            "GET" if asks else "POST",
            base.join(f"/ws/{frame['tag']}" if asks else FRAMES),
            json=None if asks else frame["payload"],
            extensions={"connection": self.behind, "frame": text, "seconds": 20.0},
        )
        try:
            answer = self.through.handle_request(request)
        except httpx.TransportError as error:
            raise SocketLost(type(error).__name__) from None
        if answer.status_code != httpx.codes.OK:
            raise SocketLost(str(answer.status_code))
        self.answers.append(answer.text)

    def recv(self, seconds: float) -> str:
        del seconds
        if not self.answers:
            raise TimeoutError
        return self.answers.pop(0)

    def close(self) -> None:
        self.behind.close()
