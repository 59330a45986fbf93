"""Where a run's thread stands: present, taken away, vanished, on another server, unread."""

from dataclasses import replace

import pytest
from support.factories import RUN_ID, config, record, snapshot, thread

from afk.decide.thread_facts import NO_THREAD, UNREAD, ThreadFacts, presence_of, thread_facts
from afk.model.agent import AgentSnapshot, Presence, Session, ThreadDetail
from afk.record import names

GONE = thread(presence=Presence.ARCHIVED)
DELETED = thread(presence=Presence.DELETED)


@pytest.mark.parametrize(
    ("shell", "whole", "expected"),
    [
        (None, None, Presence.UNREAD),
        (None, snapshot(), Presence.UNREAD),
        (snapshot(thread()), None, Presence.PRESENT),
        (snapshot(thread(), environment_id="another"), snapshot(), Presence.OTHER_SERVER),
        (snapshot(environment_id="another"), None, Presence.OTHER_SERVER),
        (snapshot(), None, Presence.UNREAD),
        (snapshot(), snapshot(), Presence.VANISHED),
        (snapshot(thread(id="another")), snapshot(thread(id="another")), Presence.VANISHED),
        (snapshot(), snapshot(GONE), Presence.ARCHIVED),
        (snapshot(), snapshot(DELETED), Presence.DELETED),
        (snapshot(), snapshot(thread()), Presence.UNREAD),
        (snapshot(sequence=9), snapshot(sequence=8), Presence.UNREAD),
    ],
)
def test_presence_of__what_shell_and_snapshot_show__where_the_thread_stands(
    shell: AgentSnapshot | None, whole: AgentSnapshot | None, expected: Presence
) -> None:
    """Absence is believed of both sources only: the shell lags, and hides archived threads."""
    assert presence_of(record(), shell, whole) is expected


@pytest.mark.parametrize("shown", [snapshot(sequence=4), snapshot(thread(), sequence=4)])
def test_presence_of__t3_shows_less_than_the_record_has_seen__unread(shown: AgentSnapshot) -> None:
    """A server that was put back from a backup, or lags: nothing follows from what it shows."""
    assert presence_of(record(seen_sequence=5), shown, shown) is Presence.UNREAD
    assert presence_of(record(seen_sequence=4), shown, shown) is not Presence.UNREAD


def test_presence_of__record_without_an_environment__any_server_is_its_own() -> None:
    shell = snapshot(thread(), environment_id="another")

    assert presence_of(record(environment_id=""), shell, None) is Presence.PRESENT


def test_thread_facts__t3_not_read__unread_and_nothing_else() -> None:
    assert (
        thread_facts(record(), None, snapshot(), ThreadDetail(thread=thread()), config()) == UNREAD
    )
    assert not UNREAD.seen
    assert not UNREAD.stopped


def test_thread_facts__present_without_its_bodies__unread() -> None:
    """A thread that went between the two reads may hold anything."""
    assert thread_facts(record(), snapshot(thread()), None, None, config()) == UNREAD


@pytest.mark.parametrize(
    ("whole", "presence", "stopped"),
    [
        (snapshot(), Presence.VANISHED, True),
        (snapshot(DELETED), Presence.DELETED, True),
        (snapshot(GONE), Presence.ARCHIVED, False),
        (
            snapshot(thread(presence=Presence.ARCHIVED, session=Session.STOPPED)),
            Presence.ARCHIVED,
            True,
        ),
    ],
)
def test_thread_facts__thread_not_in_the_shell__presence_and_whether_stopped(
    *, whole: AgentSnapshot, presence: Presence, stopped: bool
) -> None:
    found = thread_facts(record(), snapshot(), whole, None, config())

    assert found == ThreadFacts(presence=presence, stopped=stopped)
    assert found.seen


def test_thread_facts__another_server__not_seen_and_not_stopped() -> None:
    shell = snapshot(environment_id="another")

    found = thread_facts(record(), shell, None, None, config())

    assert found == ThreadFacts(presence=Presence.OTHER_SERVER)
    assert not found.seen


def test_thread_facts__later_attempt_of_the_run_was_spoken_to__regressed() -> None:
    """An old text of the record was put back after its thread had been replaced."""
    later = thread(id=names.thread_id(RUN_ID, 2))
    silent = thread(id=names.thread_id(RUN_ID, 2), asked_at=None)

    assert thread_facts(record(), snapshot(later), snapshot(later), None, config()).regressed
    assert not thread_facts(record(), snapshot(silent), snapshot(silent), None, config()).regressed
    assert not thread_facts(
        record(attempt=2), snapshot(later), None, ThreadDetail(thread=later), config()
    ).regressed


def test_no_thread__a_run_that_never_had_one__is_stopped() -> None:
    assert NO_THREAD.stopped
    assert NO_THREAD.seen


def test_snapshot__a_thread_by_its_id__the_first_one_of_two_and_none_where_there_is_none() -> None:
    first, second, other = thread(title="first"), thread(title="second"), thread(id="other")
    shown = snapshot(first, second, other)

    assert shown.thread(first.id) is first
    assert shown.thread("other") is other
    assert shown.thread("gone") is None
    assert shown == snapshot(first, second, other)
    assert replace(shown, threads=(second,)).thread(first.id) is second
