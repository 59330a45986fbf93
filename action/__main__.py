"""``python3 -I -S action``: what ``run.sh`` starts."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent
    sys.path[0] = str(root)  # instead of this folder; afk's own takes its place later
    from action.start import main

    raise SystemExit(main(root, os.environ))
