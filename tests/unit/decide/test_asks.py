"""What people tell afk in comments: which words there are, and which comments count."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import (
    AFK,
    LABELLED,
    MARA,
    NOW,
    OWN,
    STRANGER,
    approval,
    comment,
    config,
    event,
    issue,
    record,
)

from afk.decide.asks import MAX_ANSWER, WITHIN, Ask, asks, newly, read, spoken, with_heard
from afk.record.answers import (
    MAX_GIVEN,
    MAX_HEARD,
    Answers,
    Given,
    Heard,
    Reply,
    Word,
    retry_comment,
    retry_event,
)
from afk.types import GHOST, Account, AccountKind, Comment, Issue

SAID = NOW - timedelta(minutes=5)
WORDS = ("why", "status", "stop", "retry")


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize(
    "written",
    ["/afk {}", "/AFK {}", "/afk\t{}  ", "/afk   {}\r\nand more", "/afk {}\n\nPlease, @you."],
)
def test_read__a_word__is_that_word(word: str, written: str) -> None:
    assert read(written.format(word)) == (Word(word), "")
    assert read(written.format(word.upper())) == (Word(word), "")


@pytest.mark.parametrize(
    "body",
    [
        "",
        " /afk stop",
        "\n/afk stop",
        "> /afk stop",
        "```\n/afk stop\n```",
        "    /afk stop",
        "`/afk stop`",
        "Please /afk stop",
        "/afkstop",
        "/afk-stop",
        "/af stop",
        "\u200b/afk stop",
        "/afk stop\n<!-- afk:run:v1 {} mac=none -->",
        "<!-- afk:run:v1 {} mac=none -->\n/afk stop",
    ],
)
def test_read__anything_else__is_not_for_afk(body: str) -> None:
    assert read(body) is None


@pytest.mark.parametrize(
    "body",
    [
        "/afk",
        "/afk ",
        "/afk\nstop",
        "/afk dance",
        "/afk stop now",
        "/afk retry, please",
        "/afk stop.",
        "/afk st\u200bop",
        "/afk answer",
        "/afk answer   \n  ",
        "/afk answer <!-- nothing to be seen -->",
        "/afk unknown",
    ],
)
def test_read__no_word_of_afk_s__is_unknown(body: str) -> None:
    assert read(body) == (Word.UNKNOWN, "")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("/afk answer Blue.", "Blue."),
        ("/afk ANSWER  Blue.\nAnd round.", "Blue.\nAnd round."),
        ("/afk answer\nBlue.", "Blue."),
        ("/afk answer Bl\u202eue <!-- hidden -->", "Blue"),
        ("/afk answer " + "x" * 9_000, "x" * MAX_ANSWER + "\n[cut here: too long]"),
    ],
)
def test_read__answer__has_its_text_cleaned_and_bounded(body: str, text: str) -> None:
    assert read(body) == (Word.ANSWER, text)


@given(st.text(max_size=80), st.sampled_from(["", "/afk", "/afk ", "/afk answer ", "/afk stop"]))
def test_read__any_text__never_fails_and_gives_text_to_answers_alone(text: str, begin: str) -> None:
    told = read(begin + text)
    if told is None:
        return
    word, answer = told
    assert (begin + text)[:4].lower() == "/afk"
    assert bool(answer) is (word is Word.ANSWER)
    assert len(answer) <= MAX_ANSWER + 30


@given(st.text(max_size=40))
def test_read__behind_anything__is_never_a_command(text: str) -> None:
    assert read("x" + text + "\n/afk stop") is None


def said(body: str = "/afk stop", **changes: Any) -> Comment:
    made = {"id": 900, "body": body, "created_at": SAID, "updated_at": SAID}
    return comment(**(made | changes))


def said_at(at: datetime) -> Comment:
    return said(created_at=at, updated_at=at)


def found(
    *comments: Comment, runs: Any = (), on: Issue | None = None, **settings: Any
) -> list[Ask]:
    here = replace(on or issue(), comments=comments)
    return list(asks(spoken(here, list(runs), config(**settings), OWN, now=NOW)))


def test_asks__as_created_by_a_person__is_found() -> None:
    assert found(said()) == [Ask(said(), Word.STOP)]


@pytest.mark.parametrize(
    "odd",
    [
        said(updated_at=SAID + timedelta(seconds=1)),
        said(edited_by=MARA),
        said(author=AFK),
        said(author=replace(MARA, id=AFK.id)),
        said(author=Account(5, "robot[bot]", AccountKind.BOT)),
        said(author=GHOST),
        said(author=replace(STRANGER, id=77)),
        said(body="Thanks!"),
        said_at(NOW - WITHIN - timedelta(seconds=1)),
        said_at(NOW + timedelta(hours=1)),
        said_at(LABELLED - timedelta(seconds=1)),
    ],
    ids=range(11),
)
def test_asks__edited_or_nobody_s_or_too_old__is_not_found(odd: Comment) -> None:
    assert found(odd, agent_accounts=(77,)) == []


def test_asks__issue_that_nobody_ever_approved__is_heard() -> None:
    bare = issue(labels=(), events=())
    assert found(said("/afk why"), on=bare) == [Ask(said("/afk why"), Word.WHY)]


def test_asks__older_than_the_newest_run__is_not_about_it() -> None:
    newer = record(approval=approval(at=SAID + timedelta(minutes=1)))
    assert found(said(), runs=[newer], on=issue(labels=(), events=())) == []


@pytest.mark.parametrize(("upto", "left"), [(0, [900, 901]), (900, [901]), (901, [])])
def test_asks__answered_up_to_there__are_not_found_again(upto: int, left: list[int]) -> None:
    run = record(answers=Answers(upto=upto))
    both = said(), said("/afk why", id=901)
    assert [one.comment.id for one in found(*both[::-1], runs=[record(), run])] == left


def test_asks__answered_in_a_comment_of_ours__is_not_found_again() -> None:
    link = "[Asked here](http://forge/acme/app/./issues/7#issuecomment-{})"
    ours = comment(id=950, author=AFK, body=link.format(900))
    assert found(said(), ours) == []
    assert len(found(said(), replace(ours, author=STRANGER))) == 1
    assert len(found(said(), replace(ours, body=link.format(9001)))) == 1


def test_asks__label_put_on_after_it__it_is_older_than_the_approval() -> None:
    later = issue(events=(event(at=SAID + timedelta(seconds=5)),))
    assert found(said(), on=later) == []


def heard(number: int) -> Heard:
    return Heard(comment=number, word=Word.WHY, reply=Reply.SHOWN, at=NOW)


def test_with_heard__many__keeps_the_last_and_the_highest_id() -> None:
    run = with_heard(record(), *map(heard, range(1, 10)))
    assert run.answers.upto == 9
    assert [one.comment for one in run.answers.heard] == list(range(10 - MAX_HEARD, 10))
    assert with_heard(run) is run
    assert newly(run.answers, with_heard(run, heard(12)).answers) == (heard(12),)
    given = Answers().giving(*(Given(request=str(one), comment=1) for one in range(50)))
    assert len(given.given) == MAX_GIVEN


def test_retry_event__and_back__is_the_comment() -> None:
    assert retry_comment(retry_event(12)) == 12
    assert [retry_comment(one) for one in ("", "12", "comment-", "comment-x", "comment-²")] == [
        None
    ] * 5


MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("at", "heard"),
    [
        (NOW - WITHIN, True),
        (NOW - WITHIN - MOMENT, False),
        (NOW + timedelta(minutes=5), True),
        (NOW + timedelta(minutes=5) + MOMENT, False),
    ],
)
def test_asks__dated_too_long_ago_or_ahead__is_not_found(at: datetime, heard: bool) -> None:
    bare = issue(labels=(), events=())
    assert bool(found(said_at(at), on=bare)) is heard


def test_asks__within_the_second_of_the_approval__is_about_it() -> None:
    """The forge's times are whole seconds; what afk wrote down may be finer."""
    approved = LABELLED + timedelta(milliseconds=700)
    here = issue(events=(event(at=approved),))
    assert found(said_at(LABELLED), on=here)
    assert not found(said_at(LABELLED - MOMENT), on=here)


def test_asks__the_very_first_comment__is_found() -> None:
    assert found(said(id=1), runs=[record()])
    assert found(said(id=1))
