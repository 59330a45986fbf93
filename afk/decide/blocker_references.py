"""The issues that a piece of text names, as far as they are its blockers; pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from afk.decide.blocker_words import (
    ISSUE_PATH,
    JOINT,
    REFERENCE,
    RELATED,
    SENTENCE_END,
    SEPARATED,
)
from afk.types import IssueKey

UNNAMED: Final = "a blocker that the text names without an issue's number"
ELSEWHERE: Final = "an issue on another server, named in the text"

LABEL = re.compile(r"\n[^\w\n]*[A-Za-z][\w -]{0,30}:(?!//)")
"""A line that begins with a name for what follows: "Related: #13"."""
_DIGITS: Final = 9
"""A longer number names no issue, and GraphQL's Int holds no more; it is cut, and so stays open."""
_NEAR: Final = 80
"""Characters before a reference that say what it is."""


@dataclass(slots=True)
class References:
    """Collects issues; ``#12`` is meant in ``repo``, ``web`` is the forge's address."""

    repo: str
    web: str
    issues: dict[IssueKey, None] = field(default_factory=dict)
    unclear: dict[str, None] = field(default_factory=dict)

    def chain(self, tail: str, *, prose: bool) -> tuple[bool, bool]:
        """Take the issues that follow a phrase, as long as they are listed.

        ``prose``: words may stand before the first. Says whether any was taken, and whether the
        list may go on behind the text.
        """
        tail = tail[: _end_of_sentence(tail)]
        taking, any_taken, position = True, False, 0
        for reference in REFERENCE.finditer(tail):
            lead = tail[position : reference.start()]
            if RELATED.search(lead[-_NEAR:]):
                taking = False
            elif not JOINT.fullmatch(lead):
                first = prose and position == 0
                taking = taking and (first or SEPARATED.search(lead[-_NEAR:]) is not None)
            position = reference.end()
            if taking:
                any_taken |= self._add(reference)
        return any_taken, bool(taking and JOINT.fullmatch(tail[position:]))

    def listed(self, text: str) -> bool:
        """Take the issues of a text that lists blockers; says whether there were any."""
        taking, position, found = True, 0, False
        for reference in REFERENCE.finditer(text):
            lead = text[position : reference.start()]
            if RELATED.search(lead[-_NEAR:]):
                taking = False
            elif not JOINT.fullmatch(lead) or ":" in lead or "\n" in lead:
                taking = True
            position = reference.end()
            if taking:
                found |= self._add(reference)
        return found

    def _add(self, reference: re.Match[str]) -> bool:
        """Take one reference; says whether it names an issue, here or elsewhere."""
        if address := reference["address"]:
            path = ISSUE_PATH.search(address)
            if path is None:
                return False
            there = address[: path.start()].rstrip("/").lower()
            here = there == "." or path["repo"] == self.repo
            if not here and (not path["repo"] or (self.web and there != self.web)):
                self.unclear[ELSEWHERE] = None
                return True
            name, number = path["repo"] or self.repo, path["number"]
        else:
            name = reference["repo"] or self.repo
            numbers = (reference[form] for form in ("there", "here", "slashed", "counted"))
            number = next(filter(None, numbers))
        self.issues[IssueKey(name, int(number[:_DIGITS]))] = None
        return True


def _end_of_sentence(text: str) -> int:
    """Return where the sentence ends, or another label begins on a line of its own."""
    return min((one.start() for one in _ends(text)), default=len(text))


def _ends(text: str) -> Iterator[re.Match[str]]:
    for pattern in (SENTENCE_END, LABEL):
        if found := pattern.search(text):
            yield found
