"""The sandbox's routing: a path leads to the same place every time it is asked for."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from afk_sandbox import routing
from afk_sandbox.in_process import InProcess


async def _told(request: Request) -> Response:
    return PlainTextResponse(f"{request.method} {request.path_params}")


ROUTES = [
    Route("/one/{name}", _told, methods=["POST"]),
    Route("/one/{number:int}", _told, methods=["GET"]),
    Route("/{rest:path}", _told, methods=["DELETE"]),
]


@contextmanager
def asking() -> Iterator[tuple[httpx.Client, routing.Remembering]]:
    """Yield a client of an application with these routes, and its router."""
    network, made = InProcess(), routing.application(ROUTES)
    assert isinstance(made.router, routing.Remembering)
    with network.joined(made) as url, httpx.Client(base_url=url, transport=network) as client:
        yield client, made.router


def test_routing__asked_again__leads_where_it_led() -> None:
    with asking() as (client, _):
        for _ in range(3):
            assert client.get("/one/7").text == "GET {'number': 7}"
            assert client.post("/one/7").text == "POST {'name': '7'}"
            assert client.delete("/one/7").text == "DELETE {'rest': 'one/7'}"
            assert client.get("/two").status_code == httpx.codes.METHOD_NOT_ALLOWED
            assert client.get("/one/x").status_code == httpx.codes.METHOD_NOT_ALLOWED


def test_routing__of_very_many_paths__keeps_some() -> None:
    with asking() as (client, router):
        for number in range(routing.MOST + 5):
            assert client.get(f"/one/{number}").text == f"GET {{'number': {number}}}"
        assert len(router.known) == 5
