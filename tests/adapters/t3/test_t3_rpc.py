"""T3's socket: each call exactly once, whatever becomes of its answer."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from support.t3_rig import TOKEN

from afk.adapters.http import Http
from afk.adapters.sockets import Connection, SocketLost, SocketRefused
from afk.adapters.t3.exits import Done, Failed
from afk.adapters.t3.rpc import Rpc
from afk.errors import TokenError, Unreachable, UnsupportedServer
from afk.parallel import gather

TICKET = "sicret/ticket=="
Answer = Callable[[dict[str, Any]], str | Exception]


def done(value: Any) -> Answer:
    """Answer a call with success."""
    return lambda call: json.dumps(
        {"_tag": "Exit", "requestId": call["id"], "exit": {"_tag": "Success", "value": value}}
    )


def failed(error: Mapping[str, Any]) -> Answer:
    """Answer a call with an error, or a defect of it."""
    cause = [error if error.get("_tag") == "Die" else {"_tag": "Fail", "error": error}]
    return lambda call: json.dumps(
        {
            "_tag": "Exit",
            "requestId": call["id"],
            "exit": {"_tag": "Failure", "cause": cause},
        }
    )


def lost(call: dict[str, Any]) -> Exception:
    """Close the socket before the answer."""
    del call
    return SocketLost("ConnectionClosedError")


def silent(call: dict[str, Any]) -> Exception:
    del call
    return TimeoutError()


def defect(call: dict[str, Any]) -> str:
    """Answer with a frame that names no call."""
    del call
    return json.dumps({"_tag": "Defect", "defect": "x"})


def of_another_call(call: dict[str, Any]) -> str:
    """Answer somebody else's call; nothing follows."""
    return done({"wrong": call["id"]})({"id": "0"})  # type: ignore[return-value]


@dataclass
class Server:
    """A T3 that answers each call as it is told to; an upgrade may be refused."""

    answers: list[Answer]
    refusals: list[Exception] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    closed: int = 0
    tickets: int = 0

    def __call__(
        self, url: str, *, headers: Mapping[str, str], seconds: float, most: int
    ) -> Connection:
        assert seconds > 0
        assert most > 1024 * 1024
        assert TOKEN not in str(headers)
        self.urls.append(url)
        if self.refusals:
            raise self.refusals.pop(0)
        return _Socket(self)

    def rpc(self, mask: Callable[[str], str] = str, ticket: int = 200) -> Rpc:
        def web(request: httpx.Request) -> httpx.Response:
            assert request.url.path == "/api/auth/websocket-ticket"
            assert request.headers["authorization"] == f"Bearer {TOKEN}"
            self.tickets += 1
            return httpx.Response(ticket, json={"ticket": TICKET})

        http = Http(
            client=httpx.Client(transport=httpx.MockTransport(web)),
            base_url="https://t3.test",
            name="T3",
            authorize=lambda: {"authorization": f"Bearer {TOKEN}"},
            sleep=lambda _: None,
            mask=mask,
        )
        return Rpc(http=http, open_socket=self)


@dataclass
class _Socket:
    server: Server
    waiting: list[str | Exception] = field(default_factory=list)

    def send(self, text: str) -> None:
        call = json.loads(text)
        assert call["headers"] == []
        self.server.calls.append(call)
        self.waiting.append(self.server.answers.pop(0)(call))

    def recv(self, seconds: float) -> str:
        assert seconds > 0
        answer = self.waiting.pop(0) if self.waiting else TimeoutError()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        self.server.closed += 1


def test_call__answered__one_socket_for_all_of_them() -> None:
    server = Server([done({"sequence": 1}), done({"sequence": 2})])
    rpc = server.rpc()

    assert rpc.call("t", {"a": 1}, "x") == Done({"sequence": 1})
    assert rpc.call("t", {"a": 2}, "x") == Done({"sequence": 2})
    rpc.close()

    assert len(server.urls) == server.tickets == server.closed == 1
    assert server.urls == [
        "wss://t3.test/ws?orchestrationProtocol=2&wsTicket=sicret%2Fticket%3D%3D"
    ]
    assert len({call["id"] for call in server.calls}) == 2
    assert rpc.http.requests == 4, "ticket, upgrade and two calls"


@pytest.mark.parametrize("trouble", [lost, silent, defect, of_another_call])
@pytest.mark.parametrize("times", [1, 2])
def test_call__answer_lost__the_same_call_again_over_a_fresh_socket(
    trouble: Answer, times: int
) -> None:
    server = Server([*[trouble] * times, done({"sequence": 7})])

    ended = server.rpc().call("orchestration.dispatchCommand", {"commandId": "c"}, "x")

    assert ended == Done({"sequence": 7})
    assert [call["payload"] for call in server.calls] == [{"commandId": "c"}] * (times + 1)
    assert len(server.urls) == server.tickets == times + 1
    assert server.closed == times


def test_call__never_answered__unreachable_and_no_secret_in_it() -> None:
    server = Server([lost, lost, lost, done({})])

    with pytest.raises(Unreachable) as caught:
        server.rpc().call("t", {}, "message.dispatch")

    assert len(server.calls) == 3
    assert TICKET not in str(caught.value)
    assert "message.dispatch" in str(caught.value)


