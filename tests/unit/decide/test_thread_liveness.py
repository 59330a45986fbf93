"""When no agent can be at work in a thread: stopped, live, unstarted."""

from datetime import timedelta
from typing import Any

import pytest
from support.factories import NOW, STARTED, thread

from afk.decide.thread_liveness import is_live, is_stopped, is_unstarted
from afk.model.agent import AgentThread, Presence, Session

BEFORE = STARTED - timedelta(milliseconds=1)


def stopped(
    shown: AgentThread | None, presence: Presence = Presence.PRESENT, **changes: Any
) -> bool:
    fields = {"start_failed": False, "server_now": NOW, "start_seconds": 300, **changes}
    return is_stopped(shown, presence, **fields)


@pytest.mark.parametrize("presence", Presence)
def test_is_stopped__session_that_may_work__only_gone_threads_are(presence: Presence) -> None:
    gone = presence in (Presence.DELETED, Presence.VANISHED)

    assert stopped(thread(session=Session.LIVE), presence) is gone


@pytest.mark.parametrize("presence", [Presence.PRESENT, Presence.ARCHIVED])
def test_is_stopped__stopped_session__archived_or_not(presence: Presence) -> None:
    assert stopped(thread(session=Session.STOPPED), presence)


def test_is_stopped__session_that_stopped_with_the_newest_message__stopped() -> None:
    shown = thread(session=Session.STOPPED, session_at=NOW, asked_at=NOW)

    assert stopped(shown)


@pytest.mark.parametrize(
    "presence", [Presence.PRESENT, Presence.ARCHIVED, Presence.UNREAD, Presence.OTHER_SERVER]
)
def test_is_stopped__thread_not_read__is_not(presence: Presence) -> None:
    assert not stopped(None, presence)


@pytest.mark.parametrize("presence", [Presence.UNREAD, Presence.OTHER_SERVER])
def test_is_stopped__another_servers_thread__proves_nothing(presence: Presence) -> None:
    assert not stopped(thread(session=Session.STOPPED), presence)


YOUNG = NOW - timedelta(seconds=299)


@pytest.mark.parametrize("session", [Session.NONE, Session.STOPPED])
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"asked_at": None}, True),
        ({"asked_at": YOUNG}, False),
        ({"asked_at": NOW - timedelta(seconds=300)}, True),
    ],
)
def test_is_stopped__no_session_since_the_newest_message__once_start_seconds_passed(
    *, changes: dict[str, Any], expected: bool, session: Session
) -> None:
    shown = thread(session=session, session_at=BEFORE, **changes)

    assert stopped(shown) is expected
    assert stopped(shown, start_failed=True)


def test_is_live__thread_of_a_shell__the_opposite() -> None:
    assert is_live(thread(), NOW, 300)
    assert not is_live(thread(session=Session.STOPPED), NOW, 300)
    assert not is_live(thread(presence=Presence.DELETED), NOW, 300)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"created_at": NOW - timedelta(seconds=600)}, False),
        ({"asked_at": NOW}, False),
        ({"session": Session.LIVE}, False),
    ],
)
def test_is_unstarted__young_and_empty__somebody_may_be_about_to_start_it(
    *, changes: dict[str, Any], expected: bool
) -> None:
    fields = {
        "created_at": NOW - timedelta(seconds=599),
        "asked_at": None,
        "session": Session.NONE,
    }

    assert is_unstarted(thread(**{**fields, **changes}), NOW, 600) is expected


@pytest.mark.parametrize(("seconds", "live"), [(0, True), (299, True), (300, False)])
def test_is_live__not_taken_up_yet__for_as_long_as_a_start_may_take(
    seconds: int, *, live: bool
) -> None:
    waiting = thread(session=Session.NONE, session_at=None, asked_at=NOW)
    assert is_live(waiting, NOW + timedelta(seconds=seconds), 300) is live
