"""What afk says to people who tell it something in a comment. Pure.

In the run's comment where there is a run, else in one short comment. Holds nothing that they wrote.
"""

from collections.abc import Mapping
from typing import Final

from afk.config import Config
from afk.record.answers import Heard, Reply, Word
from afk.record.state import RunRecord
from afk.text.messages import minutes
from afk.text.waits import with_links
from afk.types import IssueKey

WORDS: Final[Mapping[Word, str]] = {
    Word.WHY: "why this issue starts or does not, and what it waits for",
    Word.STATUS: "how far its run has come",
    Word.STOP: "stop the agent; nothing more is done here until you say so",
    Word.RETRY: "approve the issue as it stands now, and start it again",
    Word.ANSWER: "answer what the agent asks",
}
"""Every word that afk knows, and what it does."""
_WRITTEN: Final[Mapping[Word, str]] = {
    one: f"/afk {one.value}{' TEXT' if one is Word.ANSWER else ''}" for one in WORDS
}
_KNOWN: Final = ", ".join(f"`{one}`" for one in _WRITTEN.values())

REPLIES: Final[Mapping[Reply, str]] = {
    Reply.SHOWN: "this comment says how things stand.",
    Reply.STOPPED: "afk stops the run.",
    Reply.NOT_AT_WORK: "nothing is at work here.",
    Reply.RETRIED: "approved as the issue stood then. Deleting or editing that comment takes the "
    "approval back.",
    Reply.AT_WORK: "a run is at work, so nothing was done. `/afk stop` ends it, then ask again.",
    Reply.WAITS: "it is approved already and waits, so nothing was done.",
    Reply.CHANGED: "not started: it cannot be proven that title and text are still what they were "
    "when you wrote that. Read them, then say it again.",
    Reply.OVERTAKEN: "somebody changed the labels after that or in the same second, so nothing was "
    "done. To start it all the same, say it again.",
    Reply.CLOSED: "the issue is closed, so nothing was done. Reopen it, then ask again.",
    Reply.NOT_HERE: "afk starts nothing in this repository now, so nothing was done.",
    Reply.SENT: "your answer was sent to the agent.",
    Reply.TOO_LATE: "too late: afk had told the agent before to decide itself, or the run was "
    "stopped. Your answer was not sent.",
    Reply.NOTHING_OPEN: "the agent has no open question, so nothing was sent.",
    Reply.WORDS: f"afk does not know that one. It knows {_KNOWN}.",
}


def answer_lines(record: RunRecord, issue_url: str = "") -> list[str]:
    """Return what was said to afk about a run and what became of it, as Markdown, oldest first.

    ``issue_url``: what the end of a comment's address completes; "": nothing is linked.
    """
    return [line for one in record.answers.heard for line in ("", _line(one, issue_url))]


def _line(one: Heard, issue_url: str) -> str:
    if one.word is Word.UNKNOWN:
        said = "a comment for afk"
    else:
        said = f"`{_WRITTEN[one.word].removesuffix(' TEXT')}`"
    link = f"[{said}]({issue_url}#issuecomment-{one.comment})" if issue_url else said
    return f"{link} ({minutes(one.at)}): {REPLIES[one.reply]}"


def short_answer(
    one: Heard, key: IssueKey, address: str, config: Config, *, web: str, sentence: str
) -> str:
    """Return the comment that answers where no run has one.

    ``sentence`` says what becomes of the issue, in afk's own words; ``address`` is the asking
    comment's, by which afk knows later that it was answered.
    """
    told = REPLIES[one.reply]
    if one.reply is Reply.SHOWN:
        said = with_links(sentence, key.repo, web)
        told = f"{said[:1].upper()}{said[1:].removesuffix('.')}."
    elif one.reply is Reply.NOT_AT_WORK:
        told = f"nothing is at work here. Putting `{config.ready_label}` on starts a run."
    return f"[Asked here]({address}): {told}\n"
