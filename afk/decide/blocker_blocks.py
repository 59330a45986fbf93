"""A body taken apart as its reader sees it: headings, paragraphs, list items, table cells; pure.

Markdown is parsed by markdown-it-py, HTML by the standard library. Left out is what says nothing to
a reader: code blocks, comments, struck text. Of inline code a reference alone is kept ("Blocked by
`#12`"). Emphasis is not resolved: to who reads on its marks are white space, and they may be part
of a name (``owner/my_repo#3``). A link to an issue stands as its address, in place of its words.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from functools import cache
from html.parser import HTMLParser
from itertools import count
from typing import TYPE_CHECKING, Final

from afk.decide.blocker_words import ISSUE_PATH, REFERENCE, STRONG, WEAK
from afk.text.cleaning import HTML_COMMENT

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_HIDING: Final = frozenset({"s", "del", "strike", "code", "pre", "samp", "script", "style"})
_BREAKING: Final = frozenset({"br", "p", "div", "ul", "ol", "summary", "details", "blockquote"})
_MOST_STEPS: Final = 3_000_000
"""Characters that are looked at for the tags of a piece of HTML: one that never ends costs a look
at all that follows."""
_MARKED: Final = re.compile(r"^[ \t]*(?:[-*+>#]|\d{1,9}[.)]|\[[^\]\n]*\]:)", re.MULTILINE)
_TAG: Final = re.compile(r"<[^<>]*>")
_HREF: Final = re.compile(r"""\shref\s*=\s*["']?([^\s"'<>]{1,2000})""", re.IGNORECASE)
_CODE: Final = " code "
"""Stands for inline code that is no reference: a word, so that it ends what is a list."""
_DEEPEST: Final = 60
_DEEPEST_IN_LINE: Final = 20
_MOST_BRACKETS: Final = 1_000
"""Of a kind in one paragraph; more are taken as they stand: each costs a look at what follows."""


class Kind(Enum):
    """What a block is."""

    HEADING = auto()
    TEXT = auto()
    ITEM = auto()
    CELL = auto()
    DEEPER = auto()
    """What is nested deeper than anybody nests is not read."""


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text.

    ``level`` is a heading's; ``depth``: how many lists it stands in, ``item`` numbers the outermost
    list item it is part of; ``table``, ``row`` (0 is the head) and ``column`` place a cell; it
    stands on the lines from ``begin`` to before ``end``.
    """

    kind: Kind
    text: str
    level: int = 0
    depth: int = 0
    item: int = 0
    table: int = 0
    row: int = 0
    column: int = 0
    begin: int = 0
    end: int = 0


@cache
def _parser(deepest: int) -> "MarkdownIt":
    """Return a parser; importing it takes a tenth of a second, which only a phrase pays for."""
    from markdown_it import MarkdownIt  # noqa: PLC0415  see above

    return (
        MarkdownIt("commonmark", {"maxNesting": deepest})
        .enable(["table", "strikethrough"])
        .disable(["emphasis", "image", "inline"])
    )


def marks(body: str) -> int:
    """Return about how many list items, quotes, definitions and table cells a body can have."""
    return len(_MARKED.findall(body)) + body.count("|") // 2


def blocks(body: str) -> Iterator[Block]:
    """Yield a body's blocks in their order."""
    env: dict[str, object] = {}
    numbers, at = count(1), Block(Kind.TEXT, "")
    for token in _parser(_DEEPEST).parse(body, env):
        if token.level >= _DEEPEST - 1:
            yield Block(Kind.DEEPER, "")
        if token.map:
            at = replace(at, begin=token.map[0], end=token.map[1])
        if token.type == "inline":
            yield replace(at, text=_inline(token, env))
        elif token.type == "html_block":
            yield from _html(token.content, at, numbers)
        elif token.type in _MOVES:
            at = _MOVES[token.type](at, token.tag, numbers)


_Numbers = Iterator[int]


def _heading(at: Block, tag: str, _: _Numbers) -> Block:
    return replace(at, kind=Kind.HEADING, level=int(tag[1]))


def _plain(at: Block, *_: object) -> Block:
    """Return the place behind a heading or a table."""
    return replace(at, kind=Kind.ITEM if at.depth else Kind.TEXT, level=0, table=0)


def _item(at: Block, _: str, numbers: _Numbers) -> Block:
    item = at.item if at.depth else next(numbers)
    return replace(at, kind=Kind.ITEM, depth=at.depth + 1, item=item)


def _item_end(at: Block, *_: object) -> Block:
    return _plain(replace(at, depth=at.depth - 1))


def _table(at: Block, _: str, numbers: _Numbers) -> Block:
    return replace(at, kind=Kind.CELL, table=next(numbers), row=-1)


def _row(at: Block, *_: object) -> Block:
    return replace(at, row=at.row + 1, column=-1)


def _cell(at: Block, *_: object) -> Block:
    return replace(at, column=at.column + 1)


_MOVES: Final[Mapping[str, Callable[[Block, str, _Numbers], Block]]] = {
    "heading_open": _heading,
    "heading_close": _plain,
    "list_item_open": _item,
    "list_item_close": _item_end,
    "table_open": _table,
    "table_close": _plain,
    "tr_open": _row,
    "th_open": _cell,
    "td_open": _cell,
}


def _inline(token: "Token", env: dict[str, object]) -> str:
    """Return what a line says: struck text and comments left out, links to issues as addresses."""
    plain = not any(mark in token.content for mark in "<[~`\\&")
    if plain or max(map(token.content.count, "[<")) > _MOST_BRACKETS:
        return token.content
    parser = _parser(_DEEPEST_IN_LINE)
    children: list[Token] = []
    parser.inline.parse(token.content, parser, env, children)
    shown = _Shown()
    for child in children:
        match child.type:
            case "s_open":
                shown.hidden += 1
            case "s_close":
                shown.hidden -= 1
            case "link_open":
                shown.link(str(child.attrs.get("href", "")))
            case "link_close":
                shown.link_end()
            case "code_inline":
                shown.add(child.content if REFERENCE.fullmatch(child.content.strip()) else _CODE)
            case "html_inline":
                shown.tag(child.content)
            case "softbreak" | "hardbreak":
                shown.add("\n")
            case _:
                shown.add(child.content)
    return "".join(shown.parts)


@dataclass(slots=True)
class _Shown:
    """The text of a block as it grows."""

    parts: list[str] = field(default_factory=list)
    hidden: int = 0
    struck: int = 0
    address: str = ""
    link_from: int = 0

    def add(self, text: str) -> None:
        if not self.hidden and not self.struck:
            self.parts.append(text)

    def tag(self, written: str) -> None:
        """Take an HTML tag within a line: a break, what is struck, or nothing."""
        name = written.strip("<>/ \n").split(" ", 1)[0].split("\n", 1)[0].rstrip("/").lower()
        if name == "a":
            address = _HREF.search(written)
            if written.startswith("</"):
                self.link_end()
            else:
                self.link(address[1] if address else "")
        elif name in _HIDING:
            self.struck = max(self.struck + (-1 if written.startswith("</") else 1), 0)
        else:
            self.add("\n" if name in _BREAKING else "" if written.startswith("<!--") else " ")

    def link(self, address: str) -> None:
        self.address, self.link_from = address, len(self.parts)

    def link_end(self) -> None:
        """Put an issue's address in place of the words that lead to it, unless they say more."""
        address, self.address = self.address, ""
        if not ISSUE_PATH.search(address):
            return
        words = "".join(self.parts[self.link_from :])
        if not STRONG.search(words) and not WEAK.search(words):
            del self.parts[self.link_from :]
        whole = address if "://" in address else "https://./" + address.lstrip("./")
        self.add(f" {whole} ")


_HEADINGS: Final = tuple(f"h{level}" for level in range(1, 7))
_OPENS: Final[Mapping[str, Callable[[Block, str, _Numbers], Block]]] = {
    **dict.fromkeys(_HEADINGS, _heading),
    "li": _item,
    "table": _table,
    "tr": _row,
    "th": _cell,
    "td": _cell,
}


def _html(content: str, at: Block, numbers: _Numbers) -> list[Block]:
    """Return the blocks of a piece of HTML; of one with too many tags its text, as one block."""
    if content.count("<") * len(content) > _MOST_STEPS:
        return [replace(at, text=_TAG.sub(" ", HTML_COMMENT.sub("", content)))]
    html = _Html(at, numbers)
    html.feed(content)
    html.close()
    return html.done()


class _Html(HTMLParser):
    """Blocks of a piece of HTML."""

    def __init__(self, at: Block, numbers: _Numbers) -> None:
        super().__init__()
        self._at, self._numbers = at, numbers
        self._shown = _Shown()
        self._found: list[Block] = []

    def done(self) -> list[Block]:
        """Return what was found."""
        self._flush()
        return self._found

    def _flush(self) -> None:
        text = "".join(self._shown.parts)
        if text.strip():
            self._found.append(replace(self._at, text=text))
        self._shown = _Shown(hidden=self._shown.hidden)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin what the tag begins."""
        if tag in _HIDING:
            self._shown.hidden += 1
        elif tag == "a":
            self._shown.link(dict(attrs).get("href") or "")
        elif tag in ("br", "wbr"):
            self._shown.add("\n")
        elif tag in _OPENS:
            self._flush()
            self._at = _OPENS[tag](self._at, tag, self._numbers)
        elif tag in _BREAKING:
            self._flush()

    def handle_endtag(self, tag: str) -> None:
        """End what the tag ends; a stray one ends nothing."""
        if tag in _HIDING:
            self._shown.hidden = max(self._shown.hidden - 1, 0)
        elif tag == "a":
            self._shown.link_end()
        elif tag in _OPENS or tag in _BREAKING:
            self._flush()
            if tag == "li" and self._at.depth:
                self._at = _item_end(self._at)
            elif tag == "table" or tag in _HEADINGS:
                self._at = _plain(self._at)

    def handle_data(self, data: str) -> None:
        """Take text."""
        self._shown.add(data)
