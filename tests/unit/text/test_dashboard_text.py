"""What the dashboard says: linked, inert, and never longer than an issue may be."""

from dataclasses import replace
from typing import Final

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from support.factories import NOW

from afk.text.dashboard import BoardContent, BoardLine, render_board, sections_of
from afk.types import IssueKey

WEB: Final = "https://forge.example"
LINE: Final = BoardLine(IssueKey("acme/app", 7), "Add a till", "the agent is at work")
EMPTY: Final = BoardContent(working=(), waiting=(), handed_back=(), landed=(), troubles=())


def render(content: BoardContent, room: int = 60_000, web: str = WEB) -> str:
    return render_board(content, web=web, as_of=NOW, room=room)


def test_render__nothing__says_so_in_every_section() -> None:
    text = render(EMPTY)

    assert text.count("### ") == 5
    assert "No agent is at work." in text
    assert text.endswith("_As of 2026-11-23 12:00 UTC_\n")
    assert "(0)" not in text


def test_render__a_line__links_the_issue_without_referring_to_it() -> None:
    text = render(replace(EMPTY, working=[LINE]))

    assert "### Working now (1)\n\n" in text
    assert (
        "- [`Add a till`](https://forge.example/acme/app/./issues/7) `acme/app#7`: the agent is "
        "at work\n" in text
    )


def test_render__no_title_no_words_no_address__is_still_a_line() -> None:
    bare = BoardLine(LINE.key, "", "")

    assert "- [`acme/app#7`](https://forge.example/acme/app/./issues/7)\n" in render(
        replace(EMPTY, landed=[bare])
    )
    assert "- `acme/app#7`\n" in render(replace(EMPTY, landed=[bare]), web="")


def test_render__words_too_long_for_a_line__are_left_out_whole() -> None:
    """Half of a code span is none: what a stranger wrote in it would mention and refer."""
    says = "`" + "x" * 690 + " @mara acme/app#3 " + "y" * 3_000 + "`"
    text = render(replace(EMPTY, waiting=[replace(LINE, says=says)], troubles=[says]))

    assert "@mara" not in text
    assert text.count("more than can be shown here") == 2


def test_render__troubles__are_lines_of_their_own() -> None:
    assert "\n\n- `T3 is down`\n" in render(replace(EMPTY, troubles=["`T3 is down`"]))


def test_render__more_than_a_section_shows__says_how_many() -> None:
    text = render(replace(EMPTY, waiting=[LINE] * 45))

    assert "### Waiting (45)" in text
    assert text.count("- [`Add a till`]") == 40
    assert "- and 5 more\n" in text
    assert " more" not in render(replace(EMPTY, waiting=[LINE] * 40))


def test_render__thousands_of_long_ones__fit_into_an_issue() -> None:
    long = BoardLine(IssueKey("a" * 100 + "/" + "b" * 100, 7), "t" * 10_000, "w" * 10_000)
    content = BoardContent(
        working=[long] * 1_000,
        waiting=[long] * 1_000,
        handed_back=[long] * 1_000,
        landed=[long] * 1_000,
        troubles=["x" * 10_000] * 1_000,
    )

    text = render(content)

    assert 20_000 < len(text) <= 60_000
    assert text.count(" more\n") == 5
    assert len(render(content, room=3_000)) <= 3_000
    assert render(content, room=100) == ""
    assert render(content, room=len(text)) == text


def test_sections_of__leaves_only_the_sections() -> None:
    found = sections_of(render(EMPTY))

    assert found.startswith("### Working now")
    assert found.endswith("None.")


@given(st.text())
def test_render__any_title__mentions_links_and_hides_nothing(title: str) -> None:
    """Read as its page shows it: one item, whose only link is the issue's, and no HTML."""
    text = render(replace(EMPTY, working=[replace(LINE, title=title)]))

    tokens = MarkdownIt("commonmark").parse(text)
    inline = [child for one in tokens for child in one.children or ()]
    links = [one.attrs["href"] for one in inline if one.type == "link_open"]
    assert links == ["https://forge.example/acme/app/./issues/7"]
    assert not [one for one in (*tokens, *inline) if one.type in ("html_block", "html_inline")]
    assert [one.type for one in tokens].count("list_item_open") == 1
    assert "<!--" not in text
    words = "".join(one.content for one in inline if one.type == "text")
    assert "@" not in words
