"""What has to hold, in the very tick, before afk sends a run another turn.

Pure. The kill switch is off and the repository watched, else there would be no tick. Anything
that cannot be read means wait; drifted content or revoked authority means stop and park.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, unique
from typing import Final

from afk.config import Config
from afk.decide.approval import Standing, by_whom, digest, newest_application, same_application
from afk.record.state import RunRecord
from afk.types import Issue, Permission, Reason


@unique
class Gate(Enum):
    """GO: send the turn. WAIT: not in this tick. PARK: stop and hand over."""

    GO = "go"
    WAIT = "wait"
    PARK = "park"


_REVOKED: Final = frozenset({Standing.REFUSED, Standing.UNLISTED_APP, Standing.OWN})
"""Whoever approved could approve when the run started; now they cannot."""


@dataclass(frozen=True, slots=True)
class Passage:
    """The gate's answer, with the reason to park for or the words to wait with.

    ``provider_closed``: what keeps the turn waiting is another run's usage limit.
    """

    gate: Gate
    reason: Reason | None = None
    detail: str = ""
    provider_closed: bool = False


def later_turn(
    issue: Issue,
    record: RunRecord,
    config: Config,
    *,
    permission: Permission,
    own: Collection[int],
    provider_shut: str,
) -> Passage:
    """Return whether a turn after the first may be sent, for an issue read just now.

    ``provider_shut`` says why the provider takes none, "" where it does.
    """
    application = newest_application(issue, config)
    if not same_application(record.approval, application):
        return Passage(Gate.WAIT, detail="the approval, which has changed")
    if digest(issue) != record.approval.digest:
        return Passage(Gate.PARK, Reason.EDITED)
    standing = by_whom(application, permission, config, own)
    if standing in _REVOKED:
        return Passage(Gate.PARK, Reason.AUTHORITY_REVOKED)
    if standing is not Standing.APPROVED:
        return Passage(Gate.WAIT, detail=standing.value)
    if provider_shut:
        return Passage(Gate.WAIT, detail=provider_shut, provider_closed=True)
    return Passage(Gate.GO)
