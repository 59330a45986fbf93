"""Which issues a text says it waits for: "Blocked by #12, owner/app#3 and #4".

Pure. Read as a person reads it: Markdown is taken apart (`afk.decide.blocker_blocks`), and what a
sentence, a list, a section or a table's column says of blockers counts. Where that is open,
over-reading is safe (an issue waits), under-reading is not (an agent starts too early). A blocker
that is plainly stated and names no issue is unclear, and holds the issue, too.
Anybody may write a body of any size: every step here takes linear time, and past `LONGEST` a text
is not read at all.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import zip_longest
from typing import Final

from afk.decide.blocker_blocks import Block, Kind, blocks, marks
from afk.decide.blocker_references import LABEL, UNNAMED, References
from afk.decide.blocker_words import (
    ASIDE,
    HINT,
    JOINT,
    LINE_START,
    NEGATED,
    NONE,
    OPENING,
    STRONG,
    STRUCK,
    TITLE,
    WEAK,
)
from afk.text.cleaning import visible_text
from afk.types import IssueKey

LIMIT: Final = 50
"""More blockers than this are not read one by one; the issue then waits."""
LONGEST: Final = 70_000
"""Characters of a text that is read; GitHub takes 65,536."""
UNREAD: Final = "blockers in a text that is too long to read"

_LABELLED = re.compile(rf"(?:\A|\n)[^\w\n]*(?:{TITLE.pattern})[*_ ]*(?::|(?=\n))", re.IGNORECASE)
"""A title at the start of a line, with a colon or alone on it."""
_MOST_MARKS: Final = 3_000
"""Of lists and tables; nobody writes more, and each costs a tenth of a millisecond."""
_CHECKED = re.compile(r"\s*\[x\]", re.IGNORECASE)
_LONGEST_TITLE: Final = 200
_WORDS = re.compile(r"\w\w")
_ANYWHERE: Final = -1
_LISTED: Final = -2
"""Where what a phrase opened goes on: in the next block, or only in more of the list begun."""
_NEAR: Final = 80
"""Characters before a phrase that may turn it round."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a text says it waits for.

    ``issues``: each once, in order; ``unclear``: what is stated and is no issue here, in afk's own
    words.
    """

    issues: tuple[IssueKey, ...] = ()
    unclear: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a heading, a label or a phrase opens: the blocks that belong to it are its blockers.

    ``level`` of a heading, 0 where it is none; ``depth`` of the list it stands in; ``strong``: what
    it holds and names no issue is unclear. ``aside``: it is something else, within a list of them.
    """

    strong: bool
    level: int = 0
    depth: int = 0
    aside: bool = False


def parse(body: str, repo: str) -> tuple[IssueKey, ...]:
    """Return the issues a body names as its blockers."""
    return read(body, repo).issues


@lru_cache(maxsize=128)
def read(body: str, repo: str, web: str = "") -> Named:
    """Return what a body says it waits for.

    ``repo`` is the one that ``#12`` is meant in; ``web`` the forge's address for people: an issue
    on another server is unclear. Without it the server is not looked at. What was read is kept: one
    tick asks for the same text again and again.
    """
    if not HINT.search(body):
        return Named()
    if len(body) > LONGEST or marks(body) > _MOST_MARKS:
        return Named(unclear=(UNREAD,))
    named = References(repo, web.rsplit("://", maxsplit=1)[-1].rstrip("/").lower())
    reader = _Reader(named)
    for block in blocks(visible_text(body)):
        reader.take(block)
    reader.item_over()
    reader.section_over()
    return Named(tuple(named.issues), tuple(named.unclear))


