"""The record's codec: nothing ends the comment early, nothing forged is believed."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import KEYS, RUN_ID, changed, record
from support.record_strategies import ODD, RECORDS, fields_of, signed

from afk.record.codec import MAX_COMMENT, Flaw, as_json, can_be, decode, encode, is_record, key_id
from afk.record.groups import Commits
from afk.record.state import Dialogue, Keys, Purpose, RunRecord, Stage, Stop, Turn

UNSIGNED = Keys()
OTHER_KEY = Keys(current=b"somebody else's key")
ROTATED = Keys(current=b"the next key", previous=KEYS.current)
VISIBLE = "**afk: At work**\n"


def marker(body: str) -> str:
    return body.split("\n", 1)[0]


def test_encode__a_record__is_the_marker_line_and_what_people_read() -> None:
    """The exact bytes: other tools read them, and an upgrade must go on reading them."""
    plain = record(turns=(), environment_id="", thread_id="", base_commit="", branch="")
    assert plain.dialogue == Dialogue()
    assert plain.commits == Commits()
    assert encode(plain, VISIBLE, UNSIGNED) == (
        '<!-- afk:run:v1 {"schema":1,"forge":"github","repository_id":100,'
        '"repository":"acme/app","issue":7,"run_id":"06af7b71-292f-599c-8e77-82f43aa47f9f",'
        '"approval":{"actor_id":10,"at":"2026-11-23T11:00:00Z",'
        f'"digest":"{"d" * 64}"}},"sequence":3,"stage":"running",'
        '"thread":{"claimed_at":"2026-11-23T11:30:00Z","started_at":"2026-11-23T11:30:00Z"}} '
        "mac=none -->\n**afk: At work**\n"
    )


def test_encode__signed__names_the_key_and_ends_in_a_mac() -> None:
    line = marker(encode(record(), VISIBLE, KEYS))
    assert f'"key_id":"{key_id(KEYS.current)}"' in line
    assert re.search(r"\} mac=[0-9a-f]{64} -->$", line)
    assert KEYS.current.decode() not in line


def test_key_id__of_a_key__is_short_public_and_its_own() -> None:
    assert key_id(b"") == ""
    assert len(key_id(b"a")) == 12
    assert key_id(b"a") != key_id(b"b")


@given(RECORDS, ODD, st.sampled_from([KEYS, UNSIGNED]))
def test_decode__any_record_encoded__comes_back_and_ends_no_comment(
    run: RunRecord, visible: str, keys: Keys
) -> None:
    """No value can end the HTML comment, break the line, or come back as another value."""
    body = encode(run, visible, keys)
    line = marker(body)
    inside = line.removeprefix("<!-- ").removesuffix(" -->")
    assert len(line) == len(inside) + len("<!-- ") + len(" -->")
    assert not {"<", ">"} & set(inside)
    assert "--" not in inside
    assert line.isascii()
    assert line.isprintable()
    assert body.endswith(visible)
    assert is_record(body)
    same = replace(run, key_id=key_id(keys.current))
    assert decode(body, keys) == (same if can_be(run) else Flaw.IMPOSSIBLE)
    assert decode(body.replace("\n", "\r\n", 1), keys) == decode(body, keys)


@given(st.data())
def test_decode__one_character_of_a_signed_marker_changed__is_refused(data: st.DataObject) -> None:
    """Every single replaced, added or lost character, the signature's own included."""
    line = marker(encode(record(), VISIBLE, KEYS))
    index = data.draw(st.integers(0, len(line) - 1))
    character = data.draw(st.one_of(st.characters(), st.sampled_from('0123456789abcdef{}"')))
    changed = data.draw(
        st.sampled_from(
            [
                line[:index] + character + line[index + 1 :],
                line[:index] + character + line[index:],
                line[:index] + line[index + 1 :],
            ]
        )
    )
    shown = decode(f"{changed}\n{VISIBLE}", KEYS)
    if changed == line or changed.rstrip("\r") == line or changed.startswith(f"{line}\n"):
        assert shown == record(key_id=key_id(KEYS.current))
    else:
        assert isinstance(shown, Flaw)
        assert shown is not Flaw.NEWER


def test_decode__signed_with_the_former_key__is_believed() -> None:
    body = encode(record(), VISIBLE, KEYS)
    assert decode(body, ROTATED) == record(key_id=key_id(KEYS.current))
    assert decode(encode(record(), VISIBLE, ROTATED), KEYS) is Flaw.UNKNOWN_KEY


def test_encode__with_a_former_key__signs_with_the_current_one_only() -> None:
    assert decode(encode(record(), "", ROTATED), Keys(current=ROTATED.current)) == record(
        key_id=key_id(ROTATED.current)
    )


def test_encode__without_a_current_key__is_unsigned_even_with_a_former_one() -> None:
    assert " mac=none -->" in encode(record(), "", Keys(previous=KEYS.current))


@pytest.mark.parametrize(
    ("written", "read", "flaw"),
    [
        (OTHER_KEY, KEYS, Flaw.UNKNOWN_KEY),
        (KEYS, UNSIGNED, Flaw.UNKNOWN_KEY),
        (UNSIGNED, KEYS, Flaw.UNSIGNED),
    ],
)
def test_decode__keys_that_do_not_fit__says_which_way(
    written: Keys, read: Keys, flaw: Flaw
) -> None:
    assert decode(encode(record(), VISIBLE, written), read) is flaw


