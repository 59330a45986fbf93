"""What keeps an approved issue from starting, in the words that people read. Pure."""

import re
from collections.abc import Mapping
from typing import Final

_COUNTED: Final = re.compile(r"(?P<name>[a-z_]+)=(?P<bound>[0-9]+) is at (?P<count>[0-9]+)")
_CEILINGS: Final[Mapping[str, str]] = {
    "max_in_flight": "a free place: {count} at work in all, {name}={bound}",
    "max_dispatch_per_tick": "the next look: {count} started in this one, {name}={bound}",
    "runs_per_issue": "somebody to allow it another run: it has had {count}, {name}={bound}",
    "runs_per_day": "tomorrow: {count} started in the last 24 hours, {name}={bound}",
}
_BOUNDS: Final[Mapping[str, str]] = {
    "max_in_flight": "a free place: no more than {bound} at work in all, {name}={bound}",
    "max_dispatch_per_tick": "a free place: no more than {bound} start at once, {name}={bound}",
    "runs_per_issue": _CEILINGS["runs_per_issue"],
    "runs_per_day": "a free place: no more than {bound} start within 24 hours, {name}={bound}",
}
_UNREAD: Final[Mapping[str, str]] = {
    "agent-seen": "T3, which could not be read when afk last looked",
    "runs_per_day": "T3, which could not be read when afk last looked",
}


def waits_for(gate: str, evidence: str) -> str:
    """Return what an approved issue waits for now, in afk's own words."""
    return _told(gate, evidence, _CEILINGS)


def waits_in_line_for(gate: str, evidence: str) -> str:
    """Return the same for the issue's own comment, which nobody brings up to date while it waits.

    So without whose run is in the way and how many are at work, which soon are others.
    """
    lasting = evidence.partition(": that of ")[0] if gate == "repository-free" else evidence
    return _told(gate, lasting, _BOUNDS)


def _told(gate: str, evidence: str, ceilings: Mapping[str, str]) -> str:
    for_what, also, how = evidence.removeprefix("waiting for ").partition("; ")
    if gate == "no-open-blocker":
        return f"{for_what} to be closed{also}{how}"
    counted = _COUNTED.fullmatch(evidence)
    if gate in ceilings and counted is not None:
        return ceilings[gate].format(**counted.groupdict())
    return _UNREAD.get(gate) or evidence.replace("in flight", "at work")
