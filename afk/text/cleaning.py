"""Text from strangers, made safe to show, to log and to hand to an agent.

Pure. Removed: what a person who approved an issue in a browser could not see (HTML and Markdown
comments, zero-width and bidirectional characters, control characters, ANSI escapes). Not removed:
what they could see, and what they would have to look for (attributes, image texts, link
definitions, instructions and declarations, folded details): docs/security.md says so.
"""

import re
import unicodedata
from typing import Final

# An operating system command (title, link) only where it ends on its line: one that never ends
# would take the rest of the text with it, which a browser shows.
ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[@-Z\\-_])")
# Ends as a browser ends it: https://html.spec.whatwg.org/multipage/parsing.html#comment-start-state
HTML_COMMENT = re.compile(r"<!--(?:-?>|.*?(?:--!?>|(?P<never>\Z)))", re.DOTALL)
# The idiom for comments in Markdown: a link definition that leads nowhere is shown nowhere.
MARKDOWN_COMMENT = re.compile(r"^ {0,3}\[[^\]\n]*\]: *(?:#|<>)(?:[ \t].*)?$", re.MULTILINE)
LINE_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Format characters (Cf) hold zero-width, bidirectional and tag characters; variation
# selectors and the Hangul and Khmer fillers are invisible too, but of other categories.
_INVISIBLE: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
_KEPT_CONTROLS: Final = frozenset("\n\t")


def is_visible(character: str) -> bool:
    """Say whether a character shows, or is a newline or a tab."""
    if character in _KEPT_CONTROLS:
        return True
    if character in _INVISIBLE or "\ufe00" <= character <= "\ufe0f" or character >= "\U000e0000":
        return False
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


class _Shown(dict[int, int | None]):
    """What becomes of a character: what is looked up once is known from then on, ASCII only.

    `str.translate` goes through ASCII without a call a character, which is what most texts are.
    """

    def __missing__(self, code: int) -> int | None:
        shown = code if is_visible(chr(code)) else None
        if code < _ASCII:
            self[code] = shown
        return shown


_ASCII: Final = 128
_SHOWN: Final = _Shown()


def visible_text(text: str) -> str:
    """Return the text without anything invisible; every line break becomes a newline."""
    if text.isascii() and text.isprintable():
        return text  # as most titles, names and lines are
    return LINE_BREAK.sub("\n", ANSI.sub("", text)).translate(_SHOWN)


def without_comments(text: str) -> str:
    """Return the text without HTML and Markdown comments; one that never ends says so."""

    def removed(comment: re.Match[str]) -> str:
        return "" if comment["never"] is None else "[cut here: a comment that never ends]"

    return MARKDOWN_COMMENT.sub("", HTML_COMMENT.sub(removed, text))


def clean_text(text: str, limit: int) -> str:
    """Return a body fit for an agent: visible text only, at most ``limit`` characters of it.

    One that was cut says so in a last line of its own.
    Comments are removed before and after invisible characters are, so that neither can hide
    the other.
    """
    text = without_comments(visible_text(without_comments(text))).strip()
    return text if len(text) <= limit else text[:limit].rstrip() + "\n[cut here: too long]"


def one_line(text: str, limit: int) -> str:
    """Return the visible text on one line, white space collapsed, cut with an ellipsis."""
    text = " ".join(visible_text(text).split())
    return text if len(text) <= limit else text[: max(limit - 1, 0)].rstrip() + "…"


def inert_markdown(text: str, limit: int) -> str:
    """Return one line as a code span: there it mentions nobody, links and closes nothing."""
    return f"`{one_line(text, limit).replace('`', chr(39)) or ' '}`"
