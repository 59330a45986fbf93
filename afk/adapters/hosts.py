"""Which hosts are this machine, and which only a network of one's own can reach; pure.

By name alone: nothing is looked up, since an answer today says nothing about tomorrow's.
"""

import ipaddress
from functools import lru_cache
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_PRIVATE_ENDINGS: Final = (
    ".localhost", ".local", ".internal", ".intranet", ".lan", ".home", ".corp", ".private",
    ".home.arpa", ".test", ".example", ".invalid", ".svc", ".cluster.local", ".ts.net",
)  # fmt: skip
"""No public server answers to these: RFC 2606, 6761, 6762, 8375, ICANN's .internal and the names
it refuses to sell, Kubernetes' and Tailscale's own (whose names resolve inside a tailnet only)."""
_SHARED: Final = ipaddress.ip_network("100.64.0.0/10")
"""RFC 6598; Tailscale hands these out."""


def address_of(host: str) -> Address | None:
    """Return the IP address that a host is written as, None for a name."""
    try:
        found = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def is_loopback(host: str) -> bool:
    """Say whether a host is this very machine."""
    address = address_of(host)
    name = host.lower().rstrip(".")
    return address.is_loopback if address else name == "localhost" or name.endswith(".localhost")


@lru_cache(maxsize=64)
def is_private(host: str) -> bool:
    """Say whether a host is this machine, or one that only a private network can reach."""
    address = address_of(host)
    if address is not None:
        shared = isinstance(address, ipaddress.IPv4Address) and address in _SHARED
        return address.is_private or shared
    name = host.lower().rstrip(".")
    return "." not in name or name.endswith(_PRIVATE_ENDINGS)
