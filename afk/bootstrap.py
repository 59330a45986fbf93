"""The composition root: adapters behind ports.

Puts them together according to the configuration and what `afk.environment.process` was given, and
refuses what cannot work before anything is sent.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

import httpx

from afk.adapters import notifier
from afk.adapters.ci_watcher import CIWatcher, HttpProbe
from afk.adapters.dry_run import reading_only
from afk.adapters.forgejo.checks import ForgejoChecks
from afk.adapters.forgejo.tracker import ForgejoTracker
from afk.adapters.github.api import HEADERS, GitHubApi, Quota
from afk.adapters.github.checks import GitHubChecks
from afk.adapters.github.prefetch import Prefetched
from afk.adapters.github.tracker import GitHubTracker
from afk.adapters.http import Http, tls_context
from afk.adapters.runner.actions import Runner
from afk.adapters.runner.reporter import ConsoleReporter
from afk.adapters.t3_client import T3Client
from afk.config import Config
from afk.environment.process import Outside
from afk.environment.settings import check
from afk.environment.tokens import forge_token, t3_token
from afk.errors import ConfigError
from afk.ports import Checks, Deps, Notifier, Tracker
from afk.record.state import Keys
from afk.types import Forge

_TIMEOUT: Final = httpx.Timeout(20.0, connect=5.0)
_SHORTEST_KEY: Final = 16
_T3_BODY: Final = 64 * 1024 * 1024
"""Older T3 servers send every thread's bodies in one snapshot."""


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
    dry_run: bool,
    looks: bool = False,
) -> Iterator[Wired]:
    """Build everything for an armed configuration; nothing is sent yet."""
    check(config)
    config = _without_own_workflow(config, runner)
    serving = _runner_of(config, runner)
    own_forge, runner = serving == runner, serving
    forge, api = _forge(runner)
    _refuse_environments(config, forge)
    keys = _keys(outside.environ, config, forge, report)
    read_bearer = t3_token(outside.environ)
    token = forge_token(outside.environ, own_forge=own_forge)
    report.hide(token)

    def bearer() -> str:
        given = read_bearer()
        report.hide(given)
        return given

    bearer()
    with httpx.Client(
        timeout=_TIMEOUT, verify=tls_context(), transport=outside.transport
    ) as client:
        t3 = Http(
            client=client,
            base_url=config.t3.url.rstrip("/"),
            name="T3",
            authorize=lambda: {"authorization": f"Bearer {bearer()}"},
            sleep=outside.sleep,
            max_body=_T3_BODY,
        )
        server = Http(
            client=client,
            base_url=api,
            name=forge.value,
            authorize=lambda: {"authorization": f"token {token}"},
            headers=HEADERS if forge is Forge.GITHUB else {},
            sleep=outside.sleep,
        )
        quotas: dict[str, Quota] = {}
        tracker, checks = _tracker(server, forge, config, runner, quotas)
        deps = Deps(
            config=config,
            tracker=tracker,
            ci=CIWatcher(
                reader=checks,
                probe=HttpProbe(client, outside.sleep),
                config=config,
                now=outside.now,
            ),
            agent=T3Client(http=t3, now=outside.now),
            notifiers=_notifiers(outside, config, client),
            report=report,
            keys=keys,
            now=outside.now,
            sleep=outside.sleep,
            new_id=lambda: str(uuid.uuid4()),
            dry_run=dry_run,
        )
        yield Wired(deps=reading_only(deps) if looks else deps, servers=(server, t3), quotas=quotas)


def _without_own_workflow(config: Config, runner: Runner) -> Config:
    """Leave the workflow that runs this tick out of every verdict: it is never over in it."""
    if not runner.workflow:
        return config
    repositories = {
        name: replace(one, ci=replace(one.ci, ignore=(*one.ci.ignore, runner.workflow)))
        for name, one in config.repositories.items()
    }
    return replace(config, repositories=repositories)


def _runner_of(config: Config, runner: Runner) -> Runner:
    """Return the runner, or what it would be on the configured forge.

    Another forge's runner knows other addresses: its GraphQL must not get this forge's token.
    """
    if not config.forge_url:
        return runner
    named = Runner.from_environ({"GITHUB_API_URL": config.forge_url})
    return runner if named.api_url == runner.api_url else named


def _forge(runner: Runner) -> tuple[Forge, str]:
    """Return which forge, and its API's address."""
    if runner.forge is None:
        raise ConfigError(
            f"which forge is at {runner.api_url or 'no address'} cannot be told",
            cause="forge_url is not set outside of a runner, or is not an API's address",
            next_step="set forge_url to https://api.github.com, https://<host>/api/v3 (GitHub "
            "Enterprise Server) or https://<host>/api/v1 (Forgejo)",
        )
    return runner.forge, runner.api_url


