"""Several servers in one thread, so that they may share a model."""

import threading
from collections.abc import MutableMapping
from typing import Any

import httpx
import pytest

from afk_sandbox.faults import App, Receive, Send
from afk_sandbox.serving import serve_together


def saying(word: str, threads: set[str]) -> App:
    """Return a server that says one word, and notes where it ran."""

    async def app(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        del scope, receive
        threads.add(threading.current_thread().name)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": word.encode()})

    return app


def ask(address: str) -> str:
    transport = httpx.HTTPTransport(verify=False)
    with httpx.Client(transport=transport, trust_env=False) as client:
        return client.get(address).text


def test_serve_together__each_on_its_port__in_one_thread_that_beats() -> None:
    threads: set[str] = set()
    beats = threading.Semaphore(0)
    where: set[str] = set()

    def beat() -> None:
        where.add(threading.current_thread().name)
        beats.release()

    apps = [(saying("one", threads), 0), (saying("two", threads), 0)]
    with serve_together(apps, beat=beat, every=0.01) as addresses:
        said = [ask(address) for address in addresses]
        assert all(beats.acquire(timeout=10) for _ in range(3))

    assert said == ["one", "two"]
    assert where == threads
    assert len(threads) == 1
    with pytest.raises(httpx.ConnectError):
        ask(addresses[0])


def test_serve_together__a_port_that_is_taken__raises_and_leaves_none_open() -> None:
    app = saying("x", set())
    with serve_together([(app, 0)]) as (address,):
        taken = int(address.rpartition(":")[2])
        with pytest.raises(OSError), serve_together([(app, 0), (app, taken)]):  # noqa: PT011
            raise AssertionError
        assert ask(address) == "x", "it is still the first one's"
    with serve_together([(app, taken)]) as (again,):
        assert (again, ask(again)) == (address, "x")
