"""Which requests go through a proxy: what the environment says, loopback never."""

import httpx
import pytest

from afk.adapters.proxies import Routed, routed
from afk.adapters.tls import tls_context
from afk.errors import ConfigError

PROXY = "http://proxy.test:3128"


def proxied(url: str, **environ: str) -> bool:
    """Say whether a request to the address would go through a proxy."""
    transport = routed(environ, tls_context())
    assert isinstance(transport, Routed)
    straight = transport.way(httpx.URL("http://localhost"))
    way = transport.way(httpx.URL(url))
    transport.close()
    return way is not straight


def test_routed__nothing_said__goes_straight() -> None:
    assert not proxied("https://api.github.com")
    assert not proxied("https://api.github.com", HTTPS_PROXY=" ", NO_PROXY=" ")


@pytest.mark.parametrize(
    ("variable", "http", "https"),
    [
        ("HTTP_PROXY", True, False),
        ("http_proxy", True, False),
        ("HTTPS_PROXY", False, True),
        ("https_proxy", False, True),
        ("ALL_PROXY", True, True),
        ("all_proxy", True, True),
    ],
)
def test_routed__variable__is_for_its_scheme(variable: str, http: bool, https: bool) -> None:
    assert proxied("http://t3.test", **{variable: PROXY}) is http
    assert proxied("https://t3.test", **{variable: PROXY}) is https


@pytest.mark.parametrize(
    "address",
    [
        "proxy.corp:3128",
        "http://user:p%40ss@proxy:3128/",
        "https://proxy",
        "HTTP://10.0.0.1:80",
        "http://[fd00::1]:3128",
    ],
)
def test_routed__proxy_as_people_write_it__is_taken(address: str) -> None:
    assert proxied("https://api.github.com", HTTPS_PROXY=address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:3773",
        "http://127.9.9.9",
        "http://[::1]:3773",
        "http://[::ffff:127.0.0.1]",
        "http://localhost:3773",
        "http://t3.localhost",
        "http://LOCALHOST.",
    ],
)
def test_routed__this_machine__is_never_asked_for_through_a_proxy(url: str) -> None:
    """T3's bearer would go along, to a proxy that cannot even reach it."""
    assert not proxied(url, HTTP_PROXY=PROXY)


@pytest.mark.parametrize(
    ("entries", "host", "around"),
    [
        ("*", "t3.test", True),
        ("t3.test", "t3.test", True),
        ("t3.test", "T3.test.", True),
        ("t3.test", "a.t3.test", True),
        (".test", "t3.test", True),
        ("*.test", "t3.test", True),
        ("a,t3.test", "t3.test", True),
        ("a t3.test", "t3.test", True),
        ("3.test", "t3.test", False),
        ("a.t3.test", "t3.test", False),
        ("http://t3.test", "t3.test", True),
        ("t3.test:80", "t3.test", True),
        ("t3.test:3773", "t3.test", False),
        ("t3.test:3773", "t3.test:3773", True),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.5/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.0.0.0/8", "ten.test", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3:80", "10.1.2.3", True),
        ("10.1.2.3:81", "10.1.2.3", False),
        ("fd07:b51a:cc66:f0::/64", "[fd07:b51a:cc66:f0::7]", True),
        ("fd07:b51a:cc66:f0::/64", "[fd08::7]", False),
        ("[fd00::]/8", "[fd07::7]", True),
        ("[fd00::1]", "[fd00::1]", True),
        ("[fd00::1]:80", "[fd00::1]", True),
        ("[fd00::1]:81", "[fd00::1]", False),
        ("[::1]", "t3.test", False),
        ("t3.test", "10.1.2.3", False),
    ],
)
def test_routed__no_proxy__is_read_as_curl_reads_it(entries: str, host: str, around: bool) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        assert proxied(f"http://{host}", HTTP_PROXY=PROXY, **{name: entries}) is not around


def test_routed__lower_case__wins() -> None:
    assert not proxied("http://t3.test", HTTP_PROXY=PROXY, no_proxy="t3.test", NO_PROXY="a")
    with pytest.raises(ConfigError, match=r"^http_proxy names"):
        proxied("http://t3.test", HTTP_PROXY=PROXY, http_proxy="socks5://x:1")


@pytest.mark.parametrize("name", ["ALL_PROXY", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"])
@pytest.mark.parametrize(
    "value",
    [
        "socks5://p:1",
        "socks5h://u:hush@p:1",
        "socks4://p",
        "ftp://hush:1",
        "http://u:hu@sh@p:1",
        "http://",
        "p:99999",
        "p:0",
        "http://p/hush?x",
        "http://p p",
        "://p",
        "http://[::1",
    ],
)
def test_routed__proxy_that_cannot_be_used__names_the_variable_and_not_the_value(
    name: str, value: str
) -> None:
    with pytest.raises(ConfigError, match=f"^{name} ") as caught:
        proxied("http://t3.test", **{name: value})
    assert "hush" not in str(caught.value)


def test_routed__proxy_that_is_never_used__may_be_anything() -> None:
    assert not proxied("http://t3.test", ALL_PROXY="socks5://p:1", NO_PROXY="a,*")
    both = {"HTTP_PROXY": PROXY, "HTTPS_PROXY": PROXY}
    assert proxied("http://t3.test", ALL_PROXY="socks5://p:1", **both)


@pytest.mark.parametrize(
    "entry", ["http://intranet:80a", "a:99999", "a/b/c", "10.0.0.0/99", "[::1]/999", "ä"]
)
@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_routed__exception_that_means_nothing__names_the_variable(name: str, entry: str) -> None:
    """It would leave to chance whether a token goes through the proxy."""
    with pytest.raises(ConfigError, match=f"^{name} holds"):
        proxied("http://t3.test", HTTP_PROXY=PROXY, **{name: f"localhost,{entry}"})


def test_routed__request__goes_where_it_says() -> None:
    """Nothing listens at either place: which one was called stands in the error's address."""
    transport = routed({"HTTP_PROXY": "http://127.0.0.1:9"}, tls_context())
    with httpx.Client(transport=transport) as client:
        for url in ("http://127.0.0.1:9", "http://t3.test"):
            with pytest.raises(httpx.ConnectError):
                client.get(url)


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("wss://t3.test/ws?wsTicket=x", "http://secure.test:1"),
        ("ws://t3.test/ws", "http://plain.test:1"),
        ("https://t3.test/", "http://secure.test:1"),
        ("wss://127.0.0.1:4000/ws", None),
        ("wss://near.example.org/ws", None),
    ],
)
def test_proxy_of__a_sockets_address__as_for_requests(url: str, proxy: str | None) -> None:
    environ = {
        "HTTPS_PROXY": "http://secure.test:1",
        "HTTP_PROXY": "plain.test:1",
        "NO_PROXY": ".example.org",
    }
    transport = routed(environ, tls_context())
    assert transport.proxy_of(url) == proxy
    transport.close()
