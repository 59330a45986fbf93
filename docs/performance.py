"""Writes docs/performance.md's tables and plots from what ``make bench`` kept: ``make docs``."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from bench.results import Results, Row, by_cron, from_json
from docs.plots import dots, lines

PAGE: Final = Path(__file__).parent / "performance.md"
KEPT: Final = Path(__file__).parent / "performance"
_SHOWN: Final = (("github", 2), ("forgejo", 1))
"""A forge with one of T3's protocols; the other two of the four are folded away."""
_FORGES: Final = {"github": "GitHub", "forgejo": "Forgejo"}


def kept(name: str) -> Results:
    """Return results that were kept: ``results`` or, of an earlier afk, ``before``."""
    return from_json((KEPT / f"{name}.json").read_bytes())


def ticks(now: Results, before: Results) -> str:
    """Return a table of ticks for every forge and protocol."""
    del before
    combinations = sorted({(one.forge, one.protocol) for one in now.rows}, key=_folded)
    parts = []
    for forge, protocol in combinations:
        name = f"{_FORGES[forge]}, T3's protocol {protocol}"
        table = _table(_HEAD, (_cells(one) for one in _rows(now, forge, protocol)))
        if (forge, protocol) in _SHOWN:
            parts.append(f"**{name}**\n\n{table}")
        else:
            parts.append(f"<details><summary>{name}</summary>\n\n{table}\n\n</details>")
    return "\n\n".join(parts)


def comparison(now: Results, before: Results) -> str:
    """Return what each tick was and is."""
    head = ("", "tick", "requests", "", "times the floor", "", "times as quick as the script", "")
    found: list[tuple[str, ...]] = [("", "", "before", "now", "before", "now", "before", "now")]
    for forge, protocol in _SHOWN:
        former = {one.tick: one for one in _rows(before, forge, protocol)}
        for one in _rows(now, forge, protocol):
            if was := former.get(one.tick):
                cells = [
                    f"{_requests(was):,}",
                    f"{_requests(one):,}",
                    f"{was.over_floor:.1f}",
                    f"{one.over_floor:.1f}",
                    _times(was),
                    _times(one),
                ]
                found.append((_FORGES[forge], one.tick, *cells))
    return _table(head, found)


def waiting(now: Results, before: Results) -> str:
    """Return the curve's numbers."""
    counts = sorted({one.issues for one in now.waiting})
    rows = []
    for name, some in (("now", now), ("before", before)):
        for forge, shown in _FORGES.items():
            found = {one.issues: one.requests for one in some.waiting if one.forge == forge}
            cells = (f"{found[count]:,}" if count in found else "" for count in counts)
            rows.append((shown, name, *cells))
    return _table(("issues that wait", "", *(f"{count:,}" for count in counts)), rows)


def reactions(now: Results, before: Results) -> str:
    """Return how quickly what is noticed, and by the schedule alone."""
    del before
    tick = max(one.seconds for one in now.rows if one.tick == "4 runs watched")
    rows = [
        (
            _FORGES[one.forge],
            one.change,
            f"`{one.woken}`" if one.woken.startswith("-") else one.woken,
            f"{one.median:.1f}",
            f"{one.worst:.1f}",
        )
        for one in now.reactions
    ]
    middle, worst = by_cron(tick)
    rows.append(("either", "any", "the schedule alone, on time", f"{middle:.0f}", f"{worst:.0f}"))
    return _table(("forge", "what changed", "woken by", "median, s", "worst, s"), rows)


def start(now: Results, before: Results) -> str:
    """Return how long a job takes to start."""
    del before
    cold, warm = now.start.cold, now.start.kept
    rows = [
        ("nothing is there: everything is fetched by its hash and installed", _seconds(cold)),
        ("the folder was kept (`folder:`)", _seconds(warm)),
    ]
    return _table(("", "seconds"), rows)


