"""Two kinds of plots as small SVG, both on logarithmic scales: dots in rows, and lines. Pure.

Every text is escaped, every number that is drawn stands in a table beside the plot, and shapes tell
the kinds apart as well as colours do.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

_WIDTH: Final = 760
_LEFT: Final = 250
_RIGHT: Final = 30
_ROW: Final = 26
_TOP: Final = 54
_HEIGHT: Final = 260
_BELOW: Final = 44
_STEPS: Final = "each line is ten times the one before"
_COLOURS: Final = ("#1a7f37", "#57606a", "#bc4c00", "#0550ae")
_STYLE: Final = (
    "text{font:12px system-ui,sans-serif;fill:#1f2328}.faint{fill:#59636e}"
    "line{stroke:#d1d9e0}path{fill:none;stroke-width:2}"
)


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a value stands, from ``low`` to ``high`` (both powers of ten) in so many pixels."""

    low: float
    high: float
    first: float
    last: float

    def at(self, value: float) -> float:
        """Return the place; what is below the scale stands at its beginning."""
        part = math.log10(max(value, self.low) / self.low) / math.log10(self.high / self.low)
        return self.first + part * (self.last - self.first)

    def marks(self) -> Iterator[float]:
        """Yield every power of ten."""
        for power in range(round(math.log10(self.low)), round(math.log10(self.high)) + 1):
            yield 10.0**power


def scale(values: Sequence[float], first: float, last: float) -> Scale:
    """Return the scale that holds all values; what is 0 has no place on it."""
    shown = [one for one in values if one > 0]
    low = 10.0 ** math.floor(math.log10(min(shown)))
    high = 10.0 ** math.ceil(math.log10(max(shown)))
    return Scale(low, high if high > low else low * 10, first, last)


def dots(title: str, unit: str, rows: Sequence[tuple[str, Mapping[str, float]]]) -> str:
    """Return a row for each name, with a dot for each kind's value: the first kind's on top."""
    kinds = list(dict.fromkeys(kind for _, values in rows for kind in values))
    across = scale([one for _, values in rows for one in values.values()], _LEFT, _WIDTH - _RIGHT)
    bottom = _TOP + _ROW * len(rows)
    parts = [_grid(across, bottom, f"{unit}; {_STEPS}"), *_legend(kinds, _LEFT)]
    for number, (name, values) in enumerate(rows):
        y = _TOP + _ROW * (number + 0.5)
        parts.append(
            f'<text x="{_LEFT - 12}" y="{y + 4:.1f}" text-anchor="end">{escape(name)}</text>'
        )
        parts += [
            _mark(kinds.index(kind), across.at(value), y, f"{name}, {kind}: {value:g} {unit}")
            for kind, value in reversed([*values.items()])
        ]
    return _whole(title, bottom + _BELOW, parts)


def lines(
    title: str, units: tuple[str, str], series: Mapping[str, Sequence[tuple[float, float]]]
) -> str:
    """Return a line for each kind through its points (x, y); x may be 0, far on the left.

    ``units``: of x and of y. What stands first is drawn last: where two lines are one, it is seen.
    """
    points = [point for some in series.values() for point in some]
    least = min(x for x, _ in points if x > 0) / 10
    across = scale([max(x, least) for x, _ in points], 70, _WIDTH - _RIGHT)
    bottom = _TOP + _HEIGHT
    up = scale([y for _, y in points], bottom, _TOP)
    below = f"{units[0]}, across, and {units[1]}, up; {_STEPS}"
    parts = [_grid(across, bottom, below, zero=any(x == 0 for x, _ in points))]
    for mark in up.marks():
        y = up.at(mark)
        parts.append(f'<line x1="70" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        label = f'<text class="faint" x="62" y="{y + 4:.1f}" text-anchor="end">{mark:,.0f}</text>'
        parts.append(label)
    for number, (kind, some) in reversed([*enumerate(series.items())]):
        places = [(across.at(x), up.at(y)) for x, y in some]
        way = " L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        parts.append(f'<path d="M{way}" stroke="{_COLOURS[number]}"/>')
        parts += [
            _mark(number, *place, f"{kind}: {y:,g} {units[1]} at {x:,g} {units[0]}")
            for place, (x, y) in zip(places, some, strict=True)
        ]
    return _whole(title, bottom + _BELOW, [*parts, *_legend(list(series), 70)])


def _grid(across: Scale, bottom: float, below: str, *, zero: bool = False) -> str:
    parts = []
    for mark in across.marks():
        x = across.at(mark)
        shown = "0" if zero and mark == across.low else f"{mark:,g}"
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{bottom:.1f}"/>')
        parts.append(
            f'<text class="faint" x="{x:.1f}" y="{bottom + 16:.1f}" text-anchor="middle">'
            f"{shown}</text>"
        )
    middle = f'x="{(across.first + across.last) / 2:.1f}" y="{bottom + 34:.1f}"'
    told = f'<text class="faint" {middle} text-anchor="middle">{escape(below)}</text>'
    return "".join([*parts, told])


def _legend(kinds: Sequence[str], left: float) -> Iterator[str]:
    x = left
    for number, kind in enumerate(kinds):
        yield _mark(number, x + 6, 36, kind)
        yield f'<text x="{x + 16:.1f}" y="40">{escape(kind)}</text>'
        x += 36 + 7 * len(kind)


def _mark(number: int, x: float, y: float, told: str) -> str:
    """Return a dot: round, square, three-cornered, or standing on a corner."""
    colour, title = _COLOURS[number], f"<title>{escape(told)}</title>"
    corners = f"{x:.1f},{y - 7:.1f} {x + 7:.1f},{y:.1f} {x:.1f},{y + 7:.1f} {x - 7:.1f},{y:.1f}"
    shapes = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6"',
        f'<rect x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10"',
        f'<polygon points="{x:.1f},{y - 6:.1f} {x + 6:.1f},{y + 5:.1f} {x - 6:.1f},{y + 5:.1f}"',
        f'<polygon points="{corners}"',
    )
    kind = shapes[number].split(" ", 1)[0][1:]
    return f'{shapes[number]} fill="{colour}">{title}</{kind}>'


def _whole(title: str, height: float, parts: Sequence[str]) -> str:
    size = f'width="{_WIDTH}" height="{height:.0f}" viewBox="0 0 {_WIDTH} {height:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style>"
        f'<rect width="100%" height="100%" fill="#fff"/>'
        f'<text x="8" y="18" font-weight="bold">{escape(title)}</text>{"".join(parts)}</svg>\n'
    )
