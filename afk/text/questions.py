"""What an agent asked, kept where people read it: in the comment, below the signed line. Pure.

The text is a model's and stands in no record; the record keeps its digest. So what the former
comment says is carried on only as far as it still is what the agent asked: anybody who may edit
the comment on Forgejo could have written something else there.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Final

from afk.record.state import Asked, RunRecord
from afk.text.cleaning import clean_text
from afk.text.messages import minutes

_LONGEST: Final = 1_200
_BLOCK: Final = re.compile(
    r"^(?P<fence>`{3,})text\n(?P<text>.*?)\n(?P=fence)$", re.MULTILINE | re.DOTALL
)


def question(text: str) -> str:
    """Return a question as it is shown: what can be seen of it, bounded."""
    return clean_text(text, _LONGEST)


def digest(shown: str) -> str:
    """Return by what a question that was shown is known again."""
    return hashlib.sha256(shown.encode("utf-8", "replace")).hexdigest()


def by_digest(texts: Iterable[str]) -> dict[str, str]:
    """Return questions as they are shown, by their digests."""
    return {digest(shown): shown for shown in map(question, texts)}


def questions_in(body: str) -> dict[str, str]:
    """Return what could be questions in a comment, by their digests."""
    blocks = _BLOCK.finditer(body.replace("\r\n", "\n"))
    return {digest(found["text"]): found["text"] for found in blocks}


def dialogue_lines(record: RunRecord, texts: Mapping[str, str]) -> list[str]:
    """Return each question and what became of it, as Markdown; ``texts`` by their digests."""
    return [line for asked in record.dialogue.asked for line in _lines(asked, record, texts)]


def _lines(asked: Asked, record: RunRecord, texts: Mapping[str, str]) -> list[str]:
    text = texts.get(asked.digest)
    if any(one.request == asked.id for one in record.answers.given):
        answer = "A comment answered it."
    elif asked.id in record.dialogue.answered:
        answer = "afk answered that nobody is there, and that the agent decides itself."
    else:
        answer = "Nobody was there to answer."
    if not text:
        where = "its conversation in T3 has the question"
        return ["", f"The agent asked at {minutes(asked.at)} ({where}). {answer}"]
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(longest + 1, 3)
    return [
        "",
        f"The agent asked at {minutes(asked.at)}:",
        "",
        f"{fence}text",
        text,
        fence,
        "",
        answer,
    ]
