"""A text as an agent gets it: what its page shows, and an account of what was taken out.

Pure. Taken out is what a person who approved it in a browser could not see: comments (but not in
code, where they show), control characters, terminal escapes, direction controls, and invisible
characters. Kept are those that a writing needs and that show in it: joiners between letters of
scripts that join (Persian, Hindi), in emoji, soft hyphens within a word.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from afk.text.cleaning import ANSI, HTML_COMMENT, LINE_BREAK, MARKDOWN_COMMENT, is_visible

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_JOINERS: Final = frozenset("\u200c\u200d")
_SOFT_HYPHEN: Final = "\u00ad"
_DIRECTION: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_PRESENTATION: Final = frozenset("\ufe0e\ufe0f")
_JOINED_SCRIPTS: Final = (
    (0x0600, 0x08FF),  # Arabic, Syriac, Thaana, N'Ko, Mandaic
    (0x0900, 0x109F),  # Indic scripts, Thai, Lao, Tibetan, Burmese
    (0x1780, 0x18AF),  # Khmer, Mongolian
    (0xFB50, 0xFDFF),
    (0xFE70, 0xFEFE),
)
_VIRAMA: Final = 9
"""The canonical combining class of signs that a joiner may follow at a word's end."""
_FLAGS: Final = re.compile(
    "\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067"
    "|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)\U000e007f"
)
"""England, Scotland, Wales: the only tag sequences that show (Unicode's RGI_Emoji_Tag_Sequence)."""
_PRIVATE_USE: Final = ("\ue000", "\uf8ff")
_SPAN_OR_COMMENT: Final = re.compile(
    r"(?P<code>(?<!`)(?P<ticks>`+)(?!`)(?P<within>(?:(?!\n[ \t]*\n).)+?)(?<!`)(?P=ticks)(?!`))"
    rf"|{HTML_COMMENT.pattern}",
    re.DOTALL,
)
_SUSPECT: Final = re.compile(r"[^\t\n\x20-\x7e\xa1-\xac\xae-\u02ff\u0400-\u052f\u4e00-\u9fa5]")
"""All but what is plainly visible; each is looked at."""
_MAY_HIDE: Final = re.compile(r"<!-|^ {0,3}\[[^\]\n]*\]:", re.MULTILINE)
_FOOTNOTE: Final = re.compile(r"^ {0,3}\[\^[^\]\s]+\]:", re.MULTILINE)
"""Both forges know footnotes, the parser does not: what is indented below one is text, not code."""
_MOST_MARKS: Final = 1_000
"""In one paragraph, each costs a look at what follows; past it, nothing there counts as code."""
_NEVER_ENDS: Final = "[cut here: a comment that never ends]"


@dataclass(frozen=True, slots=True)
class HandedOn:
    """A text and what was taken out of it; ``cut``: it was longer than it may be."""

    text: str
    comments: int = 0
    invisible: int = 0
    direction: int = 0
    cut: bool = False
    never_ends: bool = False

    def account(self) -> str:
        """Return what was taken out, in words, "" where nothing was."""
        counts = (
            (self.comments, "hidden comment"),
            (self.invisible, "invisible character"),
            (self.direction, "text direction control"),
        )
        parts = [f"{count:,} {name}{'s' if count > 1 else ''}" for count, name in counts if count]
        return ", ".join([*parts, *(["its end, which is too long"] if self.cut else [])])


@lru_cache(maxsize=64)
def handed_on(text: str, limit: int) -> HandedOn:
    """Return a text fit for an agent: at most ``limit`` characters, a cut one says so."""
    text = LINE_BREAK.sub("\n", text)
    first, comments, never = _without_comments(text)
    plain, escapes = ANSI.subn("", first)
    shown, invisible, direction = _shown(plain)
    # Again: what was taken out may have kept two halves of a comment apart.
    shown, more, again = _without_comments(shown)
    shown = shown.strip()
    cut = len(shown) > limit
    if cut:
        shown = shown[:limit].rstrip() + "\n[cut here: too long]"
    return HandedOn(
        shown, comments + more, invisible + escapes, direction, cut=cut, never_ends=never or again
    )


def comment_never_ends(text: str) -> bool:
    """Say whether a comment outside of code never ends: then it is open what its reader saw."""
    return "<" in text and "!" in text and handed_on(text, len(text) + 1).never_ends


