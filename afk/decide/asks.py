"""What people tell afk in comments: which comments count, and what each asks for.

Pure. The first line decides, and it begins with ``/afk``: what is quoted or stands in a block of
code does not. A comment counts as it was created; one that was edited since may hold somebody
else's words. Whether its author may say so is asked from the forge (`afk.observe.asks`).
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from afk.config import Config
from afk.decide.approval import newest_application
from afk.model.agent import PendingRequest, RequestKind
from afk.record.answers import Answers, Heard, Word
from afk.record.codec import is_record
from afk.record.state import RunRecord
from afk.text.cleaning import clean_text
from afk.types import AccountKind, Comment, Issue

WITHIN: Final = timedelta(days=1)
"""How long afk looks back: an older comment does nothing."""
MAX_ANSWER: Final = 4_000
"""Characters of an answer that the agent is given."""
_AHEAD: Final = timedelta(minutes=5)
_LINE: Final = re.compile(
    r"/afk(?:[ \t]+(?P<word>[^ \t\r\n]+)(?P<rest>[^\r\n]*))?[ \t]*(?=[\r\n]|\Z)", re.IGNORECASE
)
_MARK: Final = "<!-- afk:"


@dataclass(frozen=True, slots=True)
class Ask:
    """A comment that tells afk something; ``text`` is an answer, cleaned, "" for other words."""

    comment: Comment
    word: Word
    text: str = ""


def _first_line(body: str) -> re.Match[str] | None:
    """Return what the first line says to afk, None where the comment is not for afk."""
    found = _LINE.match(body)
    return found if found is not None and _MARK not in body else None


def read(body: str) -> tuple[Word, str] | None:
    """Return what a comment asks for, and the text of an answer; None: it is not for afk.

    Anything behind a word that takes nothing makes it unknown: better asked again than guessed.
    """
    found = _first_line(body)
    if found is None:
        return None
    word, rest = (found["word"] or "").lower(), (found["rest"] or "").strip()
    if word == Word.ANSWER:
        text = clean_text(rest + body[found.end() :], MAX_ANSWER)
        return (Word.ANSWER, text) if text else (Word.UNKNOWN, "")
    if word in (Word.WHY, Word.STATUS, Word.STOP, Word.RETRY) and not rest:
        return Word(word), ""
    return Word.UNKNOWN, ""


def is_as_created(comment: Comment) -> bool:
    """Say whether nobody has edited the comment, its author included."""
    return comment.edited_by is None and comment.updated_at == comment.created_at


def begun_at(issue: Issue, records: Iterable[RunRecord], config: Config) -> datetime | None:
    """Return when the newest run was asked for; what was said before is not about it."""
    application = newest_application(issue, config)
    moments = [record.approval.at for record in records]
    moments += [application.at] if application is not None else []
    return max(moments, default=None)


def spoken(
    issue: Issue,
    records: Collection[RunRecord],
    config: Config,
    own: Collection[int],
    *,
    now: datetime,
) -> tuple[Comment, ...]:
    """Return the comments for afk that are not answered yet, in their order, whoever wrote them.

    Never by afk itself, an agent's account, an app or a deleted account. No more than a look at
    each: anybody can write many, and long ones.
    """
    upto = max((record.answers.upto for record in records), default=0)
    begun = begun_at(issue, records, config)
    barred = {*own, *config.agent_accounts}
    found = []
    for comment in sorted(issue.comments, key=lambda one: one.id):
        if comment.id <= upto or not is_as_created(comment) or not _first_line(comment.body):
            continue
        timely = now - WITHIN <= comment.created_at <= now + _AHEAD
        since = begun is None or comment.created_at >= begun.replace(microsecond=0)
        by_a_person = comment.author.kind is AccountKind.USER and comment.author.id not in barred
        if timely and since and by_a_person and not answered_in(issue, comment, own):
            found.append(comment)
    return tuple(found)


def asks(comments: Iterable[Comment]) -> tuple[Ask, ...]:
    """Return what comments tell afk; asked only of those whose authors may."""
    told = ((comment, read(comment.body)) for comment in comments)
    return tuple(Ask(comment, *one) for comment, one in told if one is not None)


def anchor(comment: Comment) -> str:
    """Return the end of a comment's address, the same on either forge."""
    return f"#issuecomment-{comment.id}"


def answered_in(issue: Issue, comment: Comment, own: Collection[int]) -> bool:
    """Say whether a comment of ours answers this one, where no run has a record to say so."""
    named = f"{anchor(comment)})"
    ours = (one.body for one in issue.comments if one.author.id in own and not is_record(one.body))
    return any(named in body for body in ours)


def asked_for(found: Iterable[Ask], word: Word) -> Ask | None:
    """Return the first that asks for this, if any does."""
    return next((one for one in found if one.word is word), None)


def questions(pending: Iterable[PendingRequest]) -> list[PendingRequest]:
    """Return what wants words; leave to do something is never given in words."""
    return [one for one in pending if one.kind is RequestKind.QUESTION]


def with_heard(record: RunRecord, *answers: Heard) -> RunRecord:
    """Return the record with these comments answered."""
    return replace(record, answers=record.answers.having(*answers)) if answers else record


def newly(before: Answers, after: Answers) -> tuple[Heard, ...]:
    """Return what is answered in one and not yet in the other."""
    return tuple(one for one in after.heard if one.comment > before.upto)
