"""T3's JSON, as recorded on two versions and as a stranger may send it, parsed."""

import copy
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.t3_rig import NOW, VERSIONS, recorded, thread_of

from afk.adapters.t3.mapping import detail, snapshot
from afk.adapters.t3.projection import is_protocol_2
from afk.adapters.t3.wire import Descriptor, Detail, Overview, Thread, instant, parse
from afk.errors import ServerFault


def test_instant__recorded_form__aware_utc() -> None:
    expected = datetime(2026, 11, 22, 17, 57, 58, 510000, tzinfo=UTC)

    assert instant("2026-11-22T17:57:58.510Z") == expected
    assert instant("2026-11-22T18:57:58.510+01:00") == expected


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(10**5000, id="more digits than Python writes"),
        *(None, "", "soon", 17, {}, "2026-11-22", "2026-11-22T17:57:58"),
        f"2026-11-22T17:57:58.{'5' * 100}Z",
    ],
)
def test_instant__no_instant__none(value: object) -> None:
    """A time without a zone is no instant."""
    assert instant(value) is None


@pytest.mark.parametrize(
    ("written", "year"),
    [("0001-01-01T00:00:00+14:00", 1970), ("9999-12-31T23:59:59.999-12:00", 8999)],
)
def test_instant__at_the_end_of_the_calendar__can_be_reckoned_with(written: str, year: int) -> None:
    found = instant(written)
    assert found is not None
    assert found.year == year


@pytest.mark.parametrize(
    "environment",
    ["", "a b", "x](https://evil.example)", "`x`", "<b>", "@all", "a/b", "a\nb", "a" * 101, "é"],
)
def test_descriptor__environment_that_is_no_word__is_a_server_fault(environment: str) -> None:
    """It becomes part of a link in a comment."""
    with pytest.raises(ServerFault, match="environmentId"):
        parse(Descriptor, {"environmentId": environment}, "descriptor")


@pytest.mark.parametrize("sequence", [-1, 2**53 + 1, 10**4000, 1e300, "x"])
def test_overview__sequence_that_nothing_holds__is_a_server_fault(sequence: object) -> None:
    body = {"snapshotSequence": sequence, "projects": [], "threads": []}
    with pytest.raises(ServerFault, match="snapshotSequence"):
        parse(Overview, body, "shell")


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("[afk 06af7b71] acme/app#7", "[afk 06af7b71] acme/app#7"),
        ("[afk 06af7b71] acme/app#7\u200b", ""),
        ("two\nlines", ""),
        ("x" * 301, ""),
    ],
)
def test_snapshot__title_that_nobody_writes__is_none(title: str, shown: str) -> None:
    body = copy.deepcopy(recorded("0.0.28/22-shell-fresh"))
    body["threads"][0]["title"] = title
    found = snapshot(parse(Overview, body, "shell"), "here", datetime(2026, 11, 22, tzinfo=UTC))
    assert found.threads[0].title == shown


@pytest.mark.parametrize("strange", ["", "a b", "](x)", "x" * 201, "a\x00", "?"])
def test_snapshot__thread_whose_id_afk_cannot_have_chosen__is_none_of_its(strange: str) -> None:
    """One thread of somebody's with an id of their own keeps nobody from reading the others."""
    body = copy.deepcopy(recorded("0.0.28/22-shell-fresh"))
    others = [one["id"] for one in body["threads"][1:]]
    body["threads"][0]["id"] = strange
    found = snapshot(parse(Overview, body, "shell"), "here", datetime(2026, 11, 22, tzinfo=UTC))
    assert [one.id for one in found.threads] == others


@given(st.one_of(st.text(), st.datetimes().map(str), st.integers(), st.none()))
def test_instant__anything__aware_or_none(value: object) -> None:
    found = instant(value)

    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize("missing", ["id", "projectId", "createdAt", "updatedAt"])
def test_parse__thread_without_identity_or_times__server_fault(missing: str) -> None:
    """Left out, it would look like a thread that vanished."""
    body = copy.deepcopy(recorded("0.0.28/22-shell-fresh"))
    del body["threads"][1][missing]

    with pytest.raises(ServerFault, match=rf"shell cannot be read \(threads\.1\.{missing}: "):
        parse(Overview, body, "shell")


def test_parse__wrong_value__not_repeated_in_the_message() -> None:
    with pytest.raises(ServerFault) as caught:
        parse(Descriptor, {"environmentId": ["private"]}, "descriptor")

    assert "private" not in str(caught.value)
    assert "orchestration protocols 1 and 2" in str(caught.value)


@pytest.mark.parametrize("data", [None, [], "text", 1])
def test_parse__no_object__server_fault(data: object) -> None:
    with pytest.raises(ServerFault, match="the whole answer"):
        parse(Overview, data, "shell")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(
    data=JSON,
    place=st.sampled_from(
        ["session", "latestTurn", "modelSelection", "messages", "activities", "archivedAt"]
    ),
)
def test_parse__any_json_in_a_field__result_or_server_fault(data: object, place: str) -> None:
    thread = thread_of("0.0.28/33-2-pending-approval-thread") | {place: data}

    try:
        detail(parse(Thread, thread, "thread"), NOW)
    except ServerFault:
        assert data is not None


@pytest.mark.parametrize(
    ("shell", "answer"),
    [
        # t3/v2-0.0.33, 04-shell-empty
        (
            {
                "schemaVersion": 2,
                "snapshotSequence": 0,
                "threads": [],
                "archivedThreads": [],
                "projects": [],
            },
            True,
        ),
        ({"schemaVersion": 1, "threads": []}, False),
        ({"archivedThreads": []}, False),
        ([], False),
    ],
)
def test_is_protocol_2__both_fields__true(shell: object, *, answer: bool) -> None:
    assert is_protocol_2(shell) is answer


@pytest.mark.parametrize("version", VERSIONS)
def test_is_protocol_2__recorded_protocol_1__false(version: str) -> None:
    assert not is_protocol_2(recorded(f"{version}/22-shell-fresh"))
    assert not is_protocol_2(recorded(f"{version}/30-2-running-snapshot"))


def test_parse__detail__thread() -> None:
    body = recorded("0.0.28/22-thread-fresh")

    assert parse(Detail, body, "thread").thread.id == body["thread"]["id"]
