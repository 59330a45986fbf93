"""Files that GitHub keeps elsewhere and leads to by a signed address; a job's log is one.

Owns the one exception to "a request goes to its own host": such an address is asked once, without
the token (a blob store refuses it, and it is none of its business:
https://github.com/rapid7/metakitty/pull/30), over https, following nothing further. A host
written as an IP address, or this very machine, is not asked unless it is the server's own: nobody
may use afk to look around where it runs. The address is a key for a minute: it is neither kept nor
quoted, and whatever fails here is told as "no log", without saying where.
"""

import re
from typing import Final

import httpx

from afk.adapters.hosts import address_of, is_loopback
from afk.adapters.http import Http
from afk.errors import OutsideFailure

MOST: Final = 256 * 1024 * 1024
"""So much of a file is read for its end; a log beyond it is as good as none."""

_NAME: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+\.?", re.IGNORECASE)


def tail(http: Http, address: str, limit: int) -> bytes:
    """Return the last ``limit`` bytes of the file at an address; nothing where it is not to be had.

    ``http`` is the server's that named the address.
    """
    if not may_ask(address, http.base_url):
        return b""
    try:
        answer = http.tail(address, keep=limit, most=MOST)
    except OutsideFailure:
        return b""
    return answer.body if answer.ok else b""


def may_ask(address: str, own: str) -> bool:
    """Say whether a server at ``own`` may send afk to an address."""
    try:
        there, here = httpx.URL(address), httpx.URL(own)
        host, own_host = there.host, here.host
    except (httpx.InvalidURL, UnicodeError):  # of a name that no browser would take
        return False
    if there.userinfo or not host:
        return False
    if (there.scheme, host, there.port) == (here.scheme, own_host, here.port):
        return True
    if address_of(host) is not None or is_loopback(host):
        return False
    return there.scheme == "https" and _NAME.fullmatch(host) is not None
