"""The ordered mapping of T3's states, row by row: what became of a message's turn."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import NOW, STARTED
from support.t3_threads import AFTER, BEFORE, at_rest, said, thread

from afk.adapters.t3 import status
from afk.adapters.t3.wire import Message, Thread
from afk.types import ThreadStatus


def state(shown: Thread) -> ThreadStatus | None:
    return status.status(shown, STARTED, NOW)


# --- row by row --------------------------------------------------------------------------------


@pytest.mark.parametrize("flag", ["has_pending_approvals", "has_pending_user_input"])
def test_status__running_and_waiting_for_a_person__needs_human(flag: str) -> None:
    shown = thread().model_copy(update={flag: True})

    assert state(shown) is ThreadStatus.NEEDS_HUMAN


@pytest.mark.parametrize("session", ["stopped", "ready", "starting", "error", None])
def test_status__waiting_flag_without_a_running_session__is_not_believed(
    session: str | None,
) -> None:
    """After a stop the flag stays true for ever (60-3)."""
    shown = at_rest(session_status=session, has_pending_approvals=True, has_pending_user_input=True)

    assert state(shown) is not ThreadStatus.NEEDS_HUMAN


@pytest.mark.parametrize("session", ["starting", "running"])
def test_status__starting_or_running__running_whatever_old_errors_and_turns_show(
    session: str,
) -> None:
    shown = thread(session_status=session, session_error="an old one", turn_state="completed")

    assert state(shown) is ThreadStatus.RUNNING


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"session_status": "error"}, ThreadStatus.ERROR),
        ({"session_error": "refused"}, ThreadStatus.ERROR),
        ({"session_error": "refused", "session_status": "stopped"}, ThreadStatus.ERROR),
        ({"session_status": "error", "session_updated_at": STARTED}, ThreadStatus.ERROR),
        ({"session_status": "error", "session_updated_at": BEFORE}, None),
        ({"session_error": "refused", "session_updated_at": BEFORE}, None),
        ({"session_status": "error", "session_updated_at": None}, None),
        ({"session_error": ""}, None),
    ],
)
def test_status__error__counts_if_it_came_after_the_message(
    changes: dict[str, Any], expected: ThreadStatus | None
) -> None:
    assert state(at_rest(**changes)) is expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("running", ThreadStatus.RUNNING),
        ("completed", ThreadStatus.IDLE),
        ("error", ThreadStatus.ERROR),
        ("interrupted", ThreadStatus.INTERRUPTED),
        ("rolled-back", None),
        (None, None),
    ],
)
@pytest.mark.parametrize("session", ["ready", "stopped", "idle", "a new word", None])
def test_status__turn_of_the_message__its_state(
    session: str | None, word: str | None, expected: ThreadStatus | None
) -> None:
    shown = at_rest(session_status=session, turn_state=word, turn_requested_at=STARTED)

    assert state(shown) is expected


@pytest.mark.parametrize("word", ["running", "completed", "error", "interrupted"])
def test_status__turn_of_an_earlier_message__is_stale(word: str) -> None:
    """Shown for 50 to 220 ms after a second message."""
    assert state(at_rest(turn_state=word, turn_requested_at=BEFORE)) is None


@pytest.mark.parametrize("session", ["stopped", "interrupted"])
@pytest.mark.parametrize(
    ("moved_at", "expected"),
    [(AFTER, ThreadStatus.INTERRUPTED), (BEFORE, None), (None, None)],
)
def test_status__stopped_without_a_turn__died_if_it_stopped_after_the_message(
    session: str, moved_at: datetime | None, expected: ThreadStatus | None
) -> None:
    assert state(at_rest(session_status=session, session_updated_at=moved_at)) is expected


# --- by the bodies -----------------------------------------------------------------------------


def test_status__nothing_shown_and_no_bodies__undecided() -> None:
    assert state(at_rest()) is None
    assert state(at_rest(session_status=None)) is None
    assert state(at_rest(messages=None, activities=None)) is None


@pytest.mark.parametrize(("at", "expected"), [(STARTED, ThreadStatus.ERROR), (BEFORE, None)])
@pytest.mark.parametrize("session", [None, "ready"])
def test_status__failed_start__counts_from_the_message_on(
    session: str | None, at: datetime, expected: ThreadStatus | None
) -> None:
    shown = at_rest(session_status=session, failures=((at, "no such CLI"),))

    assert state(shown) is expected


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ((said(),), ThreadStatus.IDLE),
        ((said(BEFORE), said()), ThreadStatus.IDLE),
        ((said(STARTED),), None),
        ((said(turn_id=None),), None),
        ((said(role="user"),), None),
        ((said(streaming=True),), None),
        ((said(), said(streaming=True)), None),
        ((said(), said(NOW - timedelta(seconds=3))), ThreadStatus.IDLE),
        ((said(), said(NOW - timedelta(seconds=2, milliseconds=999))), None),
        ((), None),
    ],
)
def test_status__ready_and_a_whole_answer_at_rest__is_the_end(
    messages: tuple[Message, ...], expected: ThreadStatus | None
) -> None:
    """Without git 0.0.28 never shows a turn's end (50-2)."""
    assert state(at_rest(*messages)) is expected


@pytest.mark.parametrize("session", [None, "idle", "a new word"])
def test_status__an_answer_without_a_ready_session__undecided(session: str | None) -> None:
    assert state(at_rest(said(), session_status=session)) is None


# --- anything ----------------------------------------------------------------------------------

WORDS = st.none() | st.sampled_from(["running", "ready", "error", "stopped", "completed", "new"])
TIMES = st.none() | st.integers(-5, 5).map(lambda seconds: STARTED + timedelta(seconds=seconds))


@given(session=WORDS, turn=WORDS, moved=TIMES, requested=TIMES, text=st.sampled_from(["", "no"]))
def test_status__any_words_and_times__an_answer_and_never_idle_by_an_older_turn(
    *,
    session: str | None,
    turn: str | None,
    moved: datetime | None,
    requested: datetime | None,
    text: str,
) -> None:
    shown = at_rest(
        session_status=session,
        session_updated_at=moved,
        session_error=text,
        turn_state=turn,
        turn_requested_at=requested,
    )

    seen = state(shown)

    if seen is ThreadStatus.IDLE:
        assert requested is not None
        assert requested >= STARTED
    if session in ("running", "starting"):
        assert seen is ThreadStatus.RUNNING
