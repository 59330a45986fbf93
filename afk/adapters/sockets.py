"""A WebSocket as an adapter needs it: text out, text in, under a time, or a named way of failing.

Owns which way a socket takes (proxies and authorities as `afk.adapters.http` has them) and turning
the library's exceptions into two. Must not know what is said over it. The library is imported when
the first socket is opened: few ticks open one.

websockets: https://websockets.readthedocs.io/en/stable/reference/sync/client.html
"""

import logging
import ssl
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Final, Protocol

from afk.adapters.patience import within

if TYPE_CHECKING:  # what few ticks open, no other pays for
    from websockets.sync.client import ClientConnection

_CLOSING_SECONDS: Final = 1.0
_SILENT: Final = logging.getLogger("afk.sockets")
_SILENT.disabled = True  # an address may hold a ticket, and the library logs addresses


class Connection(Protocol):
    """An open socket. Raises `SocketLost` for whatever ends it, `TimeoutError` past the time."""

    def send(self, text: str) -> None:
        """Send one message."""

    def recv(self, seconds: float) -> str:
        """Return the next message."""

    def close(self) -> None:
        """Close it; never raises."""


class Opener(Protocol):
    """Opens a socket, within so many seconds, for messages of at most so many bytes.

    Raises `SocketRefused` when the server answers with something else, and `SocketLost`.
    """

    def __call__(
        self, url: str, *, headers: Mapping[str, str], seconds: float, most: int
    ) -> Connection:
        """``url``: ``ws://`` or ``wss://``; it may hold a secret and is never told."""


class SocketRefused(Exception):
    """The server answered the upgrade with a status of its own."""

    def __init__(self, status: int, body: bytes) -> None:
        """``body`` is as long as the library reads."""
        self.status = status
        self.body = body
        super().__init__(str(status))


class SocketLost(Exception):
    """The connection could not be made, or is no more; holds the kind of the reason, no address."""


def opener(proxy_of: Callable[[str], str | None], tls: Callable[[], ssl.SSLContext]) -> Opener:
    """Return what opens real sockets; ``proxy_of`` names the proxy for an address, if any."""

    def open_socket(
        url: str, *, headers: Mapping[str, str], seconds: float, most: int
    ) -> Connection:
        try:
            return within(
                seconds, lambda: _connected(url, headers, seconds, most, proxy_of(url), tls())
            )
        except TimeoutError:
            raise SocketLost("TimeoutError") from None

    return open_socket


def _connected(
    url: str,
    headers: Mapping[str, str],
    seconds: float,
    most: int,
    proxy: str | None,
    tls: ssl.SSLContext,
) -> Connection:
    from websockets import exceptions  # noqa: PLC0415  see above
    from websockets.sync import client  # noqa: PLC0415

    class Straight(client.reconnect):
        """Follows no redirect: what is sent goes to the server that was configured."""

        def process_redirect(self, exc: Exception) -> Exception:
            return exc

    held = ExitStack()
    way = Straight(
        url,
        additional_headers=dict(headers),
        user_agent_header="afk",
        compression=None,
        open_timeout=seconds,
        close_timeout=_CLOSING_SECONDS,
        ping_interval=None,
        max_size=most,
        logger=_SILENT,
        ssl=tls if url.startswith("wss://") else None,
        proxy=proxy,
        proxy_ssl=tls if (proxy or "").startswith("https://") else None,
    )
    try:
        return _Open(held.enter_context(way), held, exceptions.ConnectionClosed)
    except exceptions.InvalidStatus as refused:
        response = refused.response
        raise SocketRefused(response.status_code, bytes(response.body or b"")) from None
    except (exceptions.WebSocketException, OSError, EOFError, ValueError) as error:
        raise SocketLost(type(error).__name__) from None


class _Open:
    """A real socket."""

    def __init__(
        self, behind: "ClientConnection", held: ExitStack, closed: type[Exception]
    ) -> None:
        self._behind = behind
        self._held = held
        self._closed = closed

    def send(self, text: str) -> None:
        try:
            self._behind.send(text)
        except (self._closed, OSError) as error:
            raise SocketLost(type(error).__name__) from None

    def recv(self, seconds: float) -> str:
        try:
            message = self._behind.recv(timeout=seconds)
        except (self._closed, OSError, UnicodeError) as error:
            if isinstance(error, TimeoutError):
                raise
            raise SocketLost(type(error).__name__) from None
        return message if isinstance(message, str) else message.decode("utf-8", "replace")

    def close(self) -> None:
        with suppress(OSError, self._closed):
            self._held.close()
