"""Transports that kill a tick or weave two ticks together, request by request.

Both stand in front of real connections to the sandbox. A killed tick stops where a SIGKILL would
have stopped it: nothing of it runs on, and what was sent before stays done.
"""

import random
import threading
from collections.abc import Callable

import httpx


class Killed(BaseException):
    """The process is gone; nobody catches this."""


def is_write(request: httpx.Request) -> bool:
    """Say whether a request changes something: a GraphQL query is a POST that does not."""
    if request.method in ("GET", "HEAD"):
        return False
    if request.url.path.endswith("/graphql"):
        return b'"mutation' in request.read() or b"mutation " in request.read()
    return True


class KillingTransport(httpx.BaseTransport):
    """Kills the tick at its n-th write: before it takes effect, or after, before the answer."""

    def __init__(self, nth: int, *, after: bool) -> None:
        self._inner = httpx.HTTPTransport()
        self._nth = nth
        self._after = after
        self.writes = 0
        self.dead = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.dead:
            raise Killed
        if is_write(request):
            self.writes += 1
            if self.writes == self._nth:
                self.dead = True
                if self._after:
                    self._inner.handle_request(request).read()
                raise Killed
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


class Loom:
    """Decides, request by request, which of several ticks goes on; a seed fixes the pattern."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._turn = threading.Condition()
        self._waiting: list[object] = []
        self._alive = 0

    def run(self, *ticks: Callable[[httpx.BaseTransport], None]) -> None:
        """Run the ticks side by side; each gets a transport that waits for its turn."""
        self._alive = len(ticks)
        threads = [threading.Thread(target=self._tick, args=(tick,)) for tick in ticks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive(), "a tick did not end"

    def _tick(self, tick: Callable[[httpx.BaseTransport], None]) -> None:
        try:
            tick(_Woven(self))
        finally:
            with self._turn:
                self._alive -= 1
                self._turn.notify_all()

    def wait(self) -> None:
        """Wait until this request is the one chosen among those that could go next."""
        mine = object()
        with self._turn:
            self._waiting.append(mine)
            self._turn.notify_all()
            self._turn.wait_for(lambda: len(self._waiting) >= self._alive, timeout=0.05)
            while self._waiting and mine in self._waiting:
                chosen = self._random.choice(self._waiting)
                if chosen is mine:
                    self._waiting.remove(mine)
                    return
                self._turn.wait(0.005)


class _Woven(httpx.BaseTransport):
    def __init__(self, loom: Loom) -> None:
        self._loom = loom
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._loom.wait()
        response = self._inner.handle_request(request)
        response.read()
        return response

    def close(self) -> None:
        self._inner.close()
