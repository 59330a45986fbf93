"""What an agent gets of a text: all that its page shows, and an account of the rest."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afk.text.handing_on import HandedOn, comment_never_ends, handed_on

HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "<!->\x1b[]\x07;m\r\n\t`~ \u200b\u200c\u200d\u202e\u2028\ufe0f\u00ad\u094d\u0645"
        ),
    )
)

WALES = "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"


@pytest.mark.parametrize(
    "text",
    [
        "\u062f\u06a9\u0645\u200c\u06cc \u0645\u06cc\u200c\u062e\u0648",
        "बटन पर क\u094d\u200dष लिखें",
        "क\u094d\u200d alone",
        "The label is `👨\u200d👩\u200d👧 Familie`",
        "I ❤\ufe0f NY, ✈\ufe0e, 1\ufe0f\u20e3, ‼\ufe0f, 👩🏽\u200d🚒, 🏳\ufe0f\u200d🌈",
        "Show 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f for gd",
        "Strip it in `Donau\u00addampf`",
        "Replace the icon \uf015 by \uf0c9",
        "Icons from \ue000 to Apple's own \uf8ff",
        "🙂\u200d↔\ufe0f shakes its head",
        "ក\u200cក and ႟\u200c႟",
        "Drops `<!-- x -->` markers:\n```html\n<p>a<!-- keep -->b</p>\n```\nend",
        "Escape `<!--` in titles.",
        "~~~\n[root@box]: # rm -rf build\n~~~",
        "```md\n[//]: # (keep me)\n```",
        "    <!-- indented code -->",
        "- item\n\n  ```\n  <!-- in a list -->\n  ```",
        "See [the spec].\n\n[the spec]: #acceptance",
    ],
)
def test_handed_on__what_the_page_shows__is_left_as_it_is(text: str) -> None:
    assert handed_on(text, 1_000) == HandedOn(text.strip())


@pytest.mark.parametrize(
    ("text", "left", "account"),
    [
        ("a<!-- b -->c<!-- d -->", "ac", "2 hidden comments"),
        ("a\n[//]: # (b)\nc", "a\n\nc", "1 hidden comment"),
        ("a<!-- b -->\n```\nc\n```\nd", "a\n```\nc\n```\nd", "1 hidden comment"),
        ("<!-- ```\nhidden\n``` -->\nc", "c", "1 hidden comment"),
        ("``` <!-- x -->\ncode\n```\n<!-- y -->", "``` <!-- x -->\ncode\n```", "1 hidden comment"),
        ("`` ` <!-- x --> `` <!-- y -->", "`` ` <!-- x --> ``", "1 hidden comment"),
        ("a ` <!-- x -->\n\nb `", "a ` \n\nb `", "1 hidden comment"),
        ("a<!-\u200b- b -->c", "ac", "1 hidden comment, 1 invisible character"),
        ("a\u202eb\u2066c\u200f", "abc", "3 text direction controls"),
        ("a\u200bb\x07\x1b[31mc", "abc", "3 invisible characters"),
        ("a\u200db", "ab", "1 invisible character"),
        ("م\u200c\u200cم", "م\u200cم", "1 invisible character"),
        ("\u200cم\u200c x", "م x", "2 invisible characters"),
        ("م\u200c", "م", "1 invisible character"),
        ("👨\u200dx a\ufe0f -\u00ad-", "👨x a --", "3 invisible characters"),
        ("🏴\U000e0069\U000e007f", "🏴", "2 invisible characters"),
        (f"{WALES} a\u200bb", f"{WALES} ab", "1 invisible character"),
        (
            "```\na\u200bb\u202e\n```",
            "```\nab\n```",
            "1 invisible character, 1 text direction control",
        ),
        ("abcdef", "abcd\n[cut here: too long]", "its end, which is too long"),
    ],
)
def test_handed_on__what_the_page_does_not_show__is_taken_out_and_counted(
    text: str, left: str, account: str
) -> None:
    handed = handed_on(text, 4 if text == "abcdef" else 1_000)
    assert (handed.text, handed.account()) == (left, account)


@pytest.mark.parametrize(
    ("text", "so"),
    [
        ("", False),
        ("a <!-- b --> c", False),
        ("<!-->", False),
        ("a <!-- b", True),
        ("`<!--` and more", False),
        ("```\n<!--\n```\nmore", False),
        ("<!--\n```\nx\n```", True),
        ("<!-\u200b- b", True),
    ],
)
def test_comment_never_ends__outside_of_code__is_told(text: str, so: bool) -> None:
    assert comment_never_ends(text) is so
    if so:
        assert handed_on(text, 1_000).text.endswith("[cut here: a comment that never ends]")


@given(HOSTILE, st.integers(1, 80))
def test_handed_on__any_text__is_bounded_hides_nothing_and_tells(text: str, limit: int) -> None:
    handed, mark = handed_on(text, limit), "\n[cut here: too long]"
    assert handed.cut is handed.text.endswith(mark) or mark.strip() in text
    assert len(handed.text) <= limit + len(mark)
    for one in handed.text:
        hidden = unicodedata.category(one) in ("Cc", "Cs", "Cn", "Zl", "Zp") and one not in "\n\t"
        assert not hidden
        assert one not in "\u200b\u202e\u2028\x1b"
    whole = handed_on(text, 1_000_000)
    shown = "".join(text.replace("\r\n", "\n").split())
    if not whole.account():
        assert "".join(whole.text.split()) == "".join(shown.split())


@pytest.mark.parametrize(
    "piece",
    [
        "<!--",
        "<!-- -",
        "\x1b[",
        "\u200b",
        "`",
        "`a``",
        "[x]: ",
        "- ",
        "> ",
        "~~~\n",
        "م\u200c",
        "<!-- -->",
    ],
)
def test_handed_on__as_long_as_a_body_may_be__takes_no_time(piece: str) -> None:
    started = time.process_time()
    handed_on("<!-- -->" + piece * (70_000 // len(piece)), 65_536)
    assert time.process_time() - started < 15


@pytest.mark.parametrize(
    "text",
    [
        "\\`<!-- hidden -->\\`",
        "- a `\n- <!-- hidden --> `",
        "a `\n<!-- hidden -->\nb `",
        "# a `\n<!-- hidden --> `",
        "<div>\n`<!-- hidden -->`\n</div>",
        '<a title="`"> <!-- hidden --> <b title="`">',
        "<http://e.org/`> <!-- hidden --> `",
        "[a](b`c) <!-- hidden --> `",
        "| a ` | <!-- hidden --> ` |\n|---|---|\n",
        "[^1]: note\n\n    <!-- hidden -->\n\nsee [^1]",
        "`a\n- b` `<!-- hidden -->` c",
    ],
)
def test_handed_on__marks_of_code_that_the_page_does_not_take_for_such__hide_nothing(
    text: str,
) -> None:
    handed = handed_on(text, 1_000)
    assert "hidden" not in handed.text
    assert handed.account() == "1 hidden comment"


def test_handed_on__code_spans_that_a_page_shows__are_kept_beside_stray_marks() -> None:
    text = "a ` b\n\n- c `` ` <!-- d --> `` e\n- `<!-- f -->` and\n\n| `<!--g-->` |\n|--|\n"
    assert handed_on(text, 1_000) == HandedOn(text.strip())


@pytest.mark.parametrize(
    "text", ["".join("`" * n + " " for n in range(1, 360)), "`<!-- ` " * 9_000, "[`<!-" * 13_000]
)
def test_handed_on__marks_without_end__take_no_longer(text: str) -> None:
    begin = time.process_time()
    handed_on(text + "<!-- x", 70_000)
    assert time.process_time() - begin < 5


def test_handed_on__a_paragraph_full_of_marks__leaves_the_next_one_its_code() -> None:
    handed = handed_on("[" * 1_001 + " `<!-- a -->`\n\n`<!-- kept -->`", 70_000)
    assert handed.text.endswith("``\n\n`<!-- kept -->`")
    assert handed.comments == 1
