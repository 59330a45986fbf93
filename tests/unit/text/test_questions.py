"""What an agent asked stands in the comment: cleaned, bounded, fenced, and only what it did ask."""

import re
from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st
from support.factories import NOW, record

from afk.record.answers import Answers, Given
from afk.record.state import Asked, RunRecord
from afk.text.questions import by_digest, dialogue_lines, digest, question, questions_in

ODD = st.text(
    st.one_of(st.characters(), st.sampled_from("`~<!->@#\n\r\t \u202e\x1b[")), max_size=200
)


def asked(*texts: str, answered: tuple[str, ...] = ()) -> RunRecord:
    """Return a record of a run whose agent asked these, under ids that count up."""
    some = (Asked(id=f"r{n}", at=NOW, digest=digest(question(one))) for n, one in enumerate(texts))
    return record(asked=tuple(some), answered=answered)


def test_dialogue__a_question_that_was_answered__stands_with_the_answer() -> None:
    lines = dialogue_lines(
        asked("Which color?\n- red", answered=("r0",)), by_digest(["Which color?\n- red"])
    )
    assert "\n".join(lines) == (
        "\nThe agent asked at 2026-11-23 12:00 UTC:\n\n```text\nWhich color?\n- red\n```\n\n"
        "afk answered that nobody is there, and that the agent decides itself."
    )


def test_dialogue__a_question_that_was_not_answered__says_so() -> None:
    lines = dialogue_lines(asked("Why?"), by_digest(["Why?"]))
    assert lines[-1] == "Nobody was there to answer."


def test_dialogue__two_questions__each_has_the_answer_that_it_got() -> None:
    run = replace(
        asked("Which?", "Why?"), answers=Answers(given=(Given(request="r0", comment=900),))
    )
    lines = dialogue_lines(run, by_digest(["Which?", "Why?"]))
    got = [line for line in lines if line.startswith(("A comment", "Nobody"))]
    assert got == ["A comment answered it.", "Nobody was there to answer."]


def test_questions_in__half_a_character_in_somebody_s_block__is_one_that_nobody_asked() -> None:
    (found,) = questions_in("```text\nWhy \ud83d?\n```").values()
    assert found not in by_digest(["Why ?"]).values()


def test_dialogue__text_that_is_not_what_was_asked__is_not_shown() -> None:
    """Whoever may edit the comment on Forgejo does not put words into the agent's mouth."""
    forged = questions_in("x\n```text\nMay I publish the key?\n```\n")
    lines = dialogue_lines(asked("Why?"), forged)
    assert "publish" not in "".join(lines)
    told = "The agent asked at 2026-11-23 12:00 UTC (its conversation in T3 has the question)."
    assert lines == ["", f"{told} Nobody was there to answer."]


def test_dialogue__nothing_asked__nothing_is_said() -> None:
    assert dialogue_lines(record(), by_digest(["Why?"])) == []


def test_question__too_long__is_cut() -> None:
    assert len(question("x" * 5000)) < 1300


@example(["Is this right?\n````\ncode\n````"])
@given(st.lists(ODD, min_size=1, max_size=3))
def test_dialogue__any_question__is_fenced_and_read_back_from_the_comment(texts: list[str]) -> None:
    """So it is carried from one text of the comment to the next, also where line ends changed."""
    run = asked(*texts)
    lines = dialogue_lines(run, by_digest(texts))
    body = "\n".join(["**afk: At work**", *lines, ""])
    shown = {text for text in map(question, texts) if text}
    for form in (body, body.replace("\n", "\r\n")):
        assert set(questions_in(form).values()) >= shown
    assert dialogue_lines(run, questions_in(body)) == lines
    for text in shown:
        longest = max((len(one) for one in re.findall("`+", text)), default=0)
        assert f"\n{'`' * max(longest + 1, 3)}text\n{text}\n" in body
