"""Serves an ASGI application on loopback from a thread, for as long as a ``with`` lasts.

Owns the server and nothing of what it serves. The application sets the ``date`` header itself
(its clock may not be the wall's), nothing is logged, and an application that raises `Broken`
has its connection dropped instead of answered. To make that possible an answer is sent only
once the application has returned, so this is not for streaming or for slow handlers.

uvicorn: https://www.uvicorn.org/deployment/ (running programmatically), ``uvicorn.Server``.
"""

import asyncio
import socket
import threading
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import uvicorn

from afk_sandbox.faults import App, Broken, Message, Receive, Send
from afk_sandbox.in_process import NETWORK

START_SECONDS = 10.0


@contextmanager
def serve(app: App) -> Iterator[str]:
    """Serve ``app`` on a free port of 127.0.0.1 and yield its address, without a final slash.

    Where `NETWORK` names one, it is served there and not on a port.
    """
    network = NETWORK.get()
    if network is not None:
        with network.joined(app) as url:
            yield url
        return
    # asyncio switches Nagle's algorithm off only for sockets that name TCP as their protocol;
    # without it each answer on a kept connection waits 40 ms for a delayed acknowledgement.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        server = _Server(app)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        if not server.ready.wait(START_SECONDS):
            raise RuntimeError("the sandbox's server did not start; see the thread's traceback")
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.stop()
            thread.join(START_SECONDS)


class _Server(uvicorn.Server):
    """A server that says when it is ready, and that stops at once instead of at its next tick."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.ready = threading.Event()
        self._end = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        super().__init__(
            uvicorn.Config(
                self._answer,
                http="h11",
                ws="websockets-sansio",
                loop="asyncio",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                access_log=False,
                date_header=False,
                server_header=False,
                proxy_headers=False,
            )
        )

    async def main_loop(self) -> None:
        """Wait to be stopped."""
        self._loop = asyncio.get_running_loop()
        self.ready.set()
        await self._end.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the door and every connection; nobody's answer is waited for."""
        del sockets
        for server in self.servers:
            server.close()
        for protocol in list(self.server_state.connections):
            protocol.transport.close()
        await asyncio.sleep(0)

    def stop(self) -> None:
        """Stop; may be called from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._end.set)

    async def _answer(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Run the application, then send what it answered, or drop the connection.

        A socket's frames are sent as they come.
        """
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        kept: list[Message] = []

        async def keep(message: Message) -> None:
            kept.append(message)

        try:
            await self._app(scope, receive, keep)
        except Broken:
            for protocol in list(self.server_state.connections):
                if getattr(protocol, "client", None) == tuple(scope["client"]):
                    protocol.transport.close()
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        for message in kept:
            await send(message)
