"""What else a thread of T3 says in afk's words: errors, sessions, starts, who speaks."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from support.factories import NOW, STARTED
from support.t3_threads import AFTER, BEFORE, asked, at_rest, said, thread

from afk.adapters.t3 import status
from afk.adapters.t3.mapping import detail
from afk.model.agent import Session, Speaker, Start
from afk.types import ThreadStatus

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
    over: dict[str, Any] = {"session_status": "ready", "turn_state": "completed"}

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
