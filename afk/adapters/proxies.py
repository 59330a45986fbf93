"""Which requests go through a proxy, as the environment says: ``HTTP_PROXY`` and its kin.

In place of httpx's own reading, which fails over ``NO_PROXY=[::1]`` and knows no ranges: a server
on a private network would be asked for through the proxy, token and all
(https://github.com/encode/httpx/discussions/3221). What is read here is what curl, Go and Python's
requests agree on: names with their subdomains, addresses, ranges, ports, ``*``; the spelling in
lower case wins. Whatever is on this very machine is never asked for through a proxy.

A proxy's address may hold a password: errors name the variable alone.
"""

import ipaddress
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import httpx

from afk.adapters.hosts import address_of, is_loopback
from afk.errors import ConfigError

_PORTS: Final = {"http": 80, "https": 443}
_SOCKETS: Final = {"ws": "http", "wss": "https"}
_PROXY: Final = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?:[^@/?#\s]*@)?"
    r"(?P<host>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?/?",
    re.IGNORECASE | re.ASCII,
)
_BYPASS: Final = re.compile(
    r"(?:[a-z]+://)?(?P<host>\[[0-9a-f:.]+\]|[a-z0-9._*-]+)(?::(?P<port>[0-9]{1,5}))?/?",
    re.IGNORECASE | re.ASCII,
)
_LAST_PORT: Final = 65_535

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Bypass:
    """One entry of ``NO_PROXY``: a range of addresses, or a name with all below it; and a port."""

    name: str = ""
    network: Network | None = None
    port: int = 0

    def covers(self, host: str, port: int) -> bool:
        """Say whether requests to the host go around the proxy."""
        if self.port not in (0, port):
            return False
        address = address_of(host)
        if address is not None or self.network is not None:
            return address is not None and self.network is not None and address in self.network
        name = host.lower().rstrip(".")
        return self.name in ("*", name) or name.endswith(f".{self.name}")


class Routed(httpx.BaseTransport):
    """Sends each request straight to its server, or through the proxy of its scheme."""

    def __init__(
        self, proxies: Mapping[str, str], bypasses: tuple[Bypass, ...], tls: ssl.SSLContext
    ) -> None:
        """``proxies``: by scheme, whole addresses."""
        self._bypasses = bypasses
        self._addresses = dict(proxies)
        self._straight = httpx.HTTPTransport(verify=tls)
        self._proxied = {
            scheme: httpx.HTTPTransport(verify=tls, proxy=httpx.Proxy(address, ssl_context=tls))
            if address.lower().startswith("https://")
            else httpx.HTTPTransport(verify=tls, proxy=address)
            for scheme, address in proxies.items()
        }

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request."""
        return self.way(request.url).handle_request(request)

    def way(self, url: httpx.URL) -> httpx.HTTPTransport:
        """Return the connections that a request to the address goes through."""
        scheme = "" if self._around(url) else url.scheme
        return self._proxied.get(scheme, self._straight)

    def proxy_of(self, url: str) -> str | None:
        """Return the proxy's address for a server's, a socket's (``ws``, ``wss``) too; None: none.

        It may hold a password.
        """
        asked = httpx.URL(url)
        asked = asked.copy_with(scheme=_SOCKETS.get(asked.scheme, asked.scheme))
        return None if self._around(asked) else self._addresses.get(asked.scheme)

    def _around(self, url: httpx.URL) -> bool:
        port = url.port or _PORTS.get(url.scheme, 0)
        return is_loopback(url.host) or any(one.covers(url.host, port) for one in self._bypasses)

    def close(self) -> None:
        """Close all connections."""
        for one in (self._straight, *self._proxied.values()):
            one.close()


def routed(environ: Mapping[str, str], tls: ssl.SSLContext) -> Routed:
    """Return the way to servers that the environment asks for.

    Raises `ConfigError`, naming the variable, for what cannot be obeyed.
    """
    bypasses = _bypasses(environ)
    if any(one.name == "*" and not one.port for one in bypasses):
        return Routed({}, bypasses, tls)
    proxies = {scheme: _proxy(environ, scheme) for scheme in _PORTS}
    return Routed({scheme: one for scheme, one in proxies.items() if one}, bypasses, tls)


def _proxy(environ: Mapping[str, str], scheme: str) -> str:
    """Return the address of the proxy for a scheme, "" for none."""
    for name in (f"{scheme}_proxy", f"{scheme.upper()}_PROXY", "all_proxy", "ALL_PROXY"):
        if value := environ.get(name, "").strip():
            return _checked(name, value if "://" in value else f"http://{value}")
    return ""


def _checked(name: str, address: str) -> str:
    found = _PROXY.fullmatch(address)
    if not found or int(found["port"] or 1) not in range(1, _LAST_PORT + 1):
        raise ConfigError(
            f"{name} is no address of a proxy",
            cause="a part is missing, or a password in it holds @, / or another character that "
            "has to be written as %40, %2F and so on",
            next_step=f"write {name} like http://proxy.example.org:3128, or unset it",
        )
    if found["scheme"].lower() not in _PORTS:
        raise ConfigError(
            f"{name} names a proxy that afk cannot speak to",
            cause=f"it begins with {found['scheme'][:20]}://, and afk speaks HTTP to proxies",
            next_step="name an HTTP proxy, or unset the variable for afk; NO_PROXY=* turns all off",
        )
    return address


def _bypasses(environ: Mapping[str, str]) -> tuple[Bypass, ...]:
    name = "no_proxy" if environ.get("no_proxy", "").strip() else "NO_PROXY"
    return tuple(
        _bypass(name, entry) for entry in re.split(r"[,\s]+", environ.get(name, "")) if entry
    )


def _bypass(name: str, entry: str) -> Bypass:
    """Return what one entry means; one that means nothing would leave a token's way to chance."""
    try:
        return Bypass(network=ipaddress.ip_network(entry.strip("[]"), strict=False))
    except ValueError:
        pass  # a name, or an address with a port
    address, _, size = entry.partition("/")
    if address.startswith("[") and size:
        return _bypass(name, f"{address.strip('[]')}/{size}")
    found = _BYPASS.fullmatch(entry)
    port = int(found["port"] or 0) if found else 0
    if not found or port > _LAST_PORT:
        raise ConfigError(
            f"{name} holds what is neither a host, an address nor a range",
            cause=f"{entry[:80]!r} is misspelt",
            next_step="separate entries by commas, such as localhost,10.0.0.0/8,::1,.example.org",
        )
    ip = address_of(found["host"])
    if ip is not None:
        return Bypass(network=ipaddress.ip_network(ip), port=port)
    host = found["host"].lower()
    bare = host if host == "*" else host.removeprefix("*").strip(".")
    return Bypass(name=bare, port=port)
