"""`afk sandbox`: opens the playground, says how to use it, and waits until somebody has enough."""

import json
import shlex
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Final

from afk.environment.process import Outside
from afk.errors import ConfigError
from afk.types import Forge
from afk_sandbox.paint import Paint
from afk_sandbox.playground import Playground, playground

PORT: Final = 4780
"""The forge's, unless told otherwise; T3 has the next one."""
_LARGEST_PORT: Final = 65_534
_FASTEST: Final = 1_000
_WAIT: Final = 0.2
TRY: Final[Mapping[str, str]] = {
    "afk tick": "look once: start what may start, go on with what is under way",
    "afk tick --every 5": "the same, again and again",
    "afk explain you/shop#1": "why an issue starts, or does not",
    "afk status": "what is under way",
    "afk doctor": "whether everything is set up as it should be",
}


def sandbox(
    outside: Outside,
    *,
    kind: Forge,
    port: int | None = None,
    speed: float = 1.0,
    as_json: bool = False,
) -> int:
    """Serve until interrupted, which is how it is meant to end: returns 0.

    ``port``: of the forge, T3 has the next one; 0: free ones, None: `PORT` or else free ones.
    """
    ports = _ports(port)
    if not 0 < speed < _FASTEST:
        raise ConfigError(
            f"--speed is {speed:g}",
            cause="agents and CI can be neither that slow nor that fast",
            next_step=f"give a number between 0 and {_FASTEST}; 2 is twice as fast",
        )
    with ExitStack() as stack:
        try:
            opened = _opened(stack, kind, ports, speed, insists=port is not None)
            _tell(outside, opened, as_json=as_json)
            while True:
                outside.sleep(_WAIT)
        except KeyboardInterrupt:
            if not as_json:
                print("\nThe sandbox has ended; nothing is left of it.", file=outside.stdout)
    return 0


def _opened(
    stack: ExitStack, kind: Forge, ports: tuple[int, int], speed: float, *, insists: bool
) -> Playground:
    """Open the playground until the stack ends; on free ports where nobody insists on these."""
    try:
        return stack.enter_context(playground(kind, ports=ports, speed=speed))
    except OSError as error:
        if insists:
            raise ConfigError(
                f"port {ports[0]} or {ports[1]} cannot be used: {error.strerror}",
                cause="another program has it, maybe another sandbox",
                next_step="end that one, or choose another with --port; 0 takes a free one",
            ) from None
        return stack.enter_context(playground(kind, speed=speed))


def _ports(port: int | None) -> tuple[int, int]:
    if port is None:
        return PORT, PORT + 1
    if not 0 <= port <= _LARGEST_PORT:
        raise ConfigError(
            f"--port is {port}",
            cause="the forge and T3 need two ports, this one and the next",
            next_step=f"give a number from 0 to {_LARGEST_PORT}; 0 takes free ones",
        )
    return (port, port + 1) if port else (0, 0)


def _tell(outside: Outside, opened: Playground, *, as_json: bool) -> None:
    if as_json:
        document = {
            "page": opened.page,
            "t3": opened.t3,
            "environment": opened.environment,
            "try": list(TRY),
        }
        print(json.dumps(document, indent=2), file=outside.stdout, flush=True)
        return
    paint = Paint.of(outside.stdout, outside.environ)
    for line in _lines(opened, paint):
        print(line, file=outside.stdout)
    outside.stdout.flush()


def _lines(opened: Playground, paint: Paint) -> Sequence[str]:
    """Return what stands on the terminal: where to look, what to paste, what to try."""
    width = max(len(one) for one in TRY)
    exports = [f"export {name}={shlex.quote(text)}" for name, text in opened.environment.items()]
    return [
        paint.strong("A forge, a T3 server and an agent, on this machine alone."),
        "",
        f"1. Look at its issues:  {paint.link(opened.page)}",
        "   Put the label ready-for-agent on one.",
        "",
        "2. In another terminal, paste this:",
        "",
        *(line for text in exports for line in text.splitlines()),
        "",
        "3. There, try:",
        "",
        *(f"   {paint.strong(name.ljust(width))}  {what}" for name, what in TRY.items()),
        "",
        "The page shows what becomes of it. Ctrl-C ends the sandbox, and nothing is kept.",
    ]
