"""What an agent waits for: the approvals and questions that T3 shows as open; pure.

Owns protocol 1's words for requests and their answers, and how the flags that only a shell has
are derived from bodies, by the rules the server derives them with. Recordings named are those of
``t3/0.0.28``.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from afk.adapters.t3.wire import Activity, Thread, text
from afk.model.agent import PendingRequest, RequestKind

_APPROVAL: Final = "approval"
_USER_INPUT: Final = "user-input"
_ASKING: Final = {
    f"{_APPROVAL}.requested": RequestKind.APPROVAL,
    f"{_USER_INPUT}.requested": RequestKind.QUESTION,
}
_CLOSING: Final = (
    f"{_APPROVAL}.resolved",
    f"{_USER_INPUT}.resolved",
    f"provider.{_APPROVAL}.respond.failed",
)
_GONE: Final = "stopped"
_LONGEST_ID: Final = 200
LONGEST_TEXT: Final = 4_000
"""Records remember whom they answered; what is longer is no id of T3's."""


def pending(thread: Thread, mask: Callable[[str], str] = str) -> tuple[PendingRequest, ...]:
    """Return the requests that an answer would still reach.

    Those of a thread whose session is stopped or absent are left out: T3 answers them itself
    with "No active provider session" (source, ProviderCommandReactor.ts), and shows them as
    pending for ever (``60-3-stopped-with-approval-thread``).
    """
    live = thread.session is not None and thread.session.status != _GONE
    if not (live and waits(thread)):
        return ()
    # Masked here, too: what is shown to people has to be what the forge will have been sent.
    return tuple(replace(one, text=mask(one.text)) for one in _open(thread.activities or ()))


def waits(thread: Thread) -> bool:
    """Say whether the thread is shown as waiting for a person, whatever its session does."""
    kinds = {request.kind for request in _open(thread.activities or ())}
    approval, user_input = thread.has_pending_approvals, thread.has_pending_user_input
    return (RequestKind.APPROVAL in kinds if approval is None else approval) or (
        RequestKind.QUESTION in kinds if user_input is None else user_input
    )


def _open(activities: Sequence[Activity]) -> tuple[PendingRequest, ...]:
    closed = {text(activity.field("requestId")) for activity in activities if _closes(activity)}
    return tuple(
        PendingRequest(request, _ASKING[activity.kind], _questions(activity), _words(activity))
        for activity in activities
        if activity.kind in _ASKING
        and (request := text(activity.field("requestId")))
        and len(request) <= _LONGEST_ID
        and request not in closed
    )


def _closes(activity: Activity) -> bool:
    """Say whether an activity ends a request, as the server's own flags do.

    An approval counts as answered once a response was sent, even one that failed
    (``58-5-stale-approval-thread``); a question only when the failure says that
    nobody waits for the answer any more (source, ProjectionPipeline.ts).
    """
    if activity.kind in _CLOSING:
        return True
    if activity.kind != f"provider.{_USER_INPUT}.respond.failed":
        return False
    why = text(activity.field("detail")).lower()
    return "stale pending" in why or "unknown pending" in why


def _questions(activity: Activity) -> tuple[str, ...]:
    ids = (text(item.get("id")) for item in _objects(activity.field("questions")))
    return tuple(found for found in ids if found)


def _words(activity: Activity) -> str:
    """Return what the agent asks, as a person would read it off T3's page.

    Questions with what can be chosen (``34-2-pending-user-input-thread``), or what is to be
    allowed (``33-2-pending-approval-thread``).
    """
    lines = []
    for question in _objects(activity.field("questions")):
        lines.append(text(question.get("question")) or text(question.get("header")))
        options = (text(one.get("label")) for one in _objects(question.get("options")))
        lines += [f"- {label}" for label in options if label]
    what, kind = text(activity.field("detail")), text(activity.field("requestKind"))
    lines.append(f"May it ({kind or 'unnamed'})? {what}" if what or kind else "")
    return "\n".join(line for line in lines if line)[:LONGEST_TEXT]


def _objects(values: object) -> list[dict[str, Any]]:
    return [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []
