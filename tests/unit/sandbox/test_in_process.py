"""The sandbox's servers without a network: what a transport and a socket find there."""

from contextlib import suppress

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from afk.adapters.sockets import SocketLost, SocketRefused
from afk_sandbox.faults import Broken
from afk_sandbox.in_process import NETWORK, InProcess
from afk_sandbox.serving import serve


async def echo(request: Request) -> Response:
    text = f"{request.method} {request.url.query} {(await request.body()).decode()}"
    return PlainTextResponse(text, headers={"x-from": request.headers["x-to"]})


async def drop(request: Request) -> Response:
    raise Broken(request.url.path)


async def talk(socket: WebSocket) -> None:
    await socket.accept()
    with suppress(WebSocketDisconnect):
        while (text := await socket.receive_text()) != "bye":
            await socket.send_text(text.upper())
        await socket.close()


async def refuse(socket: WebSocket) -> None:
    await socket.send_denial_response(PlainTextResponse("not you", status_code=401))


ROUTES = [
    Route("/echo", echo, methods=["POST"]),
    Route("/drop", drop),
    WebSocketRoute("/talk", talk),
    WebSocketRoute("/refuse", refuse),
]


def test_in_process__a_request__is_answered() -> None:
    network = InProcess()
    with network.joined(Starlette(routes=ROUTES)) as url, httpx.Client(transport=network) as client:
        answer = client.post(f"{url}/echo?a=1", content=b"hello", headers={"x-to": "you"})

    assert (answer.status_code, answer.text) == (200, "POST a=1 hello")
    assert answer.headers["x-from"] == "you"


def test_in_process__addresses__are_the_same_every_time() -> None:
    def addresses() -> list[str]:
        network = InProcess()
        token = NETWORK.set(network)
        with serve(Starlette()) as first, serve(Starlette()) as second:
            NETWORK.reset(token)
            return [first, second]

    assert addresses() == addresses() == ["http://127.0.0.1:3000", "http://127.0.0.1:3001"]


def test_in_process__connection_dropped_or_nobody_there__as_a_network_would_say() -> None:
    network = InProcess()
    with network.joined(Starlette(routes=ROUTES)) as url, httpx.Client(transport=network) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            client.get(f"{url}/drop")
        with pytest.raises(httpx.ConnectError):
            client.get("http://127.0.0.1:1/")
    with pytest.raises(httpx.ConnectError):
        network.handle_request(httpx.Request("GET", url))


def test_socket__messages__are_answered_until_it_is_closed() -> None:
    network = InProcess()
    with network.joined(Starlette(routes=ROUTES)) as url:
        ws = url.replace("http", "ws")
        socket = network.open_socket(f"{ws}/talk", headers={}, seconds=1, most=5)
        socket.send("hello")
        assert socket.recv(1) == "HELLO"
        with pytest.raises(TimeoutError):
            socket.recv(1)
        socket.send("longer than allowed")
        with pytest.raises(SocketLost):
            socket.recv(1)
        socket.send("bye")
        with pytest.raises(SocketLost):
            socket.recv(1)
        with pytest.raises(SocketLost):
            socket.send("still there?")
        socket.close()


def test_socket__refused_or_nobody_there__is_told() -> None:
    network = InProcess()
    with network.joined(Starlette(routes=ROUTES)) as url:
        ws = url.replace("http", "ws")
        with pytest.raises(SocketRefused) as refused:
            network.open_socket(f"{ws}/refuse", headers={}, seconds=1, most=5)
        network.open_socket(f"{ws}/talk", headers={}, seconds=1, most=5).close()
    with pytest.raises(SocketLost):
        network.open_socket(f"{ws}/talk", headers={}, seconds=1, most=5)

    assert (refused.value.status, refused.value.body) == (401, b"not you")
