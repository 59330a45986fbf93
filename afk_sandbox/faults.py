"""Faults between a sandbox server and whoever asks it: what a network and a proxy do.

A hook is asked once per request, before anything else happens; `FaultGate` wraps any ASGI
application and acts on the answer. It knows nothing of what the application serves.
"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Literal

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one request.

    ``before``: it never reaches the application, so it has no effect. ``after``: the effect
    happens and only the answer is replaced. ``status`` None: the connection breaks instead of
    being answered (`Broken`).
    """

    kind: Literal["before", "after"]
    status: int | None = None
    body: bytes = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


FRAMES = "/ws/dispatch"
_GONE = 1011

FaultHook = Callable[[str, str], Fault | None]
"""(method, path without query) -> the fault that strikes this request, or None."""


class Broken(Exception):
    """The connection is to be dropped without a complete answer; the server must not answer."""


def no_faults(method: str, path: str) -> Fault | None:
    """Let every request through."""
    del method, path
    return None


class FaultGate:
    """An ASGI application around another one that injects faults."""

    def __init__(self, app: App, hook: FaultHook = no_faults) -> None:
        """Wrap ``app``; ``hook`` is asked for every HTTP request and every frame of a socket."""
        self._app = app
        self._hook = hook

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request. Raises `Broken` where the connection is to be dropped."""
        if scope["type"] == "websocket":
            await self._app(scope, *_struck(receive, send, self._hook))
            return
        fault = self._hook(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if fault is None:
            await self._app(scope, receive, send)
            return
        if fault.kind == "after":
            await self._app(scope, receive, _swallow)
        if fault.status is None:
            raise Broken(f"{scope['method']} {scope['path']}")
        headers = [(b"content-length", str(len(fault.body)).encode())]
        if fault.content_type:
            headers.append((b"content-type", fault.content_type.encode()))
        headers += [(name.encode(), value.encode()) for name, value in fault.headers.items()]
        await send({"type": "http.response.start", "status": fault.status, "headers": headers})
        await send({"type": "http.response.body", "body": fault.body})


def _struck(receive: Receive, send: Send, hook: FaultHook) -> tuple[Receive, Send]:
    """Return a socket whose frames the hook may strike; whatever the fault, it is closed then.

    A frame counts as a POST to `FRAMES`, under which it is logged too.
    """
    over: list[bool] = []
    swallow: list[bool] = []

    async def heard() -> Message:
        if over:
            return {"type": "websocket.disconnect", "code": _GONE}
        message = await receive()
        fault = hook("POST", FRAMES) if message["type"] == "websocket.receive" else None
        if fault is not None and fault.kind == "after":
            swallow.append(True)
        elif fault is not None:
            over.append(True)
            await send({"type": "websocket.close", "code": _GONE})
            return {"type": "websocket.disconnect", "code": _GONE}
        return message

    async def said(message: Message) -> None:
        if swallow and message["type"] == "websocket.send":
            over.append(True)
            message = {"type": "websocket.close", "code": _GONE}
        await send(message)

    return heard, said


async def _swallow(message: Message) -> None:
    """Stand in for a connection whose answer nobody receives."""
    del message
