"""``python -m afk``."""

import os
import sys

from afk.cli import main
from afk.outside import real_outside


def run() -> int:
    """Run with this process's arguments, environment and streams."""
    return main(sys.argv[1:], real_outside(os.environ, sys.stdout))


if __name__ == "__main__":
    raise SystemExit(run())
