"""How a tick opens: what is asked first, and that neither server is waited for by the other."""

import threading

import httpx
import pytest
from support.loops import both
from support.straight import Straight

from afk.types import Forge
from afk_sandbox.world import World, world

SECONDS = 20
"""How long one request waits for another before a test gives up."""
WHO = "/.well-known/t3/environment"


class Noted(Straight):
    """Passes on what it is sent, and notes the paths in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.paths.append(request.url.path)
        return super().handle_request(request)


class Together(Noted):
    """Lets nobody's first request through before the other server's first one is there, too."""

    def __init__(self) -> None:
        super().__init__()
        self._barrier = threading.Barrier(2)
        self._asked: set[bool] = set()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        whose = request.url.path == WHO
        if whose not in self._asked:
            self._asked.add(whose)
            self._barrier.wait(SECONDS)
        return super().handle_request(request)


def asked(here: World, *arguments: str, **environ: str) -> list[str]:
    """Return the paths that a command asks for where nothing is done side by side."""
    here.threads = False
    noted = Noted()
    here.run(*arguments, inputs=environ, transport=noted)
    return noted.paths


@both
def test_tick__a_server_that_takes_its_time__keeps_the_other_from_nothing(kind: Forge) -> None:
    with world(kind) as here:
        here.issue(here.repository("shop"), "Add a till", "")
        together = Together()

        assert here.run("tick", transport=together).exit_code == 0
        assert together.paths.count(WHO) == 1


@both
@pytest.mark.parametrize("command", ["tick", "poll", "watch", "status"])
def test_command__about_everything__asks_who_t3_is_before_the_forge_is_even_loaded(
    kind: Forge, command: str
) -> None:
    with world(kind) as here:
        here.repository("shop")
        paths = asked(here, command)

        assert paths[0] == WHO
        assert paths.count(WHO) == 1


@both
@pytest.mark.parametrize(
    "environ",
    [
        {"AFK_SHARD": "none"},
        {"AFK_REPOSITORY": "owner/shopp"},
        {"AFK_ISSUE": "seven"},
    ],
    ids=str,
)
def test_tick__about_nothing_that_is_there__asks_nobody(
    kind: Forge, environ: dict[str, str]
) -> None:
    with world(kind) as here:
        here.repository("shop")

        assert asked(here, "tick", **environ) == []


@both
def test_tick__about_one_repository__asks_t3_once(kind: Forge) -> None:
    with world(kind) as here:
        here.repository("shop")
        paths = asked(here, "tick", "--repo", "owner/shop")

        assert paths[0] != WHO
        assert paths.count(WHO) == 1


@both
def test_report__of_no_days__is_refused_before_anybody_is_asked(kind: Forge) -> None:
    with world(kind) as here:
        here.repository("shop")

        assert asked(here, "report", "--days", "0") == []
