"""The bench's results as lines of text. Pure."""

from typing import Final

from bench.results import Row

HEAD: Final = (
    "             requests       in a      wall  floor  wall/  peak  plain script\n"
    "forge   T3  forge   T3  pts line        s      s  floor    MB   reqs      s  times  tick"
)


def line(row: Row) -> str:
    """Return one row as text."""
    points = "-" if row.points is None else str(row.points)
    plain = f"{'-':>6} {'-':>6} {'-':>6}"
    if row.times_quicker is not None:
        plain = f"{row.plain_requests:6} {row.plain_seconds:6.1f} {row.times_quicker:6.1f}"
    return (
        f"{row.forge:8}{row.protocol:2} {row.forge_requests:6} {row.t3_requests:4} {points:>4} "
        f"{row.line:4} {row.seconds:8.2f} {row.floor:6.2f} {row.over_floor:6.2f} "
        f"{row.megabytes:5.0f} {plain}  {row.tick}"
    )
