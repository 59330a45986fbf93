"""The sources the contract suite runs on."""

import os
from collections.abc import Iterator

import pytest
from support.agent_bench import AgentBench, cassette_agent, live_agent, sandbox_agent
from support.benches import ForgeBench, cassette_bench, live_forgejo_bench, sandbox_bench
from support.cassettes import CASSETTES
from support.sent import settle

from afk.types import Forge

RECORDED = ("forgejo-16.0.0-dev", "forgejo-14.0.0", "forgejo-11.0.15")
SANDBOXES = ("sandbox-github", *(f"sandbox-{one}" for one in RECORDED))
SANDBOXES_T3 = ("sandbox-t3-0.0.33", "sandbox-t3-0.0.32", "sandbox-t3-0.0.28")
RECORDED_T3 = ("t3-v2-0.0.33", "t3-0.0.32", "t3-0.0.28")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that wants a bench on each source; live ones only where one is named.

    The mark ``forge`` leaves out the other kind's.
    """
    if "bench" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("forge")
        kind = only.args[0] if only is not None else ""
        sources = [pytest.param(one, id=one) for one in (*SANDBOXES, *RECORDED) if kind in one]
        if "AFK_LIVE_FORGEJO" in os.environ and kind in "forgejo":
            sources.append(pytest.param("live", id="live", marks=pytest.mark.live))
        metafunc.parametrize("bench", sources, indirect=True)
    if "agent_bench" in metafunc.fixturenames:
        servers = [pytest.param(one, id=one) for one in (*SANDBOXES_T3, *RECORDED_T3)]
        if "AFK_LIVE_T3" in os.environ:
            servers.append(pytest.param("live", id="live", marks=pytest.mark.live))
        metafunc.parametrize("agent_bench", servers, indirect=True)


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Iterator[ForgeBench]:
    """Return the forge of this source."""
    source = request.param
    name = request.node.originalname
    if source == "live":
        with live_forgejo_bench(name) as found:
            yield found
        return
    if source in RECORDED:
        assert (CASSETTES / source / f"{name}.json").exists(), f"{source} has no cassette {name}"
        with cassette_bench(source, name) as found:
            yield found
        return
    kind = Forge.GITHUB if source == "sandbox-github" else Forge.FORGEJO
    with sandbox_bench(kind, source.removeprefix("sandbox-forgejo-")) as found:
        yield found
        settle(request.config, source, name, found.sent)


@pytest.fixture
def agent_bench(request: pytest.FixtureRequest) -> Iterator[AgentBench]:
    """Return the T3 server of this source."""
    source: str = request.param
    name = request.node.originalname
    if source == "live":
        with live_agent(name) as found:
            yield found
    elif source in RECORDED_T3:
        assert (CASSETTES / source / f"{name}.json").exists(), f"{source} has no cassette {name}"
        with cassette_agent(source, name) as found:
            yield found
    else:
        with sandbox_agent(source.removeprefix("sandbox-t3-")) as found:
            yield found
            settle(request.config, source, name, found.sent)
