"""Ids that any tick on any machine computes alike, and the titles that carry them."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import LABELLED, RUN_ID, STRANGER, event, issue, repository

from afk.record import names
from afk.types import IssueKey

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def run_id(
    *,
    host: str = "github.com",
    repository_id: int = 100,
    issue: int = 7,
    at: datetime = LABELLED,
    actor_id: int = 10,
    event: str = "",
) -> str:
    """Return the run id of the usual run, with the parts given changed."""
    return names.run_id(
        host=host, repository_id=repository_id, issue=issue, at=at, actor_id=actor_id, event=event
    )


def test_run_id__same_parts__is_the_same_for_ever() -> None:
    """The value itself is pinned: another one would lose every run in flight at an upgrade."""
    assert run_id() == RUN_ID == "06af7b71-292f-599c-8e77-82f43aa47f9f"


def test_run_id__host_in_capitals_or_time_in_another_zone__is_the_same() -> None:
    elsewhere = LABELLED.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert run_id(host="GitHub.com", at=elsewhere) == run_id()


@pytest.mark.parametrize(
    "other",
    [
        run_id(host="git.example.org"),
        run_id(repository_id=101),
        run_id(issue=8),
        run_id(at=LABELLED + timedelta(seconds=1)),
        run_id(actor_id=11),
        run_id(event="1"),
        run_id(repository_id=10, issue=71),
    ],
)
def test_run_id__any_part_differs__is_another_run(other: str) -> None:
    assert other != run_id()


@given(st.integers(1, 30), st.integers(1, 30), st.sampled_from(["thread", "turn-1", "turn-2"]))
def test_ids__of_one_run__are_all_different(number: int, attempt: int, step: str) -> None:
    """No two steps share an id: T3 remembers commands, messages and threads for ever."""
    ids = [
        names.thread_id(RUN_ID, attempt),
        names.message_id(RUN_ID, number, attempt),
        names.command_id(RUN_ID, step, attempt),
        names.project_id(RUN_ID, attempt),
        names.thread_id(RUN_ID, attempt + 1),
        names.message_id(RUN_ID, number, attempt + 1),
        names.message_id(RUN_ID, number + 1, attempt),
        names.command_id(RUN_ID, step, attempt + 1),
        names.command_id(RUN_ID, f"{step}0", attempt),
        RUN_ID,
    ]
    assert len(set(ids)) == len(ids)


def test_ids__each_kind__is_a_version_5_uuid() -> None:
    ids = [
        RUN_ID,
        names.thread_id(RUN_ID, 1),
        names.message_id(RUN_ID, 1, 1),
        names.command_id(RUN_ID, "thread", 1),
        names.project_id("/srv/app", 1),
    ]
    assert [one for one in ids if not re.fullmatch(UUID, one)] == []


@given(
    st.from_regex(r"[A-Za-z0-9._-]{1,12}/[A-Za-z0-9._-]{1,12}", fullmatch=True),
    st.integers(1, 10**9 - 1),
    st.datetimes(timezones=st.just(UTC)),
)
def test_title__of_any_run__is_read_back(repo: str, number: int, at: datetime) -> None:
    run, key = run_id(at=at), IssueKey(repo, number)
    assert names.parse_title(names.title(run, key)) == (run[:8], key)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Fix the login",
        "[afk 06af7b71] acme/app",
        "[afk 06af7b7] acme/app#7",
        "[afk 06AF7B71] acme/app#7",
        "[afk 06af7b71] acme#7",
        "[afk 06af7b71] acme/app#7 more",
        " [afk 06af7b71] acme/app#7",
        "[afk 06af7b71] acme/app#7\n",
        "[afk 06af7b71] acme/app#" + "7" * 5_000,
        "[afk 06af7b71] acme/app#\u0667",
        "[afk 06af7b71] acme/app#0",
        "[afk 06af7b71] acme/app#007",
        "[afk 06af7b71] acme/app#2147483648",
        "[afk 06af7b71] acme/app#4000000000",
        "[afk 06af7b71] [x](https://evil.example)/app#7",
        "[afk 06af7b71] acme/" + "a" * 101 + "#7",
    ],
)
def test_parse_title__any_other_title__names_no_run(text: str) -> None:
    assert names.parse_title(text) is None


@pytest.mark.parametrize(
    ("title", "run", "named"),
    [
        (f"[afk {RUN_ID[:8]}] acme/app#7", RUN_ID, True),
        ("[afk 00000000] acme/app#7", RUN_ID, False),
        (f"about {RUN_ID[:8]}", RUN_ID, False),
        ("", "", False),
    ],
)
def test_is_of__title_of_a_thread__names_the_run_or_not(title: str, run: str, named: bool) -> None:
    assert names.is_of(title, run) is named


@given(st.text())
def test_parse_title__any_text__never_raises(text: str) -> None:
    assert names.parse_title(text) is None
    assert names.parse_title(f"[afk 06af7b71] a/b#{text}") is None or text.isdecimal()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("acme/app#7", IssueKey("acme/app", 7)),
        (" acme/app#7\n", IssueKey("acme/app", 7)),
        ("a.b-c_d/e#1234567890", IssueKey("a.b-c_d/e", 1_234_567_890)),
        ("acme/app#0", None),
        ("acme/app#07", None),
        ("acme/app#2147483647", IssueKey("acme/app", 2_147_483_647)),
        ("acme/app#2147483648", None),
        ("acme/app", None),
        ("#7", None),
        ("acme/app/x#7", None),
        ("acme/app#7 x", None),
        ("acme/app#" + "7" * 5_000, None),
    ],
)
def test_parse_key__what_a_person_typed__is_an_issue_or_nothing(
    text: str, key: IssueKey | None
) -> None:
    assert names.parse_key(text) == key


@pytest.mark.parametrize(
    ("identifier", "made"),
    [
        (names.thread_id(RUN_ID, 1), True),
        (names.thread_id(RUN_ID, 1).upper(), False),
        ("3e0b6f0c-5a0e-4d53-9d0c-1c5f2b6a7d11", False),
        ("theirs", False),
        ("", False),
    ],
)
def test_is_computed__an_id_of_another_making__is_not(identifier: str, *, made: bool) -> None:
    assert names.is_computed(identifier) is made


@pytest.mark.parametrize("number", ["0", "07", "4000000000", "2147483648"])
def test_parse_title__a_number_no_issue_can_have__names_no_run(number: str) -> None:
    assert names.parse_title(f"[afk 01234567] acme/app#{number}") is None


def test_run_id_of__an_application__is_made_of_everything_that_tells_it_from_others() -> None:
    applied = event(key="4711")
    assert names.run_id_of("github.com", issue(), event()) == RUN_ID
    assert names.run_id_of("github.com", issue(), applied) == run_id(event="4711")
    elsewhere = issue(repo=repository(id=101), number=8)
    late = event(at=LABELLED + timedelta(seconds=1), actor=STRANGER)
    assert names.run_id_of("git.example.org", elsewhere, late) == run_id(
        host="git.example.org", repository_id=101, issue=8, at=late.at, actor_id=STRANGER.id
    )


def test_names__of_a_run__are_the_same_for_ever() -> None:
    """The values themselves are pinned: after an upgrade T3 has to know them again."""
    assert names.thread_id(RUN_ID, 1) == "210ca25a-5c79-5cdd-978e-f42ced3311ee"
    assert names.message_id(RUN_ID, 2, 3) == "863a34f1-ff06-56c6-b1e5-70701171f212"
    assert names.command_id(RUN_ID, "start", 1) == "1bc15e5e-4e1c-5f26-85a1-a83c1533c9a8"
    assert names.project_id("/srv/app", 1) == "78cc2554-7b86-5c9f-81fb-ee7e7580c793"
    assert names.branch(RUN_ID, 7) == "afk/7-06af7b71"


def test_parse_key__names_in_capitals__are_names() -> None:
    assert names.parse_key(" Acme/App#12 ") == IssueKey("Acme/App", 12)


def test_names__the_largest_number_that_an_issue_has__is_one() -> None:
    largest = 2**31 - 1
    for number, known in ((largest, True), (largest + 1, False)):
        key = IssueKey("acme/app", number)
        assert (names.parse_key(str(key)) == key) is known
        assert (names.parse_title(names.title(RUN_ID, key)) == (RUN_ID[:8], key)) is known
