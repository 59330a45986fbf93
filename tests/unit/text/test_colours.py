"""Colours: where there is a terminal, and whoever says otherwise has the last word."""

import io
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from support.poll_rig import ARMED

from afk.cli import main
from afk.environment.process import Outside
from afk.text.colours import Paint, coloured
from afk_sandbox.world import START


@pytest.mark.parametrize(
    ("environ", "terminal", "expected"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({"TERM": "xterm"}, True, True),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, False, True),
        ({"FORCE_COLOR": "0"}, True, False),
        ({"FORCE_COLOR": "false"}, True, False),
        ({"FORCE_COLOR": ""}, False, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_coloured__as_the_environment_and_the_stream_say(
    environ: Mapping[str, str], terminal: bool, expected: bool
) -> None:
    assert coloured(environ, terminal=terminal) is expected


def test_paint__marks_how_loud_a_line_is() -> None:
    assert Paint().kind("error") == "error"
    assert Paint(on=True).kind("error") == "\x1b[31merror\x1b[0m"
    assert Paint(on=True).kind("warning") == "\x1b[33mwarning\x1b[0m"


class Terminal(io.StringIO):
    """A stream that somebody sits before."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environ", "begins"),
    [
        ({}, "\x1b[31merror\x1b[0m: "),
        ({"NO_COLOR": "1"}, "error: "),
        ({"GITHUB_ACTIONS": "true", "GITHUB_API_URL": "https://forge.test/api/v1"}, "error: "),
    ],
)
def test_command__on_a_terminal__colours_what_is_wrong(
    environ: dict[str, str], begins: str
) -> None:
    out = Terminal()
    outside = Outside(
        environ={"AFK_CONFIG": json.dumps(ARMED), **environ},
        stdout=out,
        now=lambda: START,
        sleep=lambda _: None,
        folder=Path("/nowhere"),
    )
    assert main(["tick"], outside) == 2
    assert [line for line in out.getvalue().splitlines() if line.startswith(begins)]
