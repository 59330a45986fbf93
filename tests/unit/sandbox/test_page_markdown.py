"""Markdown on the sandbox's pages: what a forge shows of it, and nothing that could run."""

from html.parser import HTMLParser
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afk_sandbox.page.markdown import to_html

HARMLESS: Final = {
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "br", "ul", "ol", "li", "blockquote", "pre"),
    *("code", "em", "strong", "s", "a", "table", "thead", "tbody", "tr", "th", "td"),
    *("details", "summary", "sub", "sup", "kbd"),
}
ATTRIBUTES: Final = {("a", "href"), ("a", "title"), ("code", "class"), ("ol", "start")}
ALLOWED: Final = ATTRIBUTES | {("details", "open"), ("th", "style"), ("td", "style")}
PIECES: Final = st.sampled_from(
    [
        *("<", ">", '"', "'", "&", "\n", "\n\n", " ", "`", "```\n", "*", "**", "[", "](", ")", "|"),
        *("script", "<script>", "</script>", "<img src=x onerror=alert(1)>", "<!--", "-->"),
        *("<details open>", "<details onclick=x>", "</details>", "<summary>", "</summary>", "<b>"),
        *("javascript:alert(1)", "data:text/html,x", "<svg/onload=x>", "<a href='x' onclick=y>"),
        *("&lt;", "&#60;", "http://a.test/", "- [x] ", "> ", "    ", "| a | b |\n|:--|--:|\n"),
    ]
)


class Seen(HTMLParser):
    """Collects what a browser would make elements of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.addresses: list[str] = []
        self.comments: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name == "href"]

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def seen(markdown: str) -> Seen:
    found = Seen()
    found.feed(to_html(markdown))
    found.close()
    return found


@given(st.lists(PIECES | st.text(max_size=5), max_size=30).map("".join))
def test_to_html__of_anything__holds_harmless_tags_and_addresses_only(text: str) -> None:
    found = seen(text)

    assert found.tags <= HARMLESS
    assert found.attributes <= ALLOWED
    assert found.comments == []
    schemes = [one.partition(":")[0].lower() for one in found.addresses]
    assert not {"javascript", "data", "vbscript", "file"} & set(schemes)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('<!-- afk {"run_id": "1"} -->\n**afk: Done**', "<p><strong>afk: Done</strong></p>\n"),
        ("one\ntwo", "<p>one<br />\ntwo</p>\n"),
        ("- [x] pushed\n- [ ] done", "<ul>\n<li>☑ pushed</li>\n<li>☐ done</li>\n</ul>\n"),
        ("[x] no list", "<p>[x] no list</p>\n"),
        ("a <!-- b --> c", "<p>a  c</p>\n"),
        ("<!-- never closed\n\nb", ""),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"),
        ("<details onclick=x>", "&lt;details onclick=x&gt;"),
    ],
)
def test_to_html__is_what_a_forge_shows(text: str, shown: str) -> None:
    assert to_html(text) == shown


def test_to_html__a_folded_part__is_folded() -> None:
    text = "<details open><summary>More</summary>\n\n- it\n\n</details>"

    assert to_html(text) == (
        "<details open><summary>More</summary>\n<ul>\n<li>it</li>\n</ul>\n</details>"
    )


def test_to_html__pictures_of_others__are_not_loaded() -> None:
    """A link to it is left: a page of the sandbox asks no server but its own."""
    assert seen("![look](https://else.test/x.png)").tags == {"p", "a"}
