"""Colours: where there is a terminal, and nobody asked for none."""

import io

import pytest

from afk_sandbox.paint import Paint


class Terminal(io.StringIO):
    """A stream that is one."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environ", "terminal", "file"),
    [
        ({}, True, False),
        ({"TERM": "xterm"}, True, False),
        ({"TERM": "dumb"}, False, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True, True),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"FORCE_COLOR": "False"}, False, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
    ],
)
def test_paint__of_a_stream__is_what_the_environment_asks_for(
    environ: dict[str, str], terminal: bool, file: bool
) -> None:
    assert Paint.of(Terminal(), environ).on is terminal
    assert Paint.of(io.StringIO(), environ).on is file
    assert Paint.of(Terminal(), environ).redraws is (environ.get("TERM") != "dumb")
    assert not Paint.of(io.StringIO(), environ).redraws


def test_paint__words__are_coloured_or_left_as_they_are() -> None:
    plain, bright = Paint(on=False), Paint(on=True)
    for name in ("strong", "dim", "good", "bad", "busy", "link"):
        assert getattr(plain, name)("word") == "word"
        assert getattr(bright, name)("word").startswith("\x1b[")
        assert getattr(bright, name)("word").endswith("mword\x1b[0m")
