"""What happened to an issue or a pull request, in order: comments, and acts in a few words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.pull_records import Verdict
from afk_sandbox.forge.records import Account, Event, Issue

_WORDS: Final[Mapping[EventKind, Callable[[Event], str]]] = {
    EventKind.LABELED: lambda event: f"put on {event.label_name}",
    EventKind.UNLABELED: lambda event: f"took off {event.label_name}",
    EventKind.RENAMED: lambda event: f"changed the title from {event.old}",
    EventKind.CLOSED: lambda _: "closed this",
    EventKind.REOPENED: lambda _: "reopened this",
    EventKind.PUSHED: lambda event: f"pushed {_count(event)}",
    EventKind.DRAFTED: lambda _: "made this a draft",
    EventKind.READIED: lambda _: "made this ready to be merged",
    EventKind.MERGED: lambda event: f"merged this as {event.commit[:7]}",
    EventKind.HEAD_DELETED: lambda event: f"deleted the branch {event.old}",
}
_VERDICTS: Final[Mapping[Verdict, str]] = {
    Verdict.APPROVED: "approved this",
    Verdict.CHANGES_REQUESTED: "asked for changes",
    Verdict.COMMENTED: "reviewed this",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened: an act in a few ``words``, or a comment with its ``body``.

    ``id``: the comment's; ``edited``: whether it is not as it was written.
    """

    at: datetime
    who: Account
    words: str = ""
    body: str = ""
    id: int = 0
    edited: bool = False


def timeline(issue: Issue) -> Sequence[Entry]:
    """Return what happened, oldest first."""
    found = [
        Entry(
            at=one.created_at,
            who=one.author,
            body=one.body,
            id=one.id,
            edited=bool(one.history),
        )
        for one in issue.comments
    ]
    for event in issue.events:
        if event.kind is EventKind.REVIEWED and event.review is not None:
            words = _VERDICTS.get(event.review.verdict, "")
            entry = Entry(at=event.at, who=event.actor, words=words, body=event.review.body)
        elif event.kind in _WORDS:
            entry = Entry(at=event.at, who=event.actor, words=_WORDS[event.kind](event))
        else:
            continue
        found.append(entry)
    return sorted(found, key=lambda one: one.at)


def _count(event: Event) -> str:
    count = len(event.commits)
    return "one commit" if count == 1 else f"{count} commits"
