"""Where a run's thread stands: present, taken away, vanished, on another server, unread."""

import pytest
from support.factories import config, record, snapshot, thread

from afk.decide.thread_facts import NO_THREAD, UNREAD, ThreadFacts, presence_of, thread_facts
from afk.model.agent import (
    AgentSnapshot,
    AgentThread,
    Presence,
    Session,
    ThreadDetail,
)

GONE = thread(presence=Presence.ARCHIVED)
DELETED = thread(presence=Presence.DELETED)


@pytest.mark.parametrize(
    ("shell", "removed", "expected"),
    [
        (None, None, Presence.UNREAD),
        (None, {}, Presence.UNREAD),
        (snapshot(thread()), None, Presence.PRESENT),
        (snapshot(thread(), environment_id="another"), {}, Presence.OTHER_SERVER),
        (snapshot(environment_id="another"), None, Presence.OTHER_SERVER),
        (snapshot(), None, Presence.UNREAD),
        (snapshot(), {}, Presence.VANISHED),
        (snapshot(thread(id="another")), {"another": GONE}, Presence.VANISHED),
        (snapshot(), {GONE.id: GONE}, Presence.ARCHIVED),
        (snapshot(), {DELETED.id: DELETED}, Presence.DELETED),
    ],
)
def test_presence_of__what_shell_and_snapshot_show__where_the_thread_stands(
    shell: AgentSnapshot | None, removed: dict[str, AgentThread] | None, expected: Presence
) -> None:
    """A thread missing from the shell alone is not gone: archived ones stand in the snapshot."""
    assert presence_of(record(), shell, removed) is expected


def test_presence_of__record_without_an_environment__any_server_is_its_own() -> None:
    shell = snapshot(thread(), environment_id="another")

    assert presence_of(record(environment_id=""), shell, None) is Presence.PRESENT


def test_thread_facts__t3_not_read__unread_and_nothing_else() -> None:
    assert thread_facts(record(), None, {}, ThreadDetail(thread=thread()), config()) == UNREAD
    assert not UNREAD.seen
    assert not UNREAD.stopped


def test_thread_facts__present_without_its_bodies__unread() -> None:
    """A thread that went between the two reads may hold anything."""
    assert thread_facts(record(), snapshot(thread()), None, None, config()) == UNREAD


@pytest.mark.parametrize(
    ("removed", "presence", "stopped"),
    [
        ({}, Presence.VANISHED, True),
        ({DELETED.id: DELETED}, Presence.DELETED, True),
        ({GONE.id: GONE}, Presence.ARCHIVED, False),
        (
            {GONE.id: thread(presence=Presence.ARCHIVED, session=Session.STOPPED)},
            Presence.ARCHIVED,
            True,
        ),
    ],
)
def test_thread_facts__thread_not_in_the_shell__presence_and_whether_stopped(
    *, removed: dict[str, AgentThread], presence: Presence, stopped: bool
) -> None:
    found = thread_facts(record(), snapshot(), removed, None, config())

    assert found == ThreadFacts(presence=presence, stopped=stopped)
    assert found.seen


def test_thread_facts__another_server__not_seen_and_not_stopped() -> None:
    shell = snapshot(environment_id="another")

    found = thread_facts(record(), shell, None, None, config())

    assert found == ThreadFacts(presence=Presence.OTHER_SERVER)
    assert not found.seen


def test_no_thread__a_run_that_never_had_one__is_stopped() -> None:
    assert NO_THREAD.stopped
    assert NO_THREAD.seen
