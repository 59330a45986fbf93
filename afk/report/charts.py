"""Charts as inline SVG, each with the same numbers as a table beside it. Pure.

Places are in percent of the width and texts in pixels, so that a chart is read on a phone as on a
desk. Colours are classes: the page's style knows light and dark. Every text is escaped.
"""

from collections.abc import Sequence
from html import escape
from typing import Final

from afk.report.figures import Chart

_HEIGHT: Final = 180
_BELOW: Final = 26
_ABOVE: Final = 18
_LEFT: Final = 7.0
"""Percent of the width that the numbers beside the columns take."""
_ROW: Final = 40
_MOST_MARKS: Final = 4


def figure(chart: Chart, number: int) -> str:
    """Return a chart with its caption, its legend where it has several kinds, and its table."""
    names = f"chart{number}"
    columns = len(chart.series) > 1
    drawn = _columns(chart) if columns else _bars(chart)
    height = _HEIGHT + _ABOVE + _BELOW if columns else _ROW * len(chart.places)
    return (
        f'<figure><figcaption id="{names}"><h3>{escape(chart.title)}</h3>'
        f"<p>{escape(chart.about)}</p></figcaption>"
        f"{_legend(chart) if columns else ''}"
        f'<svg role="img" aria-labelledby="{names}" width="100%" height="{height}">{drawn}</svg>'
        f"{_table(chart)}</figure>"
    )


def _columns(chart: Chart) -> str:
    """Return stacked columns over time, lines that say how high they are, and a few dates."""
    sums = [sum(one.counts[place] for one in chart.series) for place in range(len(chart.places))]
    most = _round_up(max(sums))
    parts = [_line(most, value) for value in _marks(most)]
    width = (100 - _LEFT) / len(chart.places)
    for place, name in enumerate(chart.places):
        floor = 0
        for one in chart.series:
            count = one.counts[place]
            if count:
                top = _y(floor + count, most)
                parts.append(
                    f'<rect class="s-{one.kind}" x="{_LEFT + place * width:.3f}%" y="{top:.1f}" '
                    f'width="{width * 0.82:.3f}%" height="{_y(floor, most) - top:.1f}">'
                    f"<title>{escape(name)}: {count} {escape(one.name)}</title></rect>"
                )
            floor += count
    parts += [_date(chart.places, place, width) for place in _shown_places(len(chart.places))]
    return "".join(parts)


def _y(count: int, most: int) -> float:
    return _ABOVE + _HEIGHT * (1 - count / most)


def _line(most: int, value: int) -> str:
    y = _y(value, most)
    return (
        f'<line class="grid" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text class="mark" x="0" y="{y - 4:.1f}">{value}</text>'
    )


def _date(places: Sequence[str], place: int, width: float) -> str:
    last = len(places) - 1
    middle = _LEFT + (place + 0.41) * width
    anchor, x = {0: ("start", _LEFT), last: ("end", 100.0)}.get(place, ("middle", middle))
    if last == 0:
        anchor, x = "start", _LEFT
    y = _HEIGHT + _ABOVE + _BELOW - 8
    return f'<text class="mark" x="{x:.3f}%" y="{y}" text-anchor="{anchor}">{places[place]}</text>'


def _shown_places(count: int) -> list[int]:
    """Return the first, the middle and the last place: so many dates fit on a phone."""
    return sorted({0, (count - 1) // 2, count - 1})


def _marks(most: int) -> list[int]:
    """Return the values that lines are drawn at, from 0 to the highest."""
    step = next(one for one in _steps() if most / one <= _MOST_MARKS)
    return list(range(0, most + 1, step))


def _round_up(value: int) -> int:
    """Return the next value that a line can be drawn at; at least 1."""
    step = next(one for one in _steps() if max(value, 1) / one <= _MOST_MARKS)
    return -(-max(value, 1) // step) * step


def _steps() -> list[int]:
    return [digit * 10**power for power in range(10) for digit in (1, 2, 5)]


def _bars(chart: Chart) -> str:
    """Return a bar a row, its name above it and its number behind it."""
    (series,) = chart.series
    most = max(series.counts)
    parts = []
    for row, (name, count) in enumerate(zip(chart.places, series.counts, strict=True)):
        y = row * _ROW
        width = 88 * count / most
        parts.append(
            f'<text class="name" x="0" y="{y + 14}">{escape(name)}</text>'
            f'<rect class="s-{series.kind}" x="0" y="{y + 20}" width="{width:.3f}%" height="12">'
            f"<title>{escape(name)}: {count}</title></rect>"
            f'<text class="mark" x="{width + 1:.3f}%" y="{y + 31}">{count}</text>'
        )
    return "".join(parts)


def _legend(chart: Chart) -> str:
    items = "".join(
        f'<li><svg width="12" height="12" aria-hidden="true">'
        f'<rect class="s-{one.kind}" width="12" height="12"/></svg> {escape(one.name)}</li>'
        for one in chart.series
    )
    return f'<ul class="legend">{items}</ul>'


def _table(chart: Chart) -> str:
    """Return the numbers, folded; places in which nothing was counted are left out."""
    head = "".join(f'<th scope="col">{escape(one.name)}</th>' for one in chart.series)
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(f"<td>{one.counts[place]}</td>" for one in chart.series)
        + "</tr>"
        for place, name in enumerate(chart.places)
        if any(one.counts[place] for one in chart.series)
    )
    title = escape(chart.title)
    return (
        f"<details><summary>{title}: the numbers</summary>"
        f'<div class="scroll" role="region" aria-label="{title}: table" tabindex="0">'
        f'<table><thead><tr><th scope="col"></th>{head}</tr></thead><tbody>{rows}</tbody></table>'
        "</div></details>"
    )
