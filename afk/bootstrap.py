"""The composition root: adapters behind ports.

Puts them together according to the configuration and what `afk.outside` was given, and refuses
what cannot work before anything is sent.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

import httpx

from afk.adapters import notifier
from afk.adapters.actions import Runner
from afk.adapters.ci_watcher import CIWatcher, HttpProbe
from afk.adapters.forgejo_checks import ForgejoChecks
from afk.adapters.forgejo_tracker import ForgejoTracker
from afk.adapters.github_api import HEADERS, GitHubApi
from afk.adapters.github_checks import GitHubChecks
from afk.adapters.github_prefetch import Prefetched
from afk.adapters.github_tracker import GitHubTracker
from afk.adapters.http import Http, tls_context
from afk.adapters.t3_client import T3Client
from afk.config import Config
from afk.config_loading import check
from afk.errors import ConfigError
from afk.outside import Outside
from afk.ports import Checks, Deps, Notifier, Tracker
from afk.reporter import ConsoleReporter
from afk.run import Keys
from afk.tokens import forge_token, t3_token
from afk.types import Forge

_TIMEOUT: Final = httpx.Timeout(20.0, connect=5.0)
_SHORTEST_KEY: Final = 16
_T3_BODY: Final = 64 * 1024 * 1024
"""Older T3 servers send every thread's bodies in one snapshot."""


@dataclass(frozen=True, kw_only=True)
class Wired:
    """Dependencies, and the servers whose requests the report counts."""

    deps: Deps
    servers: Sequence[Http]

    def requests(self) -> dict[str, int]:
        """Return how many requests each server was sent."""
        return {server.name: server.requests for server in self.servers}


@contextmanager
def wire(
    outside: Outside, config: Config, runner: Runner, report: ConsoleReporter, *, dry_run: bool
) -> Iterator[Wired]:
    """Build everything for an armed configuration; nothing is sent yet."""
    check(config)
    config = _without_own_workflow(config, runner)
    forge, api = _forge(config, runner)
    keys = _keys(outside.environ, config, forge, report)
    read_bearer = t3_token(outside.environ)
    token = forge_token(outside.environ)
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
        tracker, checks = _tracker(server, forge, config, runner)
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
        yield Wired(deps=deps, servers=(server, t3))


def _without_own_workflow(config: Config, runner: Runner) -> Config:
    """Leave the workflow that runs this tick out of every verdict: it is never over in it."""
    if not runner.workflow:
        return config
    repositories = {
        name: replace(one, ci=replace(one.ci, ignore=(*one.ci.ignore, runner.workflow)))
        for name, one in config.repositories.items()
    }
    return replace(config, repositories=repositories)


def _forge(config: Config, runner: Runner) -> tuple[Forge, str]:
    """Return which forge, and its API's address, from the configuration or the runner."""
    if config.forge_url:
        runner = Runner.from_environ({"GITHUB_API_URL": config.forge_url})
    if runner.forge is None:
        raise ConfigError(
            f"which forge is at {runner.api_url or 'no address'} cannot be told",
            cause="forge_url is not set outside of a runner, or is not an API's address",
            next_step="set forge_url to https://api.github.com, https://<host>/api/v3 (GitHub "
            "Enterprise Server) or https://<host>/api/v1 (Forgejo)",
        )
    return runner.forge, runner.api_url


def _tracker(server: Http, forge: Forge, config: Config, runner: Runner) -> tuple[Tracker, Checks]:
    """Return tracker and checks of the forge; the host is part of every run id."""
    parts = urlsplit(server.base_url)
    if forge is Forge.FORGEJO:
        web = server.base_url.removesuffix("/api/v1")
        host = (parts.netloc + parts.path.removesuffix("/api/v1")).lower()
        tracker = ForgejoTracker(http=server, web=web, host=host, config=config)
        return tracker, ForgejoChecks(http=server, web=web)
    cloud = parts.netloc.removeprefix("api.")
    web = runner.server_url or f"{parts.scheme}://{cloud}"
    graphql = (
        runner.graphql_url or Runner.from_environ({"GITHUB_API_URL": server.base_url}).graphql_url
    )
    api = GitHubApi(http=server, graphql_url=graphql)
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
            next_step="use a random one, for instance from `openssl rand -hex 32`",
        )
    if not current and previous:
        raise ConfigError("AFK_STATE_KEY_PREVIOUS is set without AFK_STATE_KEY")
    if not current:
        advice = "set AFK_STATE_KEY, for instance to what `openssl rand -hex 32` prints"
        if forge is Forge.FORGEJO and not config.allow_unsigned_state:
            raise ConfigError(
                "Forgejo needs AFK_STATE_KEY",
                cause="anybody who may write to issues can edit afk's comment there",
                next_step=f"{advice}, or set allow_unsigned_state: true",
            )
        report.warn(f"run records are not signed; {advice}")
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
