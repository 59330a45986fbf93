"""What people and afk wrote, as a forge shows it: Markdown to HTML that is safe to put in a page.

Both forges drop comments of HTML, break a line where the text does, and let a few tags through,
so that a comment can have a folded part
(https://docs.github.com/get-started/writing-on-github/working-with-advanced-formatting/organizing-information-with-collapsed-sections).
Here those few go through letter by letter, without attributes; every other tag is shown as text.
"""

import re
from collections.abc import Mapping, MutableMapping, Sequence
from html import escape
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

_COMMENT: Final = re.compile(r"<!--.*?-->\n?|<!--.*\Z", re.DOTALL)
_PLAIN_TAGS: Final = re.compile(r"&lt;(/?(?:details|summary|sub|sup|kbd)|br ?/?|hr ?/?)&gt;")
_OPEN_DETAILS: Final = re.compile(r"&lt;details open(?:=&quot;&quot;)?&gt;")
_BOX: Final = re.compile(r"\[([ xX])\] ")
_SIGNS: Final[Mapping[str, str]] = {" ": "\N{BALLOT BOX}", "x": "\N{BALLOT BOX WITH CHECK}"}


def to_html(text: str) -> str:
    """Return a text of Markdown as HTML; nothing in it can run, load or style anything."""
    return str(_MARKDOWN.render(text))


def _html(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    place: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    """Return a piece of HTML: comments dropped, the few tags let through, the rest as text."""
    del renderer, options, env
    shown = escape(_COMMENT.sub("", tokens[place].content))
    return _OPEN_DETAILS.sub("<details open>", _PLAIN_TAGS.sub(r"<\1>", shown))


def _boxes(state: StateCore) -> None:
    """Show the boxes of a list of tasks; nobody can click them."""
    for before, token in zip(state.tokens[1:], state.tokens[2:], strict=False):
        first = token.children[0] if token.type == "inline" and token.children else None
        listed = before.type == "paragraph_open" and before.level > 1
        if first is not None and listed and (found := _BOX.match(first.content)):
            first.content = f"{_SIGNS[found[1].lower()]} {first.content[found.end() :]}"


def _made() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(
        ["table", "strikethrough"]
    )
    made.core.ruler.push("boxes", _boxes)
    made.add_render_rule("html_block", _html)
    made.add_render_rule("html_inline", _html)
    made.disable("image")
    return made


_MARKDOWN: Final = _made()
