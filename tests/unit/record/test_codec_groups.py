"""A record's groups are read as strictly as the record itself."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import IN_GROUP, KEYS, record
from support.record_strategies import VALUES, fields_of, signed

from afk.record.codec import Flaw, as_json, decode
from afk.record.state import RunRecord

AT = "2026-01-01T00:00:00Z"
TURN = {"number": 1, "purpose": "first", "message_id": "m"}
IN_EVERY_PART: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "record": lambda odd: odd,
    "approval": lambda odd: {"approval": {"actor_id": 1, "at": AT, **odd}},
    "thread": lambda odd: {"thread": {"id": "t", **odd}},
    "dialogue": lambda odd: {"dialogue": {"turns": [TURN], **odd}},
    "turn": lambda odd: {"dialogue": {"turns": [{**TURN, **odd}]}},
    "stop": lambda odd: {
        "dialogue": {"turns": [TURN], "stops": [{"at": AT, "rule": "zombie", **odd}]}
    },
    "commits": lambda odd: {"commits": odd},
    "verdict": lambda odd: {
        "commits": {"seen_verdict": {"sha": "s", "status": "red", "at": AT, **odd}}
    },
    "head": lambda odd: {"commits": {"seen_head": {"sha": "s", "at": AT, **odd}}},
    "pauses": lambda odd: {"pauses": odd},
    "ending": lambda odd: {"ending": odd},
}
"""Around fields of each part, what else a record has to hold."""


@pytest.mark.parametrize("part", IN_EVERY_PART)
def test_decode__field_this_version_does_not_know__is_newer(part: str) -> None:
    around = IN_EVERY_PART[part]
    assert isinstance(decode(signed(fields_of(record()) | around({})), KEYS), RunRecord)
    assert decode(signed(fields_of(record()) | around({"new_field": 1})), KEYS) is Flaw.NEWER


def test_summary__group_in_which_nothing_happened__is_absent() -> None:
    shown = as_json(record())
    assert {"thread", "dialogue", "commits"} <= set(shown)
    assert not {"pauses", "ending", "phases"} & set(shown)
    assert as_json(record(settled=True))["ending"] == {"settled": True}


def test_decode__empty_group__means_its_defaults() -> None:
    bare = {**fields_of(record()), "pauses": {}, "ending": {}}
    assert decode(signed(bare), KEYS) == decode(signed(fields_of(record())), KEYS)


@pytest.mark.parametrize(
    "broken",
    [
        {"thread": {"started_at": "yesterday"}},
        {"thread": None},
        {"dialogue": {"turns": [{"number": 1}]}},
        {"commits": []},
        {"pauses": {"times_limited": "often"}},
        {"ending": {"settled": "maybe"}},
    ],
)
def test_decode__value_nobody_writes_in_a_group__is_malformed(broken: dict[str, Any]) -> None:
    assert decode(signed(fields_of(record()) | broken), KEYS) is Flaw.MALFORMED


def test_decode__unknown_field_beside_a_broken_one_in_a_group__is_malformed() -> None:
    """Only a newer version's record is left to it; what no version writes is not believed."""
    broken = {"thread": {"attempt": "first", "new_field": 1}}
    assert decode(signed(fields_of(record()) | broken), KEYS) is Flaw.MALFORMED


IN_FIELDS = st.dictionaries(st.sampled_from(sorted(set(IN_GROUP.values()))), VALUES)
BESIDE = st.dictionaries(st.sampled_from([*fields_of(record()), "phases"]), VALUES)


@given(IN_FIELDS, BESIDE)
def test_decode__any_value_in_any_field__never_raises(
    fields: dict[tuple[str, str], Any], beside: dict[str, Any]
) -> None:
    changes: dict[str, Any] = {}
    for (group, name), value in fields.items():
        changes.setdefault(group, {})[name] = value
    for odd in (changes, beside, changes | beside):
        shown = decode(signed(fields_of(record()) | odd), KEYS)
        assert isinstance(shown, RunRecord | Flaw)