@dataclass(slots=True)
class _Reader:
    """Goes through the blocks of one body."""

    named: References
    section: _Scope | None = None
    opened: _Scope | None = None
    ends_at: int = _ANYWHERE
    columns: dict[tuple[int, int], bool] = field(default_factory=dict)
    row: tuple[int, int] = (0, 0)
    item: int = 0
    wordy: bool = False
    found_in_item: bool = False
    section_wordy: bool = False
    found_in_section: bool = False

    def take(self, block: Block) -> None:
        """Read one block."""
        if block.kind is Kind.DEEPER:
            self.named.unclear[UNREAD] = None
        text = STRUCK.sub("", block.text)
        if block.item != self.item:
            self.item_over()
            self.item = block.item
        if block.kind is Kind.HEADING:
            self._heading(block, text)
        elif block.kind is Kind.CELL:
            self._cell(block, text)
        else:
            self._words(block, text)

    def item_over(self) -> None:
        """Note a list item among blockers that named no issue."""
        if self.wordy and not self.found_in_item:
            self.named.unclear[UNNAMED] = None
        self.wordy = self.found_in_item = False

    def section_over(self) -> None:
        """Note a section of blockers whose words named none at all."""
        if self.section_wordy and not self.found_in_section:
            self.named.unclear[UNNAMED] = None
        self.section_wordy = self.found_in_section = False
        self.section = None

    def _heading(self, block: Block, text: str) -> None:
        self.opened = None
        if self.section is not None and block.level <= self.section.level:
            self.section_over()
        titled = _titled(text)
        if titled is not None:
            self.section_over()
            self.section = _Scope(titled, level=block.level)
        else:
            if _is_aside(text):
                self.section_over()
            self._sentences(block, text)
            self.opened = None

    def _cell(self, block: Block, text: str) -> None:
        self.opened = None
        named = self.row == (block.table, block.row)
        self.row = (0, 0)
        if _titled(text) is not None:
            self.row = (block.table, block.row)
            self.columns |= {(block.table, block.column): True} if block.row == 0 else {}
        elif block.row == 0 and _is_aside(text):
            self.columns[block.table, block.column] = False
        elif named or self.columns.get((block.table, block.column), self._lists(block)):
            if not NONE.match(text):
                self.found_in_section |= self.named.listed(text)
        else:
            self._sentences(block, text)

    def _lists(self, block: Block) -> bool:
        """Say whether a table is itself a list of blockers: its section's, no column says whose."""
        heads = (own for (table, _), own in self.columns.items() if table == block.table)
        return self.section is not None and block.row > 0 and not any(heads)

    def _words(self, block: Block, text: str) -> None:
        scope = self._scope(block)
        if scope is not self.opened:
            self.opened = None
        if scope is None:
            self._sentences(block, text)
        elif scope.aside:
            self.opened = None if block.kind is Kind.TEXT else scope
        elif scope is self.section and _is_aside(text):
            self.opened, self.ends_at = (
                _Scope(strong=False, depth=block.depth, aside=True),
                _ANYWHERE,
            )
        elif block.kind is Kind.TEXT and scope is self.opened:
            self.opened = None
            if not NONE.match(text):
                self._sentences(block, text)
                label = LABEL.match(f"\n{text}") is not None
                self.named.chain(text, prose=scope.strong and not label)
        elif NONE.match(text) and not STRONG.search(text):
            if block.kind is Kind.TEXT:
                self.section_over()
        else:
            self._among_blockers(block, text, scope)

    def _among_blockers(self, block: Block, text: str, scope: _Scope) -> None:
        """Read a block that stands where blockers are listed."""
        if STRONG.search(text) or WEAK.search(text):
            self._sentences(block, text, scope)
        found = self.named.listed(text)
        self.found_in_item |= found
        self.found_in_section |= found
        if found or not scope.strong or not _WORDS.search(text) or _CHECKED.match(text):
            return
        if block.kind is Kind.TEXT:
            self.section_wordy = True
        else:
            self.wordy = True

    def _scope(self, block: Block) -> _Scope | None:
        """Return what the block belongs to."""
        opened = self.opened
        if opened is not None:
            deeper = block.kind is Kind.ITEM and block.depth > opened.depth
            if deeper and self.ends_at in (_ANYWHERE, _LISTED, block.begin):
                self.ends_at = _LISTED
                return opened
            if block.kind is Kind.TEXT and self.ends_at == _ANYWHERE:
                return opened
        return self.section

    def _sentences(self, block: Block, text: str, keep: _Scope | None = None) -> None:
        """Read what follows each phrase; one that ends the block opens a list.

        Where ``keep`` is given, the block stands in a list of blockers already, and opens none.
        """
        found = [*STRONG.finditer(text), *WEAK.finditer(text), *_LABELLED.finditer(text)]
        found.sort(key=re.Match.start)
        for phrase, following in zip_longest(found, found[1:]):
            tail = text[phrase.end() : following.start() if following else len(text)]
            opened = self._phrase(phrase, tail)
            if opened is not None and following is None and keep is None:
                strong, self.ends_at = opened[0], block.end if opened[1] else _ANYWHERE
                self.opened = _Scope(strong, depth=block.depth)
        last = text.rstrip().rfind("\n") + 1
        label = None if found and found[-1].start() >= last else _titled(text[last:])
        if label is not None and keep is None:
            self.opened, self.ends_at = _Scope(label, depth=block.depth), _ANYWHERE

    def _phrase(self, phrase: re.Match[str], tail: str) -> tuple[bool, bool] | None:
        """Read what follows one phrase.

        Where a list may stand behind it: whether it is outright, and whether it began here.
        """
        before = phrase.string[max(phrase.start() - _NEAR, 0) : phrase.start()]
        if NEGATED.search(before) or before.lower().endswith(("un-", "non-")):
            return None
        prose = phrase.re is STRONG
        if OPENING.fullmatch(tail) or (not prose and JOINT.fullmatch(tail)):
            return prose or "blocker" in phrase[0].lower(), False
        if NONE.match(tail):
            return None
        named, open_end = self.named.chain(tail, prose=prose)
        outright = prose and phrase[0].lower().startswith("blocked")
        if not named and outright and LINE_START.search(before) and re.search(r"\w", tail):
            self.named.unclear[UNNAMED] = None
        return (False, True) if named and open_end else None


def _titled(text: str) -> bool | None:
    """Say whether a heading, a table's head or a line is all about blockers, and outright.

    None: it is not.
    """
    words = text.strip()
    if len(words) > _LONGEST_TITLE:
        return None
    start = JOINT.match(words)
    begin = start.end() if start else 0
    for pattern, strong in ((STRONG, True), (WEAK, False), (TITLE, None)):
        for position in (begin, *(one.start() for one in pattern.finditer(words))):
            found = pattern.match(words, position)
            if (
                found
                and JOINT.fullmatch(words[:position])
                and OPENING.fullmatch(words[found.end() :])
            ):
                return "block" in found[0].lower() if strong is None else strong
    return None


def _is_aside(text: str) -> bool:
    return len(text) <= _LONGEST_TITLE and ASIDE.fullmatch(text) is not None
