"""Why a server could not be reached, by the kinds of the errors alone; pure.

httpx and httpcore wrap what the system said (https://www.python-httpx.org/exceptions/): the kinds
of the wrapped errors tell a refused connection, an unknown name and TLS apart
(https://docs.python.org/3/library/socket.html#socket.gaierror,
https://docs.python.org/3/library/ssl.html#ssl.SSLCertVerificationError). Their texts are not looked
at, some of them repeat what was sent; but for OpenSSL's own word for a server that speaks no TLS.
"""

import socket
import ssl
from collections.abc import Iterator
from typing import Final

from afk.errors import Unreachable

_BY_HAND: Final = "try the address from this machine, for instance with curl"
_NO_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"})


def unreachable(what: str, error: BaseException) -> Unreachable:
    """Return the error with the likely cause and the next step that an exception stands for."""
    for one in _chain(error):
        if isinstance(one, ssl.SSLCertVerificationError):
            return Unreachable(
                what,
                cause="TLS: its certificate is not one that this machine trusts, is for another "
                "name, or has expired",
                next_step="give the name that the certificate is for, or let SSL_CERT_FILE name "
                "your own authority's certificates",
            )
        if isinstance(one, ssl.SSLError):
            if one.reason in _NO_TLS:
                return Unreachable(
                    what,
                    cause="TLS: it answers without encryption",
                    next_step="write http:// where nobody else can read along, or give it a "
                    "certificate",
                )
            return Unreachable(what, cause="TLS: it breaks the handshake off", next_step=_BY_HAND)
        if isinstance(one, socket.gaierror):
            return Unreachable(
                what,
                cause="unknown host: this machine finds no address for that name, or for the "
                "proxy's where one is set",
                next_step="check the spelling, and on a runner whether its network knows the name",
            )
        if isinstance(one, ConnectionRefusedError):
            return Unreachable(
                what,
                cause="refused: the machine is there and nothing listens at that port; the server "
                "is down, or the port is wrong",
                next_step=f"start it, or compare the port with what it prints then; {_BY_HAND}",
            )
    return Unreachable(
        what,
        cause="the server is down, the address is wrong, or a firewall is in between",
        next_step=_BY_HAND,
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it was raised from, the outermost first."""
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or one.__context__
