"""What an agent of protocol 2 asks: a request's questions, and their words for people. Pure."""

from collections.abc import Iterable
from typing import Final

from afk.adapters.t3.projection import RuntimeRequest, TurnItem

_LONGEST_TEXT: Final = 4_000


def questions(request: RuntimeRequest, items: Iterable[TurnItem]) -> tuple[str, ...]:
    """Return the ids of a request's questions; an approval has none."""
    found = (item.questions for item in items if item.request_id == request.id)
    return tuple(one.id for asked in found for one in asked if one.id)


def words(request: RuntimeRequest, items: Iterable[TurnItem]) -> str:
    """Return what the agent asks, as a person would read it off T3's page.

    Recordings ``52-2-pending-question-thread`` and ``50-2-pending-approval-thread``.
    """
    lines = []
    for item in items:
        if item.request_id != request.id:
            continue
        for one in item.questions:
            lines.append(one.question or one.header)
            lines += [f"- {option.label}" for option in one.options if option.label]
        if item.prompt or item.request_kind:
            lines.append(f"May it ({item.request_kind or 'unnamed'})? {item.prompt}")
    return "\n".join(line for line in lines if line)[:_LONGEST_TEXT]
