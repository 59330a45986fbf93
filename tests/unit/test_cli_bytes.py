"""What a process is given that is no text: a log that knows ASCII only, secrets of any bytes."""

import io
import json
from pathlib import Path

import httpx
import pytest
from support.poll_rig import ARMED, SECRETS

from afk.cli import main
from afk.environment.process import Outside
from afk_sandbox.world import START


class Silent(httpx.BaseTransport):
    """Nobody answers."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)


def told(*arguments: str, **environ: str) -> tuple[int, bytes]:
    """Run an armed command whose standard output is ASCII; returns exit code and output."""
    raw = io.BytesIO()
    log = io.TextIOWrapper(raw, encoding="ascii", write_through=True)
    code = main(
        arguments,
        Outside(
            environ={**SECRETS, "AFK_CONFIG": json.dumps(ARMED), **environ},
            stdout=log,
            now=lambda: START,
            sleep=lambda _: None,
            folder=Path("/nowhere"),
            transport=Silent(),
        ),
    )
    log.flush()
    return code, raw.getvalue()


@pytest.mark.parametrize("arguments", [["tick"], ["tick", "--json"]])
def test_main__output_that_takes_ascii_only__is_written_escaped(arguments: list[str]) -> None:
    code, out = told(*arguments, AFK_CONFIG="kill_switch: 'ümlaut…'")
    assert code == 2
    assert rb"\xfcmlaut" in out or b"mlaut" in out
    out.decode("ascii")


NOT_UTF_8 = b"\xe9\xff-0123456789-abcdef-0123456789-xyz".decode("utf-8", "surrogateescape")


@pytest.mark.parametrize("name", ["AFK_STATE_KEY", "AFK_STATE_KEY_PREVIOUS"])
def test_main__key_that_is_not_utf_8__is_as_good_as_any(name: str) -> None:
    """A key is bytes: what the environment holds signs as it is."""
    code, out = told("tick", **{name: NOT_UTF_8})
    assert code == 1
    assert b"cannot be reached" in out
    assert b"0123456789-abcdef" not in out


@pytest.mark.parametrize("name", ["AFK_TOKEN", "AFK_T3_TOKEN"])
def test_main__token_that_is_not_utf_8__is_refused_by_name(name: str) -> None:
    code, out = told("tick", **{name: NOT_UTF_8})
    assert code == 2
    assert name.encode() in out
    assert b"0123456789-abcdef" not in out
