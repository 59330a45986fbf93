"""`afk demo` and `afk sandbox` by their names: what the command line hands over."""

import argparse
from collections.abc import Callable, Mapping
from typing import Final

from afk.environment.process import Outside
from afk.types import Forge
from afk_sandbox.demo import Shown, demo
from afk_sandbox.opening import sandbox
from afk_sandbox.world import CommandLine


def run(options: argparse.Namespace, outside: Outside, main: CommandLine) -> int:
    """Run the command that the options name; ``main`` is afk's own command line."""
    return _COMMANDS[options.command](options, outside, main)


def _demo(options: argparse.Namespace, outside: Outside, main: CommandLine) -> int:
    return demo(
        outside.stdout,
        environ=outside.environ,
        shown=Shown(
            as_json=options.json,
            everything=options.all,
            page=options.open,
            story_on=Forge(options.forge),
        ),
        run=main,
    )


def _sandbox(options: argparse.Namespace, outside: Outside, main: CommandLine) -> int:
    del main  # a person runs it, in another terminal
    return sandbox(
        outside,
        kind=Forge(options.forge),
        port=options.port,
        speed=options.speed,
        as_json=options.json,
    )


_COMMANDS: Final[Mapping[str, Callable[[argparse.Namespace, Outside, CommandLine], int]]] = {
    "demo": _demo,
    "sandbox": _sandbox,
}
