"""Stands in front of the sandbox's servers: makes them slow, and notes what passes when.

How late an answer is counts from when the request came: what the sandbox takes to make it is part
of that, as far as it fits in. A frame of a socket is a request like any other, and as late, so that
frames sent side by side are late side by side.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from afk_sandbox.faults import App, Message, Receive, Send

Passed = Callable[[float], None]


def nothing(sent: float) -> None:
    """Take no notice."""
    del sent


@dataclass
class Servers:
    """What all servers of one world have in common.

    ``spans``: of every request when it came and when it was answered, on the monotonic clock.
    ``points``: what GraphQL took of the quota. ``before`` and ``after`` are called around every
    request with the moment at which it came.
    """

    late: float = 0.0
    spans: list[tuple[float, float]] = field(default_factory=list)
    points: int = 0
    before: Passed = nothing
    after: Passed = nothing
    _used: tuple[bytes, int] = (b"", 0)

    def __call__(self, app: App) -> App:
        """Return the application with all this in front."""

        async def front(scope: Any, receive: Receive, send: Send) -> None:
            passing = self._socket if scope["type"] == "websocket" else self._request
            await passing(app, scope, receive, send)

        return front

    async def _request(self, app: App, scope: Any, receive: Receive, send: Send) -> None:
        sent = time.monotonic()

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._count(dict(message["headers"]))
                self.after(sent)  # before others are served meanwhile
                await self._pause(sent)
            await send(message)

        self.before(sent)
        await app(scope, receive, answer)
        self.spans.append((sent, time.monotonic()))

    async def _socket(self, app: App, scope: Any, receive: Receive, send: Send) -> None:
        came: asyncio.Queue[tuple[float, Message]] = asyncio.Queue()
        open_ones: list[float] = []

        async def take() -> None:
            while True:
                came.put_nowait((time.monotonic(), await receive()))
                await asyncio.sleep(0)

        async def late() -> Message:
            sent, message = await came.get()
            if message["type"] != "websocket.disconnect":
                await self._pause(sent)
                self.before(sent)
                open_ones.append(sent)
            return message

        async def answer(message: Message) -> None:
            await send(message)
            if open_ones:
                sent = open_ones.pop(0)
                self.after(sent)
                self.spans.append((sent, time.monotonic()))

        taking = asyncio.ensure_future(take())
        try:
            await app(scope, late, answer)
        finally:
            taking.cancel()
            with suppress(asyncio.CancelledError):
                await taking

    async def _pause(self, sent: float) -> None:
        left = sent + self.late - time.monotonic()
        if self.late and left > 0:
            await asyncio.sleep(left)

    def _count(self, headers: dict[bytes, bytes]) -> None:
        """Add what one answer's points were: the quota counts on until it begins anew."""
        if headers.get(b"x-ratelimit-resource") != b"graphql":
            return
        reset, used = headers[b"x-ratelimit-reset"], int(headers[b"x-ratelimit-used"])
        former, before = self._used
        self.points += used - before if reset == former else used
        self._used = (reset, used)