def measured(now: Results, before: Results) -> str:
    """Return where it was measured, and what a look at a full house comes to."""
    del before
    told = [f"Measured on {now.machine}, everything on one machine."]
    for forge, protocol in _SHOWN:
        rows = _rows(now, forge, protocol)
        idle = next(one for one in rows if one.tick == "idle")
        full = max(rows, key=lambda one: one.plain_requests or 0)
        told.append(
            f"{_FORGES[forge]}: a tick that finds nothing to do takes {_requests(idle)} requests "
            f"and {idle.seconds:.1f} s; the one with most to look at ({full.tick}) "
            f"{_requests(full):,} requests and {full.seconds:.1f} s, {_times(full) or '?'} times "
            "as quick as the plain script."
        )
    return "\n".join(f"* {one}" for one in told)


def plots(now: Results, before: Results) -> dict[str, str]:
    """Return each plot by the name of its file."""
    found = {}
    for forge, protocol in _SHOWN:
        rows: list[tuple[str, Mapping[str, float]]] = []
        for one in _rows(now, forge, protocol):
            plain = {} if one.plain_seconds is None else {"plain script": one.plain_seconds}
            rows.append((one.tick, {"afk": one.seconds, "floor": one.floor, **plain}))
        found[f"ticks-{forge}.svg"] = dots(
            f"How long a tick takes on {_FORGES[forge]}", "seconds", rows
        )
    curves = {
        f"{shown}, {name}": [(one.issues, one.requests) for one in some if one.forge == forge]
        for name, some in (("now", now.waiting), ("before", before.waiting))
        for forge, shown in _FORGES.items()
    }
    drawn = {name: points for name, points in curves.items() if points}
    if drawn:
        title = "How many requests a tick sends while issues wait"
        found["waiting.svg"] = lines(title, ("issues that wait", "requests"), drawn)
    if now.reactions:
        noticed: list[tuple[str, Mapping[str, float]]] = [
            (
                f"{_FORGES[one.forge]}: {one.change}, by {one.woken}",
                {"median": one.median, "worst": one.worst},
            )
            for one in now.reactions
        ]
        middle, worst = by_cron(0)
        noticed.append(("by the five-minute schedule", {"median": middle, "worst": worst}))
        found["reaction.svg"] = dots(
            "From a change to afk's first write about it", "seconds", noticed
        )
    return found


_HEAD: Final = (
    "tick",
    "requests to the forge",
    "to T3",
    "points",
    "in a line",
    "seconds",
    "times the floor",
    "MB",
    "the script's requests",
    "times as quick",
)


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.tick,
        f"{row.forge_requests:,}",
        f"{row.t3_requests:,}",
        "" if row.points is None else f"{row.points:,}",
        f"{row.line:,}",
        f"{row.seconds:.2f}",
        f"{row.over_floor:.2f}",
        f"{row.megabytes:.0f}",
        "" if row.plain_requests is None else f"{row.plain_requests:,}",
        _times(row),
    )


def _times(row: Row) -> str:
    return "" if row.times_quicker is None else f"{row.times_quicker:.1f}"


def _requests(row: Row) -> int:
    return row.forge_requests + row.t3_requests


def _seconds(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.2f}"


def _rows(results: Results, forge: str, protocol: int) -> list[Row]:
    return [one for one in results.rows if (one.forge, one.protocol) == (forge, protocol)]


def _folded(combination: tuple[str, int]) -> tuple[bool, str, int]:
    return combination not in _SHOWN, *combination


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    shown = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in shown)


TABLES: Final[Mapping[str, Callable[[Results, Results], str]]] = {
    "measured": measured,
    "ticks": ticks,
    "comparison": comparison,
    "waiting": waiting,
    "reactions": reactions,
    "start": start,
}


def rendered(text: str, now: Results, before: Results) -> str:
    """Return the page with every table as the results have it."""
    for name, make in TABLES.items():
        mark = rf"(<!-- generated: {name} \(make docs\) -->\n).*?(<!-- end -->)"
        found = re.search(mark, text, re.DOTALL)
        assert found, f"{PAGE.name} has no place for {name}"
        text = text[: found.end(1)] + "\n" + make(now, before) + "\n\n" + text[found.start(2) :]
    return text


def main() -> int:
    """Write page and plots."""
    now, before = kept("results"), kept("before")
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8"), now, before), encoding="utf-8")
    for name, drawing in plots(now, before).items():
        (KEPT / name).write_text(drawing, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
