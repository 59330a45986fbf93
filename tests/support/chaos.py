"""Transports that kill a tick or weave two ticks together, request by request.

Both stand in front of real connections to the sandbox. A killed tick stops where a SIGKILL would
have stopped it: nothing of it runs on, and what was sent before stays done.
"""

import random
import threading
from collections.abc import Callable

import httpx
from support.overheard import TICKET
from support.straight import Sockets, Straight


class Killed(BaseException):
    """The process is gone; nobody catches this."""


def is_write(request: httpx.Request) -> bool:
    """Say whether a request changes something: a GraphQL query is a POST that does not."""
    if request.method in ("GET", "HEAD"):
        return False
    if request.url.path == TICKET:
        return False
    if request.url.path.endswith("/graphql"):
        return b'"mutation' in request.read() or b"mutation " in request.read()
    return True


class KillingTransport(Sockets):
    """Kills the tick at its n-th write: before it takes effect, or after, before the answer.

    ``rang``: that write rang a doorbell, which will ring once more.
    """

    def __init__(self, nth: int, *, after: bool) -> None:
        self._inner = Straight()
        self._nth = nth
        self._after = after
        self._lock = threading.Lock()
        self.writes = 0
        self.dead = False
        self.rang = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.dead:
            raise Killed
        if is_write(request):
            with self._lock:
                self.writes += 1
                dies = self.writes == self._nth
                self.dead |= dies
            if dies:
                self.rang = "/hooks/" in request.url.path
                if self._after:
                    self._inner.handle_request(request).read()
                raise Killed
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


class Loom:
    """Decides, request by request, which of several ticks goes on; a seed fixes the pattern.

    A request waits until every tick that is still alive has one waiting, so nothing is timed.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._turn = threading.Condition()
        self._waiting: list[_Woven] = []
        self._going: list[_Woven] = []
        self._alive: set[_Woven] = set()

    def run(self, *ticks: Callable[[httpx.BaseTransport], None]) -> None:
        """Run the ticks side by side; each gets a transport that waits for its turn."""
        woven = [_Woven(self) for _ in ticks]
        self._alive = set(woven)
        threads = [
            threading.Thread(target=self._tick, args=pair)
            for pair in zip(ticks, woven, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive(), "a tick did not end"

    def _tick(self, tick: Callable[[httpx.BaseTransport], None], mine: "_Woven") -> None:
        try:
            tick(mine)
        finally:
            with self._turn:
                self._alive.remove(mine)
                self._choose()

    def wait(self, mine: "_Woven") -> None:
        """Wait until this tick is the one chosen among those that could go on."""
        with self._turn:
            self._waiting.append(mine)
            self._choose()
            while mine not in self._going:
                self._turn.wait(60)
            self._going.remove(mine)

    def _choose(self) -> None:
        """Let one request go once no tick can bring another without an answer."""
        while self._waiting and self._alive <= set(self._waiting):
            chosen = self._random.choice(self._waiting)
            self._waiting.remove(chosen)
            self._going.append(chosen)
            self._turn.notify_all()


class _Woven(Sockets):
    def __init__(self, loom: Loom) -> None:
        self._loom = loom
        self._inner = Straight()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._loom.wait(self)
        response = self._inner.handle_request(request)
        response.read()
        return response

    def close(self) -> None:
        self._inner.close()
