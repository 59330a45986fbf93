"""Which protocol a server is spoken to in, by what it says and how it answers."""

import json
from typing import Any

import httpx
import pytest
from support.cassettes import RECORDINGS
from support.t3_rig import Rig

from afk.adapters.t3_client import T3Client
from afk.errors import ServerFault, UnsupportedServer

FOLDER = RECORDINGS / "t3"


def body(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))["response"]["body"]


ONE, TWO = body("0.0.28/04-shell-empty"), body("v2-0.0.33/04-shell-empty")
DESCRIPTOR = body("v2-0.0.33/01-well-known")
THREAD = body("v2-0.0.33/30-3-completed-thread")


class Server(httpx.BaseTransport):
    """A server that names a protocol or none, and answers reads in one of them."""

    def __init__(self, shell: Any, version: int | None = None, *, gate: int = 0) -> None:
        """``gate``: reads have to ask for this protocol."""
        self.shell = shell
        self.version = version
        self.gate = gate
        self.asked: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.asked.append(f"{request.method} {path.rpartition('/')[2]}")
        if path.startswith("/.well-known"):
            named = {} if self.version is None else {"orchestrationProtocolVersion": self.version}
            return httpx.Response(200, json={**DESCRIPTOR, **named})
        wanted = request.headers.get("x-t3-orchestration-protocol", "1")
        if self.gate and wanted != str(self.gate):
            return httpx.Response(400)
        if path.endswith("/dispatch"):
            return httpx.Response(404)
        if path.endswith("/shell"):
            return httpx.Response(200, json=self.shell)
        return httpx.Response(200, json=THREAD)


def client(server: Server) -> T3Client:
    return Rig(server).client


@pytest.mark.parametrize(
    ("server", "protocol", "reads"),
    [
        (Server(ONE), 1, ["GET environment", "GET shell"]),
        (Server(ONE, 1), 1, ["GET environment", "GET shell"]),
        (Server(TWO), 2, ["GET environment", "GET shell"]),
        (Server(TWO, 2), 2, ["GET environment", "GET shell"]),
        (Server(TWO, 2, gate=2), 2, ["GET environment", "GET shell"]),
        (Server(TWO, gate=2), 2, ["GET environment", "GET shell", "GET shell"]),
        (Server(TWO, 1), 2, ["GET environment", "GET shell"]),
    ],
    ids=["silent-1", "named-1", "silent-2", "named-2", "gated-2", "gated-silent-2", "misnamed-2"],
)
def test_read__by_what_the_server_says_and_shows__its_protocol(
    server: Server, protocol: int, reads: list[str]
) -> None:
    agent = client(server)

    assert agent.read().environment_id == DESCRIPTOR["environmentId"]

    assert agent.protocol == protocol
    assert server.asked == reads
    agent.read()
    assert server.asked == [*reads, "GET shell"], "the descriptor is asked once"


@pytest.mark.parametrize("version", [0, 3, 99])
def test_read__another_protocol_named__refused_before_anything_else(version: int) -> None:
    server = Server(TWO, version)
    with pytest.raises(UnsupportedServer, match=rf"protocol {version}.*protocols 1 and 2"):
        client(server).read()
    assert server.asked == ["GET environment"]


@pytest.mark.parametrize("version", [None, 2])
def test_read__refused_with_400_and_nothing_in_both_protocols__unsupported(
    version: int | None,
) -> None:
    with pytest.raises(UnsupportedServer, match="protocols 1 and 2"):
        client(Server(TWO, version, gate=3)).read()


@pytest.mark.parametrize("gate", [0, 2])
def test_detail__asked_before_any_read__finds_the_protocol_out(gate: int) -> None:
    agent = client(Server(TWO, gate=gate))
    found = agent.detail("thr-ok")
    assert found is not None
    assert (found.thread.id, agent.protocol) == ("thr-ok", 2)


def test_command__no_address_for_it_before_any_read__finds_the_protocol_out() -> None:
    server = Server(TWO)
    agent = client(server)
    agent.stop("t", "c")  # a thread whose run is over: nothing is sent
    assert agent.protocol == 2
    assert server.asked == ["POST dispatch", "GET environment", "GET shell", "GET t"]


def test_command__no_address_for_it_after_a_read_in_protocol_1__nothing_is_sent_twice() -> None:
    """Upgraded between the read and the command: the next tick decides afresh."""
    server = Server(ONE)
    agent = client(server)
    agent.read()
    server.shell = TWO

    with pytest.raises(ServerFault, match="in the middle of a tick"):
        agent.start_turn("t", "m", "text", "c")

    assert server.asked[-1] == "POST dispatch"
    assert agent.protocol == 1


def test_read__server_upgraded_in_between__the_middle_of_a_tick() -> None:
    server = Server(ONE)
    agent = client(server)
    agent.read()
    server.shell = TWO
    with pytest.raises(ServerFault, match="in the middle of a tick"):
        agent.read()


def test_command__neither_protocol_s_server__unsupported() -> None:
    with pytest.raises(UnsupportedServer, match="neither protocol"):
        client(Server(ONE)).stop("t", "c")
