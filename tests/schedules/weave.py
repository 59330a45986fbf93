"""Ticks that overlap: each runs until it asks somebody something, then another one may go on.

One thread; whose turn it is, how much time passes and what goes wrong is fixed by the schedule.
greenlets: https://greenlet.readthedocs.io/en/latest/
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any, Final

import httpx
from greenlet import getcurrent, greenlet
from support.chaos import Killed, is_write
from support.straight import Called, Sockets
from support.striking import plain
from support.troubles import CONNECT_TIMEOUT, READ_TIMEOUT
from support.troubles import WAYS as SERVERS_WAYS

from afk.adapters.sockets import Connection
from afk_sandbox.faults import Fault
from afk_sandbox.in_process import InProcess
from afk_sandbox.world import World
from schedules.schedule import Tick

STALE: Final = "stale"
SUSPENDED: Final = "suspended"
WAYS: Final = (*SERVERS_WAYS, "slow", "slow-after", STALE, SUSPENDED)
"""What can happen to a request. ``stale``: what was answered to the same question before;
``suspended``: the tick stands still for minutes before it is sent."""

_MOMENTS: Final = (0.02, 0.05, 0.1, 0.4)
"""Seconds of which one passes before each request."""
_SUSPENDED_SECONDS: Final = 240
Question = tuple[str, str, bytes]
Known = dict[Question, tuple[int, list[tuple[bytes, bytes]], bytes]]


@dataclass
class Journal:
    """What the ticks asked, in order, for people and for comparing two plays."""

    lines: list[str] = field(default_factory=list)

    def note(self, line: str) -> None:
        """Add a line."""
        self.lines.append(line)


@dataclass(kw_only=True)
class Woven:
    """The ticks of one step, and what happens between their requests.

    ``between``: by the number of requests so far, what people do then. ``known``: every answer
    that a read had, for stale ones; None where no stale one is to come.
    """

    here: World
    random: Random
    journal: Journal
    known: Known | None
    between: Sequence[tuple[int, Callable[[], None]]] = ()
    requests: int = 0

    def run(self, ticks: Mapping[str, tuple[Tick, Callable[["Line"], None]]]) -> None:
        """Run all of them to their end, or their death."""
        main = getcurrent()
        alive: list[greenlet] = []
        for name, (tick, act) in ticks.items():
            line = Line(self, name, tick, main)
            alive.append(greenlet(partial(_until_killed, act, line), parent=main))
        while alive:
            chosen = self.random.choice(alive)
            chosen.switch()
            if chosen.dead:
                alive.remove(chosen)

    def passes(self) -> None:
        """Let a moment pass before a request, and people act whose time has come."""
        self.requests += 1
        self.here.clock.sleep(self.random.choice(_MOMENTS))
        if self.between:
            due = [act for after, act in self.between if after <= self.requests]
            self.between = [one for one in self.between if one[0] > self.requests]
            for act in due:
                act()
        self.here.t3.advance()


def _until_killed(act: Callable[["Line"], None], line: "Line") -> None:
    try:
        act(line)
    except Killed:
        line.woven.journal.note(f"{line.name} is killed")


@dataclass
class Line(Sockets):
    """One tick's way to its servers."""

    woven: Woven
    name: str
    tick: Tick
    main: greenlet
    seen: int = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Wait for its turn, then answer, or let happen what the schedule has."""
        if self.tick.dies and self.seen >= self.tick.dies:
            raise Killed
        self.main.switch()
        self.woven.passes()
        self.seen += 1
        shown = f"{self.name} {self.seen}: {request.method} {request.url.path}"
        dies = self.seen == self.tick.dies
        if dies and not self.tick.after:
            raise Killed
        troubles = self.tick.troubles
        ways = [one.way for one in troubles if one.nth == self.seen] if troubles else []
        self.woven.journal.note(f"{shown} {' '.join(ways)}" if ways else shown)
        answer = self._answer(request, ways[0] if ways else "")
        if dies:
            raise Killed
        return answer

    def open_socket(
        self, url: str, *, headers: Mapping[str, str], seconds: float, most: int
    ) -> Connection:
        """Open a socket in this process, whose calls come here."""
        network = self.woven.here.network
        assert isinstance(network, InProcess)
        opened = network.open_socket(url, headers=headers, seconds=seconds, most=most)
        return Called(self, url, opened)

    def _answer(self, request: httpx.Request, way: str) -> httpx.Response:
        if way == SUSPENDED:
            self.woven.here.clock.sleep(_SUSPENDED_SECONDS)
            self.main.switch()
        if way.startswith("slow"):
            return self._slow(request, way)
        if way in SERVERS_WAYS:
            return self._struck(request, SERVERS_WAYS[way])
        known = self.woven.known
        if known is None or is_write(request):
            return self._behind(request)
        asked = (request.method, str(request.url), request.read())
        if way == STALE and asked in known:
            status, headers, content = known[asked]
            return httpx.Response(status, headers=plain(headers), content=content)
        response = self._behind(request)
        known[asked] = response.status_code, response.headers.raw, _content(response)
        return response

    def _slow(self, request: httpx.Request, way: str) -> httpx.Response:
        if way == "slow":
            self.woven.here.clock.sleep(CONNECT_TIMEOUT)
            raise httpx.ConnectTimeout("timed out", request=request)
        self._behind(request)
        self.woven.here.clock.sleep(READ_TIMEOUT)
        raise httpx.ReadTimeout("timed out", request=request)

    def _struck(self, request: httpx.Request, way: Any) -> httpx.Response:
        t3 = str(request.url).startswith(self.woven.here.settings["t3"]["url"])
        server = "t3" if t3 else "forge"
        fault: Fault = way if isinstance(way, Fault) else way(self.woven.here, server)
        if fault.kind == "after":
            self._behind(request)
        if fault.status is None:
            raise httpx.ReadError("the connection broke", request=request)
        headers = {"content-type": fault.content_type} if fault.content_type else {}
        return httpx.Response(
            fault.status, headers={**headers, **fault.headers}, content=fault.body
        )

    def _behind(self, request: httpx.Request) -> httpx.Response:
        connection: Connection | None = request.extensions.get("connection")
        if connection is not None:
            connection.send(request.extensions["frame"])
            return httpx.Response(200, text=connection.recv(1))
        network = self.woven.here.network
        assert isinstance(network, InProcess)
        return network.handle_request(request)


def _content(response: httpx.Response) -> bytes:
    """Return what an answer holds, which is left for afk to read: it is whole, and not packed."""
    assert isinstance(response.stream, httpx.SyncByteStream)
    return b"".join(response.stream)
