"""What an agent of protocol 2 asks: a request's questions, and their words for people. Pure."""

from collections.abc import Iterable

from afk.adapters.t3.projection import RuntimeRequest, TurnItem
from afk.adapters.t3.requests import LONGEST_TEXT


def questions(request: RuntimeRequest, items: Iterable[TurnItem]) -> tuple[str, ...]:
    """Return the ids of a request's questions; an approval has none."""
    found = (item.questions for item in items if item.request_id == request.id)
    return tuple(one.id for asked in found for one in asked if one.id)


def words(request: RuntimeRequest, items: Iterable[TurnItem]) -> str:
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
