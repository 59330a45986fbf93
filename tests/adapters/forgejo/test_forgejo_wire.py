"""Forgejo's JSON, whatever it holds, is read or refused: nothing half-read gets through."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afk.adapters.forgejo import mapping
from afk.adapters.forgejo.wire import (
    ISSUE,
    parse,
)
from afk.errors import ServerFault


def _entry(number: int, created: str, **more: Any) -> dict[str, Any]:
    entry = {"id": number, "type": "close", "created_at": created, "updated_at": created}
    return {**entry, **more}


def test_timeline__times_with_an_offset__become_utc() -> None:
    (item,) = mapping.timeline([_entry(1, "2026-11-23T05:00:00+02:00")], "reading")
    assert item.created_at == datetime(2026, 11, 23, 3, tzinfo=UTC)
    assert item.created_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("written", "year"),
    [("0001-01-01T00:00:00+02:00", 1970), ("9999-12-31T23:59:59-02:00", 8999)],
)
def test_timeline__time_at_the_end_of_the_calendar__can_be_reckoned_with(
    written: str, year: int
) -> None:
    """Go's zero time is one; an event may not be left out for it."""
    (item,) = mapping.timeline([_entry(1, written)], "reading")
    assert (item.created_at - timedelta(days=365)).year == year - 1
    assert (item.created_at + timedelta(days=400)).year > year


@pytest.mark.parametrize(
    "body",
    [
        {"message": "not a list"},
        "text",
        [7],
        [_entry(1, "yesterday")],
        [_entry(1, "2026-11-23T05:00:00")],
        [{"type": "label", "created_at": "2026-11-23T05:00:00Z"}],
    ],
)
def test_timeline__a_used_entry_that_cannot_be_read__is_a_server_fault(body: object) -> None:
    """An event left out would look like one that never happened."""
    with pytest.raises(ServerFault, match="cannot be read"):
        mapping.timeline(body, "reading")


def test_timeline__an_unknown_type_of_any_shape__is_left_out() -> None:
    assert mapping.timeline([{"type": "hologram", "id": "x"}], "reading") == ()


def test_parse__what_does_not_fit__does_not_repeat_the_value() -> None:
    """The values of an answer may be anybody's private text."""
    with pytest.raises(ServerFault) as caught:
        parse(ISSUE, {"number": "private words"}, "reading it")
    assert "private words" not in str(caught.value)
    assert "number" in str(caught.value)
    assert caught.value.__cause__ is None
    with pytest.raises(ServerFault, match="the whole answer"):
        parse(ISSUE, None, "reading it")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
_ENTRIES = st.fixed_dictionaries(
    {"type": st.sampled_from(["label", "comment", "close", "hologram"]) | _JSON},
    optional={
        "id": st.integers() | _JSON,
        "body": st.text() | _JSON,
        "created_at": st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat) | _JSON,
        "updated_at": st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat) | _JSON,
        "label": _JSON,
        "user": _JSON,
    },
)


@given(st.lists(_ENTRIES) | _JSON)
def test_timeline__any_json__is_read_or_a_server_fault(body: object) -> None:
    try:
        items = mapping.timeline(body, "reading")
    except ServerFault:
        return
    assert [item.id for item in items] == sorted(item.id for item in items)
    assert len(mapping.events(items)) + len(mapping.comments(items)) == len(items)
