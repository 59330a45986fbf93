"""Many things at once: order, bound, and what happens when one fails."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afk.parallel import ONE_BY_ONE, WORKERS, at_once, gather, grouped, side_by_side

SECONDS = 20
"""How long a thread waits for another before a test gives up."""


def test_gather__nothing__calls_nothing() -> None:
    called: list[int] = []
    assert gather(called.append, []) == []
    assert called == []


def test_gather__one_item__is_called_in_this_thread() -> None:
    assert gather(lambda item: (item, threading.get_ident()), ["a"]) == [
        ("a", threading.get_ident())
    ]


def test_gather__many_items__results_stand_in_the_items_order() -> None:
    """Later items end first here, and still stand last."""
    ended = [threading.Event() for _ in range(6)]

    def wait_for_the_next(index: int) -> int:
        if index + 1 < len(ended):
            assert ended[index + 1].wait(SECONDS)
        ended[index].set()
        return index * 10

    assert gather(wait_for_the_next, range(6)) == [0, 10, 20, 30, 40, 50]


def test_gather__more_items_than_workers__sixteen_run_at_once_and_no_more() -> None:
    together = threading.Barrier(WORKERS)
    lock = threading.Lock()
    counts = {"now": 0, "most": 0}

    def meet(_: int) -> None:
        with lock:
            counts["now"] += 1
            counts["most"] = max(counts["most"], counts["now"])
        together.wait(SECONDS)
        with lock:
            counts["now"] -= 1

    gather(meet, range(WORKERS * 2))
    assert counts == {"now": 0, "most": WORKERS}


def test_gather__what_is_set_for_the_caller__is_seen_by_each_and_changed_by_none() -> None:
    setting: ContextVar[int] = ContextVar("setting", default=0)
    token = setting.set(7)

    def look(item: int) -> int:
        found = setting.get()
        setting.set(found + item + 1)
        return found

    try:
        assert gather(look, range(WORKERS * 3)) == [7] * (WORKERS * 3)
    finally:
        setting.reset(token)


@pytest.mark.parametrize("count", [1, 5])
def test_gather__several_fail__the_first_in_order_is_raised_after_all_were_called(
    count: int,
) -> None:
    done: list[int] = []

    def fail_from(first: int) -> Callable[[int], int]:
        def call(item: int) -> int:
            done.append(item)
            if item >= first:
                raise ValueError(str(item))
            return item

        return call

    with pytest.raises(ValueError, match=f"^{count - 1}$"):
        gather(fail_from(count - 1), range(count))
    assert sorted(done) == list(range(count))
    with pytest.raises(ValueError, match=r"^0$"):
        gather(fail_from(0), range(count))


@contextmanager
def interruptible() -> Iterator[Callable[[], None]]:
    """Give what interrupts this thread, as Ctrl-C and a runner's stop do, from any other."""
    here = threading.get_ident()
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield lambda: signal.pthread_kill(here, signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, former)


def test_gather__interrupted__waits_for_nobody_and_begins_nothing_more() -> None:
    answer, together = threading.Event(), threading.Barrier(WORKERS)
    begun: list[int] = []

    def call(item: int) -> None:
        begun.append(item)
        if together.wait(SECONDS) == 0:
            interrupt()
        answer.wait(SECONDS)

    try:
        with interruptible() as interrupt, pytest.raises(KeyboardInterrupt):
            gather(call, range(WORKERS * 2))
        assert not answer.is_set()
        waiting = [one for one in threading.enumerate() if one.name.startswith("ThreadPool")]
        assert len(waiting) >= WORKERS
    finally:
        answer.set()
    for one in waiting:
        one.join(SECONDS)
    assert sorted(begun) == list(range(WORKERS))


def test_at_once__two_calls__meet_and_keep_their_places() -> None:
    together = threading.Barrier(2)

    def first() -> str:
        together.wait(SECONDS)
        return "first"

    assert at_once(first, lambda: together.wait(SECONDS) is not None) == ("first", True)


def test_at_once__both_fail__the_first_one_is_raised_after_both_were_made() -> None:
    made: list[str] = []

    def fail(name: str) -> None:
        made.append(name)
        raise ValueError(name)

    with pytest.raises(ValueError, match=r"^first$"):
        at_once(lambda: fail("first"), lambda: fail("second"))
    assert sorted(made) == ["first", "second"]


