"""What must hold of who asked for what: by the label, and by what is told to afk in comments."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import READY
from schedules.deeds import COLLEAGUE
from schedules.pull_deeds import STRANGERS_WORD
from schedules.seen import FIRST, Seen, of_label
from schedules.told import records

ADDED: Final = "And more."
"""What an edit adds to a text."""
IDLE: Final = ("why", "status")
"""Words that are answered, and have no other effect."""
ON_ITS_WAY: Final = timedelta(minutes=10)
"""How long a tick lives at most, that read what was taken back afterwards."""


def only_what_was_approved(seen: Seen) -> Iterator[str]:
    """2: a first turn follows a label by somebody who may, on the text as it stood then."""
    for issue in seen.issues:
        for thread in seen.threads(issue):
            first = next((one for one in thread.messages.values() if FIRST in one.text), None)
            if first is None:
                continue
            approvals = _approvals(seen, issue, seen.on_the_forge(first.created_at))
            if not approvals:
                yield f"2: {thread.title} was started, and nobody who may had asked for it"
            elif not any(_given(first.text, issue, at) for at in approvals):
                yield f"2: {thread.title} was given another text than the approved one"


def _approvals(seen: Seen, issue: Issue, upto: datetime) -> list[datetime]:
    """Return when somebody who may asked for what was started then: the newest word counts.

    Whether they still might by then is `schedules.gates`'s.

    The label, or ``/afk retry`` after the last label of somebody who may; a stranger's label in
    between asks for nothing, and takes nothing back. Nothing is asked for by a comment that was
    edited or deleted, or after which ready was taken off, nor where the newest label is a
    stranger's; what was on its way to T3 then could not know.
    """
    here = seen.here
    people = (here.owner, here.forge.account(COLLEAGUE))
    labelled = [one for one in of_label(issue, EventKind.LABELED, READY) if one.at <= upto]
    given = [one.at for one in labelled if one.actor in people]
    since = given[-1] if given else issue.created_at
    taken = [
        one.at
        for one in of_label(issue, EventKind.UNLABELED, READY)
        if one.actor is here.owner and one.at <= upto - ON_ITS_WAY
    ]
    said = [
        one.created_at
        for one in seen.said
        if one.issue is issue
        and (one.history[0].text if one.history else one.body) == "/afk retry"
        and since <= one.created_at <= upto
        and not any(edit.at <= upto - ON_ITS_WAY for edit in one.history[1:])
        and not any(at > one.created_at for at in taken)
        and seen.gone.get(one.id, upto) > upto - ON_ITS_WAY
    ]
    known = [one for one in labelled if one.actor in people or one.at <= upto - ON_ITS_WAY]
    return said + [one.at for one in known[-1:] if one.actor in people]


def _given(message: str, issue: Issue, at: datetime) -> bool:
    """Say whether a message holds title and body as they stood then, and nothing added since."""
    text, title = _text_at(issue, at), _title_at(issue, at)
    same = all(line in message for line in [*text.splitlines(), f"{title}\n"])
    return same and message.count(ADDED) == text.count(ADDED)


def _text_at(issue: Issue, at: datetime) -> str:
    """Return the body as it stood: its newest revision until then."""
    before = [one for one in issue.history if one.at <= at]
    return before[-1].text if before else issue.body


def _title_at(issue: Issue, at: datetime) -> str:
    """Return the title as it stood: what the first change after that replaced."""
    changes = [one for one in issue.events if one.kind is EventKind.RENAMED and one.at > at]
    return changes[0].old if changes else issue.title


def strangers_have_no_say(seen: Seen) -> Iterator[str]:
    """7: nothing that a stranger tells afk in a comment has an effect, or gets a word."""
    for issue in seen.issues:
        told = [m.text for one in seen.threads(issue) for m in one.messages.values()]
        if any(STRANGERS_WORD in text for text in told):
            yield f"7: an agent on {issue.ref} was told what a stranger said"
        ours = [one.body for one in issue.comments if one.author is seen.here.bot]
        for one in issue.comments:
            if one.author is not seen.here.stranger or not one.body.startswith("/afk"):
                continue
            named = (f'"comment":{one.id},', f'"comment-{one.id}"', f"#issuecomment-{one.id})")
            if one.reactions or any(name in body for name in named for body in ours):
                yield f"7: a stranger was heard on {issue.ref}: {one.body}"


def each_word_is_taken_once(seen: Seen) -> Iterator[str]:
    """7: what was said once is answered in one run; two comments of one are made one later.

    A word that does nothing may be answered by two ticks at once, in the run that one of them ends
    and in the one that was asked for anew. A run that was overtaken may have said "later" to the
    word that overtook it, and a tick beside the one that started a run at somebody's word may have
    been unable to. Whoever puts an old record back takes an answer away, which is given again.
    """
    for issue in seen.issues:
        runs = records(seen.here, issue)
        answers = [
            (one, told)
            for one in runs
            for told in one.get("answers", {}).get("heard", ())
            if told.get("word") not in IDLE
        ]
        started = {
            told["comment"]: datetime.fromisoformat(told["at"])
            for one, told in answers
            if one["approval"].get("event") == f"comment-{told['comment']}"
        }
        told_in = {
            (told["comment"], one["run_id"])
            for one, told in answers
            if told["comment"] not in started
            or one["approval"].get("event") == f"comment-{told['comment']}"
            or abs(datetime.fromisoformat(told["at"]) - started[told["comment"]]) > ON_ITS_WAY
        }
        for comment, count in Counter(comment for comment, _ in told_in).items():
            if count > 1 and not seen.written_over(issue):
                yield f"7: comment {comment} on {issue.ref} was answered {count} times"
