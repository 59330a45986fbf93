"""What afk costs, in requests first, then in time against a floor: ``make bench``.

Each row is one `afk` process against the sandbox on loopback, whose servers take 50 ms to answer.
The floor is measured in the same run: a Python that imports what a tick imports and ends, plus 50
ms for every 16 requests, as many as afk has under way at once; where runs start, end or are
corrected, at least 50 ms for every request of the longest line in which a single one does. Memory
is the process's peak. Beside it a plain script does the same: `bench.plain`.

Everything goes into docs/performance/results.json; ``make docs`` writes the page from it.
"""

import argparse
import os
from pathlib import Path
from typing import Final

from afk.types import Forge
from afk_sandbox.world import T3S
from bench import waiting
from bench.reaction import LABELLED, reactions
from bench.results import Reaction, Results, Row, Start, to_json
from bench.rows import Size, rows
from bench.scenes import VERSIONS
from bench.start import started
from bench.table import HEAD, line, reaction_line, start_line, waiting_line

KEPT: Final = Path(__file__).parent.parent / "docs" / "performance" / "results.json"
_QUICK: Final = Size(runs=20, waiting=100)


def main() -> None:
    """Measure, print, and keep what was printed."""
    options = _options()
    size = _QUICK if options.quick else Size(options.runs, options.waiting)
    print(HEAD)
    measured: list[Row] = []
    for kind in Forge:
        for protocol, version in VERSIONS.items():
            if options.quick and version != T3S[kind]:
                continue
            for row in rows(kind, protocol, size):
                print(line(row), flush=True)
                measured.append(row)
    print("\nrequests of a tick while issues wait")
    most = 100 if options.quick else options.most_waiting
    counts = [count for count in waiting.ISSUES if count <= most]
    curve = []
    for kind in Forge:
        for point in waiting.waiting(kind, counts):
            print(waiting_line(point), flush=True)
            curve.append(point)
    print("\nfrom a change to the first write about it, seconds")
    noticed = [] if options.no_reaction else _reactions(quick=options.quick)
    for one in noticed:
        print(reaction_line(one))
    start = Start(cold=None, kept=None) if options.no_start else started()
    print(start_line(start))
    if options.quick and options.out == KEPT:
        return
    results = Results(
        machine=f"{os.cpu_count()} cores",
        rows=tuple(measured),
        waiting=tuple(curve),
        reactions=tuple(noticed),
        start=start,
    )
    options.out.write_text(to_json(results), encoding="utf-8")


def _reactions(*, quick: bool) -> list[Reaction]:
    return reactions(changes=(LABELLED,), periods=(5,), tries=1) if quick else reactions()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="what a tick costs")
    parser.add_argument("--quick", action="store_true", help="small houses; keeps nothing")
    parser.add_argument("--waiting", type=int, default=Size().waiting, help="issues that wait")
    parser.add_argument("--runs", type=int, default=Size().runs, help="runs that are watched")
    parser.add_argument("--most-waiting", type=int, default=waiting.ISSUES[-1], help="in the curve")
    parser.add_argument("--no-reaction", action="store_true", help="leave out the waking")
    parser.add_argument("--no-start", action="store_true", help="leave out the installation")
    parser.add_argument("--out", type=Path, default=KEPT, help="where the results go")
    return parser.parse_args()


if __name__ == "__main__":
    main()
