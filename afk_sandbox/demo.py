"""`afk demo`: the whole loop, watched: two forges, a T3 server, scripted agents, real HTTP.

Tells one story, then plays `demo_scenarios` and `demo_pulls` on a forge of each kind until all are
settled, and prints a table. The last line counts how many ended as their scenario says.
"""

import json
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from afk.types import Forge
from afk_sandbox import demo_page, demo_told
from afk_sandbox.demo_play import NEVER, play
from afk_sandbox.demo_pulls import PULLS
from afk_sandbox.demo_scenarios import PUSHED, Scenario
from afk_sandbox.paint import Paint
from afk_sandbox.world import CommandLine

SCENARIOS: Final[tuple[Scenario, ...]] = (*PUSHED, *PULLS)
_ENDS: Final[Mapping[str, str]] = {
    "done": "done",
    "needs-human": "handed back to you",
    "frozen": "CI still red",
    "stopped": "stopped",
    "superseded": "taken over by a newer run",
}
_WIPE: Final = "\r\x1b[K"
_NARROW: Final = 76
"""A line that is written over must not be broken in two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is to be shown.

    ``as_json``: one document and nothing else. ``everything``: every event and every column
    instead of a story. ``page``: the story as a page, too. ``story_on``: the story's forge.
    """

    as_json: bool = False
    everything: bool = False
    page: bool = False
    story_on: Forge = Forge.GITHUB


def demo(
    out: TextIO,
    *,
    environ: Mapping[str, str],
    shown: Shown = Shown(),
    run: CommandLine | None = None,
    kinds: Sequence[Forge] = tuple(Forge),
    scenarios: Sequence[Scenario] = SCENARIOS,
    browse: Callable[[str], bool] = webbrowser.open,
) -> int:
    """Tell the story, play every scenario on each kind of forge; 0 only if all ended as expected.

    ``run`` is what a tick runs, afk's own command line unless given; ``environ`` says whether there
    are colours and a screen, ``browse`` opens the story's page there.
    """
    paint = Paint.of(out, environ)
    if not shown.as_json and (shown.page or not shown.everything):
        steps = demo_told.told(shown.story_on, run)
        _tell(out, paint, steps, shown.story_on)
        if shown.page:
            _show(out, paint, demo_page.write(steps, shown.story_on), environ, browse)
    if not shown.as_json and not shown.everything:
        count = sum(kind in one.kinds for kind in kinds for one in scenarios)
        runs = f"{count} run{'s' if count != 1 else ''}"
        names = " and ".join(demo_page.NAMES[one] for one in kinds)
        after = f"\nNow everything else that can happen: {runs} on {names}, about half a minute."
        print(after, file=out, flush=True)
    rows: list[dict[str, Any]] = []
    totals = []
    for kind in kinds:
        played, total = play(kind, scenarios, run, _events(out, paint, shown))
        rows += played
        totals.append(total)
    good = sum(bool(row["as_expected"]) for row in rows)
    if shown.as_json:
        print(json.dumps({"runs": rows, "totals": totals}, indent=2), file=out)
    else:
        _table(out, paint, rows, everything=shown.everything)
        if shown.everything:
            print("\n".join(totals), file=out)
        print(f"demo: {good} of {len(rows)} runs ended as expected", file=out)
    return 0 if good == len(rows) else 1


def _tell(out: TextIO, paint: Paint, steps: Sequence[demo_told.Step], kind: Forge) -> None:
    """Tell the story."""
    name = demo_page.NAMES[kind]
    print(f"One story, on a {name} inside this process; nothing leaves your machine.\n", file=out)
    for line in demo_told.lines(steps, paint):
        print(line, file=out)
    out.flush()


def _show(
    out: TextIO,
    paint: Paint,
    file: Path,
    environ: Mapping[str, str],
    browse: Callable[[str], bool],
) -> None:
    """Open the story's page, and say where it is."""
    opened = demo_page.show(file, environ, browse)
    said = "It is open in your browser" if opened else "Open it in a browser"
    print(f"\n{said}: {paint.link(str(file))}", file=out, flush=True)


def _events(out: TextIO, paint: Paint, shown: Shown) -> Callable[[str], object]:
    """Return what is done with an event: it is printed, or on a terminal shown as it passes."""
    if shown.everything and not shown.as_json:
        return lambda line: print(line, file=out, flush=True)
    if shown.as_json or not paint.redraws:
        return lambda _: None
    return lambda line: print(f"{_WIPE}{line[:_NARROW]}", end="", file=out, flush=True)


def _table(
    out: TextIO, paint: Paint, rows: Sequence[Mapping[str, Any]], *, everything: bool
) -> None:
    """Print a line for each run: what happened, how it ended, and whether it was to."""
    columns = {"forge": "forge", "issue": "issue", "what happened": "story"}
    if everything:
        columns |= {name: name for name in ("run", "turns", "verdict", "pull", "labels", "state")}
        columns["requests"] = "requests"
    else:
        columns["how it ended"] = "end"
        rows = [{**row, "end": _end(row)} for row in rows]
    widths = {
        head: max(len(head), *(len(str(row[key])) for row in rows)) for head, key in columns.items()
    }
    start = _WIPE if paint.redraws and not everything else ""
    heads = "  ".join(head.ljust(widths[head]) for head in columns)
    print(f"{start}\n{paint.strong(f'{heads}  as expected')}", file=out)
    for row in rows:
        cells = "  ".join(str(row[key]).ljust(widths[head]) for head, key in columns.items())
        word = paint.good("yes") if row["as_expected"] else paint.bad("NO")
        print(f"{cells}  {word}", file=out)
    if everything:
        print("(requests: those that name the issue, afk's comment on it or its thread)", file=out)


def _end(row: Mapping[str, Any]) -> str:
    """Return how an issue's runs ended, in words that nobody has to learn."""
    if row["verdict"] == NEVER:
        return NEVER
    ended = ", then ".join(_ENDS.get(one, one) for one in row["verdict"].split())
    return ended if row["pull"] == "-" else f"{ended}, pull request {row['pull']}"
