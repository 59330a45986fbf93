"""Which addresses of servers make sense; pure.

A token goes to each of them: an address that is not what it seems, or that is spoken to in the
clear across other people's networks, gives it away.
"""

import re
from collections.abc import Iterator
from typing import Final

from afk.adapters.hosts import address_of, is_private
from afk.config import Config
from afk.setting_rules import WrongSetting

_ADDRESS: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[^\s@?#\\]*)?",
    re.ASCII,
)
_LABEL: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_PORTS: Final = range(1, 65_536)


def wrong_addresses(config: Config) -> Iterator[WrongSetting]:
    """Yield what is no plain address, and a token's way that anybody could read along.

    ``t3.public_url`` stands in public comments: no password may be in it.
    """
    yield from wrong_t3(config.t3.url, config.forge_url)
    addresses = {
        "t3.url (or AFK_T3_URL)": ("url", config.t3.url, True),
        "t3.public_url": ("public_url", config.t3.public_url, False),
        "forge_url (or AFK_FORGE_URL)": ("forge_url", config.forge_url, True),
    }
    for shown, (name, address, takes_token) in addresses.items():
        if not address:
            continue
        found = _ADDRESS.fullmatch(address)
        if not found or not _is_host(found["host"]) or int(found["port"] or 1) not in _PORTS:
            yield WrongSetting(
                name,
                address,
                f"{shown} is no plain address",
                cause="it does not begin with https:// or http://, names no host, or holds a "
                "password, a blank, ? or #",
                next_step="give it like https://t3.example.org:3773",
            )
            continue
        clear = takes_token and found["scheme"] == "http" and not is_private(found["host"])
        if clear and not config.allow_plain_http:
            yield WrongSetting(
                name,
                address,
                f"{shown} is spoken to without encryption",
                cause=f"{found['host']:.80} can be reached from anywhere, and whoever is on the "
                "way reads the token",
                next_step="use https://; or, where the way is a tunnel of your own, set "
                "allow_plain_http: true",
            )


def wrong_t3(url: str, *forges: str) -> Iterator[WrongSetting]:
    """Yield what is wrong with T3's address itself: it has a path, or is one of the ``forges``'."""
    found = _ADDRESS.fullmatch(url)
    if found is None:
        return
    if any(place_of(url) == place_of(forge) for forge in forges if forge):
        yield WrongSetting(
            "url",
            url,
            "t3.url (or AFK_T3_URL) is the forge's address",
            cause="T3 Code is a server of its own, and the two do not share an address",
            next_step="give the address that T3 Code prints at its start, such as "
            "http://127.0.0.1:3773",
        )
    elif (found["path"] or "/") != "/":
        yield WrongSetting(
            "url",
            url,
            f"t3.url (or AFK_T3_URL) has a path: {found['path']:.80}",
            cause="it is the address of a page in T3 Code's window, or of its API; T3 Code is at "
            "the root of its host",
            next_step=f"write {url[: found.start('path')]:.120}",
        )


def place_of(url: str) -> tuple[str, int] | None:
    """Return host and port of an address, None for something else."""
    found = _ADDRESS.fullmatch(url)
    if found is None:
        return None
    port = int(found["port"]) if found["port"] else {"https": 443, "http": 80}[found["scheme"]]
    return found["host"].lower().rstrip("."), port


def _is_host(host: str) -> bool:
    """Say whether it is an IP address, or a name that could be looked up."""
    if address_of(host) is not None:
        return host.startswith("[") == (":" in host)
    labels = host.removesuffix(".").split(".")
    number = re.fullmatch(r"[0-9]+|0[xX][0-9a-fA-F]*", labels[-1])  # 127.1: an address to some
    return not host.startswith("[") and not number and all(map(_LABEL.fullmatch, labels))
