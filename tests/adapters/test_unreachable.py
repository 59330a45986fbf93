"""A server that cannot be reached: refused, unknown and TLS are told apart, by kinds alone."""

import http.server
import socket
import ssl
import threading

import httpx
import pytest

from afk.adapters.http import Http, open_client
from afk.adapters.unreachable import unreachable
from afk.errors import Unreachable


def wrapped(cause: BaseException) -> httpx.ConnectError:
    """Return an error of httpx's around another one, as httpcore and it raise them."""
    inner = OSError("within")
    inner.__cause__ = cause
    outer = httpx.ConnectError("it repeats Bearer sicret")
    outer.__context__ = inner
    return outer


def no_tls(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, "x")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("cause", "told", "next_step"),
    [
        (ConnectionRefusedError(), "refused: ", "start it"),
        (socket.gaierror(), "unknown host: ", "check the spelling"),
        (ssl.SSLCertVerificationError(), "TLS: its certificate", "SSL_CERT_FILE"),
        (no_tls("WRONG_VERSION_NUMBER"), "TLS: it answers without encryption", "write http://"),
        (no_tls("SSLV3_ALERT_HANDSHAKE_FAILURE"), "TLS: it breaks the handshake off", "curl"),
        (TimeoutError(), "the server is down, the address is wrong", "curl"),
    ],
)
def test_unreachable__by_what_is_behind_it__is_told(
    cause: BaseException, told: str, next_step: str
) -> None:
    error = unreachable("T3 cannot be reached", wrapped(cause))
    assert error.cause.startswith(told)
    assert next_step in error.next_step
    assert "sicret" not in str(error)


def test_unreachable__errors_in_a_circle__ends() -> None:
    one, other = OSError(), OSError()
    one.__context__, other.__context__ = other, one
    assert unreachable("x", one).cause.startswith("the server is down")


def ask(address: str) -> str:
    with open_client() as client:
        server = Http(
            client=client, base_url=address, name="T3", authorize=dict, sleep=lambda _: None
        )
        with pytest.raises(Unreachable) as caught:
            server.get("/")
    return caught.value.cause


def test_http__nobody_listens__is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert ask(f"http://127.0.0.1:{port}").startswith("refused: ")


def test_http__server_without_tls__is_told_so() -> None:
    class Quiet(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Quiet) as plain:
        thread = threading.Thread(target=plain.serve_forever)
        thread.start()
        try:
            told = ask(f"https://127.0.0.1:{plain.server_address[1]}")
        finally:
            plain.shutdown()
            thread.join()
    assert told == "TLS: it answers without encryption"
