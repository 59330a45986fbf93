"""The world that the Forgejo recordings presume, and a player of them against the sandbox.

The recordings were made on one server with one cast (``recordings/forgejo/README.md``): accounts
1 to 7, repositories 1 to 8, labels 1 to 42, an organisation. A story starts from this world, does
what was done between the recordings through the model, and replays recorded requests.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from support.cassettes import load
from support.forgejo_compare import differences

from afk.adapters.tls import tls_context
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.records import Access, Account, AccountKind, Issue, Repository, Unit
from afk_sandbox.forge.request_log import RequestLog
from afk_sandbox.forgejo.routes import forgejo_app
from afk_sandbox.serving import serve

CAST = ("boss", "owner", "writer", "reader", "stranger", "bot", "apiadmin")
LABELS = (
    ("ready-for-agent", "0e8a16", "set by a person", False),
    ("ready-for-human", "d93f0b", "", False),
    ("agent-in-progress", "fbca04", "", False),
    ("bug", "ff0000", "", False),
    ("afk/ready", "00ff00", "", True),
    ("afk/running", "0000ff", "", True),
    ("priority:1", "cccccc", "", False),
)
ACT_LABELS = tuple(
    (name, "00aabb", "", False)
    for name in ("ready-for-agent", "agent-in-progress", "one", "two", "three")
)
ORG = "apiorg"
FIRST = datetime(2026, 11, 23, 4, 2, 22, tzinfo=UTC)

Step = str | Callable[["World"], object]


@dataclass
class World:
    """A model of the recorded server, a client of its view, and what differed so far."""

    version: str
    client: httpx.Client
    forge: ForgeModel
    now: list[datetime]
    log: RequestLog
    tokens: dict[str, str] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)
    loose: Collection[str] = ()
    replayed: int = 0

    def who(self, login: str) -> Account:
        account = self.forge.account("boss" if login == "admin" else login)
        assert account is not None, login
        return account

    def repo(self, name: str = "api-main") -> Repository:
        full = name if "/" in name else f"{ORG if 'org' in name else 'owner'}/{name}"
        repo = self.forge.repository(full)
        assert repo is not None, full
        return repo

    def issue(self, number: int, repo: str = "api-main") -> Issue:
        return self.repo(repo).issues[number]

    def send(
        self, login: str, method: str, path: str, body: Any = None, **query: str
    ) -> httpx.Response:
        """Send an API request that was not recorded."""
        headers = {"Authorization": f"token {self.token(login)}"}
        return self.client.request(
            method, f"/api/v1{path}", json=body, headers=headers, params=query
        )

    def token(self, login: str) -> str:
        if login not in self.tokens:
            self.tokens[login] = self.forge.token_for(self.who(login))
        return self.tokens[login]

    def recorded(self, name: str) -> dict[str, Any]:
        """Return a recording's first exchange, or that of a position (``name#2``)."""
        file, _, position = name.partition("#")
        exchange: dict[str, Any] = load(f"forgejo/{self.version}/{file}")[int(position or 0)]
        return exchange

    def header(self, name: str, header: str) -> str:
        """Return a header of a recording's answer."""
        return str(self.recorded(name)["response"]["headers"][header])

    def query(self, name: str, parameter: str) -> str:
        """Return a query parameter of a recording's request."""
        return str(self.recorded(name)["request"]["query"][parameter])

    def body(self, name: str) -> Any:
        """Return the body of a recording's answer."""
        return self.recorded(name)["response"]["body"]

    def replay(self, name: str) -> None:
        """Send a recording's requests and note what is answered differently."""
        file, _, position = name.partition("#")
        exchanges = load(f"forgejo/{self.version}/{file}")
        for exchange in [exchanges[int(position)]] if position else exchanges:
            self._exchange(name, exchange)

    def _exchange(self, name: str, exchange: dict[str, Any]) -> None:
        told, asked = exchange["response"], exchange["request"]
        self.now[0] = parsedate_to_datetime(told["headers"]["Date"])
        login = exchange["as"]
        self.replayed += 1
        headers = {
            key: value
            for key, value in asked["headers"].items()
            if key in ("Accept", "If-None-Match", "If-Modified-Since")
        }
        credential = asked["headers"].get("Authorization")
        if credential:
            headers["Authorization"] = credential.replace("<TOKEN>", self.token(login))
        if "Cookie" in asked["headers"]:
            headers["Cookie"] = f"i_like_gitea={self.forge.sign_in(self.who(login))}"
        body = asked["body"]
        form = body.get("form") if isinstance(body, dict) else None
        response = self.client.request(
            asked["method"],
            asked["path"],
            params=asked.get("query") or None,
            headers=headers,
            json=None if form or body is None else body,
            data=form,
        )
        root = str(self.client.base_url).rstrip("/")
        text = response.text.replace(root, "ROOT")
        is_json = "json" in response.headers.get("content-type", "")
        got = httpx.Response(200, text=text).json() if is_json else text or None
        self.found += [
            f"{name} ({asked['method']} {asked['path']}): {line}"
            for line in differences(
                told,
                status=response.status_code,
                headers={key.lower(): value for key, value in response.headers.items()},
                body=got,
                loose=name.partition("#")[0] in self.loose,
            )
        ]


@contextmanager
def recorded_world(version: str) -> Iterator[World]:
    """Serve the world as it was before the first recording: accounts, repositories, labels."""
    now = [FIRST]
    forge = ForgeModel(lambda: now[0])
    people = {login: forge.add_account(login, site_admin=login == "boss") for login in CAST}
    forge.ids["account"] = 9
    org = forge.add_account(ORG, kind=AccountKind.ORGANISATION)
    names = ("act-ev", "api-main", "api-priv", "api-dep", "api-arch", "api-ren")
    for name in names:
        repo = forge.add_repository(people["owner"], name, private=name == "api-priv", workflows=())
        forge.set_access(repo, people["bot"], "write")
        forge.set_access(repo, people["apiadmin"], "admin")
        if name != "api-priv":
            forge.set_access(repo, people["writer"], "write")
            forge.set_access(repo, people["reader"], "read")
        for label, color, description, exclusive in ACT_LABELS if name == "act-ev" else LABELS:
            forge.define_label(
                repo, label, color=color, description=description, exclusive=exclusive
            )
    for name in ("api-org1", "api-org2"):
        forge.add_repository(org, name, workflows=())
    forge.define_label(org, "ready-for-agent", color="0e8a16")
    second = forge.repository(f"{ORG}/api-org2")
    assert second is not None
    forge.define_label(second, "ready-for-agent", color="0e8a16")
    owners = forge.add_team(org, "owners", members=[people["owner"]])
    owners.units = dict.fromkeys(Unit, Access.OWNER)
    forge.add_team(org, "triage", members=[people["writer"]]).units = {Unit.ISSUES: Access.WRITE}
    coders = forge.add_team(org, "coders", members=[people["bot"]])
    coders.units = {Unit.CODE: Access.WRITE, Unit.ISSUES: Access.READ}
    forge.add_team(org, "pulls", members=[people["reader"]]).units = {Unit.PULLS: Access.READ}
    log = RequestLog()
    with (
        serve(forgejo_app(forge, version=version, log=log)) as url,
        httpx.Client(base_url=url, timeout=10, verify=tls_context()) as client,
    ):
        yield World(version=version, client=client, forge=forge, now=now, log=log)
