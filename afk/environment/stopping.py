"""How a process that goes on and on is told to stop: SIGTERM (from systemd) and SIGINT (Ctrl-C).

The first one is remembered, and what is being done is done to its end; a second one interrupts.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

_STEP: Final = 0.25
"""Seconds between two looks whether somebody asked: a sleep goes on after a signal's handler."""


@dataclass(slots=True)
class Stopping:
    """Whether somebody asked to stop, and pauses that end when somebody does.

    A handler sets one plain flag: it may run while this very process holds any lock.
    """

    sleep: Callable[[float], None]
    asked: bool = False

    def ask(self, *signalled: object) -> None:
        """Note that somebody asked; who asks twice does not want to wait."""
        del signalled
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

    def pause(self, seconds: float) -> None:
        """Sleep, not much longer than until somebody asks to stop."""
        while seconds > 0 and not self.asked:
            self.sleep(min(seconds, _STEP))
            seconds -= _STEP


@contextmanager
def unasked(sleep: Callable[[float], None]) -> Iterator[Stopping]:
    """Yield what nobody stops."""
    yield Stopping(sleep)


@contextmanager
def by_signals(sleep: Callable[[float], None]) -> Iterator[Stopping]:
    """Yield what this process's signals stop; as before afterwards. For the main thread alone."""
    stopping = Stopping(sleep)
    before = {one: signal.signal(one, stopping.ask) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stopping
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
