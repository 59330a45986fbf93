"""A tick as Markdown: what stands where, and that nobody's text does anything there."""

import re

import pytest
from hypothesis import given
from support.rows import HOSTILE, WEB, row

from afk.adapters.runner.actions import MAX_SUMMARY
from afk.text.overview import Group
from afk.text.summary import Facts, Told, summary, told, words


def test_summary__of_a_tick__is_outcome_then_issues_then_troubles_then_counts() -> None:
    held = row(holds=["waiting for acme/app#9", "max_in_flight=1 is at 1"])
    landed = row(issue="acme/app#8", group="landed", state="landed", elapsed="3 min", title="Sink")
    trouble = told(
        "error", "acme/app#8", "It broke. Likely cause: the server. Next step: wait a bit."
    )
    facts = Facts(
        title="afk tick",
        headline="1 waiting, 1 landed; 1 thing needs a look.",
        requests={"github": 3, "T3": 2},
        quotas=["core 4 of 5 an hour"],
        lag="Woken 14 s before by its event.",
    )
    assert summary(facts, [landed, held], [trouble]).splitlines() == [
        "### afk tick",
        "",
        "1 waiting, 1 landed; 1 thing needs a look.",
        "",
        "| issue | title | state | what holds it |",
        "|---|---|---|---|",
        (
            f"| [`acme/app#7`]({WEB}/acme/app/issues/7) | `Add a till` | waiting "
            "| waiting for `acme/app#9`<br>`max_in_flight=1` is at 1 |"
        ),
        f"| [`acme/app#8`]({WEB}/acme/app/issues/7) | `Sink` | landed (3 min) |  |",
        "",
        "#### Needs a look",
        "",
        "- **error** `acme/app#8`: It broke.",
        "  - Likely cause: the server.",
        "  - **Next step**: wait a bit.",
        "",
        "Requests: github 3, T3 2",
        "<br>Quota left: core 4 of 5 an hour",
        "<br>Woken 14 s before by its event.",
    ]


def test_summary__of_another_command__lists_what_was_said() -> None:
    facts = Facts(title="afk stop", events=["acme/app#7 ended: stopped"])
    assert summary(facts, [], []).splitlines() == [
        "### afk stop",
        "",
        "- `acme/app#7` ended: stopped",
        "",
        "Requests: none",
    ]


def test_summary__a_state_of_its_own__stands_beside_where_it_is() -> None:
    one = row(group="working", state="fixing CI, try 2 of 5", elapsed="5 min")
    assert "| at work: fixing CI, try 2 of 5 (5 min) |" in summary(Facts(title="t"), [one], [])


def test_summary__no_address__names_the_issue_all_the_same() -> None:
    for url in ("", "javascript:alert(1)", "https://forge.test/a) [x](https://evil.test"):
        assert "| `acme/app#7` |" in summary(Facts(title="t"), [row(url=url)], [])


def test_told__without_cause_or_step__is_what_happened() -> None:
    assert told("warning", "", "held: no") == Told(kind="warning", issue="", what="held: no")
    lines = summary(Facts(title="t"), [], [told("warning", "", "held: no")])
    assert "- **warning**: held: no\n" in lines
    assert "Next step" not in lines


def test_summary__of_very_much__says_how_much_more_there_is_and_stays_small() -> None:
    long = "ü" * 5_000
    rows = [row(title=long, holds=[long] * 2, group=group) for group in Group for _ in range(20)]
    rows[0] = row(holds=[str(number) for number in range(30)], group=Group.STARTED)
    troubles = [told("error", long, f"{long} Next step: {long}") for _ in range(99)]
    text = summary(Facts(title="t", headline=long), rows, troubles)
    assert f"and {len(rows) - 100} more" in text
    assert "- and 49 more, which the log has" in text
    assert "<br>8<br>9 |" in text
    assert len(text.encode()) < MAX_SUMMARY


@pytest.mark.parametrize(
    ("more", "last"),
    [(0, "- **warning**: It broke."), (1, "- and 1 more, which the log has")],
)
def test_summary__more_troubles_than_a_page_shows__are_counted(more: int, last: str) -> None:
    text = summary(
        Facts(title="t"), [], [Told(kind="warning", issue="", what="It broke.")] * (50 + more)
    )
    troubles, _ = text.split("\n\nRequests: ")
    assert troubles.splitlines()[-1] == last
    assert "Likely cause" not in text


def test_summary__a_bar_in_a_title__stays_in_its_cell() -> None:
    assert "| `a ¦ b` |" in summary(Facts(title="t"), [row(title="a | b")], [])


def outside_of_code(markdown: str) -> str:
    """Return what of a text is not code; none of it has a code span within another."""
    return re.sub(r"`[^`\n]*`", "", markdown)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_summary__anybody_s_text__stays_in_its_cell_and_does_nothing(
    title: str, hold: str, what: str
) -> None:
    one = row(title=title, holds=[hold], state=hold)
    text = summary(Facts(title="t", headline=what), [one], [told("error", what, what)])
    (line,) = [one for one in text.split("\n") if one.startswith("| [`acme")]
    assert line.count("|") == 5
    assert text.count("\n") == len(text.splitlines())
    left = outside_of_code(text).replace(f"({WEB}/acme/app/issues/7)", "").replace("<br>", "")
    assert not re.search(
        r"[<>@\\`_~!]\w|https?:|www\.|\w#[0-9]|\[[^]]|\]\(", left.replace("[]", "")
    )


@given(HOSTILE)
def test_words__any_text__is_one_line_with_every_sign_in_code(text: str) -> None:
    shown = words(text, 300)
    assert "\n" not in shown
    assert re.fullmatch(r"[A-Za-z0-9'\"(),.;:?! -]*", outside_of_code(shown))


def test_words__a_sentence__reads_as_it_was() -> None:
    assert words("It starts (once) T3 answers; wait.", 99) == "It starts (once) T3 answers; wait."
    assert words("GH-7 deadbeef 1. www.x", 99) == "`GH-7 deadbeef 1. www.x`"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("see docs/reference.md.", "see `docs/reference.md`."),
        ("set t3.model, then go on", "set `t3.model`, then go on"),
        ("is it AFK_TOKEN?", "is it `AFK_TOKEN`?"),
        ("set it (see docs/x.md).", "set it (see `docs/x.md`)."),
        ("set it (ci.none: green) again", "set it (`ci.none`: green) again"),
        ("docs/a.md docs/b.md; both", "`docs/a.md docs/b.md`; both"),
        ("and so on ... as ever", "and so on `...` as ever"),
        ("o/r#1.", "`o/r#1`."),
        ("as it was (GH-7) before", "as it was (`GH-7`) before"),
    ],
)
def test_words__what_ends_in_a_name__has_the_sentence_s_signs_outside_of_code(
    said: str, shown: str
) -> None:
    assert words(said, 300) == shown
