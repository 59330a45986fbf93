"""Where the contract suite runs: sandbox, cassettes of real servers, real servers.

A test prepares with `Given` what people do, then asks the adapter. On a sandbox or a live server
the preparation is done; with a cassette its recorded results (names, numbers, shas) are used
and the adapter's requests are answered by vcrpy, which answers nothing that was not recorded.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx
import pytest
import vcr
from support.cassettes import CASSETTES, MATCH_ON
from support.operations import Server
from support.people import People
from support.people_forgejo import ForgejoPeople
from support.people_sandbox import AheadClock, SandboxPeople
from support.sent import Sent
from support.t3_tapes import tidy, without_unread

from afk.adapters.forgejo.checks import ForgejoChecks
from afk.adapters.forgejo.tracker import ForgejoTracker
from afk.adapters.github.api import GitHubApi
from afk.adapters.github.checks import GitHubChecks
from afk.adapters.github.kind import HEADERS
from afk.adapters.github.prefetch import Prefetched
from afk.adapters.github.tracker import GitHubTracker
from afk.adapters.http import MAX_BODY, Http
from afk.adapters.tls import tls_context
from afk.config import Config
from afk.ports import Checks, Tracker
from afk.types import Forge
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forgejo.routes import forgejo_app
from afk_sandbox.github.routes import github_app
from afk_sandbox.serving import serve

_OTHERS: Final = dict.fromkeys(
    ("reader", "stranger", "writer"), ("write:issue", "write:repository")
)
"""What the tokens of those may do who are not afk and prepare nothing."""
LIMITED: Final = {
    "bot.issues": ("write:issue",),
    "bot.reading": ("read:issue", "read:repository"),
    "bot.public": ("public-only", "all"),
    "bot.landing": ("write:issue", "write:repository", "read:user"),
}
"""Tokens of ``bot``'s that may not do everything, by the name of their file: their scopes."""
PEOPLE: Final = "x-afk-people"
"""A header on what people send, so that it is not recorded."""
SECRET: Final = "REDACTED"
_LONG: Final = re.compile(rb"x{999,}")
_FILE: Final = re.compile(rb"file://[^\s\"\\)]*")
_DROPPED: Final = frozenset({"set-cookie", "date", "x-request-id", "server"})
Value = TypeVar("Value")


@dataclass
class Given:
    """Facts a test prepares; ``people`` is None with a cassette, where they are looked up."""

    people: Any
    facts: dict[str, Any] = field(default_factory=dict)

    def __call__(self, name: str, make: Callable[[Any], Value]) -> Value:
        """Return the fact of this name, made by people where there are any."""
        if self.people is not None and name not in self.facts:
            self.facts[name] = make(self.people)
        value: Value = self.facts[name]
        return value


@dataclass(kw_only=True)
class ForgeBench:
    """A forge to ask through the adapter, as ``bot`` unless told otherwise.

    ``pause``: seconds to wait between two looks at something that takes its time. ``max_body``:
    bytes that are read. ``version``: a Forgejo's, "14.0.0" for instance.
    """

    kind: Forge
    given: Given
    url: str
    tokens: Callable[[str], str]
    config: Config = field(default_factory=Config)
    pause: float = 0
    max_body: int = MAX_BODY
    version: str = ""
    http: list[Http] = field(default_factory=list)
    sent: Sent = field(init=False)

    def __post_init__(self) -> None:
        """Begin to take down what is sent."""
        self.sent = Sent(Server.FORGEJO if self.kind is Forge.FORGEJO else Server.GITHUB)

    @property
    def people(self) -> People | None:
        """Return the people, None with a cassette."""
        found: People | None = self.given.people
        return found

    def server(self, login: str, token: str = "") -> Http:
        """Return the transport of somebody's, afresh."""
        base = self.url + ("/api/v1" if self.kind is Forge.FORGEJO else "/api/v3")
        given = token or self.tokens(login)
        http = Http(
            client=httpx.Client(
                timeout=30,
                verify=tls_context(),
                event_hooks={"response": [self.sent.note]},
            ),
            base_url=base,
            name=self.kind.value,
            authorize=lambda: {"authorization": f"token {given}"},
            headers=HEADERS if self.kind is Forge.GITHUB else {},
            sleep=lambda _: None,
            max_body=self.max_body,
        )
        self.http.append(http)
        return http

    def both(self, login: str = "bot", *, token: str = "") -> tuple[Tracker, Checks]:
        """Return fresh adapters, as one tick has them."""
        http = self.server(login, token)
        if self.kind is Forge.FORGEJO:
            tracker = ForgejoTracker(http=http, web=self.url, host="forge.test", config=self.config)
            return tracker, ForgejoChecks(http=http, web=self.url)
        api = GitHubApi(http=http, graphql_url=f"{self.url}/api/graphql")
        pre = Prefetched()
        made = GitHubTracker(
            api=api, web=self.url, host="forge.test", config=self.config, prefetched=pre
        )
        return made, GitHubChecks(api=api, config=self.config, prefetched=pre)

    def tracker(self, login: str = "bot", *, token: str = "") -> Tracker:
        """Return a fresh tracker."""
        return self.both(login, token=token)[0]

    def close(self) -> None:
        """Close every connection."""
        for http in self.http:
            http.client.close()

    def requests(self) -> int:
        """Return how many requests all adapters have sent."""
        return sum(http.requests for http in self.http)


