"""A thread that has not moved: what is known of it without its bodies, and when nothing is."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import (
    ENVIRONMENT,
    NOW,
    RUN_ID,
    STARTED,
    config,
    record,
    snapshot,
    thread,
    turn,
)

from afk.decide.thread_facts import thread_facts
from afk.decide.unmoved_thread import (
    at_rest,
    facts_unmoved,
    line_of,
    moved_lately,
    worth_keeping,
)
from afk.model.agent import (
    AgentMessage,
    AgentSnapshot,
    AgentThread,
    PendingRequest,
    Presence,
    RequestKind,
    Session,
    Speaker,
    Start,
    ThreadDetail,
    UsageLimited,
)
from afk.record import names
from afk.record.groups import SeenThread
from afk.record.state import Purpose, RunRecord
from afk.types import ThreadStatus

LATER = NOW + timedelta(hours=2)
MINE = AgentMessage(names.message_id(RUN_ID, 1, 1), Speaker.ASKING, "do", STARTED)
SAID = AgentMessage("answer", Speaker.AGENT, "AFK-PHASE: green", STARTED)


def bodies(shown: AgentThread, **changes: Any) -> ThreadDetail:
    base: dict[str, Any] = {"messages": (MINE, SAID), "status": ThreadStatus.IDLE}
    return ThreadDetail(thread=shown, **{**base, **changes})


def kept(
    detail: ThreadDetail, line: AgentThread | None = None, now: datetime = NOW
) -> SeenThread | None:
    """What the record keeps of these bodies, read after an overview with this line."""
    shell = snapshot(line or detail.thread, server_now=now)
    facts = thread_facts(record(), shell, None, detail, config())
    return worth_keeping(shell, detail, facts)


def knowing(seen: SeenThread | None, before: RunRecord | None = None) -> RunRecord:
    run = before or record()
    return replace(run, thread=replace(run.thread, seen=seen))


# --- what is kept says the same as the bodies -----------------------------------------------------

times = st.integers(0, 7200).map(lambda seconds: STARTED - timedelta(seconds=seconds))
threads = st.builds(
    thread,
    updated_at=st.integers(0, 300).map(lambda seconds: STARTED + timedelta(seconds=seconds)),
    session=st.sampled_from(Session),
    session_at=st.none() | times,
    asked_at=st.none() | times,
    start=st.sampled_from(Start),
    done=st.booleans(),
)
details = st.builds(
    bodies,
    threads,
    status=st.none() | st.sampled_from(ThreadStatus),
    error=st.sampled_from(["", "no"]),
    start_failed=st.booleans(),
    cut_off=st.booleans(),
    messages=st.sampled_from(
        [(MINE,), (MINE, SAID), (MINE, AgentMessage("x", Speaker.ASKING, "", STARTED))]
    ),
)


@given(details, st.integers(0, 10**6))
def test_facts_unmoved__same_line__same_as_reading_the_bodies(
    detail: ThreadDetail, seconds: int
) -> None:
    seen = kept(detail)
    later = snapshot(detail.thread, server_now=NOW + timedelta(seconds=seconds))

    found = facts_unmoved(knowing(seen), later, config())

    if seen is None:
        assert found is None
    else:
        read = thread_facts(record(), later, None, detail, config())
        assert found == replace(read, phases={})


CHANGES: dict[str, Any] = {
    "id": "other",
    "project_id": "other",
    "title": "other",
    "instance": "other",
    "created_at": LATER,
    "updated_at": LATER,
    "session": Session.STOPPED,
    "session_at": LATER,
    "asked_at": LATER,
    "start": Start.REFUSED,
    "error": "other",
    "limit": UsageLimited(),
    "done": True,
    "presence": Presence.ARCHIVED,
}


def test_line_of__whatever_the_overview_shows__is_in_it() -> None:
    assert CHANGES.keys() == {one.name for one in fields(AgentThread)}


@pytest.mark.parametrize("name", CHANGES)
def test_facts_unmoved__line_moved__unknown(name: str) -> None:
    seen = kept(bodies(thread()))
    assert seen is not None
    moved = replace(thread(), **{name: CHANGES[name]})

    assert facts_unmoved(knowing(seen), snapshot(moved), config()) is None
    assert line_of(moved) != seen.line
    assert facts_unmoved(knowing(seen), snapshot(thread()), config()) is not None


def test_line_of__texts__stay_out_of_it() -> None:
    line = line_of(thread(error="secret words", title="more \ud800 of them"))

    assert (len(line), line.isalnum()) == (32, True)


# --- what is not kept -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "status", [ThreadStatus.RUNNING, ThreadStatus.IDLE, ThreadStatus.INTERRUPTED]
)
def test_worth_keeping__plain__status_and_line(status: ThreadStatus) -> None:
    assert kept(bodies(thread(), status=status)) == SeenThread(
        line=line_of(thread()), status=status
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"status": None},
        {"status": ThreadStatus.ERROR},
        {"status": ThreadStatus.NEEDS_HUMAN},
        {"error": "it broke"},
        {"limit": UsageLimited()},
        {"start_failed": True},
        {"cut_off": True},
        {"pending": (PendingRequest("r", RequestKind.QUESTION),)},
        {"messages": (MINE, AgentMessage("theirs", Speaker.ASKING, "hello", STARTED))},
        {
            "messages": (
                MINE,
                AgentMessage(names.message_id(RUN_ID, 2, 1), Speaker.ASKING, "", STARTED),
            )
        },
    ],
)
def test_worth_keeping__more_to_say_than_that__nothing(changes: dict[str, Any]) -> None:
    assert kept(bodies(thread(), **changes)) is None


def test_worth_keeping__bodies_younger_than_the_line__nothing() -> None:
    moved = bodies(thread(updated_at=STARTED + timedelta(milliseconds=1)))

    assert kept(moved, line=thread()) is None


def test_worth_keeping__line_of_another_thread_only__nothing() -> None:
    shell = snapshot(thread(id="other"))
    detail = bodies(thread())

    assert (
        worth_keeping(
            shell, detail, thread_facts(record(), snapshot(thread()), None, detail, config())
        )
        is None
    )


@pytest.mark.parametrize(("age", "known"), [(-1, False), (0, False), (1.9, False), (2, True)])
def test_worth_keeping__moved_just_now__may_move_within_that_second(
    age: float, known: bool
) -> None:
    detail = bodies(thread(updated_at=NOW - timedelta(seconds=age)))

    assert (kept(detail) is not None) is known


# --- what is not believed -------------------------------------------------------------------------

SEEN = SeenThread(line=line_of(thread()), status=ThreadStatus.IDLE)


@pytest.mark.parametrize(
    ("run", "shell"),
    [
        (knowing(SEEN), None),
        (knowing(None), snapshot(thread())),
        (knowing(SEEN), snapshot()),
        (knowing(SEEN), snapshot(thread(), environment_id="another server")),
        (knowing(SEEN, record(environment_id="")), snapshot(thread())),
        (knowing(SEEN, record(seen_sequence=10)), snapshot(thread(), sequence=9)),
        (knowing(SEEN, record(turns=())), snapshot(thread())),
        (knowing(SEEN, record(turns=(turn(requested_at=None),))), snapshot(thread())),
        (
            knowing(
                SEEN,
                record(turns=(turn(), turn(2, Purpose.RESUME, sent_at=None, requested_at=None))),
            ),
            snapshot(thread()),
        ),
        (
            knowing(SEEN),
            snapshot(thread(), thread(id=names.thread_id(RUN_ID, 2))),
        ),
    ],
    ids=[
        "not read",
        "nothing kept",
        "not shown",
        "another server",
        "server unknown",
        "an older picture",
        "no turn",
        "turn not seen accepted",
        "turn intended since",
        "a thread beyond the record",
    ],
)
def test_facts_unmoved__not_sure__unknown(run: RunRecord, shell: AgentSnapshot | None) -> None:
    assert facts_unmoved(run, shell, config()) is None


def test_facts_unmoved__earlier_thread__its_messages_are_not_shown() -> None:
    first, second = turn(), turn(2, Purpose.REPLACEMENT, thread=2)
    there = thread(id=names.thread_id(RUN_ID, 2))
    run = record(turns=(first, second))
    run = replace(run, thread=replace(run.thread, attempt=2, id=there.id))
    seen = SeenThread(line=line_of(there), status=ThreadStatus.RUNNING)

    found = facts_unmoved(knowing(seen, run), snapshot(there), config())

    assert found is not None
    assert found.requested_at == {second.message_id: STARTED}
    assert run.thread.environment_id == ENVIRONMENT


# --- when it is worth a write, and what is read at once -------------------------------------------


@pytest.mark.parametrize(
    ("status", "minutes", "worth"),
    [
        (ThreadStatus.IDLE, 59, False),
        (ThreadStatus.IDLE, 60, True),
        (ThreadStatus.INTERRUPTED, 60, True),
        (ThreadStatus.RUNNING, 600, False),
    ],
)
def test_at_rest__an_hour_after_the_end__worth_a_write(
    status: ThreadStatus, minutes: int, worth: bool
) -> None:
    detail = bodies(thread(), status=status)
    shell = snapshot(thread(), server_now=STARTED + timedelta(minutes=minutes))
    facts = thread_facts(record(), shell, None, detail, config())
    seen = worth_keeping(shell, detail, facts)

    assert seen is not None
    assert at_rest(seen, facts) is worth


@pytest.mark.parametrize(("age", "lately"), [(-5, True), (0, True), (59, True), (60, False)])
def test_moved_lately__a_minute__by_the_servers_clock(age: int, lately: bool) -> None:
    assert moved_lately(thread(updated_at=NOW - timedelta(seconds=age)), NOW) is lately
