"""``python -m afk``."""

import os
import signal
import sys
from types import FrameType
from typing import Final

from afk.adapters.runner.reporter import INTERRUPTED
from afk.cli import main
from afk.environment.loading import short_lived
from afk.environment.process import real_outside

_GRACE_SECONDS: Final = 3.0


def run() -> int:
    """Run with this process's arguments, environment and streams."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupted)
    with short_lived():
        code = main(sys.argv[1:], real_outside(os.environ, sys.stdout))
    if code == INTERRUPTED:
        # Reads in other threads would be waited for, and a runner kills what does not end.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def _interrupted(number: int, frame: FrameType | None) -> None:
    """Let the command end by itself, and end it if it does not.

    The exception can strike where nobody hears it (in a finalizer) or where a lock stays held.
    """
    del number, frame
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, lambda *_: os._exit(INTERRUPTED))
        signal.setitimer(signal.ITIMER_REAL, _GRACE_SECONDS)
    raise KeyboardInterrupt


if __name__ == "__main__":
    raise SystemExit(run())
