"""The sandbox's routing: a path leads to the same place every time it is asked for."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from afk_sandbox import routing
from afk_sandbox.in_process import InProcess


def routes(word: str = "", number: str = "{number:int}") -> list[Route]:
    """Return routes whose answers begin with a word."""

    async def told(request: Request) -> Response:
        return PlainTextResponse(f"{word}{request.method} {request.path_params}")

    return [
        Route("/one/{name}", told, methods=["POST"]),
        Route(f"/one/{number}", told, methods=["GET"]),
        Route("/{rest:path}", told, methods=["DELETE"]),
    ]


@contextmanager
def asking(
    word: str = "", number: str = "{number:int}"
) -> Iterator[tuple[httpx.Client, routing.Remembering]]:
    """Yield a client of an application with these routes, and its router."""
    network, made = InProcess(), routing.application(routes(word, number))
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
        router.known.clear()
        for number in range(routing.MOST + 5):
            assert client.get(f"/one/{number}").text == f"GET {{'number': {number}}}"
        assert len(router.known) == 5


def test_routing__of_two_applications_alike__each_answers_for_itself() -> None:
    with asking("a ") as (one, router), asking("b ") as (another, known):
        for _ in range(2):
            assert one.get("/one/7").text == "a GET {'number': 7}"
            assert another.get("/one/7").text == "b GET {'number': 7}"
        assert router.known is known.known


def test_routing__of_applications_with_other_paths__shares_nothing() -> None:
    with asking() as (one, _), asking(number="{name}") as (another, _):
        for _ in range(2):
            assert one.get("/one/7").text == "GET {'number': 7}"
            assert another.get("/one/7").text == "GET {'name': '7'}"
            assert another.get("/one/x").text == "GET {'name': 'x'}"
            assert one.get("/one/x").status_code == httpx.codes.METHOD_NOT_ALLOWED


def test_routing__of_no_routes_at_all__finds_nothing() -> None:
    network = InProcess()
    with (
        network.joined(routing.application([])) as url,
        httpx.Client(base_url=url, transport=network) as client,
    ):
        assert client.get("/one").status_code == httpx.codes.NOT_FOUND
