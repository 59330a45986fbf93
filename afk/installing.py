"""Puts together what ``afk init`` works with. Unlike `afk.bootstrap`'s, with no configuration yet.

What is sent to a forge is not masked here, as it is in a tick: setting a secret is the point.
"""

import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, TextIO

import afk
from afk.adapters.http import Http, open_client
from afk.adapters.patience import Patience
from afk.adapters.proxies import routed
from afk.adapters.runner.actions import Runner
from afk.adapters.runner.reporter import ConsoleReporter
from afk.adapters.t3_client import T3Client
from afk.adapters.tls import tls_context
from afk.adapters.tracker import serving
from afk.bootstrap import sockets_of
from afk.commands.bench import Bench, ForgeBench
from afk.config import Config
from afk.environment.addresses import wrong_addresses
from afk.environment.desk import terminal
from afk.environment.origin import origin
from afk.environment.process import Outside
from afk.environment.settings import load
from afk.setup.configuration_file import NAME
from afk.setup.facts import Machine
from afk.setup.plan import workflow_path
from afk.types import Forge

_KEY_BYTES: Final = 32
_SECONDS: Final = 120.0
"""So long may a server of an installation take in all; somebody is waiting."""


@contextmanager
def bench(
    outside: Outside,
    report: ConsoleReporter,
    stream: TextIO,
    doctor: Callable[[Mapping[str, str]], None],
) -> Iterator[Bench]:
    """Yield the bench of this process; nothing is sent yet."""
    transport = outside.transport or routed(outside.environ, tls_context())
    with open_client(transport) as client, ExitStack() as left_open:

        def forge(address: str, token: str) -> ForgeBench:
            config = checked(Config(forge_url=address))
            found = serving(config, Runner())
            server, connected = found.connect(
                config,
                client=client,
                token=token,
                sleep=outside.sleep,
                patience=Patience(tick=_SECONDS),
            )
            del server
            return ForgeBench(
                forge=found.forge,
                web=connected.tracker.web,
                tracker=connected.tracker,
                pulls=connected.pulls,
                settings=connected.settings,
            )

        def t3(address: str, token: str) -> T3Client:
            server = Http(
                client=client,
                base_url=address.rstrip("/"),
                name="T3",
                authorize=lambda: {"authorization": f"Bearer {token}"},
                sleep=outside.sleep,
                patience=Patience(tick=_SECONDS),
            )
            found = T3Client(
                http=server, now=outside.now, open_socket=sockets_of(outside, transport)
            )
            left_open.callback(found.close)
            return found

        yield Bench(
            desk=(outside.desk or terminal)(outside.folder, stream),
            report=report,
            machine=outside.machine or this_machine(outside.folder),
            environ=outside.environ,
            forge=forge,
            t3=t3,
            hide=report.hide,
            configured=lambda text: load(text, {}, NAME),
            template=template,
            action=action,
            new_key=lambda: secrets.token_hex(_KEY_BYTES),
            now=outside.now,
            progress=outside.progress,
            doctor=doctor,
        )


def checked(config: Config) -> Config:
    """Return a configuration whose addresses make sense; raises what is wrong with one."""
    for wrong in wrong_addresses(config):
        raise wrong
    return config


def this_machine(folder: Path) -> Machine:
    """Return where this process runs."""
    return Machine(
        system=sys.platform,
        python=sys.executable,
        folder=str(folder.absolute()),
        home=str(Path.home()),
    )


def template(forge: Forge) -> str:
    """Return the shipped workflow of a forge: beside the program, or in the clone it runs in."""
    package = Path(afk.__file__).parent
    shipped = package / "setup" / "workflows" / f"{forge.value}.yml"
    found = shipped if shipped.exists() else package.parent / workflow_path(forge)
    return found.read_text(encoding="utf-8")


def action(forge: Forge, web: str) -> str:
    """Return this afk's own address and commit as ``uses:`` takes it, "" where it is elsewhere.

    GitHub takes ``owner/name`` on itself alone; Forgejo takes whole addresses.
    """
    remote, commit = origin()
    if remote is None or not commit:
        return ""
    if forge is Forge.GITHUB:
        return f"{remote.repository}@{commit}" if remote.web == web else ""
    return f"{remote.web}/{remote.repository}@{commit}"
