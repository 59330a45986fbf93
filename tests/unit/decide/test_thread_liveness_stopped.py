"""When no agent can be at work in a thread: stopped, live, unstarted."""

from datetime import timedelta
from typing import Any

import pytest
from support.factories import NOW, STARTED, thread

from afk.decide.thread_liveness import is_live, is_stopped, is_unstarted
from afk.model.agent import AgentThread, Presence

BEFORE = STARTED - timedelta(milliseconds=1)


def at_rest(**changes: Any) -> AgentThread:
    """Return the thread with a ready session that moved after the message, no turn shown."""
    fields = {"session_status": "ready", "turn_state": None, "turn_requested_at": None}
    return thread(**{**fields, **changes})


def stopped(
    shown: AgentThread | None, presence: Presence = Presence.PRESENT, **changes: Any
) -> bool:
    fields = {"start_failed": False, "server_now": NOW, "start_seconds": 300, **changes}
    return is_stopped(shown, presence, **fields)


@pytest.mark.parametrize("presence", Presence)
@pytest.mark.parametrize("status", ["running", "starting", "ready", "idle", "a new word"])
def test_is_stopped__session_that_may_work__only_gone_threads_are(
    status: str, presence: Presence
) -> None:
    gone = presence in (Presence.DELETED, Presence.VANISHED)

    assert stopped(at_rest(session_status=status), presence) is gone


@pytest.mark.parametrize("presence", [Presence.PRESENT, Presence.ARCHIVED])
@pytest.mark.parametrize("status", ["stopped", "interrupted", "error"])
def test_is_stopped__stopped_session__archived_or_not(status: str, presence: Presence) -> None:
    assert stopped(at_rest(session_status=status), presence)


def test_is_stopped__session_that_stopped_with_the_newest_message__stopped() -> None:
    shown = at_rest(session_status="error", session_updated_at=NOW, latest_user_message_at=NOW)

    assert stopped(shown)


@pytest.mark.parametrize(
    "presence", [Presence.PRESENT, Presence.ARCHIVED, Presence.UNREAD, Presence.OTHER_SERVER]
)
def test_is_stopped__thread_not_read__is_not(presence: Presence) -> None:
    assert not stopped(None, presence)


@pytest.mark.parametrize("presence", [Presence.UNREAD, Presence.OTHER_SERVER])
def test_is_stopped__another_servers_thread__proves_nothing(presence: Presence) -> None:
    assert not stopped(at_rest(session_status="stopped"), presence)


YOUNG = NOW - timedelta(seconds=299)


@pytest.mark.parametrize("session", [None, "stopped", "error"])
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"latest_user_message_at": None}, True),
        ({"latest_user_message_at": YOUNG}, False),
        ({"latest_user_message_at": NOW - timedelta(seconds=300)}, True),
    ],
)
def test_is_stopped__no_session_since_the_newest_message__once_start_seconds_passed(
    *, changes: dict[str, Any], expected: bool, session: str | None
) -> None:
    shown = at_rest(session_status=session, session_updated_at=BEFORE, **changes)

    assert stopped(shown) is expected
    assert stopped(shown, start_failed=True)


def test_is_live__thread_of_a_shell__the_opposite() -> None:
    assert is_live(thread(), NOW, 300)
    assert not is_live(at_rest(session_status="stopped"), NOW, 300)
    assert not is_live(thread(presence=Presence.DELETED), NOW, 300)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"created_at": NOW - timedelta(seconds=600)}, False),
        ({"latest_user_message_at": NOW}, False),
        ({"session_status": "ready"}, False),
    ],
)
def test_is_unstarted__young_and_empty__somebody_may_be_about_to_start_it(
    *, changes: dict[str, Any], expected: bool
) -> None:
    fields = {
        "created_at": NOW - timedelta(seconds=599),
        "latest_user_message_at": None,
        "session_status": None,
    }

    assert is_unstarted(thread(**{**fields, **changes}), NOW, 600) is expected
