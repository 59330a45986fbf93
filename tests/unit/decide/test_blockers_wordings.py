"""Blockers as people write them: read as a person reads the page, not as letters match."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afk.decide.blocker_references import ELSEWHERE, UNNAMED
from afk.decide.blockers import LONGEST, UNREAD, Named, parse, read

HERE = "acme/app"
WEB = "https://git.example.org/forge"


def numbers(body: str) -> list[str]:
    """Return what was found, own repository shortened to ``#N``."""
    return [str(key).removeprefix(HERE) for key in parse(body, HERE)]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Blocked by [Move the login](https://github.com/acme/app/issues/12)", ["#12"]),
        ("Blocked by [a](https://x.test/acme/app/pull/12), [b](../issues/13) and #14", 3),
        ("[Blocked by #12](https://x.test/acme/app/issues/12)", ["#12"]),
        ("Blocked by [#5 in the old tracker](https://x.test/o/r/issues/12)", ["o/r#12"]),
        ("Blocked by [the spec](docs/spec.md) #12", ["#12"]),
        ("Blocked by [the login][1]\n\n[1]: https://x.test/acme/app/issues/12", ["#12"]),
        ("Blocked by #12/#13", ["#12", "#13"]),
        ("Blocked by #12+#13 & GH-14", ["#12", "#13", "#14"]),
        ("Blocked by #12 - set up the table, #13 - add the API", ["#12", "#13"]),
        ("**Blocked by:** #1 (short reason); also #3", ["#1", "#3"]),
        ("_Blocked by #12_", ["#12"]),
        ("Blocked by #12, plus #13, as well as #14", ["#12", "#13", "#14"]),
        ("Blocked by #12. Also #13.", ["#12", "#13"]),
        ("blocked-by: #12", ["#12"]),
        ("blocked_by: [#12, #13]", ["#12", "#13"]),
        ("Blocked on #12", ["#12"]),
        ("Blocked: #12", ["#12"]),
        ("Blockers: #12, #13", ["#12", "#13"]),
        ("**Dependencies**: #12", ["#12"]),
        ("\U0001f6a7 Blocked by \U0001f449 #12", ["#12"]),
        ("Blocked by !12", ["#12"]),
        ("Blocked by nobody/no-such#3", ["nobody/no-such#3"]),
        ("Blocked by issue 12 and PR 13", ["#12", "#13"]),
        ("Blocked by the merge of #12", ["#12"]),
        ("Blocked by the new login (#12)", ["#12"]),
        ("Blocked by \\#12", ["#12"]),
        ("Blocked&nbsp;by&colon; #12", ["#12"]),
        ("Blocked\u200b by \u2060#12", ["#12"]),
        ("Blocked by<br>#12<br>#13", ["#12", "#13"]),
        ("Blocked by <b>#12</b> <!-- really --> and #13", ["#12", "#13"]),
        ("Blocked by owner/my_repo_name#3", ["owner/my_repo_name#3"]),
        ("Depends on #12 and o/r#13", ["#12", "o/r#13"]),
        ("Depends-On: https://x.test/acme/app/pulls/12", ["#12"]),
        ("This is waiting for #12", ["#12"]),
        ("On hold until #12", ["#12"]),
        ("Requires #12", ["#12"]),
        ("> [!IMPORTANT]\n> Blocked by #12", ["#12"]),
        ("Not blocked by #11 but blocked by #12", ["#12"]),
        ("Blocked by ~~#11~~ #12", ["#12"]),
        ("Blocked by #12 (see #13)", ["#12"]),
        ("Blocked by #12, which is part of #13", ["#12"]),
        ("Blocked by #12\nRelated: #13, #14", ["#12"]),
        ("Blocked by https://x.test/forge/acme/app/issues/12#issuecomment-5", ["#12"]),
        ("Blocked by https://x.test/group/proj/-/issues/12", ["group/proj#12"]),
    ],
)
def test_parse__a_sentence__is_read_as_people_mean_it(body: str, found: list[str] | int) -> None:
    if isinstance(found, int):
        assert len(numbers(body)) == found
    else:
        assert numbers(body) == found


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("## Blocked by\n\n- Backend API: #12\n- Storage: #13", ["#12", "#13"]),
        ("## Blocked by\n\n- [Backend API](https://x.test/acme/app/issues/12)", ["#12"]),
        ("### \U0001f6a7 Blocked by:\n\n#12, #13 and #14", ["#12", "#13", "#14"]),
        ("## Dependencies\n\n1. #12\n2. #13 (see #9)", ["#12", "#13"]),
        ("Blockers\n========\n\n* #12", ["#12"]),
        ("## Blocked by\n\n### Backend\n\n- #12\n\n### Web\n\n- #13\n\n## Later\n\n- #14", 2),
        ("## Blocked by\n\nThe login has to land first:\n\n- #12\n\nand #13", ["#12", "#13"]),
        ("## Blocked by #12\n\n- #13", ["#12"]),
        ("Blocked by:\n- Backend\n  - #12\n  - #13", ["#12", "#13"]),
        ("- Blocked by:\n  - #12\n- Related:\n  - #13", ["#12"]),
        ("- Blocked by #12\n  - #13\n- #14", ["#12", "#13"]),
        ("**Blocked by**\n\n- #12\n\n**Related**\n\n- #13", ["#12"]),
        ("**Blocked by**\n\n#12\n\n**Related**\n\n#13", ["#12"]),
        ("Blocked by:\n\n**Parent issue:** #5", []),
        ("Blockers:\n\n- #12\n- #13", ["#12", "#13"]),
        ("Blocked by #12\n- #13", ["#12", "#13"]),
        ("Blocked by #12\n\n- #13 is another matter", ["#12"]),
        ("Blocked by:\n<ul><li>#12</li><li><a href='/acme/app/issues/13'>x</a></ul>", 2),
        ("<details>\n<summary>Blocked by</summary>\n\n- #12\n\n</details>", ["#12"]),
        ("<p>Blocked by #12</p>\n<pre>Blocked by #13</pre>\n<del>Blocked by #14</del>", ["#12"]),
        ("| Issue | Blocked by |\n|---|---|\n| #5 | #4, #6 |\n| #7 | none |\n", ["#4", "#6"]),
        ("| Field | Value |\n|---|---|\n| Blocked by | #4 |\n| Parent | #5 |\n", ["#4"]),
        ("| A | B |\n|---|---|\n| Blocked by #4 | #5 |\n\n#6", ["#4"]),
        ("<table><tr><th>Issue<th>Blocked by</tr><tr><td>#5</td><td>#4</td></tr></table>", ["#4"]),
        ("<p><b>Blocked</b> by #12</p>\n</li></ol>", ["#12"]),
        ("<p>Blocked by<br>#12</p>", ["#12"]),
        ("<h2>Blocked by</h2>\n<p>#12</p>\n<h2>Related</h2>\n<p>#13</p>", ["#12"]),
        ("<table><tr><td>x</td></tr></table>\n<ul><li>Blocked by:<ul><li>#12</ul></ul>", ["#12"]),
        ("## Blocked by\n\n- none of these\n- #12", ["#12"]),
        (f"## {'A long title ' * 20} blocked by\n\n- #12", []),
        ("- x\n\n  | Blocked by |\n  |---|\n  | #4 |\n\n- #5", ["#4"]),
    ],
)
def test_parse__sections_lists_and_tables__hold_what_stands_in_them(
    body: str, found: list[str] | int
) -> None:
    if isinstance(found, int):
        assert len(numbers(body)) == found
    else:
        assert numbers(body) == found


