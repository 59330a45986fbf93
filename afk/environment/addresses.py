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
    r"(?:/[^\s@?#\\]*)?",
    re.ASCII,
)
_LABEL: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_PORTS: Final = range(1, 65_536)


def wrong_addresses(config: Config) -> Iterator[WrongSetting]:
    """Yield what is no plain address, and a token's way that anybody could read along.

    ``t3.public_url`` stands in public comments: no password may be in it.
    """
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


def _is_host(host: str) -> bool:
    """Say whether it is an IP address, or a name that could be looked up."""
    if address_of(host) is not None:
        return host.startswith("[") == (":" in host)
    labels = host.removesuffix(".").split(".")
    number = re.fullmatch(r"[0-9]+|0[xX][0-9a-fA-F]*", labels[-1])  # 127.1: an address to some
    return not host.startswith("[") and not number and all(map(_LABEL.fullmatch, labels))
