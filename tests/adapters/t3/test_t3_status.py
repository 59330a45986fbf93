"""The ordered mapping of T3's states, row by row: what became of a message's turn."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import NOW, STARTED

from afk.adapters.t3 import status
from afk.adapters.t3.mapping import detail
from afk.adapters.t3.wire import Activity, Message, Thread, Turn
from afk.adapters.t3.wire import Session as WireSession
from afk.model.agent import Session, Speaker, Start
from afk.types import ThreadStatus

BEFORE = STARTED - timedelta(milliseconds=1)
AFTER = STARTED + timedelta(seconds=2)


def thread(
    *messages: Message,
    session_status: str | None = "running",
    session_error: str | None = None,
    session_updated_at: datetime | None = STARTED,
    turn_state: str | None = "running",
    turn_requested_at: datetime | None = STARTED,
    failures: tuple[tuple[datetime, str], ...] = (),
    **changes: Any,
) -> Thread:
    """Return a thread as protocol 1 shows it while its turn runs; no session without a status."""
    shown = WireSession.model_construct(
        status=session_status, last_error=session_error, updated_at=session_updated_at
    )
    turn = Turn.model_construct(state=turn_state, requested_at=turn_requested_at)
    fields: dict[str, Any] = {
        "id": "thread-1",
        "project_id": "project-1",
        "created_at": STARTED,
        "updated_at": STARTED,
        "session": None if session_status is None else shown,
        "latest_turn": None if turn_state is turn_requested_at is None else turn,
        "messages": messages,
        "activities": tuple(
            Activity.model_construct(
                kind="provider.turn.start.failed", payload={"detail": text}, created_at=at
            )
            for at, text in failures
        ),
        **changes,
    }
    return Thread.model_construct(**fields)


def at_rest(*messages: Message, **changes: Any) -> Thread:
    """Return the thread with a ready session and no turn shown, moved after the message."""
    fields = {
        "session_status": "ready",
        "session_updated_at": AFTER,
        "turn_state": None,
        "turn_requested_at": None,
    }
    return thread(*messages, **{**fields, **changes})


def said(at: datetime = AFTER, **changes: Any) -> Message:
    fields = {"role": "assistant", "turn_id": "turn-1", "streaming": False, **changes}
    return Message.model_construct(id="m", text="Done.", created_at=at, **fields)


def asked(at: datetime = STARTED) -> Message:
    return said(at, role="user", turn_id=None)


def state(shown: Thread) -> ThreadStatus | None:
    return status.status(shown, STARTED, NOW)


# --- row by row --------------------------------------------------------------------------------


@pytest.mark.parametrize("flag", ["has_pending_approvals", "has_pending_user_input"])
def test_status__running_and_waiting_for_a_person__needs_human(flag: str) -> None:
    assert state(thread(**{flag: True})) is ThreadStatus.NEEDS_HUMAN


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


# --- what went wrong ---------------------------------------------------------------------------


def test_error_text__failed_start_and_session__both_from_the_message_on() -> None:
    shown = at_rest(session_error="refused", failures=((BEFORE, "old"), (STARTED, "no such CLI")))

    assert status.error_text(shown, STARTED) == "no such CLI\nrefused"


def test_error_text__session_that_moved_with_the_message__counts() -> None:
    """On 0.0.32 both have the very same time (42c-timeline)."""
    shown = at_rest(session_error="refused", session_updated_at=STARTED)

    assert status.error_text(shown, STARTED) == "refused"


@pytest.mark.parametrize("moved_at", [BEFORE, None])
def test_error_text__session_that_did_not_move_since__says_nothing(
    moved_at: datetime | None,
) -> None:
    shown = at_rest(session_error="an old one", session_updated_at=moved_at)

    assert status.error_text(shown, STARTED) == ""


def test_error_text__nothing_went_wrong__empty() -> None:
    assert status.error_text(at_rest(), STARTED) == ""
    assert status.error_text(at_rest(session_status=None), STARTED) == ""


LATER = STARTED + timedelta(seconds=9)


@pytest.mark.parametrize(
    ("moved", "failed", "at"),
    [
        ((LATER, "limit"), [], LATER),
        ((AFTER, "limit"), [LATER], LATER),
        ((LATER, None), [AFTER], AFTER),
        ((BEFORE, "an old one"), [], None),
        ((None, "an old one"), [BEFORE], None),
    ],
)
def test_error_time__session_and_failed_starts__the_newest_since_the_message(
    moved: tuple[datetime | None, str | None], failed: list[datetime], at: datetime | None
) -> None:
    shown = thread(
        session_updated_at=moved[0],
        session_error=moved[1],
        failures=tuple((one, "no") for one in failed),
    )

    assert status.error_time(shown, STARTED) == at


def test_error_time__no_session__nothing() -> None:
    assert status.error_time(at_rest(session_status=None), STARTED) is None


# --- the whole thread --------------------------------------------------------------------------


def test_detail__turn_of_the_newest_message__whoever_sent_it() -> None:
    """An older turn's end is stale once a newer message stands."""
    over = {"session_status": "ready", "turn_state": "completed"}

    first = detail(thread(asked(), **over), NOW)
    later = detail(thread(asked(), asked(AFTER), **over), NOW)
    older = detail(thread(asked(BEFORE), asked(), **over), NOW)

    assert first is not None
    assert later is not None
    assert older is not None
    assert (first.status, later.status, older.status) == (
        ThreadStatus.IDLE,
        None,
        ThreadStatus.IDLE,
    )