@pytest.mark.parametrize(
    "body",
    [
        "### Blocked by\n\nNone. Split from #170.\n",
        "### Blocked by\n\n_No response_\n\n- #14",
        "## Blocked by\n\n- None\n\n## Related\n\n- #14 similar",
        "## Blocked by\n\n- [ ] ~~#12~~\n- n/a",
        "## Blocked by\n\n<!-- #12 -->\n\n## Related\n\n#14",
        "## Blockers\n\nThere are no blockers. #14 is related.",
        "Blocked by: none. First slice (#2 -> #3 -> #4).",
        "Blocked by: nothing\n\n- #14 is related",
        "Blocked by: n/a, see #14",
        "Blocked by:\n\nNone.\n\n#14",
        "Blocked by no other issue; related: #14",
        "```\nBlocked by #12\n```",
        "~~~md\nBlocked by #12\n~~~",
        "    Blocked by #12",
        "Write `Blocked by #12` in the body",
        "<!-- Blocked by #12 -->\nPlease add a till.",
        "Please <!-- Blocked by #12 --> add a till.",
        "This is no longer blocked by #12.",
        "It isn't blocked by #12",
        "It is **not** blocked by #12",
        "Not currently depending on #12; does not depend on #13",
        "Un-blocked by #12",
        "~~Blocked by #12~~ done",
        "~Blocked by #12~ done",
        "<s>Blocked by #12</s> done",
        "Waiting for the user, see #12",
        "The page depends on the locale (#12)",
        "This blocks #12",
        "Blocked by: see #12",
        "| Issue | Title |\n|---|---|\n| #5 | #4 |\n",
        "Dependencies: none, #3 was closed",
    ],
)
def test_parse__what_says_no_such_thing__holds_nothing(body: str) -> None:
    assert numbers(body) == []