def _without_comments(text: str) -> tuple[str, int, bool]:
    """Return the text without comments outside of code, how many, and if one never ends."""
    if not _MAY_HIDE.search(text):
        return text, 0, False
    removed, never = 0, False

    def replaced(found: re.Match[str]) -> str:
        nonlocal removed, never
        removed += 1
        never = never or found["never"] is not None
        return "" if found["never"] is None else _NEVER_ENDS

    parts = []
    spans = _code_spans(text)
    for piece, code in _pieces(text):
        if code:
            parts.append(piece)
            continue
        left, idioms = MARKDOWN_COMMENT.subn("", "".join(_commented(piece, spans, replaced)))
        removed += idioms
        parts.append(left)
    return "".join(parts), removed, never


def _commented(
    piece: str, spans: frozenset[str], replaced: Callable[[re.Match[str]], str]
) -> Iterator[str]:
    """Yield the text with each comment replaced, but for what the page shows as code."""
    position = 0
    while found := _SPAN_OR_COMMENT.search(piece, position):
        yield piece[position : found.start()]
        position = found.end()
        if found["code"] is None:
            yield replaced(found)
        elif "<!-" not in found[0] or _span(found["within"]) in spans:
            yield found[0]
        else:  # marks that looked like code's, and are not: a comment behind them is hidden
            position = found.end("ticks")
            yield found["ticks"]
    yield piece[position:]


def _code_spans(text: str) -> frozenset[str]:
    """Return the inline code of the page that has to do with comments.

    Only the parser knows what is code: a mark may be escaped, be part of an HTML tag or of a link's
    address, or its fellow stand in another block. What is shown once as code may be kept anywhere.
    """
    if "`" not in text:
        return frozenset()
    found: set[str] = set()
    parser = _parser()
    for token in parser.parse(text):
        line = token.content
        if token.type != "inline" or "`" not in line or "<!-" not in line:
            continue
        if sum(map(line.count, "[<`")) > _MOST_MARKS:
            continue
        children: list[Token] = []
        parser.inline.parse(line, parser, {}, children)
        found.update(_span(one.content) for one in children if one.type == "code_inline")
    return frozenset(found)


def _span(code: str) -> str:
    return " ".join(code.split())


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the text in pieces of whole lines: code blocks, and what stands between them."""
    lines = re.split(r"(?<=\n)", text)
    begin = 0
    notes = _FOOTNOTE.search(text) is not None
    for token in _parser().parse(text):
        code = token.type == "fence" or (token.type == "code_block" and not notes)
        if code and token.map and token.map[0] >= begin:
            yield "".join(lines[begin : token.map[0]]), False
            begin = token.map[1]
            yield "".join(lines[token.map[0] : begin]), True
    yield "".join(lines[begin:]), False


@cache
def _parser() -> "MarkdownIt":
    """Return a parser of blocks, and of a line's code; importing it takes a tenth of a second."""
    from markdown_it import MarkdownIt  # noqa: PLC0415  see above

    parser = MarkdownIt("commonmark", {"maxNesting": 60}).enable("table")
    return parser.disable(["inline", "emphasis"])


def _shown(text: str) -> tuple[str, int, int]:
    """Return the text as it shows, and how many characters of which kind were taken out."""
    kept: list[str] = []
    invisible = direction = position = 0
    for suspect in _SUSPECT.finditer(text):
        begin, one = suspect.start(), suspect[0]
        if begin < position:
            continue  # of a flag
        if position < begin:
            kept.append(text[position:begin])
        position = begin + 1
        if flag := _FLAGS.match(text, begin):
            kept.append(flag[0])
            position = flag.end()
            continue
        before = kept[-1][-1] if kept else ""
        private = _PRIVATE_USE[0] <= one <= _PRIVATE_USE[1]  # shows: a glyph, or an empty box
        if is_visible(one) or private or _needed(one, before, text[position : position + 1]):
            kept.append(one)
        elif one in _DIRECTION:
            direction += 1
        else:
            invisible += 1
    kept.append(text[position:])
    return "".join(kept), invisible, direction


def _needed(one: str, before: str, after: str) -> bool:
    """Say whether an invisible character changes how its neighbours show."""
    if not before:
        return False
    if one in _JOINERS:
        if _joins(before) and (_joins(after) or unicodedata.combining(before) == _VIRAMA):
            return True
        return one == "\u200d" and _pictures(before, after)
    if one in _PRESENTATION:
        return unicodedata.category(before) in ("So", "Sm", "Po", "Pd") or after == "\u20e3"
    return one == _SOFT_HYPHEN and before.isalpha() and after.isalpha()


def _joins(character: str) -> bool:
    code = ord(character) if character else 0
    return is_visible(character or "\0") and any(a <= code <= b for a, b in _JOINED_SCRIPTS)


def _pictures(before: str, after: str) -> bool:
    """Say whether a joiner makes one emoji of two."""
    pictured = before in _PRESENTATION or unicodedata.category(before) in ("So", "Sk")
    return pictured and bool(after) and unicodedata.category(after) in ("So", "Sm")
