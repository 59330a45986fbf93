"""Ticks of which one request goes wrong, whichever server it goes to; see `support.troubles`.

Beside the ways a network, a proxy or a server knows there is one more: *stale*, a replica that
answers what it answered to the same question in an earlier tick.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import httpx
from support.chaos import is_write
from support.troubles import CONNECT_TIMEOUT, KINDS, READ_TIMEOUT, SLOW, WAYS, Server

from afk.adapters.tls import tls_context
from afk_sandbox.faults import Fault
from afk_sandbox.in_process import NETWORK
from afk_sandbox.world import World

STALE: Final = "stale"
EVERY_WAY: Final = (*KINDS, STALE)

Question = tuple[str, str, bytes]
Answered = tuple[int, list[tuple[bytes, bytes]], bytes]


class Memory(dict[Question, Answered]):
    """What was answered in earlier ticks."""


def question(request: httpx.Request) -> Question:
    """Return what makes two requests the same question."""
    return request.method, str(request.url), request.read()


@dataclass
class Striking(httpx.BaseTransport):
    """Lets a tick's ``nth`` request go wrong in a way of `EVERY_WAY`; ``nth`` 0: none.

    ``memory`` holds what was answered before this tick, and is added to at its end (`close`).
    """

    here: World
    nth: int
    how: str
    memory: Memory = field(default_factory=Memory)
    seen: int = 0
    struck: str = ""

    def __post_init__(self) -> None:
        """Connect."""
        self._inner = NETWORK.get() or httpx.HTTPTransport(verify=tls_context())
        self._lock = threading.Lock()
        self._fresh = Memory()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        asked = question(request)
        with self._lock:
            self.seen += 1
            strikes = self.seen == self.nth
            if strikes:
                self.struck = f"{request.method} {request.url.path}"
        if strikes and (answer := self._wrong(request, asked)) is not None:
            return answer
        response = self._inner.handle_request(request)
        response.read()
        if not is_write(request):
            self._fresh[asked] = response.status_code, response.headers.raw, response.content
        return response

    def close(self) -> None:
        self.memory.update(self._fresh)
        self._inner.close()

    def _wrong(self, request: httpx.Request, asked: Question) -> httpx.Response | None:
        if self.how == STALE:
            known = self.memory.get(asked)
            return (
                httpx.Response(known[0], headers=plain(known[1]), content=known[2])
                if known
                else None
            )
        if self.how in SLOW:
            self._slow(request)
        way = WAYS[self.how]
        fault = way if isinstance(way, Fault) else way(self.here, self._server(request))
        if fault.kind == "after":
            self._inner.handle_request(request).read()
        if fault.status is None:
            raise httpx.ReadError("the connection broke", request=request)
        headers = {"content-type": fault.content_type} if fault.content_type else {}
        return httpx.Response(
            fault.status, headers={**headers, **fault.headers}, content=fault.body
        )

    def _slow(self, request: httpx.Request) -> None:
        if SLOW[self.how] == "before":
            self.here.clock.sleep(CONNECT_TIMEOUT)
            raise httpx.ConnectTimeout("timed out", request=request)
        self._inner.handle_request(request).read()
        self.here.clock.sleep(READ_TIMEOUT)
        raise httpx.ReadTimeout("timed out", request=request)

    def _server(self, request: httpx.Request) -> Server:
        return "t3" if str(request.url).startswith(self.here.settings["t3"]["url"]) else "forge"


def plain(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return an answer's headers without those of its transport: the content is decoded."""
    gone = (b"content-encoding", b"content-length", b"transfer-encoding")
    return [(name, text) for name, text in headers if name.lower() not in gone]
