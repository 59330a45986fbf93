"""What an act leaves behind: events, revisions of texts, mentions on other issues."""

from datetime import datetime
from typing import Protocol

from afk_sandbox.forge import references
from afk_sandbox.forge.accounts import Accounts
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.records import (
    Account,
    Comment,
    Event,
    Issue,
    Revision,
    Unit,
)

KEPT_REVISIONS = 20
"""How many revisions of one text Forgejo keeps: the original and the newest ones."""


class Text(Protocol):
    """Whatever somebody wrote and can be edited."""

    author: Account
    body: str
    created_at: datetime
    history: list[Revision]


class History(Accounts):
    """Bookkeeping shared by everything that writes to an issue."""

    def record(
        self, issue: Issue, kind: EventKind, actor: Account, *, at: datetime | None = None
    ) -> Event:
        """Add an event, now or backdated, and move ``updated_at`` with it.

        The caller fills in the fields that the kind of event has besides these.
        """
        moment = at or self.now()
        event = Event(id=self.next_id("entry"), kind=kind, actor=actor, at=moment)
        issue.events.append(event)
        issue.updated_at = moment
        return event

    def revise(self, text: Text, editor: Account, after: str) -> None:
        """Keep what a text becomes, and what it was before its first edit."""
        if not text.history:
            first = self._revision(text.author, text.body, text.created_at)
            first.first = True
            text.history.append(first)
        text.history.append(self._revision(editor, after, self.now()))
        surplus = max(0, len(text.history) - KEPT_REVISIONS)
        del text.history[1 : 1 + surplus]

    def mention(self, source: Issue, text: str, actor: Account, comment: Comment | None) -> None:
        """Leave an event on each issue that a text names, once per text.

        It moves that issue's ``updated_at``, whether or not its readers can see the source. One
        that a pull request says it closes is told so (rec 112: ``ref_action`` is ``closes``).
        """
        closed = {(one.repo, one.number) for one in references.closing(text) if source.is_pull}
        for found in references.in_markdown(text):
            repo = self.repository(found.repo) if found.repo else source.repo
            target = repo.issues.get(found.number) if repo else None
            if repo is None or target is None or target is source:
                continue
            known = any(e.other is source and e.comment is comment for e in target.events)
            if not known and self.rights(repo, actor, Unit.ISSUES):
                event = self.record(target, EventKind.MENTIONED, actor)
                event.source, event.other, event.comment = source.repo, source, comment
                event.closes = (found.repo, found.number) in closed

    def _revision(self, editor: Account, text: str, at: datetime) -> Revision:
        return Revision(id=self.next_id("revision"), editor=editor, at=at, text=text)