def test_call__upgrade_lost_or_answered_by_a_gateway__tried_again() -> None:
    refusals = [SocketLost("OSError"), SocketRefused(502, b"<html>")]
    server = Server([done({})], refusals)

    assert server.rpc().call("t", {}, "x") == Done({})
    assert len(server.urls) == 3
    assert len(server.calls) == 1


def test_call__upgrade_refused_for_the_protocol__final() -> None:
    """The body is the one of builds after the merge, as their source has it."""
    body = b'{"code":"orchestration_protocol_incompatible","orchestrationProtocolVersion":3}'
    server = Server([], [SocketRefused(426, body)])

    with pytest.raises(UnsupportedServer, match=r"protocol 3.*protocols 1 and 2"):
        server.rpc().call("t", {}, "x")

    assert (len(server.urls), server.calls) == (1, [])


@pytest.mark.parametrize("body", [b"", b"[]", b'{"orchestrationProtocolVersion":"x"}'])
def test_call__upgrade_refused_without_a_reason__final_all_the_same(body: bytes) -> None:
    server = Server([], [SocketRefused(426, body)])
    with pytest.raises(UnsupportedServer, match="another protocol"):
        server.rpc().call("t", {}, "x")


def test_call__upgrade_refused_for_the_token__a_token_error() -> None:
    """``t3/v2-0.0.33/09-ws-bad-ticket``."""
    body = b'{"_tag":"EnvironmentAuthInvalidError","code":"auth_invalid","reason":"invalid"}'
    server = Server([], [SocketRefused(401, body)])
    with pytest.raises(TokenError) as caught:
        server.rpc().call("t", {}, "x")
    assert TICKET not in str(caught.value)


def test_call__no_ticket_for_this_token__a_token_error() -> None:
    server = Server([])
    with pytest.raises(TokenError):
        server.rpc(ticket=401).call("t", {}, "x")
    assert server.urls == []


def test_call__scope_missing__a_token_error_and_nothing_again() -> None:
    error = {"_tag": "EnvironmentAuthorizationError", "requiredScope": "orchestration:operate"}
    server = Server([failed(error)])
    with pytest.raises(TokenError, match="orchestration:operate"):
        server.rpc().call("t", {}, "x")
    assert len(server.calls) == 1


def test_call__method_unknown__unsupported() -> None:
    server = Server([failed({"_tag": "Die", "defect": "Unknown request tag: t"})])
    with pytest.raises(UnsupportedServer, match="Unknown request tag"):
        server.rpc().call("t", {}, "x")
    assert len(server.calls) == 1


def test_call__refused__once() -> None:
    server = Server([failed({"_tag": "E", "message": "No.", "detail": "No."})])
    assert server.rpc().call("t", {}, "x") == Failed(names=("E",), reason="No.")
    assert len(server.calls) == 1


def test_call__a_secret_in_what_is_sent_or_told__masked() -> None:
    server = Server([failed({"_tag": "E", "message": "it was s3cret"})])
    rpc = server.rpc(mask=lambda text: text.replace("s3cret", "***"))

    ended = rpc.call("t", {"text": "the s3cret"}, "x")

    assert server.calls[0]["payload"] == {"text": "the ***"}
    assert isinstance(ended, Failed)
    assert ended.reason == "it was ***"


@dataclass
class Lagging:
    """A socket that answers nothing before so many calls are there, and the last one first.

    ``lost``: it breaks instead.
    """

    expected: int
    lost: bool = False
    calls: list[dict[str, Any]] = field(default_factory=list)
    closed: int = 0
    news: threading.Condition = field(default_factory=threading.Condition)

    def send(self, text: str) -> None:
        with self.news:
            self.calls.append(json.loads(text))
            self.news.notify_all()

    def recv(self, seconds: float) -> str:
        with self.news:
            assert self.news.wait_for(lambda: len(self.calls) >= self.expected, seconds)
            self.expected = 0
            if self.lost:
                raise SocketLost("ConnectionClosedError")
            call = self.calls.pop()
        return str(done(call["payload"])(call))

    def close(self) -> None:
        self.closed += 1


@pytest.mark.parametrize("times", [0, 1], ids=["holds", "is lost once"])
def test_calls__of_many_threads__share_a_socket_and_each_gets_its_own_answer(times: int) -> None:
    """Nobody's answer comes before all have called: one after the other they would wait for ever.

    Lost, the socket takes every call with it, and each is sent again over the same fresh one.
    """
    sockets = [Lagging(8, lost=True)] * times + [Lagging(8)]
    opened: list[Lagging] = []

    def open_socket(*_: Any, **__: Any) -> Connection:
        opened.append(sockets[len(opened)])
        return opened[-1]

    server = Server([])
    rpc = server.rpc()
    rpc.open_socket = open_socket

    ended = gather(lambda number: rpc.call("t", {"n": number}, "x"), range(8))

    assert ended == [Done({"n": number}) for number in range(8)]
    assert [one.closed for one in opened] == [1] * times + [0]
    assert server.tickets == len(opened) == times + 1
    assert rpc.http.requests == 2 * len(opened) + 8 * (times + 1)
    rpc.close()
    assert opened[-1].closed == 1
