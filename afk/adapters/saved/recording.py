"""Writing down what a tick and its servers say to each other, beside saying it.

Owns what is kept out of it: authorisation, cookies, and the passwords that addresses carry. The
secrets that the environment holds are taken out when it is written to a file (`Tape.exchanges`).
"""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import httpx

from afk.adapters.runner.masking import Mask
from afk.adapters.saved.tape import Exchange, by_call, unnumbered
from afk.adapters.sockets import Connection, Opener

SOCKET: Final = "SOCKET"
_LEFT_OUT: Final = frozenset({"set-cookie", "content-encoding", "content-length"})
_MOST_BYTES: Final = 64 * 1024 * 1024


@dataclass
class Tape:
    """What was said so far; safe to use from several threads. ``mask`` learns secrets as they pass.

    A ticket for a socket, or the signature in the address of a log, is one as well. ``now`` is the
    real clock; a look that is written down has `time`.
    """

    now: Callable[[], datetime]
    mask: Mask
    began: datetime
    _newest: datetime | None = None
    _exchanges: list[Exchange] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, exchange: Exchange) -> int:
        """Note an exchange; returns its place."""
        with self._lock:
            at = self.now()
            self._newest = max(self.time(), at)
            self._exchanges.append(replace(exchange, at=at.isoformat()))
            return len(self._exchanges) - 1

    def time(self) -> datetime:
        """Return how late it was when the answers so far had been given.

        As in `afk.adapters.saved.playing`: what a look writes may hold the time to a fraction of a
        second, and is read back.
        """
        return self._newest or self.began

    def heard(self, place: int, text: str) -> None:
        """Note what came after a message on a socket."""
        with self._lock:
            one = self._exchanges[place]
            self._exchanges[place] = replace(one, heard=(*one.heard, text))

    def exchanges(self) -> list[Exchange]:
        """Return what was said, without any secret that is known by now."""
        clean = self.mask.apply
        with self._lock:
            return [
                replace(
                    one,
                    url=clean(one.url),
                    sent=clean(one.sent),
                    headers=tuple((name, clean(value)) for name, value in one.headers),
                    body=clean(one.body),
                    heard=tuple(clean(text) for text in one.heard),
                )
                for one in self._exchanges
            ]

    def hide_query(self, url: str) -> None:
        """Take what an address carries beside its path for secrets, where they are long enough."""
        for _, value in parse_qsl(urlsplit(url).query):
            self.mask.add(value)


@dataclass
class Recording(httpx.BaseTransport):
    """A transport that writes down what passes through another one."""

    behind: httpx.BaseTransport
    tape: Tape

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it on, unpacked answers wanted; note the answer, or what came in its place."""
        self.tape.mask.add(request.headers.get("authorization", "").partition(" ")[2])
        request.headers["accept-encoding"] = "identity"
        sent = request.read().decode("utf-8", "replace")
        asked = Exchange(at="", method=request.method, url=str(request.url), sent=sent)
        try:
            response = self.behind.handle_request(request)
            body = _body(response, request)
        except httpx.HTTPError as error:
            self.tape.add(replace(asked, failed=type(error).__name__))
            raise
        location = response.headers.get("location", "")
        if urlsplit(location).netloc not in ("", request.url.netloc.decode()):
            self.tape.hide_query(location)
        headers = tuple(
            (name.lower(), value)
            for name, value in response.headers.multi_items()
            if name.lower() not in _LEFT_OUT
        )
        text = body.decode("utf-8", "surrogateescape")
        self.tape.add(replace(asked, status=response.status_code, headers=headers, body=text))
        kept = [
            (name, value)
            for name, value in response.headers.raw
            if name.lower() != b"content-length"
        ]
        return httpx.Response(response.status_code, headers=kept, stream=httpx.ByteStream(body))

    def close(self) -> None:
        """Close the transport behind."""
        self.behind.close()


def recording(opener: Opener, tape: Tape) -> Opener:
    """Return what opens sockets whose messages are written down."""

    def open_socket(
        url: str, *, headers: Mapping[str, str], seconds: float, most: int
    ) -> Connection:
        tape.hide_query(url)
        return _Recorded(
            opener(url, headers=headers, seconds=seconds, most=most), url.partition("?")[0], tape
        )

    return open_socket


@dataclass
class _Recorded:
    """An open socket whose messages are written down.

    Threads call on it at once, and every answer names its call; what names none is of the newest.
    """

    behind: Connection
    url: str
    tape: Tape
    _places: dict[str, int] = field(default_factory=dict)
    _newest: str = ""

    def send(self, text: str) -> None:
        asked = Exchange(at="", method=SOCKET, url=self.url, sent=unnumbered(text))
        call = str(json.loads(text).get("id"))
        self._places[call] = self.tape.add(asked)
        self._newest = call
        self.behind.send(text)

    def recv(self, seconds: float) -> str:
        text = self.behind.recv(seconds)
        for call, part in by_call(text).items():
            self.tape.heard(self._places.get(call, self._places[self._newest]), part)
        return text

    def close(self) -> None:
        self.behind.close()


def _body(response: httpx.Response, request: httpx.Request) -> bytes:
    """Return an answer's bytes; what is larger than any server's bound is no answer."""
    found = bytearray()
    try:
        # A transport of a test's may have read them already.
        read = response.is_stream_consumed
        for part in [response.content] if read else response.iter_raw():
            found += part
            if len(found) > _MOST_BYTES:
                raise httpx.ReadError("larger than a saved tick keeps", request=request)
    finally:
        response.close()
    return bytes(found)
