"""``python -m afk``."""

import os
import sys

from afk.adapters.runner.reporter import INTERRUPTED
from afk.cli import main
from afk.environment.process import real_outside


def run() -> int:
    """Run with this process's arguments, environment and streams."""
    code = main(sys.argv[1:], real_outside(os.environ, sys.stdout))
    if code == INTERRUPTED:
        # Reads in other threads would be waited for, and a runner kills what does not end.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


if __name__ == "__main__":
    raise SystemExit(run())
