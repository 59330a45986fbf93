"""Who may talk to the sandbox: nobody whose page only happens to run in the same browser."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from support.pages import BASE, Visitor, front

from afk.types import Forge
from afk_sandbox.faults import Receive, Send
from afk_sandbox.page.guard import HEADERS, guarded


async def plain(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """Answer everything with one word."""
    del receive
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"done"})


VISITOR = Visitor(guarded(plain))
PLACES = (
    "evil.test",
    "evil.test:4780",
    "127.0.0.1",
    "127.0.0.1:80",
    "",
    "127.0.0.1:4780.evil.test",
)


@pytest.mark.parametrize("host", PLACES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_guard__asked_under_another_name__refuses(method: str, host: str) -> None:
    """A page whose name is given this machine's address (DNS rebinding) is not answered."""
    answer = VISITOR.ask(method, "/", headers={"host": host})

    assert (answer.status_code, answer.text.splitlines()) == (
        403,
        [f"This server answers under its own address only: {BASE}"],
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.test"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:4781"},
        {"origin": "https://127.0.0.1:4780"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_guard__a_page_of_another_address__reads_as_a_link_and_changes_nothing(
    headers: dict[str, str],
) -> None:
    assert VISITOR.ask("POST", "/", headers=headers).status_code == 403
    assert VISITOR.ask("GET", "/", headers=headers).text == "done"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": BASE},
        {"host": "localhost:4780", "origin": "http://localhost:4780"},
        {"origin": BASE, "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
    ],
)
def test_guard__its_own_pages_and_programs__pass(headers: dict[str, str]) -> None:
    assert VISITOR.ask("POST", "/", headers=headers).text == "done"


@pytest.mark.parametrize(
    ("headers", "first"),
    [
        ({"host": "127.0.0.1:4781"}, "websocket.accept"),
        ({"host": "evil.test"}, "websocket.close"),
        ({"host": "127.0.0.1:4781", "origin": "http://evil.test"}, "websocket.close"),
    ],
)
def test_guard__a_socket__opens_for_programs_only(headers: dict[str, str], first: str) -> None:
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        await asyncio.sleep(0)
        return {"type": "websocket.connect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        await asyncio.sleep(0)
        sent.append(message)

    scope = {
        "type": "websocket",
        "server": ("127.0.0.1", 4781),
        "headers": [(name.encode(), text.encode()) for name, text in headers.items()],
    }
    asyncio.run(guarded(plain)(scope, receive, send))  # type: ignore[arg-type]  # a coroutine

    assert [one["type"] for one in sent] == [first]


def test_guard__pages__load_and_run_their_own_alone_and_the_api_answers_as_ever() -> None:
    """What the forge's API answers stays as a real one's."""
    here = front(Forge.FORGEJO)
    page = here.visitor.get("/you/shop/issues")
    api = here.visitor.get("/api/v1/version")

    assert dict(page.headers).items() >= HEADERS.items()
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "content-security-policy" not in api.headers
    assert page.text.count("<script") == page.text.count('<script src="/-/page.js"') == 1
