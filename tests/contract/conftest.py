"""The sources the contract suite runs on."""

import os
from collections.abc import Iterator

import pytest
from support.benches import ForgeBench, cassette_bench, live_forgejo_bench, sandbox_bench
from support.cassettes import CASSETTES

from afk.types import Forge

SANDBOXES = ("sandbox-github", "sandbox-forgejo-14.0.0", "sandbox-forgejo-11.0.15")
RECORDED = ("forgejo-14.0.0", "forgejo-11.0.15")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that wants a bench on each source; live ones only where one is named."""
    if "bench" in metafunc.fixturenames:
        sources = [pytest.param(one, id=one) for one in (*SANDBOXES, *RECORDED)]
        if "AFK_LIVE_FORGEJO" in os.environ:
            sources.append(pytest.param("live", id="live", marks=pytest.mark.live))
        metafunc.parametrize("bench", sources, indirect=True)


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Iterator[ForgeBench]:
    """Return the forge of this source."""
    source = request.param
    name = request.node.originalname
    only = request.node.get_closest_marker("forge")
    if source == "live":
        with live_forgejo_bench(name) as found:
            yield found
        return
    if only is not None and only.args[0] not in source:
        pytest.skip(f"only {only.args[0]} has this")
    if source in RECORDED:
        assert (CASSETTES / source / f"{name}.json").exists(), f"{source} has no cassette {name}"
        with cassette_bench(source, name) as found:
            yield found
        return
    kind = Forge.GITHUB if source == "sandbox-github" else Forge.FORGEJO
    with sandbox_bench(kind, source.rpartition("-")[2]) as found:
        yield found
