"""More of what people write where an issue waits, and of what they write beside it."""

import time

import pytest

from afk.decide.blockers import UNREAD, parse, read

HERE = "acme/app"


def numbers(body: str) -> list[str]:
    """Return what was found, own repository shortened to ``#N``."""
    return [str(key).removeprefix(HERE) for key in parse(body, HERE)]


@pytest.mark.parametrize(
    "body",
    [
        "Blocked **by** #12",
        "**Blocked:** #12",
        "Needs #12 first",
        "Do not start before #12 is merged",
        "Don't start until #12 lands.",
        "Can\u2019t be done until #12 is closed",
        "Must be done after #12",
        "Start work on this once #12 is in",
        "Depends: #12",
        "Status: blocked (#12)",
        "Blocked until #12 is closed",
        "Blocked pending #12",
        "Blocked because of #12",
        "Blocked due to #12",
        "on hold: #12",
        "Blocked by Acme/App#12",
        "Blocked by acme/app/issues/12",
        "Blocked by github.com/acme/app/issues/12",
        "Blocked by www.github.com/acme/app/pull/12.",
        'Blocked by <a href="https://github.com/acme/app/issues/12">the API</a>',
        'Blocked by <a name="x">#12</a>',
        "## Dependencies\n\n| Issue | Title |\n|---|---|\n| #12 | API |",
        "## Dependencies\n\n| Issue | Blocks |\n|---|---|\n| #12 | #15 |",
        "## Dependencies\n\n| Issue | Blocked by |\n|---|---|\n| #5 | #12 |",
        "## Dependencies\n\n**Blocked by**\n- #12\n\n**Blocks**\n- #15",
        "## Dependencies\n\n**Blocks**\n- #15\n\n**Blocked by**\n- #12",
        "## Dependencies\n\n- Blocks\n  - #15\n- Blocked by\n  - #12",
        "## Dependencies\n\n- #12\n\n### Related\n\n- #15",
        "## Dependencies\n\nBlocking:\n\n#15\n\nOthers: #12",
        "## Dependencies\n\n- #12\n- Required by: #15",
    ],
)
def test_parse__in_other_words__finds_the_issue_and_it_alone(body: str) -> None:
    assert numbers(body) == ["#12"]
    assert read(body, HERE, "https://github.com").unclear == ()


@pytest.mark.parametrize("words", ["#12-#14", "#12\u2013#14", "#12 to #14", "#12...#14"])
def test_parse__a_row__is_all_that_it_holds(words: str) -> None:
    assert numbers(f"Blocked by {words}") == ["#12", "#13", "#14"]
    assert numbers(f"## Blocked by\n- {words}") == ["#12", "#13", "#14"]


@pytest.mark.parametrize("words", ["#12-#900", "#14-#12", "#12 to other/repo#14"])
def test_parse__what_is_no_row__is_its_ends(words: str) -> None:
    assert len(numbers(f"Blocked by {words}")) == 2


@pytest.mark.parametrize(
    "body",
    [
        "Previously blocked by #12, now done",
        "Formerly blocked by #12",
        "After #12 landed, the till shows twice",
        "The user does not see it until reload, see #12",
        "It works before login and needs a fix like #12",
        "Requires node 18, see #12",
        "Once upon a time, #12",
    ],
)
def test_parse__a_story__is_no_blocker(body: str) -> None:
    assert numbers(body) == []


@pytest.mark.parametrize("before", ["- ", "<div>\n", "<!-- ", "<b>"])
@pytest.mark.parametrize("part", ["<!--", "<?", "<a ", "<a b='", "</", "a/", "<![CDATA[", "<td>"])
def test_parse__marks_that_are_never_closed__take_no_time(before: str, part: str) -> None:
    body = "Blocked by:\n" + before + part * (65_000 // len(part))
    begin = time.process_time()
    parse(body, HERE)
    assert time.process_time() - begin < 2


def test_parse__html_with_more_tags_than_can_be_read__is_read_as_its_text() -> None:
    row = "<tr><td>x</td><!-- blocked by #9 --></tr>" * 1_000
    assert numbers(f"<table>{row}<tr><td>Blocked by #12</td></tr></table>") == ["#12"]


@pytest.mark.parametrize("piece", ["- #1 x\n", "|-|\n", "a|b\n", "1. a\n", "[x]:\n", "> a\n"])
def test_read__more_marks_than_anybody_writes__is_unread_and_costs_nothing(piece: str) -> None:
    begin = time.process_time()
    found = read("Blocked by:\n" + piece * (65_000 // len(piece)), HERE)
    assert found.unclear == (UNREAD,)
    assert time.process_time() - begin < 0.2
