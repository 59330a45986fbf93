"""Many reads at once: order, bound, and what happens when one fails."""

import threading
from collections.abc import Callable, Iterator

import pytest

from afk.parallel import WORKERS, gather

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


class Interrupted(list[int]):
    """Items whose reader is interrupted after the second one."""

    def __iter__(self) -> Iterator[int]:  # noqa: D105  see the class
        yield from self[:2]
        raise KeyboardInterrupt


def test_gather__interrupted__waits_for_nobody_and_begins_nothing_more() -> None:
    answer = threading.Event()
    try:
        with pytest.raises(KeyboardInterrupt):
            gather(lambda _: answer.wait(SECONDS), Interrupted([1, 2, 3]))
        assert not answer.is_set()
        assert sum(one.name.startswith("ThreadPool") for one in threading.enumerate()) >= 1
    finally:
        answer.set()
