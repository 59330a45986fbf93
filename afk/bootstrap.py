"""The composition root: adapters behind ports.

Puts them together according to the configuration and what `afk.environment.process` was given, and
refuses what cannot work before anything is sent.
"""

import glob
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

import httpx

from afk.adapters.ci_watcher import CIWatcher, HttpProbe
from afk.adapters.doorbells.bell import Doorbell
from afk.adapters.dry_run import reading_only
from afk.adapters.forge import ForgeKind, Quota
from afk.adapters.http import Http, open_client
from afk.adapters.notifier import notifiers
from afk.adapters.pace import Writing
from afk.adapters.patience import Patience
from afk.adapters.proxies import Routed, routed
from afk.adapters.runner.actions import Runner
from afk.adapters.runner.reporter import ConsoleReporter
from afk.adapters.sockets import Opener, opener
from afk.adapters.t3_client import T3Client
from afk.adapters.tls import tls_context
from afk.adapters.tracker import Serving, serving
from afk.config import Config
from afk.decide.share_text import shards_in
from afk.deps import Deps
from afk.environment.addresses import wrong_t3
from afk.environment.process import Outside
from afk.environment.state_keys import state_key
from afk.environment.tokens import forge_token, t3_token
from afk.errors import ConfigError
from afk.findings import Collected
from afk.parallel import ONE_BY_ONE, begin
from afk.record.state import Keys

_T3_BODY: Final = 64 * 1024 * 1024
"""Older T3 servers send every thread's bodies in one snapshot."""
_FORGE_SHARE: Final = 0.4
_T3_SHARE: Final = 0.3
"""Parts of ``tick_seconds`` that a server may take; doorbells and probes have fixed ones."""
_WRITING_SHARE: Final = 0.5
"""The part within which writes wait for their turn, where a forge has a pace for them."""
_SHORTEST_SHARE: Final = 30.0


@dataclass(frozen=True, kw_only=True)
class Wired:
    """Dependencies, and the servers whose requests the report counts.

    ``quotas``: what the forge said last of its hourly limits, by resource.
    """

    deps: Deps
    servers: Sequence[Http]
    quotas: Mapping[str, Quota]

    def requests(self) -> dict[str, int]:
        """Return how many requests each server was sent."""
        return {server.name: server.requests for server in self.servers}


@contextmanager
def wire(
    outside: Outside,
    config: Config,
    runner: Runner,
    report: ConsoleReporter,
    *,
    reads_only: bool,
    ahead: bool = False,
) -> Iterator[Wired]:
    """Build everything for an armed configuration; nothing is sent yet.

    ``ahead``: T3 will be read whatever comes, so it is asked already who it is: its answer takes
    as long as loading what speaks to the forge.
    """
    transport = outside.transport or routed(outside.environ, tls_context())
    config = _without_own_workflow(config, runner)
    _warn_of_logins(config, report)
    mask = report.mask.apply

    def patience(share: float) -> Patience:
        return Patience(tick=max(share * config.tick_seconds, _SHORTEST_SHARE))

    with open_client(transport) as client, ExitStack() as left_open:
        left_open.callback(ONE_BY_ONE.reset, ONE_BY_ONE.set(outside.one_by_one))
        given = _given(outside, config, runner, report, client)
        t3 = t3_server(
            outside, config, client, given.bearer, mask=mask, patience=patience(_T3_SHARE)
        )
        agent = T3Client(http=t3, now=outside.now, open_socket=sockets_of(outside, transport))
        left_open.callback(agent.close)
        if ahead:
            begin(agent.meet)
        server, connected = given.forge.connect(
            config,
            client=client,
            token=given.token,
            sleep=outside.sleep,
            mask=mask,
            patience=patience(_FORGE_SHARE),
            writing=Writing(
                now=outside.now,
                lasts=_WRITING_SHARE * config.tick_seconds,
                writers=shards_in(outside.environ.get("AFK_SHARD", "").strip()),
            ),
        )
        deps = Deps(
            config=config,
            tracker=connected.tracker,
            ci=CIWatcher(
                reader=connected.checks,
                probe=HttpProbe(client, outside.sleep),
                config=config,
                now=outside.now,
            ),
            pulls=connected.pulls,
            evidence=connected.evidence,
            boards=connected.boards,
            history=connected.history,
            talk=connected.talk,
            agent=agent,
            notifiers=given.doorbells,
            report=report,
            keys=given.keys,
            now=outside.now,
            sleep=outside.sleep,
            new_id=lambda: str(uuid.uuid4()),
            progress=outside.progress,
            mask=mask,
        )
        if reads_only:
            deps = reading_only(deps)
        yield Wired(deps=deps, servers=(server, t3), quotas=connected.quotas)


