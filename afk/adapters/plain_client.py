"""An httpx client that does what afk needs and nothing else, for half of what a request costs.

A tick sends hundreds of requests, side by side, and each of them takes the time of all others while
Python works on it. Left out: cookies (no server of afk's needs one, and one jar for all would carry
what the first says to the next), redirects, defaults to merge, hooks, and proxies, which
`afk.adapters.proxies` knows about. A request is built once, from what is given alone.

https://www.python-httpx.org/advanced/transports/ has what a transport is given and gives back.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import httpx

_TIMEOUT: Final = httpx.Timeout(20.0, connect=5.0).as_dict()
_PARTS: Final = frozenset({"params", "json", "headers"})
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
"""Methods that say how long a body is even where there is none."""


class PlainClient(httpx.Client):
    """Sends each request as it is, through one transport."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        """``transport`` is closed together with the client."""
        super().__init__(transport=transport, trust_env=False)
        self._way = transport

    def build_request(self, method: str, url: httpx.URL | str, **parts: Any) -> httpx.Request:
        """Return a request of these parts: ``params``, ``json`` and ``headers``, and no others.

        It has the headers that httpx gives one, which takes it as long as all the rest. Those
        that are given win; a cookie is left out.
        """
        if unknown := parts.keys() - _PARTS:
            raise TypeError(f"nothing is made of {sorted(unknown)}")
        address = _taken_apart(str(url), _query(parts.get("params") or {}))
        named = {name.lower(): text for name, text in (parts.get("headers") or {}).items()}
        named.pop("cookie", None)
        named.setdefault("host", address.netloc.decode("ascii"))
        content = b""
        if (data := parts.get("json")) is not None:
            content = _written(data)
            named.setdefault("content-type", "application/json")
        stream = httpx.ByteStream(content)
        request = httpx.Request(
            method,
            address,
            headers=_headers(tuple(named.items())),
            stream=stream,
            extensions={"timeout": _TIMEOUT},
        )
        if (content or method in _WITH_BODY) and "content-length" not in named:
            request.headers["content-length"] = str(len(content))
        return request

    def send(self, request: httpx.Request, **_: Any) -> httpx.Response:
        """Send a request; the answer's body is not read yet, and a redirect is an answer."""
        if request.url.userinfo:
            login = httpx.BasicAuth(request.url.username, request.url.password)
            request = next(login.auth_flow(request))
        response = self._way.handle_request(request)
        response.request = request
        return response


_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _written(data: Any) -> bytes:
    """Return JSON as httpx writes it."""
    return _JSON.encode(data).encode()


def _query(params: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return parameters as httpx writes them: as texts, those of a list one by one."""
    return tuple(
        (name, _word(one))
        for name, value in params.items()
        for one in (value if isinstance(value, list | tuple) else (value,))
    )


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


@lru_cache(maxsize=64)
def _headers(named: tuple[tuple[str, str], ...]) -> httpx.Headers:
    """Return headers to make a request of, which copies them: nearly all have the same."""
    return httpx.Headers(named)


@lru_cache(maxsize=2048)
def _taken_apart(url: str, query: tuple[tuple[str, str], ...]) -> httpx.URL:
    """Return an address that httpx need not take apart again: most are asked more than once."""
    # Without parameters those of the address itself stay.
    return httpx.URL(url, params=query) if query else httpx.URL(url)
