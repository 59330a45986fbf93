"""Plays schedules by their seeds: ``python -m schedules --from 0 --count 1000``.

Prints how far it is now and then, and a line for each seed of which something did not hold; never
stops at one. ``--found FOLDER`` keeps each of them there: what to play again, and its story.
``--replay SEED`` or a file tells one story; ``--shrink`` makes it as short as it will go and
prints it as what can be kept as a test.
"""

import argparse
import os
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Final

from schedules.draw import draw
from schedules.oracles import kind_of
from schedules.play import play
from schedules.schedule import Schedule, from_json, to_json
from schedules.shrink import shrink
from schedules.workers import LIMIT, Outcome, play_all

EVERY: Final = 60.0
"""Seconds between two lines that tell how far it is."""


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
    made.add_argument("--limit", type=float, default=LIMIT, help="seconds that one may take")
    made.add_argument("--found", type=Path, metavar="FOLDER", help="where to keep what failed")
    made.add_argument("--replay", metavar="SEED|FILE", help="tell one story")
    made.add_argument("--shrink", action="store_true", help="with --replay: make it short first")
    options = made.parse_args()
    if options.replay:
        return _replay(options.replay, shorten=options.shrink)
    return _many(options)


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


def _many(options: argparse.Namespace) -> int:
    begun = told = time.monotonic()
    count, ticks, kinds = 0, 0, Counter[str]()
    seeds = range(options.first, options.first + options.count)
    for one in play_all(seeds, min(options.jobs, options.count), options.limit):
        count, ticks = count + 1, ticks + one.ticks
        if one.violations:
            kinds[kind_of(one.violations[0])] += 1
            tell(f"seed {one.seed}: {one.violations[0]}")
            if options.found:
                keep(one, options.found)
        if time.monotonic() - told >= EVERY:
            told = time.monotonic()
            rate = count / (told - begun)
            tell(f"... {count} of {options.count} from {options.first}, {rate:.1f} a second")
    took = time.monotonic() - begun
    summary = f"{count} schedules, {ticks} ticks, {sum(kinds.values())} violations"
    tell(f"{summary} in {took:.0f} s ({count / took:.1f} a second)")
    for kind, times in kinds.most_common():
        tell(f"{times:6} {kind}")
    return int(bool(kinds))


def keep(one: Outcome, folder: Path) -> None:
    """Write down what failed: ``SEED.json`` is what `--replay` takes, ``SEED.txt`` is its story."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{one.seed}.json").write_text(one.schedule, encoding="utf-8")
    text = "\n".join([*one.violations, "", one.story, ""])
    (folder / f"{one.seed}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
