"""Every request that afk can send, by server.

A test holds the senders to the adapters' code: a function that sends and is not named here, or is
named and does not send, fails it. Empty columns of the table of edges have their reasons here.
"""

from collections.abc import Mapping
from typing import Final

from support.operations import Server
from support.operations_forgejo import FORGEJO
from support.operations_github import GITHUB, GRAPHQL
from support.operations_others import OTHERS, T3

OPERATIONS: Final = (*FORGEJO, *GITHUB, *GRAPHQL, *T3, *OTHERS)

ERRORS: Final[Mapping[Server, Mapping[int, str]]] = {
    Server.FORGEJO: {
        **dict.fromkeys((301, 307, 401, 403, 404, 423, 500), ""),
        410: "its source has no 410 here; taken like 404",
        429: "it limits nothing itself; a proxy in front of it may",
    },
    Server.GITHUB: {
        **dict.fromkeys((301, 307, 401, 403, 404, 422, 429, 503), ""),
        410: "documented for deleted issues; no recording has it",
    },
    Server.T3: dict.fromkeys((400, 401, 403, 404, 500, 503), ""),
}
"""What a server's table of errors tells apart, whatever was asked; why it was never seen."""