KEYS = st.lists(st.frozensets(st.integers(0, 9), max_size=3), max_size=12)


@given(KEYS)
def test_grouped__any_keys__each_place_once_in_order_and_no_key_in_two_groups(
    keys: list[frozenset[int]],
) -> None:
    groups = grouped(keys)

    assert sorted(place for group in groups for place in group) == list(range(len(keys)))
    assert groups == sorted(sorted(group) for group in groups)
    found = [frozenset[int]().union(*(keys[place] for place in group)) for group in groups]
    assert sum(len(one) for one in found) == len(frozenset[int]().union(*found))


@given(KEYS)
def test_grouped__any_keys__who_shares_nothing_is_not_kept_waiting(
    keys: list[frozenset[int]],
) -> None:
    """Within a group everybody is joined to the first by keys that are held in common."""
    for group in grouped(keys):
        reached = {group[0]}
        for _ in group:
            held = frozenset[int]().union(*(keys[place] for place in reached))
            reached |= {place for place in group if keys[place] & held}
        assert reached == set(group)


def test_side_by_side__groups__meet_and_each_keeps_its_order() -> None:
    together = threading.Barrier(3)
    done: list[int] = []

    def act(place: int) -> None:
        if place < 3:  # the first of each group
            together.wait(SECONDS)
        done.append(place)

    side_by_side(act, [[0, 3], [1, 4, 5], [2]])

    assert sorted(done) == list(range(6))
    assert done.index(0) < done.index(3)
    assert done.index(1) < done.index(4) < done.index(5)


@pytest.mark.parametrize("groups", [[], [[0, 2], [1]], [[2, 0, 1]]])
def test_side_by_side__nobody_beside__in_the_order_of_places_in_this_thread(
    groups: list[list[int]],
) -> None:
    token = ONE_BY_ONE.set(True)
    done: list[tuple[int, int]] = []
    try:
        side_by_side(lambda place: done.append((place, threading.get_ident())), groups)
    finally:
        ONE_BY_ONE.reset(token)
    places = sorted(place for group in groups for place in group)
    assert done == [(place, threading.get_ident()) for place in places]


def test_side_by_side__one_fails__nothing_more_begins_and_what_is_under_way_ends() -> None:
    """Far more groups than workers: those that had not begun never do."""
    together, failed = threading.Barrier(WORKERS), threading.Event()
    begun: list[int] = []
    ended: list[int] = []

    def act(place: int) -> None:
        begun.append(place)
        together.wait(SECONDS)
        if place == 1:
            failed.set()
            raise ValueError(str(place))
        assert failed.wait(SECONDS)
        threading.Event().wait(0.2)  # until the failure has been seen
        ended.append(place)

    groups = [[place, place + 100] for place in range(WORKERS * 3)]
    with pytest.raises(ValueError, match=r"^1$"):
        side_by_side(act, groups)
    assert sorted(begun) == list(range(WORKERS))
    assert sorted(ended) == [place for place in range(WORKERS) if place != 1]


def test_side_by_side__several_fail__the_first_in_the_order_of_groups_is_raised() -> None:
    together = threading.Barrier(3)

    def act(place: int) -> None:
        together.wait(SECONDS)
        if place:
            raise ValueError(str(place))

    with pytest.raises(ValueError, match=r"^1$"):
        side_by_side(act, [[0], [1], [2]])


def test_side_by_side__interrupted__waits_for_nobody_and_begins_nothing_more() -> None:
    """Neither the next of a group nor the next group."""
    answer, together = threading.Event(), threading.Barrier(WORKERS)
    begun: list[int] = []

    def act(place: int) -> None:
        begun.append(place)
        if together.wait(SECONDS) == 0:
            interrupt()
        answer.wait(SECONDS)

    groups = [[place, place + 100] for place in range(WORKERS + 1)]
    try:
        with interruptible() as interrupt, pytest.raises(KeyboardInterrupt):
            side_by_side(act, groups)
        assert not answer.is_set()
    finally:
        answer.set()
    for one in threading.enumerate():
        if one.name.startswith("ThreadPool"):
            one.join(SECONDS)
    assert sorted(begun) == list(range(WORKERS))
