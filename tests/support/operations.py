"""What an operation is: one kind of request that afk can send; and which one a request is.

Owns the form only. The operations themselves stand in `support.operation_tables`, what proves
them is found by `support.evidence`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit


@unique
class Server(StrEnum):
    """Who is asked."""

    FORGEJO = "Forgejo"
    GITHUB = "GitHub REST"
    GRAPHQL = "GitHub GraphQL"
    T3 = "T3 Code"
    SLACK = "Slack"
    DISCORD = "Discord"
    NTFY = "ntfy"
    WEBHOOK = "webhook"
    PROBE = "deploy probe"


@unique
class Proof(StrEnum):
    """The columns of the table."""

    CASSETTE = "cassette"
    CONFORMANCE = "conformance"
    CONTRACT = "contract"
    SCHEMA = "schema"


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One kind of request.

    ``request`` is method and path template, ``?`` and the names its query may have; of a GraphQL
    request ``query`` or ``mutation`` and the text's name; a command of T3's has its type behind
    the path. ``senders`` are below ``afk.adapters``. ``told``: the statuses that its reader
    treats in a way of its own, beside what the server's table of errors says; ``unseen`` says of
    those that no real server was seen to answer why. ``reasons``: why a column is empty.
    """

    server: Server
    request: str
    senders: tuple[str, ...]
    text: str = ""
    """Of a GraphQL request: an expression that finds its text among all that afk sends."""
    told: tuple[int, ...] = ()
    unseen: Mapping[int, str] = field(default_factory=dict)
    reasons: Mapping[Proof, str] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    """Folders of cassettes that have none of it, and why."""
    models: str = ""
    """Whose client performs it against the sandbox and parses the answer with its own models."""

    @property
    def key(self) -> str:
        """Return its name among all."""
        return f"{self.server.value}: {self.request}"

    @cached_property
    def _parts(self) -> tuple[str, re.Pattern[str], frozenset[str], str]:
        """Return method, path, names of the query and type of command."""
        line, _, command = self.request.partition(" + ")
        method, _, rest = line.partition(" ")
        path, _, query = rest.partition("?")
        parts = re.split(r"(\{\w+\})", path)
        found = "".join(_PLACES.get(part) or re.escape(part) for part in parts)
        return method, re.compile(found), frozenset(filter(None, query.split("&"))), command

    def fits(self, asked: "Asked") -> bool:
        """Say whether a request is of this kind."""
        if asked.server is not self.server:
            return False
        if self.text:
            return re.search(self.text, asked.graphql, re.DOTALL) is not None
        method, path, query, command = self._parts
        return (
            asked.method == method
            and path.fullmatch(asked.path) is not None
            and asked.query <= query
            and asked.command == command
        )


_PLACES: Final = {
    "{web}": r"\{web\}",
    "{owner}": "[^/]+",
    "{repo}": "[^/]+",
    "{login}": "[^/]+",
    "{org}": "[^/]+",
    "{sha}": "[^/]+",
    "{thread}": "[^/]+",
    "{number}": r"\d+",
    "{id}": r"\d+",
    "{branch}": ".+",
    "{name}": ".+",
    "{base}": ".+",
    "{address}": ".*",
    "{folder}": ".*/",
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request as a log, a cassette or a recording has it."""

    server: Server
    method: str
    path: str
    query: frozenset[str] = frozenset()
    graphql: str = ""
    command: str = ""


def asked(server: Server, method: str, url: str, query: str, body: Any) -> Asked:
    """Return a request in the tables' terms.

    ``url`` may be whole or a path, ``query`` what it does not contain itself, ``body`` parsed
    JSON or its text. GitHub's GraphQL has its own table, whichever of the two is named.
    """
    split = urlsplit(url)
    path = unquote(split.path)
    names = frozenset(name for name, _ in parse_qsl(query or split.query, keep_blank_values=True))
    fields = _parsed(body)
    if server in (Server.GITHUB, Server.GRAPHQL):
        if path.endswith("/graphql"):
            text = str(fields.get("query") or "")
            return Asked(server=Server.GRAPHQL, method=method, path=path, graphql=text)
        return Asked(
            server=Server.GITHUB, method=method, path=path.removeprefix("/api/v3"), query=names
        )
    if server is Server.FORGEJO:
        api = path.startswith("/api/v1/")
        path = path.removeprefix("/api/v1") if api else "{web}" + path
    command = ""
    if server is Server.T3 and method == "POST":
        command = str(fields.get("type") or "")
    return Asked(server=server, method=method, path=path, query=names, command=command)


def _parsed(body: Any) -> Mapping[str, Any]:
    if isinstance(body, bytes):
        body = body.decode("utf-8", "replace")
    if isinstance(body, str):
        try:
            body = json.loads(body or "null")
        except ValueError:
            return {}
    return body if isinstance(body, dict) else {}