@pytest.mark.parametrize(
    "body",
    [
        "Blocked by the release",
        "**Blocked by:** legal",
        "This is currently blocked by PROJ-12",
        "Please add a till.\n\nBlocked by `make`",
        "Blocked by https://example.org/outage",
        "## Blocked by\n\n- #12\n- design sign-off",
        "## Blocked by\n\nThe designers have to agree.",
        "Blocked by:\n- design sign-off",
    ],
)
def test_read__a_blocker_without_a_number__is_unclear_and_holds(body: str) -> None:
    """A person would not start. The words themselves are not repeated."""
    assert read(body, HERE).unclear == (UNNAMED,)


@pytest.mark.parametrize(
    "body",
    [
        "The main thread is blocked by the file lock",
        "The fetch has been blocked by CORS policy",
        "Blocked by:\n\n**Related:** #5",
        "Blocked by:",
        "Blocked by: -",
        "## Blocked by\n\n- [x] design sign-off",
        "## Blocked by\n\nWe need both.\n\n- Backend\n  - #12",
        "## Dependencies\n\n- markdown-it-py",
        "Depends on the weather",
        "Waiting for the user to click",
        "Blocking on I/O is slow",
    ],
)
def test_read__a_story_or_an_empty_form__is_not_unclear(body: str) -> None:
    assert read(body, HERE).unclear == ()


def test_read__another_server__is_unclear_but_the_own_repository_never_is() -> None:
    """Its number means something else here; a server may go by two names, though."""
    assert read("Blocked by https://git.example.org/forge/o/r/issues/1", HERE, WEB).issues
    foreign = read("Blocked by https://gitlab.com/o/r/-/issues/1", HERE, WEB)
    assert foreign == Named(unclear=(ELSEWHERE,))
    internal = read(f"Blocked by http://forgejo:3000/{HERE}/issues/12", HERE, WEB)
    assert [one.number for one in internal.issues] == [12]
    assert read("Blocked by https://bugs.example.org/issues/1", HERE).unclear == (ELSEWHERE,)


def test_read__longer_or_deeper_than_anybody_writes__is_unread_and_holds() -> None:
    assert read("Blocked by #1 " + "x" * LONGEST, HERE) == Named(unclear=(UNREAD,))
    assert read("x" * LONGEST * 2, HERE) == Named()
    assert UNREAD in read(">" * 80 + " Blocked by #1", HERE).unclear
    deep = "".join("  " * depth + "- a\n" for depth in range(40)) + "  " * 40 + "- Blocked by #1"
    assert UNREAD in read(deep, HERE).unclear


PIECES = st.sampled_from(
    [
        *("Blocked by", " depends on ", "#12", "o/r#3", "GH-4", "https://x.test/a/b/issues/5"),
        *(
            "\n",
            "\n\n",
            "- ",
            "  - ",
            "## ",
            "**",
            "~~",
            "`",
            "```\n",
            "| a | Blocked by |\n|---|---|",
        ),
        *(
            "<!--",
            "-->",
            "<li>",
            "</li>",
            "<td>",
            "<s>",
            "<table>",
            "</table>",
            "[x](",
            ")",
            "none",
        ),
        *(", ", " and ", ". ", ":", "> ", "see "),
    ]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=40).map("".join))
def test_read__any_text__ends_with_keys_that_are_each_there_once(body: str) -> None:
    named = read(body, HERE, WEB)
    assert len(set(named.issues)) == len(named.issues)
    assert set(named.unclear) <= {UNNAMED, UNREAD, ELSEWHERE}
    assert all(0 <= key.number < 10**9 for key in named.issues)


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "blocked by ",
            "blocked by #1, ",
            "-",
            "_",
            "a/",
            "[",
            "(",
            "![",
            "*a ",
            "~a",
            "~~a",
            "`",
        ),
        *(
            " ",
            "\n",
            "\n- ",
            "#1 ",
            "- #1 x\n",
            "http://",
            "http://a/",
            "and ",
            "<li>",
            "<td>",
            "<s>",
        ),
        *("| a ", "|-|\n", "> ", ">", "1. ", "&amp;", "\\", "[a](/issues/1", "a.b/", "not ", ". "),
        *("<p>\n", "see ", "\n\n## blocked by\n\n", "\t", "x:", "\nx: ", "_/_/", "no "),
    ],
)
def test_read__as_long_as_a_body_may_be__takes_no_time(piece: str) -> None:
    """A stranger's body of dashes once took minutes."""
    started = time.process_time()
    for head in ("blocked by ", "## Blocked by\n\n", "<p>blocked by\n"):
        read(head + piece * (30_000 // len(piece)), HERE, WEB)
    assert time.process_time() - started < 15