def t3_server(
    outside: Outside,
    config: Config,
    client: httpx.Client,
    bearer: Callable[[], str],
    *,
    mask: Callable[[str], str],
    patience: Patience,
) -> Http:
    """Return T3's server; ``bearer`` reads its token afresh for each request."""
    return Http(
        client=client,
        base_url=config.t3.url.rstrip("/"),
        name="T3",
        authorize=lambda: {"authorization": f"Bearer {bearer()}"},
        sleep=outside.sleep,
        max_body=_T3_BODY,
        mask=mask,
        patience=patience,
    )


@dataclass(frozen=True, kw_only=True)
class _Given:
    """What the environment gives, all of it usable. ``bearer`` reads T3's token afresh."""

    forge: Serving
    keys: Keys
    token: str = field(repr=False)
    bearer: Callable[[], str] = field(repr=False)
    doorbells: Sequence[Doorbell]


def _given(
    outside: Outside,
    config: Config,
    runner: Runner,
    report: ConsoleReporter,
    client: httpx.Client,
) -> _Given:
    """Return what the environment gives; raises everything that is wrong with it at once."""
    environ, found = outside.environ, Collected()
    forge = found.of(lambda: serving(config, runner))
    found.errors += wrong_t3(config.t3.url, runner.api_url, runner.server_url)
    keys = found.of(lambda: _keys(environ, config, forge.kind if forge else None, report))
    token = found.of(lambda: forge_token(environ, own_forge=forge is None or forge.own))
    bearer = found.of(lambda: bearer_of(environ, report))
    doorbells = found.of(
        lambda: notifiers(
            config.notify, environ, client=client, sleep=outside.sleep, mask=report.mask.apply
        )
    )
    found.finish()
    assert forge and keys and token and bearer  # noqa: S101, PT018  else something was found
    assert doorbells is not None  # noqa: S101  likewise
    report.hide(token)
    return _Given(forge=forge, keys=keys, token=token, bearer=bearer, doorbells=doorbells)


def bearer_of(environ: Mapping[str, str], report: ConsoleReporter) -> Callable[[], str]:
    """Return what reads T3's token afresh and hides it; one that cannot be read is found here."""
    read = t3_token(environ)

    def bearer() -> str:
        given = read()
        report.hide(given)
        return given

    bearer()
    return bearer


def sockets_of(outside: Outside, transport: httpx.BaseTransport) -> Opener:
    """Return what opens sockets, through the proxies that requests go through."""
    return outside.sockets or opener(
        transport.proxy_of if isinstance(transport, Routed) else _direct, tls_context
    )


def _direct(url: str) -> None:
    """Name no proxy: a transport of a test's goes straight."""
    del url


def _without_own_workflow(config: Config, runner: Runner) -> Config:
    """Leave the workflow that runs this tick out of every verdict: it is never over in it."""
    if not runner.workflow:
        return config
    itself = f"{glob.escape(runner.workflow)} / *"
    repositories = {
        name: replace(one, ci=replace(one.ci, ignore=(*one.ci.ignore, itself)))
        for name, one in config.repositories.items()
    }
    return replace(config, repositories=repositories)


def _warn_of_logins(config: Config, report: ConsoleReporter) -> None:
    """Say what a login in ``trusted`` costs: who takes over a name that was given up is trusted.

    Nothing remembers from tick to tick who bore a name first, so afk cannot pin it by itself.
    """
    for login in sorted(config.trusted_logins):
        report.warn(
            f"`trusted` lists {login} by name alone: whoever takes that name over may approve; "
            f"write {login}:ID, with the number that /users/{login} in the forge's API shows as id"
        )


def _keys(
    environ: Mapping[str, str], config: Config, forge: ForgeKind | None, report: ConsoleReporter
) -> Keys:
    """Return the signing keys; a forge that can do without one only warns.

    ``forge`` is None where it cannot be told, which is told elsewhere.
    """
    found = Collected()
    current = previous = ""
    with found.one():
        current = state_key(environ, "AFK_STATE_KEY")
    with found.one():
        previous = state_key(environ, "AFK_STATE_KEY_PREVIOUS")
    found.finish()
    if not current and previous:
        raise ConfigError(
            "AFK_STATE_KEY_PREVIOUS is set without AFK_STATE_KEY",
            cause="the former key verifies records and never signs them",
            next_step="set AFK_STATE_KEY too, or take the former key out",
        )
    if not current:
        advice = "set AFK_STATE_KEY, for instance to what `openssl rand -hex 32` prints"
        if forge is not None and forge.needs_state_key and not config.allow_unsigned_state:
            raise ConfigError(
                f"{forge.name} needs AFK_STATE_KEY",
                cause="anybody who may write to issues can edit afk's comment there",
                next_step=f"{advice}, or set allow_unsigned_state: true",
            )
        report.warn(f"run records are not signed; when no run is in flight, {advice}")
    return Keys(
        current=current.encode("utf-8", "surrogateescape"),
        previous=previous.encode("utf-8", "surrogateescape"),
    )