def _refuse_environments(config: Config, forge: Forge) -> None:
    """Refuse stages that only GitHub can prove: a run would wait for one until it freezes."""
    for name in config.watched:
        one = config.repository(name)
        stages = [stage for stage in (one.deploy, one.rollout) if stage is not None]
        if forge is Forge.FORGEJO and any(stage.environment for stage in stages):
            raise ConfigError(
                f"a stage of {name} names an environment",
                cause="Forgejo has no deployments, so nothing could ever prove it",
                next_step="name a workflow, a status or a probe instead",
            )


def _tracker(
    server: Http, forge: Forge, config: Config, runner: Runner, quotas: dict[str, Quota]
) -> tuple[Tracker, Checks]:
    """Return tracker and checks of the forge; the host is part of every run id."""
    parts = urlsplit(server.base_url)
    if forge is Forge.FORGEJO:
        web = server.base_url.removesuffix("/api/v1")
        host = (parts.netloc + parts.path.removesuffix("/api/v1")).lower()
        tracker = ForgejoTracker(http=server, web=web, host=host, config=config)
        return tracker, ForgejoChecks(http=server, web=web)
    cloud = parts.netloc.removeprefix("api.")
    web = runner.server_url or f"{parts.scheme}://{cloud}"
    api = GitHubApi(http=server, graphql_url=runner.graphql_url, quotas=quotas)
    prefetched = Prefetched()
    return (
        GitHubTracker(api=api, web=web, host=cloud.lower(), config=config, prefetched=prefetched),
        GitHubChecks(api=api, config=config, prefetched=prefetched),
    )


def _keys(
    environ: Mapping[str, str], config: Config, forge: Forge, report: ConsoleReporter
) -> Keys:
    """Return the signing keys; without one Forgejo refuses and GitHub warns."""
    current = environ.get("AFK_STATE_KEY", "").strip()
    previous = environ.get("AFK_STATE_KEY_PREVIOUS", "").strip()
    if current and len(current) < _SHORTEST_KEY:
        raise ConfigError(
            f"AFK_STATE_KEY is shorter than {_SHORTEST_KEY} characters",
            cause="it was cut off, or typed by hand; a short one can be guessed",
            next_step="use a random one, for instance from `openssl rand -hex 32`",
        )
    if not current and previous:
        raise ConfigError(
            "AFK_STATE_KEY_PREVIOUS is set without AFK_STATE_KEY",
            cause="the former key verifies records and never signs them",
            next_step="set AFK_STATE_KEY too, or take the former key out",
        )
    if not current:
        advice = "set AFK_STATE_KEY, for instance to what `openssl rand -hex 32` prints"
        if forge is Forge.FORGEJO and not config.allow_unsigned_state:
            raise ConfigError(
                "Forgejo needs AFK_STATE_KEY",
                cause="anybody who may write to issues can edit afk's comment there",
                next_step=f"{advice}, or set allow_unsigned_state: true",
            )
        report.warn(f"run records are not signed; when no run is in flight, {advice}")
    return Keys(current=current.encode(), previous=previous.encode())


def _notifiers(outside: Outside, config: Config, client: httpx.Client) -> list[Notifier]:
    """Return the doorbells that the configuration names; each needs its address."""
    found: list[Notifier] = []
    for kind in config.notify:
        setting = {
            "slack": "AFK_SLACK_WEBHOOK",
            "ntfy": "AFK_NTFY_URL",
            "webhook": "AFK_WEBHOOK_URL",
        }[kind]
        address = outside.environ.get(setting, "").strip()
        if not address:
            raise ConfigError(
                f"notify names {kind}, but {setting} is not set",
                cause="a doorbell's address is a secret, so it does not stand in the file",
                next_step=f"pass {setting} as a secret, or take {kind} out of notify",
            )
        found.append(_notifier(kind, address, setting, outside, client))
    return found


def _notifier(
    kind: str, address: str, setting: str, outside: Outside, client: httpx.Client
) -> Notifier:
    if kind == "slack":
        return notifier.slack(address, setting=setting, client=client, sleep=outside.sleep)
    if kind == "webhook":
        return notifier.webhook(address, setting=setting, client=client, sleep=outside.sleep)
    return notifier.ntfy(
        address,
        setting=setting,
        client=client,
        sleep=outside.sleep,
        token=outside.environ.get("AFK_NTFY_TOKEN", "").strip(),
        token_setting="AFK_NTFY_TOKEN",  # noqa: S106  a variable's name
    )
