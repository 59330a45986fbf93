"""Plays schedules by their seeds: ``python -m schedules --from 0 --count 1000``.

Prints a line a violation, and how to play it again. ``--replay SEED`` or a file tells one story;
``--shrink`` makes it as short as it will go and prints it as what can be kept as a test.
"""

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from schedules.draw import draw
from schedules.oracles import kind_of
from schedules.play import Played, play
from schedules.schedule import Schedule, from_json, to_json
from schedules.shrink import shrink


def tell(text: str) -> None:
    """Print a line as it comes."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Play; 1 when anything did not hold."""
    made = argparse.ArgumentParser(prog="schedules", description=__doc__)
    made.add_argument("--from", type=int, default=0, dest="first", help="the first seed")
    made.add_argument("--count", type=int, default=1000, help="how many seeds")
    made.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    made.add_argument("--replay", metavar="SEED|FILE", help="tell one story")
    made.add_argument("--shrink", action="store_true", help="with --replay: make it short first")
    options = made.parse_args()
    if options.replay:
        return _replay(options.replay, shorten=options.shrink)
    return _many(options.first, options.count, options.jobs)


def _named(name: str) -> Schedule:
    return (
        draw(int(name)) if name.isdecimal() else from_json(Path(name).read_text(encoding="utf-8"))
    )


def _replay(name: str, *, shorten: bool) -> int:
    schedule = _named(name)
    played = play(schedule)
    if shorten and played.violations:
        schedule = shrink(schedule, played.violations[0])
        played = play(schedule)
    tell(to_json(schedule))
    tell("\n".join(played.journal.lines))
    tell("\n".join(played.violations) or "holds")
    return int(bool(played.violations))


def one(seed: int) -> tuple[int, list[str], int]:
    """Play a seed; returns it, what did not hold, and how many ticks there were."""
    try:
        played: Played = play(draw(seed))
    except Exception as error:  # noqa: BLE001  the simulation's own fault is one, too
        return seed, [f"the simulation failed: {type(error).__name__}: {error}"[:500]], 0
    return seed, played.violations, played.ticks


def _many(first: int, count: int, jobs: int) -> int:
    begun, ticks, kinds = time.monotonic(), 0, Counter[str]()
    with ProcessPoolExecutor(jobs) as pool:
        for seed, violations, played in pool.map(one, range(first, first + count), chunksize=4):
            ticks += played
            for words in violations[:1]:
                kinds[kind_of(words)] += 1
                tell(f"seed {seed}: {words}")
    took = time.monotonic() - begun
    told = f"{count} schedules, {ticks} ticks, {sum(kinds.values())} violations"
    tell(f"{told} in {took:.0f} s ({count / took:.1f} a second)")
    for kind, times in kinds.most_common():
        tell(f"{times:6} {kind}")
    return int(bool(kinds))


if __name__ == "__main__":
    sys.exit(main())
