"""Puts together what `afk doctor` looks at, as far as it can be: nothing here refuses to start.

Beside `afk.bootstrap`, which refuses what cannot work before anything is sent. Here it is the other
way round: each part stands for itself, and what is missing or wrong is a finding.
"""

import argparse
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

import httpx

from afk.adapters.doorbells.bell import Doorbell
from afk.adapters.dry_run import ReadingTracker
from afk.adapters.http import Http, open_client
from afk.adapters.notifier import notifiers
from afk.adapters.patience import Patience
from afk.adapters.proxies import routed
from afk.adapters.runner.actions import Runner
from afk.adapters.runner.reporter import ConsoleReporter
from afk.adapters.t3_client import T3Client
from afk.adapters.tls import tls_context
from afk.adapters.tracker import serving
from afk.bootstrap import bearer_of, sockets_of, t3_server
from afk.config import Config
from afk.doctor.facts import Missing
from afk.doctor.finding import Unasked
from afk.doctor.patient import AgentPorts, ForgePorts, Patient
from afk.environment.addresses import wrong_addresses, wrong_t3
from afk.environment.process import Outside, config_text
from afk.environment.settings import looked_through
from afk.environment.state_keys import state_key
from afk.environment.tokens import forge_token
from afk.errors import UserMustFix
from afk.findings import Collected
from afk.model.installation import Setup
from afk.variables import DOORBELLS

_TOKENS: Final = ("AFK_TOKEN", "GITHUB_TOKEN")


@dataclass(frozen=True, kw_only=True)
class Examined:
    """The patient, and the servers whose requests the report counts."""

    patient: Patient
    servers: Sequence[Http]

    def requests(self) -> dict[str, int]:
        """Return how many requests each server was sent."""
        return {server.name: server.requests for server in self.servers}


@contextmanager
def patient(
    outside: Outside, options: argparse.Namespace, runner: Runner, report: ConsoleReporter
) -> Iterator[Examined]:
    """Build what there is; nothing is sent yet."""
    setup = _setup(outside, options.config, runner)
    servers: list[Http] = []
    with ExitStack() as left_open:
        found = Collected()
        transport = outside.transport or found.of(lambda: routed(outside.environ, tls_context()))
        here = _Here(
            outside=outside,
            config=setup.config,
            runner=runner,
            report=report,
            client=left_open.enter_context(open_client(transport)),
            transport=transport or httpx.BaseTransport(),
            servers=servers,
            left_open=left_open,
        )
        # Where a proxy's variable cannot be obeyed nobody is asked.
        refused = found.all() if transport is None else None
        yield Examined(
            patient=Patient(
                setup=setup,
                forge=refused or here.forge(fix=options.fix),
                agent=refused or here.agent(),
                notifiers=refused or here.notifiers(),
                report=report,
                now=outside.now,
                new_id=lambda: str(uuid.uuid4()),
            ),
            servers=servers,
        )


def _setup(outside: Outside, path: str, runner: Runner) -> Setup:
    """Return what the process was given, whatever is wrong with it."""
    environ, found = outside.environ, Collected()
    text: str | None = None
    name = "AFK_CONFIG"
    with found.one():
        text, name = config_text(outside, path)
    loaded = looked_through(text, environ, name)
    keys = Collected()
    for variable in ("AFK_STATE_KEY", "AFK_STATE_KEY_PREVIOUS"):
        with keys.one():
            state_key(environ, variable)
    addresses = {kind: one.address for kind, one in DOORBELLS.items() if _set(environ, one.address)}
    return Setup(
        config=loaded.config,
        kill_switch=loaded.kill_switch,
        allowlist=loaded.allowlist,
        problems=(
            *found.every(),
            *loaded.problems,
            *_of_the_forge(loaded.config, runner),
        ),
        variables=loaded.variables,
        state_key=keys.all() if keys.errors else None,
        unsigned=not _set(environ, "AFK_STATE_KEY"),
        token_from=next((name for name in _TOKENS if _set(environ, name)), ""),
        doorbells=addresses,
        useless=tuple(_useless(environ, loaded.config, addresses)),
        workflow=runner.workflow,
    )


def _set(environ: Mapping[str, str], name: str) -> bool:
    return bool(environ.get(name, "").strip())


def _useless(
    environ: Mapping[str, str], config: Config, addresses: Mapping[str, str]
) -> Iterator[str]:
    """Yield variables of doorbells that ring nothing."""
    for kind, address in addresses.items():
        if config.notify and kind not in config.notify:
            yield address
    for kind, one in DOORBELLS.items():
        if one.token and _set(environ, one.token) and kind not in addresses:
            yield one.token


@dataclass(frozen=True, kw_only=True)
class _Here:
    """What parts are made of; ``servers`` takes those that can be asked."""

    outside: Outside
    config: Config
    runner: Runner
    report: ConsoleReporter
    client: httpx.Client
    transport: httpx.BaseTransport
    servers: list[Http]
    left_open: ExitStack

    def forge(self, *, fix: bool) -> ForgePorts | Missing:
        """Return the forge, or what keeps it from being asked."""
        if _wrong(self.config, "forge_url"):
            return Unasked("forge_url is wrong, see configuration")
        try:
            served = serving(self.config, self.runner)
            token = forge_token(self.outside.environ, own_forge=served.own)
        except UserMustFix as error:
            return error
        self.report.hide(token)
        server, connected = served.connect(
            self.config,
            client=self.client,
            token=token,
            sleep=self.outside.sleep,
            mask=self.report.mask.apply,
        )
        self.servers.append(server)
        return ForgePorts(
            name=served.kind.name,
            needs_key=served.kind.needs_state_key,
            installation=connected.installation,
            tracker=connected.tracker if fix else ReadingTracker(connected.tracker),
            checks=connected.checks,
            pulls=connected.pulls,
        )

    def agent(self) -> AgentPorts | Missing:
        """Return T3, or what keeps it from being asked."""
        if not self.config.t3.url:
            return UserMustFix(
                "t3.url is not set",
                cause="nobody has told afk where T3 Code is",
                next_step="set t3.url or AFK_T3_URL to what T3 Code prints at its start",
            )
        if _wrong(self.config, "url") or any(_of_the_forge(self.config, self.runner)):
            return Unasked("t3.url is wrong, see configuration")
        try:
            bearer = bearer_of(self.outside.environ, self.report)
        except UserMustFix as error:
            return error
        server = t3_server(
            self.outside,
            self.config,
            self.client,
            bearer,
            mask=self.report.mask.apply,
            patience=Patience(),
        )
        self.servers.append(server)
        open_socket = sockets_of(self.outside, self.transport)
        client = T3Client(http=server, now=self.outside.now, open_socket=open_socket)
        self.left_open.callback(client.close)
        return AgentPorts(agent=client, server=client)

    def notifiers(self) -> Sequence[Doorbell] | UserMustFix:
        """Return the doorbells, or what is wrong with them."""
        found = Collected()
        made = found.of(
            lambda: notifiers(
                self.config.notify,
                self.outside.environ,
                client=self.client,
                sleep=self.outside.sleep,
                mask=self.report.mask.apply,
            )
        )
        return found.all() if made is None else made


def _wrong(config: Config, name: str) -> bool:
    """Say whether an address is one that no token may be sent to."""
    return any(one.name == name for one in wrong_addresses(config))


def _of_the_forge(config: Config, runner: Runner) -> Iterator[UserMustFix]:
    """Yield what is wrong with T3's address where it is that of the runner's own forge."""
    return wrong_t3(config.t3.url, runner.api_url, runner.server_url)
