"""Serves ASGI applications on loopback from a thread, for as long as a ``with`` lasts.

Owns the servers and nothing of what it serves. The application sets the ``date`` header itself
(its clock may not be the wall's), nothing is logged, and an application that raises `Broken`
has its connection dropped instead of answered. To make that possible an answer is sent only
once the application has returned, so this is not for streaming or for slow handlers.

uvicorn: https://www.uvicorn.org/deployment/ (running programmatically), ``uvicorn.Server``.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, Final

import uvicorn

from afk_sandbox.faults import App, Broken, Message, Receive, Send
from afk_sandbox.in_process import NETWORK

START_SECONDS = 10.0
LOOPBACK: Final = "127.0.0.1"


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
    with serve_together([(app, 0)]) as (address,):
        yield address


@contextmanager
def serve_together(
    apps: Sequence[tuple[App, int]], *, beat: Callable[[], None] | None = None, every: float = 0.2
) -> Iterator[tuple[str, ...]]:
    """Serve each application on its port of 127.0.0.1 (0: a free one) and yield their addresses.

    All in one thread, one request after another, so that they may share a model; ``beat`` is
    called there ``every`` so many seconds. Raises `OSError` for a port that is taken.
    """
    with ExitStack() as stack:
        listeners = [stack.enter_context(_listener(port)) for _, port in apps]
        ports = [int(one.getsockname()[1]) for one in listeners]
        behind = {port: app for port, (app, _) in zip(ports, apps, strict=True)}
        server = _Server(behind, beat, every)
        thread = threading.Thread(target=server.run, args=(listeners,), daemon=True)
        thread.start()
        if not server.ready.wait(START_SECONDS):
            raise RuntimeError("the sandbox's server did not start; see the thread's traceback")
        try:
            yield tuple(f"http://{LOOPBACK}:{port}" for port in ports)
        finally:
            server.stop()
            thread.join(START_SECONDS)


def _listener(port: int) -> socket.socket:
    # asyncio switches Nagle's algorithm off only for sockets that name TCP as their protocol;
    # without it each answer on a kept connection waits 40 ms for a delayed acknowledgement.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if port:  # one that was just given up may be taken again at once
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


class _Server(uvicorn.Server):
    """A server that says when it is ready, and that stops at once instead of at its next tick."""

    def __init__(
        self, behind: Mapping[int, App], beat: Callable[[], None] | None, every: float
    ) -> None:
        self._behind = behind
        self._beat = beat
        self._every = every
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
        while self._beat is not None and not self._end.is_set():
            self._beat()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._end.wait(), self._every)
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
        app = self._behind[scope["server"][1]]
        if scope["type"] == "websocket":
            await app(scope, receive, send)
            return
        kept: list[Message] = []

        async def keep(message: Message) -> None:
            kept.append(message)

        try:
            await app(scope, receive, keep)
        except Broken:
            for protocol in list(self.server_state.connections):
                if getattr(protocol, "client", None) == tuple(scope["client"]):
                    protocol.transport.close()
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        for message in kept:
            await send(message)
