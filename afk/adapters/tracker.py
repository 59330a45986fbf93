"""The forges behind `afk.ports.Tracker`: the one table of them, and which of them a tick is on.

What a forge needs and has stands in its own package (``kind``), which is loaded when a tick is on
it: what speaks to another forge would be a sixth of all that a tick imports. Whoever asks here
needs to know no forge by name.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import httpx

from afk.adapters.forge import Addresses, Connected, ForgeKind
from afk.adapters.http import Http
from afk.adapters.pace import Pace, Writing
from afk.adapters.patience import Patience
from afk.adapters.runner.actions import Runner
from afk.config import Config
from afk.errors import ConfigError
from afk.types import Forge


def _github() -> ForgeKind:
    from afk.adapters.github.kind import GITHUB  # noqa: PLC0415  see the module's docstring

    return GITHUB


def _forgejo() -> ForgeKind:
    from afk.adapters.forgejo.kind import FORGEJO  # noqa: PLC0415  likewise

    return FORGEJO


FORGES: Final[Mapping[Forge, Callable[[], ForgeKind]]] = {
    Forge.GITHUB: _github,
    Forge.FORGEJO: _forgejo,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """The forge that a tick works on.

    ``own``: it is the one whose runner this is, so the job's own token is for it.
    """

    forge: Forge
    addresses: Addresses
    own: bool

    @property
    def kind(self) -> ForgeKind:
        """Return what its package says of it."""
        return FORGES[self.forge]()

    def connect(
        self,
        config: Config,
        *,
        client: httpx.Client,
        token: str,
        sleep: Callable[[float], None],
        mask: Callable[[str], str] = str,
        patience: Patience | None = None,
        writing: Writing = Writing(),  # noqa: B008  frozen
    ) -> tuple[Http, Connected]:
        """Return the server, which counts requests, and what stands behind the ports."""
        kind = self.kind
        pace = Pace(
            at_once=math.ceil(kind.at_once / writing.writers),
            every=kind.every * writing.writers,
            lasts=writing.lasts,
            now=writing.now,
            sleep=sleep,
        )
        server = Http(
            client=client,
            base_url=self.addresses.api,
            name=self.forge.value,
            authorize=lambda: {"authorization": f"token {token}"},
            headers=kind.headers,
            sleep=sleep,
            mask=mask,
            patience=patience or Patience(),
            pace=pace,
        )
        return server, kind.connect(server, self.addresses, config)


def serving(config: Config, runner: Runner) -> Serving:
    """Return the configured forge, else the runner's; `ConfigError` for what it cannot serve."""
    found = _runner_of(config, runner)
    if found.forge is None:
        raise ConfigError(
            f"which forge is at {found.api_url or 'no address'} cannot be told",
            cause="forge_url is not set outside of a runner, or is not an API's address",
            next_step="set forge_url to https://api.github.com, https://<host>/api/v3 (GitHub "
            "Enterprise Server) or https://<host>/api/v1 (Forgejo)",
        )
    addresses = Addresses(api=found.api_url, web=found.server_url, graphql=found.graphql_url)
    one = Serving(forge=found.forge, addresses=addresses, own=found == runner)
    if not one.kind.has_environments:
        _refuse_environments(config, one.kind.name)
    return one


def _runner_of(config: Config, runner: Runner) -> Runner:
    """Return the runner, or what it would be on the configured forge.

    Another forge's runner knows other addresses: its GraphQL must not get this forge's token.
    """
    if not config.forge_url:
        return runner
    named = Runner.from_environ({"GITHUB_API_URL": config.forge_url})
    return runner if named.api_url == runner.api_url else named


def _refuse_environments(config: Config, forge: str) -> None:
    """Refuse stages that this forge cannot prove: a run would wait for one until it freezes."""
    for name in config.watched:
        if name not in config.repositories:
            continue  # told elsewhere
        one = config.repository(name)
        stages = [stage for stage in (one.deploy, one.rollout) if stage is not None]
        if any(stage.environment for stage in stages):
            raise ConfigError(
                f"a stage of {name} names an environment",
                cause=f"{forge} has no deployments, so nothing could ever prove it",
                next_step="name a workflow, a status or a probe instead",
            )
