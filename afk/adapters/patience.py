"""How long afk waits for a server: for one request in all, and for all of a tick's.

A read timeout says how long nothing may come; a server that sends a byte every half second never
meets it. So every request has a total time too, whatever it is spent on (looking the name up,
connecting, the answer's head, its body), and every server a share of the tick, so that none of
them takes the others' turn.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final, TypeVar

from afk.parallel import ONE_BY_ONE, all_over

Result = TypeVar("Result")

REQUEST_SECONDS: Final = 60.0
"""What a request may take in all, repetitions included, where nobody says otherwise."""


@dataclass(kw_only=True)
class Patience:
    """What is left of it; safe to use from several threads, each ``with`` it while it asks.

    ``request`` and ``tick`` are seconds; ``clock`` counts seconds and never goes back. Requests
    side by side cost the time that passes, not the sum of theirs.
    """

    request: float = REQUEST_SECONDS
    tick: float = float("inf")
    clock: Callable[[], float] = time.monotonic
    _spent: float = 0.0
    _asking: int = 0
    _since: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __enter__(self) -> float:
        """Count the time of one request; gives the instant by which it has to be over."""
        with self._lock:
            now = self.clock()
            self._since = self._since if self._asking else now
            left = self.tick - self._spent - (now - self._since)
            self._asking += 1
        return now + min(self.request, left)

    def __exit__(self, *_: object) -> None:
        """Note that it is over."""
        with self._lock:
            self._asking -= 1
            if not self._asking:
                self._spent += self.clock() - self._since

    def left(self, until: float) -> float:
        """Return how many seconds there are until then; 0 or less: none."""
        return until - self.clock()


def within(seconds: float, act: Callable[[], Result]) -> Result:
    """Return what ``act`` returns, or raise what it raises; `TimeoutError` when it takes longer.

    It then goes on by itself, in a thread that does not keep the process: a lookup of a name and
    a read of a socket can only be waited for, not taken back. What takes no time needs none.
    """
    if seconds <= 0:
        raise TimeoutError
    if ONE_BY_ONE.get():
        return act()
    done: Future[Result] = Future()

    def run() -> None:
        try:
            done.set_result(act())
        except BaseException as error:  # noqa: BLE001  it is raised where it is waited for
            done.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    if not all_over([done], seconds):
        raise TimeoutError
    return done.result()
