"""The dashboard's place in its issue: what is afk's, what is people's, and what is nobody's."""

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import KEYS, NOW

from afk.record import board
from afk.record.board import (
    BoardFlaw,
    BoardMemory,
    BoardText,
    EndedRun,
    board_body,
    merged,
    read_board,
    without_ends,
)
from afk.record.codec import key_id
from afk.record.state import Keys
from afk.types import Reason, Verdict

PLACE: Final = "github.com/100#12"
RUN: Final = EndedRun(
    run_id="run-1",
    repository="acme/app",
    issue=7,
    title="<!-- --> Add a till",
    verdict=Verdict.DONE,
    at=NOW,
    reason=Reason.LANDED,
    pull=9,
)
MEMORY: Final = BoardMemory(as_of=NOW, withheld=("acme/secret",), ended=(RUN,))
TEXT: Final = BoardText(above="Hello\n", memory=MEMORY, visible="### Working now\n", below="\nBye")
NONE: Final = Keys()


def read(body: str, keys: Keys = KEYS, place: str = PLACE) -> BoardText | BoardFlaw:
    return read_board(body, place, keys)


@pytest.mark.parametrize("body", ["", " \n\t\r\n"])
def test_read__empty__has_empty_parts(body: str) -> None:
    assert read(body) == BoardText()


@pytest.mark.parametrize("keys", [KEYS, NONE])
def test_read__what_was_written__is_read_back(keys: Keys) -> None:
    body = board_body(TEXT, PLACE, keys)

    found = read(body, keys)

    assert isinstance(found, BoardText)
    key_id = found.memory.key_id
    assert bool(key_id) is bool(keys.current)
    assert found == replace(TEXT, memory=replace(MEMORY, key_id=key_id))
    assert board_body(found, PLACE, keys) == body
    assert body.count("-->") == 2, "nothing remembered ends a comment"


def test_read__saved_in_a_browser__is_still_afks() -> None:
    body = board_body(TEXT, PLACE, KEYS).replace("\n", "\r\n")

    assert isinstance(read(body), BoardText)


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        (lambda _: "My notes", BoardFlaw.FOREIGN),
        (lambda body: body.split("\n", 2)[2], BoardFlaw.FOREIGN),
        (lambda body: body.replace("Working now", "Working soon"), BoardFlaw.ALTERED),
        (lambda body: body.replace("### ", "Mara\n### "), BoardFlaw.ALTERED),
        (lambda body: body.replace("<!-- afk:dashboard:end -->", ""), BoardFlaw.ALTERED),
        (lambda body: body.replace(" mac=", " nac="), BoardFlaw.ALTERED),
        (lambda body: body.replace('"issue":7', '"issue":8'), BoardFlaw.ALTERED),
        (lambda body: f"{body}\n{body}", BoardFlaw.ALTERED),
        (lambda body: body.replace("dashboard:v1", "dashboard:v2"), BoardFlaw.NEWER),
    ],
)
def test_read__touched__is_left_to_whoever_touched_it(change: object, flaw: BoardFlaw) -> None:
    assert callable(change)
    assert read(change(board_body(TEXT, PLACE, KEYS))) is flaw


def test_read__copied_from_another_issue__is_not_afks() -> None:
    body = board_body(TEXT, "github.com/100#13", KEYS)

    assert read(body) is BoardFlaw.ALTERED


def test_read__former_key__is_read_and_signed_anew() -> None:
    former = Keys(current=KEYS.previous)
    body = board_body(TEXT, PLACE, former)

    found = read(body)

    assert isinstance(found, BoardText)
    assert found.memory.ended == (RUN,)
    assert board_body(found, PLACE, KEYS) != body
    assert isinstance(read(board_body(found, PLACE, KEYS)), BoardText)


def test_read__unknown_key__says_so() -> None:
    body = board_body(TEXT, PLACE, Keys(current=b"a key that nobody has"))

    assert read(body) is BoardFlaw.UNKNOWN_KEY
    assert read(body, NONE) is BoardFlaw.UNKNOWN_KEY


