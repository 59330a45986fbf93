"""Every state that real servers showed while turns ran, as one word each.

The timelines hold what a client polling every 20 ms saw after a command
(recordings/t3/{version}/{scenario}-timeline.json). Each letter is one moment, in order.
"""

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

import pytest
from support.cassettes import RECORDINGS

from afk.adapters.t3 import status
from afk.adapters.t3.mapping import agent_thread, detail
from afk.adapters.t3.wire import Detail, Thread, parse
from afk.decide.thread_liveness import is_live, is_stopped
from afk.model.agent import Presence, Session, ThreadDetail
from afk.types import ThreadStatus

VERSIONS: Final = ("0.0.28", "0.0.32")
WORDS: Final = {
    "?": None,
    "R": ThreadStatus.RUNNING,
    "I": ThreadStatus.IDLE,
    "E": ThreadStatus.ERROR,
    "H": ThreadStatus.NEEDS_HUMAN,
    "X": ThreadStatus.INTERRUPTED,
}

TIMELINES: Final = {
    # scenario: what 0.0.28 showed, what 0.0.32 showed
    "30": ("??R", "?RR"),  # a turn starts
    "30b": ("R?I", "RI"),  # ends well: 0.0.28 shows nothing until the git checkpoint
    "31": ("?R?REE", "?RRE"),  # fails (a usage limit)
    "31b": ("?R?I", "RRI"),  # next turn: the old error is still shown and is not this turn's
    "32": ("??R", "?RR"),  # runs ...
    "32b": ("R?I", "RI"),  # ... and is interrupted: shown as completed
    "33": ("?R?RH", "?RRH"),  # asks for an approval ...
    "33b": ("R?I", "RI"),  # ... gets it
    "34": ("?R?RH", "?RRH"),  # asks a question ...
    "34b": ("HR?I", "HRI"),  # ... gets an answer
    "35": ("?R?RX", "?RRX"),  # the provider crashes
    "35b": ("?R?R?I", "RRI"),  # next turn after the crash
    "36": ("?R?RX", "?RRX"),  # the provider exits with 0 in the middle
    "36b": ("?R?R?I", "RRI"),
    "37": ("?R?E", "?RE"),  # the provider refuses the turn
    "37b": ("?R?I", "RRI"),
    "38": ("?", "?E"),  # unknown instance: no session ever on 0.0.28
    "39": ("?", "?E"),  # CLI missing
    "40": ("?RE", "?REE"),  # model refused
    "41": ("?R?R", "?RR"),  # a second message while the turn runs ...
    "41b": ("R?I", "RI"),  # ... both end
    "42": ("?R?R", "?RR"),  # runs ...
    "42b": ("RX", "RX"),  # ... session stopped ...
    "42c": ("?R?R?I", "RRI"),  # ... next turn after the stop
    "43": ("?R?R", "?RR"),  # runs, to be archived
    "44": ("?R?R?I", "?RRI"),  # in a worktree
    "45": ("?", "?E"),  # worktree missing
    "50": ("??R?", "?RRI"),  # no git: 0.0.28 never shows the end
    "50b": ("?RE", "RRE"),  # no git, fails
    "51": ("?R?R", "?RR"),
    "51b": ("R?I", "RXI"),  # interrupted by turn id
    "52": ("??RH", "?RRH"),
    "52b": ("H", "H"),  # interrupted beside an approval: wedged
    "53": ("??R?I", "?RRI"),
    "54": ("?R?R?I", "?RRI"),
    "56": ("?R?R", "?RR"),
    "57": ("?R?RH", "?RRH"),
    "58": ("?R?R?I", "R"),  # after a restart
    "58b": ("?", "R"),  # zombie
    "59": ("?R?RH", "?RRH"),
    "59b": ("??R?I", "?RRI"),
    "59c": ("R?I", "RI"),  # approval cancelled
    "60": ("?R?RH", "?RRH"),
    "60b": ("HX", "X"),  # stopped beside an approval
    "61": ("?R?RH", "?RRH"),
    "61b": ("?R?R?I", "?RRI"),  # another thread while one asks
    "74": ("?R?R?I", ""),
    "80": ("?R?R?I", ""),  # the same message id twice
    "81": ("?R?RH", ""),
    "81b": ("H", ""),  # interrupted beside a question: wedged
    "82": ("?", ""),  # accepted by a wedged server: never starts
}

# What the bodies add a few seconds later: the state, and whether the session is seen stopped.
THREADS: Final = {
    "30-2-running": ("RR", (False, False)),
    "30-3-completed": ("II", (False, False)),
    "30-4-completed-plus1s": ("II", (False, False)),
    "31-2-failed": ("EE", (True, True)),
    "31-4-recovered": ("II", (False, False)),
    "32-2-running": ("RR", (False, False)),
    "32-4-interrupted": ("II", (False, False)),
    "33-2-pending-approval": ("HH", (False, False)),
    "33-5-after-approval": ("II", (False, False)),
    "34-2-pending-user-input": ("HH", (False, False)),
    "34-4-after-answer": ("II", (False, False)),
    "35-2-crash": ("XX", (True, True)),
    "35-4-recovered": ("II", (False, False)),
    "36-2-exit0": ("XX", (True, True)),
    "36-4-recovered": ("II", (False, False)),
    "37-2-starterror": ("EE", (False, True)),
    "37-4-recovered": ("II", (False, False)),
    "38-2-start-failed": ("EE", (True, True)),
    "39-2-start-failed": ("EE", (True, True)),
    "40-2-start-failed": ("EE", (False, True)),
    "41-3-after": ("II", (False, False)),
    "42-3-stopped": ("XX", (True, True)),
    "44-2-completed": ("II", (False, False)),
    "45-2-missing-worktree": ("EE", (True, True)),
    "50-2-completed-nongit": ("II", (False, False)),
    "50-4-failed-nongit": ("EE", (True, True)),
    "51-3-after": ("II", (False, False)),
    "52-3-after": ("HH", (False, False)),
    "58-0-zombie-approval-after-restart": ("HH", (False, False)),
    "58-0-zombie-running-after-restart": ("RR", (False, False)),
    "58-5-stale-approval": ("II", (False, False)),
    "60-3-stopped-with-approval": ("XX", (True, True)),
}
GONE: Final = {"43-3-archived", "52-5-get-archived"}


