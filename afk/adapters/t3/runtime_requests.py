"""What protocol 2's agents ask, and whether anybody may still answer; pure.

`afk.adapters.t3.requests` says the same of protocol 1.
"""

from collections.abc import Callable, Iterable
from typing import Final

from afk.adapters.t3.projection import Projection, RuntimeRequest, TurnItem
from afk.adapters.t3.requests import LONGEST_TEXT
from afk.model.agent import PendingRequest, RequestKind

_USER_INPUT: Final = "user_input"
_NOT_A_PERSONS: Final = frozenset({"auth_refresh", "dynamic_tool_call"})
_LONGEST_ID: Final = 600


def pending(projection: Projection, mask: Callable[[str], str] = str) -> tuple[PendingRequest, ...]:
    """Return what a person could answer; ``mask`` takes the known secrets out of its text."""
    items = projection.turn_items
    return tuple(
        PendingRequest(one.id, _kind(one), questions(one, items), mask(_words(one, items)))
        for one in open_requests(projection)
        if one.kind not in _NOT_A_PERSONS
    )


def open_requests(projection: Projection) -> list[RuntimeRequest]:
    """Return the requests that an answer would still reach."""
    return [
        one
        for one in projection.runtime_requests
        if one.status == "pending"
        and (one.response_capability is None or one.response_capability.type != "not_resumable")
        and 0 < len(one.id) <= _LONGEST_ID
    ]


def questions(request: RuntimeRequest, items: Iterable[TurnItem]) -> tuple[str, ...]:
    """Return the ids of a request's questions; an approval has none."""
    found = (item.questions for item in items if item.request_id == request.id)
    return tuple(one.id for asked in found for one in asked if one.id)


def _kind(request: RuntimeRequest) -> RequestKind:
    return RequestKind.QUESTION if request.kind == _USER_INPUT else RequestKind.APPROVAL


def _words(request: RuntimeRequest, items: Iterable[TurnItem]) -> str:
    """Return what the agent asks, as a person would read it off T3's page.

    Questions with what can be chosen (``52-2-pending-question-thread``), or what is to be allowed
    (``50-2-pending-approval-thread``).
    """
    lines = []
    for item in items:
        if item.request_id != request.id:
            continue
        for asked in item.questions:
            lines.append(asked.question or asked.header)
            lines += [f"- {choice.label}" for choice in asked.options if choice.label]
        if not item.questions:
            lines.append(f"May it ({request.kind})? {item.prompt or ''}")
    return "\n".join(line.rstrip() for line in lines if line)[:LONGEST_TEXT]