@pytest.mark.parametrize("failed_at", [BEFORE, STARTED])
def test_detail__failed_start__only_that_of_the_newest_message(failed_at: datetime) -> None:
    """The failure has the message's own time (38-2)."""
    shown = at_rest(asked(), session_status=None, failures=((failed_at, "no such CLI"),))
    mine = failed_at is STARTED

    found = detail(shown, NOW)

    assert found is not None
    assert found.start_failed is mine
    assert found.status is (ThreadStatus.ERROR if mine else None)
    assert found.error == ("no such CLI" if mine else "")
    assert found.error_at == (STARTED if mine else None)


def test_detail__nobody_asked_anything__no_state_at_all() -> None:
    """Whatever else stands in it: a session that failed is no turn's."""
    shown = at_rest(session_status="error", session_error="x", failures=((AFTER, "y"),))

    found = detail(shown, NOW)

    assert found is not None
    assert (found.status, found.error, found.error_at, found.start_failed) == (
        None,
        "",
        None,
        False,
    )


@pytest.mark.parametrize(
    ("word", "session"),
    [
        (None, Session.NONE),
        ("starting", Session.LIVE),
        ("running", Session.LIVE),
        ("ready", Session.LIVE),
        ("idle", Session.LIVE),
        ("a new word", Session.LIVE),
        ("stopped", Session.STOPPED),
        ("interrupted", Session.STOPPED),
        ("error", Session.STOPPED),
    ],
)
def test_session__every_word__live_unless_known_to_be_over(
    word: str | None, session: Session
) -> None:
    assert status.session(thread(session_status=word)) is session


@pytest.mark.parametrize(
    ("session", "turn", "start"),
    [
        (None, None, Start.UNTOLD),
        ("starting", None, Start.UNTOLD),
        ("error", None, Start.REFUSED),
        ("running", None, Start.WORKED),
        ("ready", None, Start.WORKED),
        ("stopped", None, Start.WORKED),
        ("error", "error", Start.WORKED),
        ("starting", "completed", Start.WORKED),
        (None, "completed", Start.WORKED),
    ],
)
def test_start__session_and_turn__how_far_it_got(
    session: str | None, turn: str | None, start: Start
) -> None:
    assert status.start(thread(session_status=session, turn_state=turn)) is start


@pytest.mark.parametrize(
    ("session", "error"),
    [("error", "limit"), ("ready", "limit"), ("running", ""), ("starting", ""), (None, "")],
)
def test_error_shown__old_error_while_the_next_turn_runs__is_not_shown(
    session: str | None, error: str
) -> None:
    """0.0.28 still shows it (31b-timeline)."""
    assert status.error_shown(thread(session_status=session, session_error="limit")) == error
    assert status.error_shown(thread(session_status=session)) == ""


@pytest.mark.parametrize(
    ("role", "speaker"),
    [
        ("user", Speaker.ASKING),
        ("assistant", Speaker.AGENT),
        ("system", Speaker.OTHER),
        ("", Speaker.OTHER),
    ],
)
def test_speaker__role__a_new_one_is_neither_side(role: str, speaker: Speaker) -> None:
    assert status.speaker(said(role=role)) is speaker


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