def test_decode__value_changed_under_a_key_we_hold__is_a_bad_mac() -> None:
    body = encode(record(), VISIBLE, KEYS).replace('"issue":7', '"issue":8')
    assert decode(body, KEYS) is Flaw.BAD_MAC


def test_decode__newer_schema__is_newer_whatever_else_it_holds() -> None:
    body = signed({"schema": 2, "something": "else"}, version=2)
    assert decode(body, KEYS) is Flaw.NEWER


@pytest.mark.parametrize("version", [0, 2, 99])
def test_decode__version_changed_outside_of_what_is_signed__is_malformed(version: int) -> None:
    """Else whoever can edit one comment could lock a repository: a newer version is hands off."""
    body = encode(record(), VISIBLE, KEYS).replace("run:v1", f"run:v{version}", 1)
    assert decode(body, KEYS) is Flaw.MALFORMED


@pytest.mark.parametrize(
    "broken",
    [
        {"stage": "asleep"},
        {"issue": "seven"},
        {"approval": None},
        {"thread": {"started_at": "yesterday"}},
        {"stage": "asleep", "new_field": 1},
        {"schema": 0},
    ],
)
def test_decode__value_nobody_writes__is_malformed(broken: dict[str, Any]) -> None:
    assert decode(signed(fields_of(record()) | broken), KEYS) is Flaw.MALFORMED


@pytest.mark.parametrize("stage", [Stage.CLAIMED, Stage.RUNNING])
@pytest.mark.parametrize("lacks", [{"thread_id": ""}, {"turns": ()}])
def test_decode__claim_or_run_without_its_thread_or_first_turn__is_impossible(
    stage: Stage, lacks: dict[str, Any]
) -> None:
    whole = record(stage=stage)
    assert decode(encode(whole, VISIBLE, UNSIGNED), UNSIGNED) == whole
    assert decode(encode(changed(whole, **lacks), VISIBLE, KEYS), KEYS) is Flaw.IMPOSSIBLE
    waits = changed(whole, stage=Stage.APPROVED, **lacks)
    assert decode(encode(waits, VISIBLE, UNSIGNED), UNSIGNED) == waits


@pytest.mark.parametrize(
    "line",
    [
        "<!-- afk:run:",
        "<!-- afk:run:v1 {} -->",
        "<!-- afk:run:v1 {} mac=none --> ",
        " <!-- afk:run:v1 {} mac=none -->",
        "<!-- afk:run:v1 {} mac=NONE -->",
        "<!-- afk:run:v1 {} mac=none -->",
        "<!-- afk:run:v1 {]} mac=none -->",
        "<!-- afk:run:v1 [] mac=none -->",
        "<!-- afk:run:vx {} mac=none -->",
        "<!-- afk:run:v" + "1" * 5_000 + " {} mac=none -->",
        '<!-- afk:run:v1 {"forge":"\ud800"} mac=none -->',
        "<!-- afk:run:v1 {" + '"a":{' * 3_000 + " } mac=none -->",
    ],
)
def test_decode__not_a_marker__is_malformed(line: str) -> None:
    assert decode(line, UNSIGNED) is Flaw.MALFORMED


@given(st.text(st.characters()), st.sampled_from([KEYS, UNSIGNED, Keys(previous=b"x")]))
def test_decode__any_text__never_raises_and_is_never_believed(text: str, keys: Keys) -> None:
    wrapped = f"<!-- afk:run:v1 {{{text}}} mac=none -->"
    zeros = f"<!-- afk:run:v1 {{{text}}} mac={'0' * 64} -->"
    for body in (text, f"<!-- afk:run:{text}", wrapped, zeros):
        assert isinstance(decode(body, keys), Flaw)


def test_encode__long_visible_text__is_cut_and_the_marker_is_not() -> None:
    """GitHub takes 65,536 characters; a cut marker would lose the run."""
    body = encode(record(), "x" * 200_000, KEYS)
    assert len(body) == MAX_COMMENT < 65_536
    assert isinstance(decode(body, KEYS), RunRecord)
    huge = encode(record(branch="x" * 200_000), VISIBLE, KEYS)
    assert isinstance(decode(huge, KEYS), RunRecord)
    assert huge.endswith(" -->\n")


def test_encode__a_run_that_used_up_everything__is_far_below_the_bound() -> None:
    turns = tuple(
        Turn(
            number=n, purpose=Purpose.RESUME, message_id=RUN_ID, sent_at=record().thread.started_at
        )
        for n in range(60)
    )
    stops = tuple(Stop(at=record().approval.at, rule="running-grace") for _ in range(60))
    run = record(turns=turns, stops=stops, pushed=("a" * 40,) * 100, answered=(RUN_ID,) * 20)
    assert len(encode(run, "", KEYS)) < MAX_COMMENT // 2


def test_summary__of_a_record__is_plain_json() -> None:
    shown = as_json(record())
    assert json.loads(json.dumps(shown)) == shown
    assert shown["stage"] == "running"
    assert "verdict" not in shown