def test_read__written_without_a_key__is_taken_over_and_forgotten() -> None:
    """Anybody can make a checksum: nothing that it vouches for is believed once there is a key."""
    found = read(board_body(TEXT, PLACE, NONE))

    assert found == replace(TEXT, memory=BoardMemory())


@pytest.mark.parametrize("field", ['"later":1', '"as_of":"2026-07-11T05:43:59"'])
def test_read__written_by_another_version__is_left_alone(field: str) -> None:
    """A field that this one does not know, or a time without a zone, which it never wrote."""
    json = f'{{"key_id":"",{field}}}'
    mac = board._mac(KEYS.current, f"{PLACE}\n{json}\nx")
    body = f"<!-- afk:dashboard:v1 {json} mac={mac} -->\nx<!-- afk:dashboard:end -->"

    assert read(body) is BoardFlaw.NEWER


def test_read__the_last_line_written_again_below__is_words_of_people() -> None:
    copied = replace(TEXT, below="\nBye\n<!-- afk:dashboard:end -->")

    found = read(board_body(copied, PLACE, KEYS))

    assert isinstance(found, BoardText)
    assert (found.visible, found.below) == (TEXT.visible, copied.below)


def test_without_ends__of_a_comment__leaves_its_words() -> None:
    assert without_ends("a <!-- b --> c") == "a <! -- b --> c"


@given(st.text(), st.text())
def test_read__any_words_of_people__are_kept(above: str, below: str) -> None:
    above, below = without_ends(above), without_ends(below)
    above = f"{above}\n".replace("\r\n", "\n")
    text = replace(TEXT, above=above, below=below.replace("\r\n", "\n"))

    found = read(board_body(text, PLACE, KEYS))

    assert isinstance(found, BoardText)
    assert (found.above, found.below) == (text.above, text.below)
    assert found.visible == text.visible


@given(st.text(min_size=1), st.integers(0, 500))
def test_read__anything_written_into_it__is_never_taken_for_afks(more: str, at: int) -> None:
    body = board_body(TEXT, PLACE, KEYS)
    marker = body.index("-->\n") + 4
    end = body.index("<!-- afk:dashboard:end")
    place = marker + at % (end - marker)
    changed = body[:place] + more + body[place:]

    found = read(changed)

    unseen = changed.replace("\r\n", "\n") == body
    assert isinstance(found, BoardFlaw) or unseen or found.visible == TEXT.visible


def test_merged__each_run_once__newest_first() -> None:
    again = replace(RUN, title="Add a till, please")
    later = replace(RUN, run_id="run-2", at=NOW.replace(hour=13))

    assert merged([RUN], [later, again]) == (later, again)


def test_body__what_is_as_usual__is_not_written_down() -> None:
    usual = BoardText(memory=BoardMemory(ended=(replace(RUN, reason=None, pull=0),)))
    text = board_body(usual, PLACE, KEYS)
    assert not [name for name in ("withheld", "as_of", "reason", "pull") if f'"{name}"' in text]
    assert text.count('"key_id"') == 1


def test_body__without_a_key__takes_no_former_keys_name_along() -> None:
    signed = read(board_body(TEXT, PLACE, KEYS))
    assert isinstance(signed, BoardText)
    plain = read(board_body(signed, PLACE, NONE), NONE)
    assert isinstance(plain, BoardText)
    assert plain.memory.key_id == ""
    other = Keys(current=b"another")
    again = read(board_body(signed, PLACE, other), other)
    assert isinstance(again, BoardText)
    assert again.memory.key_id not in ("", signed.memory.key_id)


def test_body__half_a_character__is_signed_all_the_same() -> None:
    half = replace(TEXT, visible="\ud83d\n")
    assert read(board_body(half, PLACE, KEYS)) == replace(
        half, memory=replace(MEMORY, key_id=key_id(KEYS.current))
    )
