"""What keeps an approved issue from starting, as its comment says it. Pure."""

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
_UNREAD: Final[Mapping[str, str]] = {
    "agent-seen": "T3, which could not be read when afk last looked",
    "runs_per_day": "T3, which could not be read when afk last looked",
}


def waits_for(gate: str, evidence: str) -> str:
    """Return what an approved issue waits for, in afk's own words."""
    for_what, also, how = evidence.removeprefix("waiting for ").partition("; ")
    if gate == "no-open-blocker":
        return f"{for_what} to be closed{also}{how}"
    counted = _COUNTED.fullmatch(evidence)
    if gate in _CEILINGS and counted is not None:
        return _CEILINGS[gate].format(**counted.groupdict())
    return _UNREAD.get(gate) or evidence.replace("in flight", "at work")
