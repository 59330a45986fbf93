"""`afk sandbox`, played through without a browser, by what it prints and by its pages' forms."""

import gc
import io
import json
import re
import shlex
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import httpx
import pytest
from support.shell import Shell, pasted

from afk.cli import main, parser
from afk.environment.loading import short_lived
from afk.environment.process import Outside
from afk.types import Forge
from afk_sandbox.opening import TRY

SPEED: Final = "30"


def opened(play: Callable[[str], None], *arguments: str) -> tuple[int, str]:
    """Run the sandbox, play once it has said what it says, then press Ctrl-C."""
    out = io.StringIO()

    def sleep(seconds: float) -> None:
        assert 0 < seconds < 1
        play(out.getvalue())
        raise KeyboardInterrupt

    outside = Outside(environ={}, stdout=out, now=lambda: datetime.now(UTC), sleep=sleep)
    return main(["sandbox", *arguments], outside), out.getvalue()


def test_sandbox__goes_on_and_on__so_it_looks_for_garbage() -> None:
    looked: list[bool] = []
    with short_lived():
        code, _ = opened(lambda _: looked.append(gc.isenabled()), "--port", "0", "--speed", SPEED)
    assert (code, looked) == (0, [True])


@pytest.mark.parametrize("kind", Forge)
def test_sandbox__played_through__red_fixed_closed_and_merged_by_the_button(kind: Forge) -> None:
    """With the real command line, real HTTP and the real clock; only agents and CI are quicker."""
    shells: list[Shell] = []

    def play(printed: str) -> None:
        shell = pasted(printed)
        shells.append(shell)
        assert "No agent has been started" in shell.get("/you/shop/issues/2")
        shell.press("/you/shop/issues/2", "label", label="ready-for-agent")
        shell.press("/you/site/issues/1", "label", label="ready-for-agent")
        page = shell.tick_until("/you/shop/issues/2", "closed this")
        assert page.count('class="comment afk"') == 1
        assert "The agent has finished try 2." in page
        assert f"took off {'ready-for-agent'}" in page
        thread = re.search(r'href="(http://127\.0\.0\.1:\d+)(/[^"/]+/[^"/]+)">', page)
        assert thread is not None
        assert "All done" in Shell(thread[1], {}).get(thread[2])
        assert "AFK-PHASE: green" in Shell(thread[1], {}).get(thread[2])
        assert f'href="{thread[2]}"' in Shell(thread[1], {}).get("/")
        assert "No such thread" in Shell(thread[1], {}).get(f"{thread[2]}0")
        path = "/you/site/pull/2" if kind is Forge.GITHUB else "/you/site/pulls/2"
        ready = shell.tick_until(path, 'value="merge"')
        head = re.search(r'name="head" value="(\w+)"', ready)
        assert head is not None
        shell.press(path, "merge", head=head[1])
        done = shell.tick_until("/you/site/issues/1", "took off agent-in-progress")
        assert 'class="state closed"' in done
        assert 'class="state open"' in shell.get("/you/shop/issues/1"), "nobody asked for it"
        code, said = shell.afk("doctor")
        assert code == 0, said
        assert "error:" not in said
        shell.press("/you/shop/issues/3", "label", label="ready-for-agent")
        _, said = shell.afk("explain", "you/shop#3")
        assert "waiting for you/shop#1" in said

    code, printed = opened(play, "--forge", kind.value, "--port", "0", "--speed", SPEED)

    assert code == 0
    assert printed.endswith("\nThe sandbox has ended; nothing is left of it.\n")
    with pytest.raises(httpx.ConnectError):
        shells[0].get("/")


def test_sandbox__json__is_one_document_of_all_that_is_needed() -> None:
    seen: list[dict[str, object]] = []
    code, printed = opened(lambda text: seen.append(json.loads(text)), "--json", "--port", "0")
    (document,) = seen

    assert (code, json.loads(printed)) == (0, document)
    assert set(document) == {"page", "t3", "environment", "try"}
    environment = document["environment"]
    assert isinstance(environment, dict)
    assert environment["AFK_FORGE_URL"] == f"{document['page']}/api/v3"
    assert (environment["AFK_T3_URL"], document["try"]) == (document["t3"], list(TRY))


@pytest.mark.parametrize("command", TRY)
def test_sandbox__what_it_says_to_try__is_understood(command: str) -> None:
    program, *arguments = shlex.split(command)

    assert program == "afk"
    assert parser().parse_args(arguments).command == arguments[0]


def test_sandbox__a_port_that_is_taken__is_said_where_it_was_asked_for() -> None:
    """Where nobody asked for one, two others are taken."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, printed = opened(lambda _: None, "--port", str(port))
    assert code == 2
    assert f"port {port} or {port + 1} cannot be used" in printed
    assert "--port" in printed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--port", "65535"), "--port is 65535"),
        (("--port", "-1"), "--port is -1"),
        (("--speed", "0"), "--speed is 0"),
        (("--speed", "-2"), "--speed is -2"),
        (("--speed", "nan"), "--speed is nan"),
    ],
)
def test_sandbox__what_cannot_be__is_refused(arguments: tuple[str, ...], said: str) -> None:
    def never(printed: str) -> None:
        raise AssertionError(printed)

    code, printed = opened(never, *arguments)

    assert code == 2
    assert said in printed
