"""What afk says to people who tell it something."""

import pytest
from support.factories import NOW, config, record

from afk.record.answers import Answers, Heard, Reply, Word
from afk.text.answers import REPLIES, WORDS, answer_lines, short_answer
from afk.types import IssueKey

URL = "https://forge.test/acme/app/./issues/7"
KEY = IssueKey("acme/app", 7)


def heard(word: Word, reply: Reply) -> Heard:
    return Heard(comment=900, word=word, reply=reply, at=NOW)


@pytest.mark.parametrize("reply", Reply)
@pytest.mark.parametrize("word", Word)
def test_answer_lines__every_word_and_reply__one_line_that_leads_to_the_comment(
    word: Word, reply: Reply
) -> None:
    run = record(answers=Answers(upto=900, heard=(heard(word, reply),)))
    blank, line = answer_lines(run, URL)
    assert blank == ""
    assert f"]({URL}#issuecomment-900) (2026-11-23 12:00 UTC): " in line
    assert line.endswith(REPLIES[reply])
    assert "\n" not in line
    assert "](" not in answer_lines(run)[1]


def test_answer_lines__nothing_said__nothing() -> None:
    assert answer_lines(record(), URL) == []


def test_words__told_to_whoever_asks_for_another__are_all_of_them() -> None:
    assert all(f"`/afk {word.value}" in REPLIES[Reply.WORDS] for word in WORDS)
    assert set(WORDS) == set(Word) - {Word.UNKNOWN}
    assert set(REPLIES) == set(Reply)


def test_short_answer__why__says_it_in_afk_s_words_with_nothing_live_in_them() -> None:
    said = short_answer(
        heard(Word.WHY, Reply.SHOWN),
        KEY,
        f"{URL}#issuecomment-900",
        config(),
        web="https://forge.test",
        sentence="it waits for acme/app#3 @everyone",
    )
    assert said.startswith(f"[Asked here]({URL}#issuecomment-900): It waits for ")
    assert "[`#3`](https://forge.test/acme/app/./issues/3)" in said
    assert " @everyone" not in said.replace("`@everyone`", "")


def test_short_answer__stop__says_what_would_start_a_run() -> None:
    said = short_answer(
        heard(Word.STOP, Reply.NOT_AT_WORK), KEY, URL, config(), web="", sentence=""
    )
    assert "Putting `ready-for-agent` on starts a run." in said
    unknown = short_answer(
        heard(Word.UNKNOWN, Reply.WORDS), KEY, URL, config(), web="", sentence=""
    )
    assert unknown.endswith(f"{REPLIES[Reply.WORDS]}\n")


def test_short_answer__sentence_with_its_own_full_stop__gets_no_second() -> None:
    shown = heard(Word.WHY, Reply.SHOWN)
    for sentence in ("It waits.", "It waits"):
        said = short_answer(shown, KEY, URL, config(), web="", sentence=sentence)
        assert said == f"[Asked here]({URL}): It waits.\n"
