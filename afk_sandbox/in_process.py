"""The sandbox's servers without a network: a request is answered in the thread that asks.

For simulations: no ports (a world has the same addresses, so the same ids, every time), no
threads, and nothing that waits for anything. What a network does is in `afk_sandbox.faults` and in
the transports of tests; the applications behind are the ones that `afk_sandbox.serving` serves.

ASGI: https://asgi.readthedocs.io/en/latest/specs/www.html
"""

import threading
from collections import deque
from collections.abc import Generator, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from afk.adapters.sockets import Connection, SocketLost, SocketRefused
from afk_sandbox.faults import App, Broken, Message

_FIRST_PORT: Final = 3000
_SCHEMES: Final = {"ws": "http", "wss": "https"}
_EXTENSIONS: Final[Mapping[str, Any]] = {"websocket.http.response": {}}


@dataclass
class InProcess(httpx.BaseTransport):
    """A transport to applications instead of hosts; one request or frame is served at a time.

    Nobody is there but those that were joined to it: `httpx.ConnectError`.
    """

    _servers: dict[str, App] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @contextmanager
    def joined(self, app: App) -> Iterator[str]:
        """Yield the address of an application: that of the first is always the same, and so on."""
        url = f"http://127.0.0.1:{_FIRST_PORT + len(self._servers)}"
        self._servers[url] = app
        yield url
        self._servers.pop(url)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request; a dropped connection is told as httpx tells it."""
        app = self._app(request.url)
        if app is None:
            raise httpx.ConnectError("nobody serves this address", request=request)
        heard = [{"type": "http.request", "body": request.read(), "more_body": False}]
        said: list[Message] = []

        async def receive() -> Message:
            return heard.pop() if heard else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            said.append(message)

        scope = _scope("http", request.url, request.headers.raw)
        scope["method"] = request.method
        try:
            with self._lock:
                _through(app(scope, receive, send).__await__())
        except Broken:
            raise httpx.RemoteProtocolError(
                "Server disconnected without sending a response.", request=request
            ) from None
        body = b"".join(one.get("body", b"") for one in said[1:])
        return httpx.Response(said[0]["status"], headers=said[0]["headers"], stream=_Body(body))

    def open_socket(
        self, url: str, *, headers: Mapping[str, str], seconds: float, most: int
    ) -> Connection:
        """Open a socket to the application behind the address."""
        del seconds
        address = httpx.URL(url)
        app = self._app(address.copy_with(scheme=_SCHEMES[address.scheme]))
        if app is None:
            raise SocketLost("ConnectionRefusedError")
        sent = [(name.lower().encode(), text.encode()) for name, text in headers.items()]
        scope = _scope("websocket", address, sent)
        scope["subprotocols"], scope["extensions"] = [], dict(_EXTENSIONS)
        return _Socket(app, scope, most, self._lock)

    def _app(self, url: httpx.URL) -> App | None:
        return self._servers.get(f"{url.scheme}://{url.netloc.decode()}")


NETWORK: ContextVar[InProcess | None] = ContextVar("NETWORK", default=None)
"""Where the sandbox's servers are; None: on ports of their own."""


class _Body(httpx.SyncByteStream):
    """A body that is read as it comes, like a network's."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self._content


def _scope(
    kind: str, url: httpx.URL, headers: list[tuple[bytes, bytes]]
) -> MutableMapping[str, Any]:
    raw, _, query = url.raw_path.partition(b"?")
    return {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": url.scheme,
        "path": url.path,
        "raw_path": raw,
        "query_string": query,
        "headers": [(name.lower(), text) for name, text in headers],
        "client": ("127.0.0.1", 1),
        "server": (url.host, url.port),
        "root_path": "",
    }


def _through(serving: Generator[Any, Any, None]) -> bool:
    """Run until it returns, or until it waits for a socket's next message; say whether it did."""
    try:
        next(serving)
    except StopIteration:
        return True
    return False


class _Heard(deque[Message]):
    """What a socket was sent; waiting for the next message hands control back."""

    def __await__(self) -> Generator[None, None, Message]:
        while not self:
            yield
        return self.popleft()


class _Socket:
    """An open socket: the application is run as far as each message takes it."""

    def __init__(
        self, app: App, scope: MutableMapping[str, Any], most: int, lock: threading.RLock
    ) -> None:
        self._heard = _Heard([{"type": "websocket.connect"}])
        self._said: deque[Message] = deque()
        self._most = most
        self._lock = lock
        self._over = False
        self._serving = app(scope, self._receive, self._send).__await__()
        self._go_on()
        opening = self._said.popleft()
        if opening["type"] != "websocket.accept":
            body = b"".join(one.get("body", b"") for one in self._said)
            self.close()
            raise SocketRefused(opening.get("status", httpx.codes.FORBIDDEN), body)

    async def _receive(self) -> Message:
        return await self._heard

    async def _send(self, message: Message) -> None:
        self._said.append(message)

    def _go_on(self) -> None:
        with self._lock:
            self._over = self._over or _through(self._serving)

    def send(self, text: str) -> None:
        """Send one message, and let it be answered."""
        if self._over:
            raise SocketLost("ConnectionClosedOK")
        self._heard.append({"type": "websocket.receive", "text": text})
        self._go_on()

    def recv(self, seconds: float) -> str:
        """Return the next message: what is not there now will not come."""
        del seconds
        if not self._said:
            raise TimeoutError
        message = self._said.popleft()
        if message["type"] != "websocket.send" or len(message["text"].encode()) > self._most:
            raise SocketLost("ConnectionClosedOK")
        text: str = message["text"]
        return text

    def close(self) -> None:
        """Hang up."""
        if not self._over:
            self._heard.append({"type": "websocket.disconnect", "code": 1000})
            self._go_on()
        self._serving.close()
