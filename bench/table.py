"""The bench's results as lines of text. Pure."""

from typing import Final

from bench.results import Reaction, Row, Start, Waiting

HEAD: Final = (
    "            requests          in a     wall  floor  wall/  peak      plain script\n"
    "forge   T3  forge   T3  pts   line        s      s  floor    MB   reqs      s  times  tick"
)


def line(row: Row) -> str:
    """Return one tick as text."""
    points = "-" if row.points is None else str(row.points)
    plain = f"{'-':>6} {'-':>6} {'-':>6}"
    if row.times_quicker is not None:
        plain = f"{row.plain_requests:6} {row.plain_seconds:6.1f} {row.times_quicker:6.1f}"
    return (
        f"{row.forge:8}{row.protocol:2} {row.forge_requests:6} {row.t3_requests:4} {points:>4} "
        f"{row.line:6} {row.seconds:8.2f} {row.floor:6.2f} {row.over_floor:6.2f} "
        f"{row.megabytes:5.0f} {plain}  {row.tick}"
    )


def waiting_line(point: Waiting) -> str:
    """Return one point of the curve as text."""
    return f"{point.forge:8} {point.issues:7,} waiting {point.requests:6,} requests"


def reaction_line(one: Reaction) -> str:
    """Return how quickly one kind of change was noticed, as text."""
    times = f"{one.median:6.1f} median {one.worst:6.1f} worst of {len(one.seconds)}"
    return f"{one.forge:8} {one.change:12} {one.woken:12} {times}"


def start_line(start: Start) -> str:
    """Return how long a job takes to start, as text."""
    if start.cold is None or start.kept is None:
        return "\na job's start: not measured, no way to the packages"
    return f"\na job's start: {start.cold:.1f} s cold, {start.kept:.2f} s with the folder kept"
