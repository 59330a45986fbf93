"""The table of forges: which one a tick is on, where it is, and what it is asked with."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from support.factories import REPO

from afk.adapters.forge import Quota
from afk.adapters.github.connect import graphql_url
from afk.adapters.pace import Writing
from afk.adapters.runner.actions import Runner
from afk.adapters.tracker import FORGES, Serving, serving
from afk.config import Config, RepositoryConfig, StageConfig
from afk.errors import AfkError, ConfigError
from afk.types import Forge

ROOT: Final = Path(__file__).resolve().parents[2]
GITHUB_RUNNER = {
    "GITHUB_API_URL": "https://api.github.com",
    "GITHUB_GRAPHQL_URL": "https://told.example/graphql",
    "GITHUB_SERVER_URL": "https://github.com",
}


def served(forge_url: str = "", **environ: str) -> Serving:
    return serving(Config(forge_url=forge_url), Runner.from_environ(environ))


def no_sleep(seconds: float) -> None:
    """Take no time."""


def test_forges__none_is_loaded_before_a_tick_is_on_it() -> None:
    code = (
        "import sys, afk.bootstrap, afk.commands.tick, afk.commands.watch_and_poll\n"
        "forges = ('afk.adapters.github', 'afk.adapters.forgejo')\n"
        "print([one for one in sys.modules if one.startswith(forges)])\n"
    )
    done = subprocess.run(  # noqa: S603  this Python, with the text above
        [sys.executable, "-c", code], cwd=ROOT, env={}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_forges__are_all_in_the_table() -> None:
    assert set(FORGES) == set(Forge)
    assert {load().name.lower() for load in FORGES.values()} == {one.value for one in Forge}


@pytest.mark.parametrize(
    ("api", "web", "host"),
    [
        ("https://api.github.com", "https://github.com", "github.com"),
        ("https://api.octo.ghe.com", "https://octo.ghe.com", "octo.ghe.com"),
        ("https://GHES.example/api/v3", "https://GHES.example", "ghes.example"),
        ("https://forge.example/api/v1", "https://forge.example", "forge.example"),
        ("http://Forge.example:3/Git/api/v1", "http://Forge.example:3/Git", "forge.example:3/git"),
    ],
)
def test_connect__api_address__says_where_people_look_and_the_canonical_host(
    api: str, web: str, host: str
) -> None:
    """Nothing is sent for it."""
    transport = httpx.MockTransport(lambda request: pytest.fail(f"sent {request.url}"))
    with httpx.Client(transport=transport) as client:
        one = served(api)
        _, connected = one.connect(Config(), client=client, token="t", sleep=no_sleep)

    assert (connected.tracker.web, connected.tracker.host) == (web, host)
    assert connected.tracker.forge is one.forge
    assert connected.quotas == {}


@pytest.mark.parametrize(
    ("api", "graphql"),
    [
        ("https://api.github.com", "https://api.github.com/graphql"),
        ("https://api.octocorp.ghe.com", "https://api.octocorp.ghe.com/graphql"),
        ("https://ghes.example/api/v3", "https://ghes.example/api/graphql"),
        ("https://ghes.example/v3/api/v3", "https://ghes.example/v3/api/graphql"),
    ],
)
def test_graphql_url__where_none_is_told__follows_from_the_api(api: str, graphql: str) -> None:
    assert graphql_url(api) == graphql


@pytest.mark.parametrize(
    ("forge_url", "environ", "asked"),
    [
        ("", GITHUB_RUNNER, "https://told.example/graphql"),
        ("https://api.github.com/", GITHUB_RUNNER, "https://told.example/graphql"),
        ("https://ghes.example/api/v3", GITHUB_RUNNER, "https://ghes.example/api/graphql"),
        ("https://api.github.com", {}, "https://api.github.com/graphql"),
        ("", {"GITHUB_API_URL": "https://f.example/api/v1"}, "https://f.example/api/v1/user"),
    ],
)
def test_connect__a_token__goes_to_the_forge_s_own_addresses_with_its_headers(
    forge_url: str, environ: Mapping[str, str], asked: str
) -> None:
    """Another forge's runner knows another GraphQL, which must not get this forge's token."""
    seen: list[httpx.Request] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(
            403, headers={"x-ratelimit-limit": "60", "x-ratelimit-remaining": "9"}
        )

    one = served(forge_url, **environ)
    with httpx.Client(transport=httpx.MockTransport(refuse)) as client:
        server, connected = one.connect(Config(), client=client, token="hush", sleep=no_sleep)
        with pytest.raises(AfkError):
            connected.tracker.me()

    assert {str(request.url) for request in seen} == {asked}
    assert {request.headers["authorization"] for request in seen} == {"token hush"}
    for name, text in FORGES[one.forge]().headers.items():
        assert {request.headers[name] for request in seen} == {text}
    assert server.requests == len(seen)
    github = one.forge is Forge.GITHUB
    assert connected.quotas == ({"core": Quota(60, 9)} if github else {})


@pytest.mark.parametrize(
    ("forge_url", "environ", "own"),
    [
        ("", GITHUB_RUNNER, True),
        ("https://api.github.com", GITHUB_RUNNER, True),
        ("https://ghes.example/api/v3", GITHUB_RUNNER, False),
        ("https://api.github.com", {}, False),
    ],
)
def test_serving__own__is_the_forge_whose_runner_this_is(
    forge_url: str, environ: Mapping[str, str], *, own: bool
) -> None:
    assert served(forge_url, **environ).own is own


@pytest.mark.parametrize("url", ["", "https://gitlab.example/api/v4"])
def test_serving__no_forge_that_could_be_told__is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match=f"which forge is at {url or 'no address'} cannot be"):
        served(url)


@pytest.mark.parametrize(
    ("forge", "url"),
    [(Forge.GITHUB, "https://api.github.com"), (Forge.FORGEJO, "https://forge.example/api/v1")],
)
@pytest.mark.parametrize("stage", ["deploy", "rollout"])
def test_serving__stage_that_only_some_forges_can_prove__is_refused_by_the_others(
    forge: Forge, url: str, stage: str
) -> None:
    stages: dict[str, Any] = {stage: StageConfig(environment="production")}
    repositories = {REPO: RepositoryConfig(workspace="/srv/app", **stages)}
    config = Config(forge_url=url, allowlist=(REPO,), repositories=repositories)

    if FORGES[forge]().has_environments:
        assert serving(config, Runner()).forge is forge
        return
    with pytest.raises(ConfigError, match=f"a stage of {REPO} names an environment") as caught:
        serving(config, Runner())
    assert caught.value.cause.startswith(f"{FORGES[forge]().name} has no deployments")


@pytest.mark.parametrize(
    ("writers", "at_once", "every"), [(1, 40, 1.5), (8, 5, 12.0), (256, 1, 384.0)]
)
def test_connect__so_many_write_with_one_token__each_has_its_part_of_the_pace(
    writers: int, at_once: int, every: float
) -> None:
    here = Serving(forge=Forge.GITHUB, addresses=served(**GITHUB_RUNNER).addresses, own=True)
    server, _ = here.connect(
        Config(),
        client=httpx.Client(),
        token="t",
        sleep=no_sleep,
        writing=Writing(writers=writers),
    )
    assert (server.pace.at_once, server.pace.every) == (at_once, every)
