"""What afk costs, in requests first, then in time against a floor: ``make bench``.

Each row is one `afk` process against the sandbox on loopback, whose servers take 50 ms to answer.
The floor is measured in the same run: a Python that imports what a tick imports and ends, plus 50
ms for every 16 requests, as many as afk has under way at once; where runs start, end or are
corrected, 50 ms for every request of the longest line in which a single one does. Memory is the
process's peak. Beside it a plain script does the same: `bench.plain`.

Everything goes into docs/performance/results.json; ``make docs`` writes the page from it.
"""

import argparse
import os
from pathlib import Path
from typing import Final

from afk.types import Forge
from bench.results import Results, to_json
from bench.rows import Size, rows
from bench.scenes import VERSIONS
from bench.table import HEAD, line

_KEPT: Final = Path(__file__).parent.parent / "docs" / "performance" / "results.json"


def main() -> None:
    """Print the table, and keep what it was made from."""
    parser = argparse.ArgumentParser(prog="bench", description="what a tick costs")
    parser.add_argument("--waiting", type=int, default=Size().waiting, help="issues that wait")
    parser.add_argument("--runs", type=int, default=Size().runs, help="runs that are watched")
    options = parser.parse_args()
    size = Size(options.runs, options.waiting)
    found = []
    print(HEAD)
    for kind in Forge:
        for protocol in VERSIONS:
            for row in rows(kind, protocol, size):
                print(line(row), flush=True)
                found.append(row)
    results = Results(machine=f"{os.cpu_count()} cores", rows=tuple(found))
    _KEPT.parent.mkdir(exist_ok=True)
    _KEPT.write_text(to_json(results), encoding="utf-8")


if __name__ == "__main__":
    main()
