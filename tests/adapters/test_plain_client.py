"""The client of a tick: a request as it was given, an answer as it came."""

from typing import Any, Final

import httpx
import pytest

from afk.adapters.http import open_client
from afk.adapters.plain_client import PlainClient

HEADERS: Final = {"user-agent": "afk", "authorization": "Bearer secret"}


def answering(request: httpx.Request) -> httpx.Response:
    """Answer with a redirect that sets a cookie, and what was asked."""
    headers = {"location": "http://elsewhere.test/", "set-cookie": "who=me"}
    return httpx.Response(302, headers=headers, json={"url": str(request.url)})


def test_client__of_a_request__sends_what_was_given_and_no_cookie_back() -> None:
    heard: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        heard.append(request)
        return answering(request)

    with PlainClient(httpx.MockTransport(answer)) as client:
        for _ in range(2):
            request = client.build_request(
                "GET", "http://forge.test/a", params={"q": "1"}, headers={"accept": "text/plain"}
            )
            response = client.send(request, stream=True, follow_redirects=False)
            assert response.status_code == httpx.codes.FOUND
            assert response.request is request

    assert [str(one.url) for one in heard] == ["http://forge.test/a?q=1"] * 2
    assert [dict(one.headers) for one in heard] == [
        {"host": "forge.test", "accept": "text/plain"}
    ] * 2
    assert heard[0].extensions["timeout"] == {"connect": 5, "read": 20, "write": 20, "pool": 20}


def test_client__address_with_a_login__is_sent_as_one() -> None:
    """As every HTTP client does: doorbells and probes may be addressed so."""
    heard: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        heard.append(request)
        return answering(request)

    with PlainClient(httpx.MockTransport(answer)) as client:
        client.send(client.build_request("GET", "http://me:secret@bell.test/"))

    assert heard[0].headers["authorization"] == "Basic bWU6c2VjcmV0"


def test_client__of_real_connections__is_closed_with_its_transport() -> None:
    class Transport(httpx.BaseTransport):
        closed = False

        def close(self) -> None:
            self.closed = True

    transport = Transport()
    with open_client(transport):
        assert not transport.closed
    assert transport.closed
    with open_client() as client, pytest.raises(httpx.ConnectError):
        client.send(client.build_request("GET", "http://127.0.0.1:9/"))


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"params": None, "json": None},
        {"params": {"q": "a b&c", "page": 2, "state": ["open", "closed"]}},
        {"params": {}},
        {"json": {"text": 'Grüße "of" 🚀', "numbers": [1, 2.5, None, True]}},
        {"params": {"draft": True, "all": [False, 0, 1], "since": None, "near": 1.5}},
        {"params": {"draft": 1, "all": [0, False, True], "since": "", "near": 1}},
        {"json": []},
        {"json": False},
    ],
)
@pytest.mark.parametrize(
    "url",
    [
        "http://forge.test/api?kept=1",
        "https://forge.test:8443/a b/%2F?x=%20",
        "http://[::1]:3000/",
        "https://bücher.test/",
    ],
)
def test_build_request__whatever_is_sent__is_as_httpx_builds_it(
    method: str, parts: dict[str, Any], url: str
) -> None:
    named = {name: value for name, value in parts.items() if value is not None}
    if named.get("params") == {}:
        named.pop("params")  # httpx takes the address's own away then, and afk's may have some
    theirs = httpx.Request(method, url, headers=HEADERS, **named)
    with PlainClient(httpx.MockTransport(lambda _: httpx.Response(200))) as client:
        ours = [client.build_request(method, url, headers=HEADERS, **parts) for _ in range(2)]
    for one in ours:
        assert one.url == theirs.url
        assert one.method == method
        assert dict(one.headers) == dict(theirs.headers)
        assert one.read() == theirs.read()


def test_build_request__headers_that_are_given__win_and_a_cookie_goes_nowhere() -> None:
    given = {"Content-Type": "application/x", "Cookie": "who=me", "HOST": "there.test"}
    with PlainClient(httpx.MockTransport(lambda _: httpx.Response(200))) as client:
        request = client.build_request("PUT", "http://forge.test/", json=1, headers=given)
    assert sorted(request.headers.multi_items()) == [
        ("content-length", "1"),
        ("content-type", "application/x"),
        ("host", "there.test"),
    ]


@pytest.mark.parametrize("part", ["content", "data", "files", "cookies", "timeout"])
def test_build_request__part_that_nobody_sends__is_refused(part: str) -> None:
    """Left out without a word, a body would be gone."""
    with (
        PlainClient(httpx.MockTransport(lambda _: httpx.Response(200))) as client,
        pytest.raises(TypeError, match=part),
    ):
        client.build_request("POST", "http://forge.test/", **{part: b"x"})


def test_build_request__no_number__is_refused() -> None:
    """JSON has no word for it, and a server would answer anything."""
    with (
        PlainClient(httpx.MockTransport(lambda _: httpx.Response(200))) as client,
        pytest.raises(ValueError, match="not JSON compliant"),
    ):
        client.build_request("POST", "http://forge.test/", json={"a": float("nan")})


def test_request__whose_headers_are_changed__changes_no_other() -> None:
    with PlainClient(httpx.MockTransport(answering)) as client:
        first = client.build_request("GET", "http://forge.test/a", headers=HEADERS)
        first.headers["authorization"] = "Bearer another"
        first.headers["x-more"] = "1"
        second = client.build_request("GET", "http://forge.test/a", headers=HEADERS)

    assert dict(second.headers) == {"host": "forge.test", **HEADERS}


@pytest.mark.parametrize("given", ["7", None])
def test_request__with_a_body__says_its_length_unless_it_is_given(given: str | None) -> None:
    headers = {"content-length": given} if given else {}
    with PlainClient(httpx.MockTransport(answering)) as client:
        request = client.build_request("POST", "http://forge.test/a", json={}, headers=headers)

    assert request.headers["content-length"] == (given or "2")