def recorded(version: str, name: str) -> Any:
    path = RECORDINGS / "t3" / version / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def names(version: str, suffix: str) -> set[str]:
    """Return the scenarios recorded under this suffix; commands to threads are no reads."""
    found = set()
    for path in (RECORDINGS / "t3" / version).glob(f"*{suffix}.json"):
        data = recorded(version, path.stem)
        if not isinstance(data, dict) or data.get("request", {}).get("method") == "GET":
            found.add(path.stem.removesuffix(suffix))
    return found


def thread_of(shell: Any) -> Thread:
    return parse(Thread, shell, "a thread")


MOMENTS = [
    pytest.param(version, scenario, shown[column], id=f"{version}-{scenario}")
    for scenario, shown in TIMELINES.items()
    for column, version in enumerate(VERSIONS)
    if shown[column]
]


@pytest.mark.parametrize(("version", "scenario", "letters"), MOMENTS)
def test_status__recorded_timeline__as_written_down(
    version: str, scenario: str, letters: str
) -> None:
    moments = recorded(version, f"{scenario}-timeline")

    seen = []
    for moment in moments:
        thread = thread_of(moment["shell"])
        since = thread.latest_user_message_at
        assert since is not None
        now = since + timedelta(milliseconds=moment["t_ms"])
        seen.append(status.status(thread, since, now))

    assert seen == [WORDS[letter] for letter in letters]


@pytest.mark.parametrize(("column", "version"), list(enumerate(VERSIONS)))
def test_recordings__all_timelines_and_threads__are_written_down(column: int, version: str) -> None:
    shown = {scenario for scenario, letters in TIMELINES.items() if letters[column]}

    assert names(version, "-timeline") == shown
    pairs = names(version, "-thread")
    assert {name for name in pairs if not name.endswith("-shell")} == THREADS.keys() | GONE


def read_thread(version: str, name: str, later: float = 0) -> tuple[ThreadDetail, datetime]:
    """Return a thread with its bodies, read so many seconds later, and the server's clock."""
    response = recorded(version, f"{name}-thread")["response"]
    dates = {key.lower(): value for key, value in response["headers"].items()}
    server_now = parsedate_to_datetime(dates["date"]).astimezone(UTC)
    whole = parse(Detail, response["body"], "a thread").thread
    found = detail(whole, server_now + timedelta(seconds=later))
    assert found is not None
    return found, server_now


@pytest.mark.parametrize("name", THREADS)
@pytest.mark.parametrize(("column", "version"), list(enumerate(VERSIONS)))
def test_detail__recorded_thread_with_its_bodies__as_written_down(
    column: int, version: str, name: str
) -> None:
    """All from one answer: that is what the client computes with."""
    found, server_now = read_thread(version, name, later=4)
    letters, stopped = THREADS[name]

    assert found.status is WORDS[letters[column]]
    assert stopped[column] is is_stopped(
        found.thread,
        Presence.PRESENT,
        start_failed=found.start_failed,
        server_now=server_now,
        start_seconds=300,
    )


PAIRS = [
    (version, name)
    for version in VERSIONS
    for name in THREADS
    if recorded(version, f"{name}-shell-thread") is not None
]


@pytest.mark.parametrize(("version", "name"), PAIRS)
def test_status__shells_thread_with_the_details_bodies__the_same(version: str, name: str) -> None:
    """A shell's own flags, times and states say what the detail's answer alone says."""
    shell = recorded(version, f"{name}-shell-thread")
    found, server_now = read_thread(version, name, later=4)
    whole = recorded(version, f"{name}-thread")["response"]["body"]["thread"]
    mixed = thread_of({**whole, **shell})
    since = max(message.created_at for message in found.asked)

    assert status.status(mixed, since, server_now + timedelta(seconds=4)) is found.status


@pytest.mark.parametrize("name", sorted(GONE))
@pytest.mark.parametrize("version", VERSIONS)
def test_recordings__archived_thread__is_not_found_and_in_no_shell(version: str, name: str) -> None:
    assert recorded(version, f"{name}-thread")["response"]["status"] == 404
    assert recorded(version, f"{name}-shell-thread") is None


@pytest.mark.parametrize("scenario", ["42c", "35b"])
def test_is_stopped__message_accepted_after_a_stop__not_stopped_any_more(scenario: str) -> None:
    """0.0.28 goes on showing the stopped session for 44 to 103 ms after the message."""
    first = recorded("0.0.28", f"{scenario}-timeline")[0]["shell"]
    thread = agent_thread(thread_of(first))
    asked = thread.asked_at
    assert asked is not None
    assert thread.session is Session.STOPPED

    def live(seconds: float) -> bool:
        return is_live(thread, asked + timedelta(seconds=seconds), start_seconds=300)

    assert [live(0), live(299), live(300)] == [True, True, False]
