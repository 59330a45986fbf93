"""Clients that others wrote: what they share when they are sent to the sandbox."""

import httpx
from support.operation_tables import OPERATIONS
from support.operations import Server, asked
from support.sent import operation_of


class Performed:
    """Which of afk's operations a client performed."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.keys: set[str] = set()

    def note(self, response: httpx.Response) -> None:
        """Take down an exchange; a hook of httpx's."""
        one = response.request
        kind = asked(self._server, one.method, str(one.url), "", one.read())
        self.keys.add(operation_of(kind).key)


def wanted(client: str) -> set[str]:
    """Return the operations of which the tables say that this client performs them."""
    return {one.key for one in OPERATIONS if one.models == client}