@contextmanager
def _closing(bench: ForgeBench) -> Iterator[ForgeBench]:
    try:
        yield bench
    finally:
        bench.close()


@contextmanager
def sandbox_bench(kind: Forge, version: str = "14.0.0") -> Iterator[ForgeBench]:
    """A sandbox forge under the wall's clock, which its people may turn forward."""
    clock = AheadClock()
    forge = ForgeModel(clock.now)
    people = SandboxPeople(forge, clock)

    def token(login: str) -> str:
        scopes = set(LIMITED.get(login, _OTHERS.get(login, ("all",))))
        account = people.cast[login.partition(".")[0]]
        limited = scopes - {"public-only"}
        return forge.token_for(account, scopes=limited, public_only=limited != scopes)

    app = forgejo_app(forge, version=version) if kind is Forge.FORGEJO else github_app(forge)
    with (
        serve(app) as url,
        _closing(
            ForgeBench(
                kind=kind,
                given=Given(people),
                url=url,
                tokens=token,
                version=version,
            )
        ) as bench,
    ):
        yield bench


def player(mode: Any) -> vcr.VCR:
    """Return vcrpy as it is used throughout: secrets scrubbed on both sides."""
    return vcr.VCR(
        record_mode=mode,
        match_on=MATCH_ON,
        filter_headers=[("authorization", SECRET), ("user-agent", None)],
        before_record_request=_shorten,
        before_record_response=_scrub,
        decode_compressed_response=True,
    )


def _shorten(request: Any) -> Any:
    """Leave out what people send, and what of a long text says nothing."""
    if PEOPLE in request.headers:
        return None
    if request.body:
        request.body = _LONG.sub(b"xxx", request.body)
    return request


def _scrub(response: dict[str, Any]) -> dict[str, Any]:
    """Leave out headers that change with every run, long texts, files of the server's machine."""
    body = without_unread(response["body"]["string"])
    response["body"]["string"] = _FILE.sub(b"file", _LONG.sub(b"xxx", body))
    headers = response["headers"]
    response["headers"] = {
        name: value for name, value in headers.items() if name.lower() not in _DROPPED
    }
    return response


@contextmanager
def cassette(server: str, name: str) -> Iterator[Given]:
    """Answer from a cassette, whole: every recorded exchange must have been asked for."""
    path = CASSETTES / server / f"{name}.yaml"
    facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    with player(vcr.mode.NONE).use_cassette(str(path)) as tape:
        yield Given(None, facts)
        assert tape.all_played, f"{path.name}: recorded requests were not sent"


@contextmanager
def recorded(server: str, name: str, given: Given) -> Iterator[None]:
    """Record a test against a live server where ``AFK_RECORD`` names the cassettes' folder."""
    if os.environ.get("AFK_RECORD") != server:
        yield
        return
    path = CASSETTES / server / f"{name}.yaml"
    path.unlink(missing_ok=True)
    with player(vcr.mode.ALL).use_cassette(str(path)):
        yield
    tidy(path, given.facts)
    text = json.dumps(given.facts, indent=1, sort_keys=True) + "\n"
    path.with_suffix(".json").write_text(text, encoding="utf-8")


@contextmanager
def cassette_bench(server: str, name: str) -> Iterator[ForgeBench]:
    """A recorded Forgejo; `server` is the folder of cassettes."""
    with (
        cassette(server, name) as given,
        _closing(
            ForgeBench(
                kind=Forge.FORGEJO,
                given=given,
                url="http://forge.test",
                tokens=lambda _: SECRET,
                version=server.partition("-")[2],
            )
        ) as bench,
    ):
        yield bench


@contextmanager
def live_forgejo_bench(name: str) -> Iterator[ForgeBench]:
    """A real Forgejo: ``AFK_LIVE_FORGEJO`` its address, ``AFK_LIVE_FORGEJO_TOKENS`` a folder."""
    url = os.environ["AFK_LIVE_FORGEJO"].rstrip("/")
    folder = Path(os.environ["AFK_LIVE_FORGEJO_TOKENS"])
    people = ForgejoPeople(url, folder, datetime.now(UTC).strftime("%H%M%S%f"))
    given = Given(people)
    version = httpx.get(f"{url}/api/v1/version").json()["version"]

    def token(login: str) -> str:
        if not (folder / login).exists():
            pytest.skip(f"no token {login}")
        return (folder / login).read_text(encoding="utf-8").strip()

    with (
        recorded(os.environ.get("AFK_RECORD", ""), name, given),
        _closing(
            ForgeBench(
                kind=Forge.FORGEJO,
                given=given,
                url=url,
                tokens=token,
                version=version.partition("+")[0],
                pause=0.5,
            )
        ) as bench,
    ):
        yield bench
    people.close()
