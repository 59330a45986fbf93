"""What T3 shows of one run: presence, own and foreign messages, what a regressed record misses."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import (
    NOW,
    RUN_ID,
    STARTED,
    config,
    record,
    snapshot,
    thread,
    turn,
)

from afk.decide.thread_facts import (
    ThreadFacts,
    attempt_beyond,
    own_message_ids,
    phases_said,
    thread_facts,
)
from afk.model.agent import (
    AgentMessage,
    PendingRequest,
    Presence,
    RequestKind,
    Session,
    Speaker,
    Spent,
    ThreadDetail,
    UsageLimited,
)
from afk.record import names
from afk.record.state import Purpose, RunRecord
from afk.types import Phase, ThreadStatus

LATER = STARTED + timedelta(minutes=5)


def mine(number: int = 1, attempt: int = 1) -> str:
    return names.message_id(RUN_ID, number, attempt)


def asked(message: str = "", at: datetime = STARTED) -> AgentMessage:
    return AgentMessage(message or mine(), Speaker.ASKING, "do", at)


def told(text: str, at: datetime = LATER) -> AgentMessage:
    return AgentMessage("answer", Speaker.AGENT, text, at)


def bodies(*messages: AgentMessage, **changes: Any) -> ThreadDetail:
    base: dict[str, Any] = {"thread": thread(), "status": ThreadStatus.RUNNING}
    return ThreadDetail(messages=messages or (asked(),), **{**base, **changes})


def seen(
    detail: ThreadDetail | None = None,
    before: RunRecord | None = None,
    **changes: Any,
) -> ThreadFacts:
    shell = snapshot(thread(), **changes)
    return thread_facts(before or record(), shell, None, detail or bodies(), config())


# --- a present thread --------------------------------------------------------------------------


def test_thread_facts__first_turn_at_work__healthy() -> None:
    assert seen() == ThreadFacts(
        presence=Presence.PRESENT,
        status=ThreadStatus.RUNNING,
        requested_at={mine(): STARTED},
        still_for=NOW - STARTED,
    )


def test_thread_facts__no_message_yet__no_status() -> None:
    fresh = thread(session=Session.NONE, session_at=None, asked_at=None)

    found = seen(ThreadDetail(thread=fresh))

    assert (found.status, found.requested_at, found.error) == (None, {}, "")
    assert found.stopped


@pytest.mark.parametrize("status", [None, *ThreadStatus])
def test_thread_facts__state_and_error__as_the_bodies_say(status: ThreadStatus | None) -> None:
    said = told("AFK-PHASE: tests_red")
    limit, spent = UsageLimited(NOW), Spent({mine(): (3, 4)}, 0.5, "USD")
    shown = bodies(
        asked(),
        said,
        status=status,
        error="no such CLI",
        error_at=LATER,
        limit=limit,
        cut_off=True,
        spent=spent,
    )

    assert seen(shown) == ThreadFacts(
        presence=Presence.PRESENT,
        status=status,
        requested_at={mine(): STARTED},
        error="no such CLI",
        error_at=LATER,
        limit=limit,
        still_for=NOW - LATER,
        phases={Phase.TESTS_RED: LATER},
        cut_off=True,
        spent=spent,
    )


def test_thread_facts__shell_and_bodies_differ__the_later_read_counts() -> None:
    """The shell is read first: a session may stop between the two reads."""
    over = thread(session=Session.STOPPED, session_at=LATER)

    found = seen(bodies(thread=over))

    assert found.stopped
    assert found.still_for == NOW - LATER
    assert not seen(bodies()).stopped


@pytest.mark.parametrize(
    ("changes", "messages", "still"),
    [
        ({}, (asked(),), timedelta(minutes=30)),
        ({"updated_at": NOW - timedelta(minutes=7)}, (asked(),), timedelta(minutes=7)),
        ({"session_at": NOW - timedelta(minutes=6)}, (asked(),), timedelta(minutes=6)),
        ({}, (asked(), told("x", NOW - timedelta(minutes=3))), timedelta(minutes=3)),
        ({"session_at": None}, (asked(),), timedelta(minutes=30)),
        ({"updated_at": NOW + timedelta(minutes=1)}, (asked(),), timedelta()),
    ],
)
def test_thread_facts__still_for__since_anything_moved(
    changes: dict[str, Any], messages: tuple[AgentMessage, ...], still: timedelta
) -> None:
    assert seen(bodies(*messages, thread=thread(**changes))).still_for == still


def test_thread_facts__still_for__by_t3s_clock() -> None:
    assert seen(server_now=NOW + timedelta(hours=9)).still_for == timedelta(hours=9, minutes=30)


def test_thread_facts__requests__as_the_bodies_say() -> None:
    request = PendingRequest("r", RequestKind.QUESTION)

    assert seen(bodies(pending=(request,))).pending == (request,)
    assert seen(bodies()).pending == ()


@pytest.mark.parametrize("failed", [True, False])
def test_thread_facts__message_just_accepted__stopped_only_if_the_start_failed(
    *, failed: bool
) -> None:
    """0.0.28 leaves no session at all (38-2)."""
    just_now = NOW - timedelta(seconds=1)
    dead = thread(session=Session.NONE, session_at=None, asked_at=just_now)

    found = seen(bodies(asked(at=just_now), thread=dead, start_failed=failed))

    assert found.stopped is failed


# --- whose messages ----------------------------------------------------------------------------

TWO = record(turns=(turn(), turn(2, Purpose.FIX_FORWARD)))


@pytest.mark.parametrize(
    ("before", "messages", "foreign", "regressed"),
    [
        (record(), [mine()], False, False),
        (record(), [mine(), "someone's"], True, False),
        (record(), ["someone's"], True, False),
        (record(), [], False, False),
        (record(), [mine(), mine(2)], False, True),
        (record(), [mine(), mine(2), "someone's"], True, True),
        (record(), [mine(attempt=2)], False, True),
        (TWO, [mine(), mine(2)], False, False),
        (TWO, [mine(), mine(2), mine(3)], False, True),
        (record(turns=(turn(attempt=3),)), [mine(attempt=1)], False, False),
        (record(turns=()), [mine()], False, True),
        (record(run_id=RUN_ID[::-1]), [mine()], True, False),
    ],
)
def test_thread_facts__messages__ours_somebody_elses_or_beyond_the_record(
    *, before: RunRecord, messages: list[str], foreign: bool, regressed: bool
) -> None:
    shown = [asked(one, STARTED + timedelta(seconds=n)) for n, one in enumerate(messages)]
    detail = ThreadDetail(thread=thread(), messages=(*shown, told("hello")))

    found = seen(detail, before)

    assert (found.foreign, found.regressed) == (foreign, regressed)


@given(recorded=st.integers(0, 6), shown=st.integers(0, 9), attempt=st.integers(1, 3))
def test_own_message_ids__any_run__known_and_beyond_are_disjoint_and_complete(
    recorded: int, shown: int, attempt: int
) -> None:
    """However many turns T3 shows, each of them is either on record or beyond it."""
    turns = tuple(turn(n, attempt=attempt) for n in range(1, recorded + 1))

    known, beyond = own_message_ids(record(turns=turns), shown)

    assert not known & beyond
    assert known == {mine(n, a) for n in range(1, recorded + 1) for a in range(1, attempt + 1)}
    assert {mine(n) for n in range(1, shown + 1)} <= known | beyond


# --- phases ------------------------------------------------------------------------------------


def test_phases_said__lines_of_the_agent__first_time_of_each() -> None:
    again = LATER + timedelta(minutes=1)

    said = phases_said(
        (
            asked(),
            told("Working.\nAFK-PHASE: worktree\n  AFK-PHASE: tests_red  \n"),
            told("AFK-PHASE: tests_red\nAFK-PHASE: green", again),
        )
    )

    assert said == {Phase.WORKTREE: LATER, Phase.TESTS_RED: LATER, Phase.GREEN: again}


@pytest.mark.parametrize(
    "text",
    [
        "AFK-PHASE: done",
        "AFK-PHASE: pushed",
        "I print AFK-PHASE: green",
        "AFK-PHASE: green!",
        "afk-phase: green",
        "",
    ],
)
def test_phases_said__anything_else__no_phase(text: str) -> None:
    assert phases_said((told(text),)) == {}


@pytest.mark.parametrize("speaker", [Speaker.ASKING, Speaker.OTHER])
def test_phases_said__message_of_somebody_else__is_not_the_agents(speaker: Speaker) -> None:
    assert phases_said((AgentMessage("m", speaker, "AFK-PHASE: green", LATER),)) == {}


@pytest.mark.parametrize("attempt", [1, 2])
def test_thread_facts__a_later_attempt_was_spoken_to__the_record_is_older(attempt: int) -> None:
    other = thread(id=names.thread_id(RUN_ID, attempt))
    shell = snapshot(thread(), other)
    for detail in (bodies(), bodies(asked(), asked(mine(2)))):
        found = thread_facts(record(), shell, None, detail, config())
        assert found.regressed is (attempt == 2 or len(detail.messages) == 2)


@pytest.mark.parametrize(("late", "stopped"), [(0, False), (3_600, True)])
def test_thread_facts__archived_before_it_came_to_a_session__is_stopped_once_it_is_late(
    late: int, *, stopped: bool
) -> None:
    now = NOW + timedelta(seconds=late)
    unstarted = thread(
        session=Session.NONE, session_at=None, asked_at=NOW, presence=Presence.ARCHIVED
    )
    whole = snapshot(unstarted, server_now=now)
    found = thread_facts(record(), snapshot(server_now=now), whole, None, config())
    assert (found.presence, found.stopped) == (Presence.ARCHIVED, stopped)


@pytest.mark.parametrize(("attempt", "found"), [(1, False), (2, True), (5, True), (6, False)])
def test_attempt_beyond__as_far_as_anybody_tries__is_found(attempt: int, *, found: bool) -> None:
    one = thread(id=names.thread_id(RUN_ID, attempt))
    expected = (attempt, one) if found else None
    assert attempt_beyond(record(), {one.id: one}) == expected
    unspoken = replace(one, asked_at=None)
    assert attempt_beyond(record(), {one.id: unspoken}) is None
