"""Who is beyond a ceiling, by the one order that T3 shows to all ticks alike."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import NOW, config, thread

from afk.decide.first_come import beyond
from afk.model.agent import AgentThread


def run(number: int, *, seconds: int = 0, **changes: Any) -> AgentThread:
    """Return the thread of a run of its own repository, begun so many seconds after the look."""
    return thread(
        id=f"thread-{number}",
        title=f"[afk {number:08x}] owner/r{number}#1",
        created_at=NOW + timedelta(seconds=seconds),
        **changes,
    )


def asked(one: AgentThread, threads: list[AgentThread], **changes: Any) -> str:
    usual: dict[str, Any] = {"in_flight": 0, "known": (), "since": NOW, "server_now": NOW}
    return beyond(one.id, threads, config(max_in_flight=2, runs_per_day=4), **(usual | changes))


def test_beyond__others_began_before__so_many_as_there_is_room_for_go_on() -> None:
    threads = [run(n, seconds=n) for n in range(1, 5)]

    found = [asked(one, threads) for one in threads]

    assert found == ["", "", "max_in_flight=2", "max_in_flight=2"]


def test_beyond__at_the_same_moment__the_id_decides() -> None:
    threads = [run(2), run(1), run(3)]

    assert [asked(one, threads) for one in threads] == ["", "", "max_in_flight=2"]


def test_beyond__a_run_that_is_known__counts_once() -> None:
    threads = [run(1, seconds=1), run(2, seconds=2)]

    assert not asked(threads[1], threads, in_flight=1, known={"00000001"})
    assert asked(threads[1], threads, in_flight=1)


def test_beyond__begun_long_before_the_look__is_among_what_was_found_by_it() -> None:
    old, mine = run(1, seconds=-11), run(2, seconds=1)

    assert not asked(mine, [old, mine], in_flight=1)
    assert asked(mine, [run(1, seconds=-10), mine], in_flight=1)
    assert asked(mine, [old, mine], in_flight=1, since=None), "nobody looked: everything counts"


def test_beyond__begun_since_and_at_rest__counts_all_the_same() -> None:
    """Its agent has ended; whether its run has, nobody here knows."""
    ended = run(1, seconds=1, done=True)

    assert asked(run(2, seconds=9), [ended, run(2, seconds=9)], in_flight=1)


def test_beyond__other_peoples_threads__do_not_count() -> None:
    theirs = [thread(id=f"theirs-{n}", title="Chat", created_at=NOW) for n in range(9)]

    assert not asked(run(1, seconds=1), [*theirs, run(1, seconds=1)])


def test_beyond__own_thread_not_shown__everybody_else_was_before() -> None:
    assert asked(run(9), [run(1), run(2)]) == "max_in_flight=2"


@pytest.mark.parametrize(("hours", "told"), [(1, "runs_per_day=4"), (25, "")])
def test_beyond__runs_of_the_day__count_wherever_they_are(hours: int, told: str) -> None:
    past = [run(n, seconds=-3600 * hours) for n in range(1, 5)]

    assert asked(run(5), [*past, run(5)], known={f"{n:08x}" for n in range(1, 5)}) == told


@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=9),
    st.integers(1, 5),
    st.integers(0, 4),
    st.permutations(range(9)),
)
def test_beyond__each_asked_when_its_thread_shows__never_more_than_there_is_room_for(
    seconds: list[int], most: int, standing: int, order: list[int]
) -> None:
    """Whatever the order in which they ask: who is older stands in T3 when the younger one asks."""
    threads = [run(n, seconds=one) for n, one in enumerate(seconds)]
    settings = config(max_in_flight=most, runs_per_day=99)

    def goes(one: AgentThread) -> bool:
        shown = [other for other in threads if other.created_at <= one.created_at]
        late = [threads[n] for n in order if n < len(threads) and threads[n] not in shown]
        seen = [*shown, *late[: len(late) // 2]]
        return not beyond(
            one.id,
            seen,
            settings,
            server_now=NOW,
            in_flight=standing,
            known=(),
            since=NOW,
        )

    assert standing + sum(map(goes, threads)) <= max(most, standing)
