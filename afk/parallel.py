"""Many things at once: afk waits for servers, so threads are enough.

With sixteen at once a tick's reads took as long as with any number; more only cost time to start.
Where nothing is waited for, `ONE_BY_ONE` says so, and the same calls are made without a thread.
"""

import threading
from collections.abc import Callable, Collection, Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import ContextVar, copy_context
from typing import Any, Final, TypeVar

WORKERS: Final = 16

ONE_BY_ONE: ContextVar[bool] = ContextVar("ONE_BY_ONE", default=False)
"""Set for a whole command by what it is given, `afk.environment.process.Outside`."""

Item = TypeVar("Item")
Result = TypeVar("Result")
Other = TypeVar("Other")


def gather(function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Apply the function to all items, up to 16 at once; results in the items' order.

    The first exception, in that order, is raised after all calls have ended. Interrupted, it
    waits for none of them: a server may never answer.
    """
    if len(items) <= 1 or ONE_BY_ONE.get():
        return [function(item) for item in items]
    pool = ThreadPoolExecutor(min(WORKERS, len(items)))
    futures = _ended(pool, lambda: [_submitted(pool, function, item) for item in items])
    return [future.result() for future in futures]


def at_once(one: Callable[[], Result], another: Callable[[], Other]) -> tuple[Result, Other]:
    """Return what both return, neither of which needs the other; the first one's failure first."""
    calls: list[Callable[[], Any]] = [one, another]
    first, second = gather(lambda call: call(), calls)
    return first, second


def side_by_side(act: Callable[[int], None], groups: Sequence[Sequence[int]]) -> None:
    """Act on the places of each group one after the other, on up to 16 groups at once.

    The first exception ends its group, and nothing more is begun in any other; what is under way
    there goes on to its end. Then the first, in the groups' order, is raised. Interrupted, it
    waits for none of them.
    """
    if len(groups) <= 1 or ONE_BY_ONE.get():
        for place in sorted(place for group in groups for place in group):
            act(place)
        return
    over = threading.Event()

    def in_turn(group: Sequence[int]) -> None:
        for place in group:
            if over.is_set():
                return
            try:
                act(place)
            except BaseException:
                over.set()
                raise

    pool = ThreadPoolExecutor(min(WORKERS, len(groups)))
    try:
        futures = _ended(pool, lambda: [_submitted(pool, in_turn, one) for one in groups])
    except BaseException:
        over.set()
        raise
    for future in futures:
        future.result()


def grouped(keys: Sequence[Collection[Hashable]]) -> list[list[int]]:
    """Return the places of ``keys`` in groups: no two groups have a key in common.

    What shares one is in the same group, directly or through others; a place without any is alone.
    Places stand in their order, groups in that of their first places.
    """
    before = list(range(len(keys)))

    def first(place: int) -> int:
        while before[place] != place:
            before[place] = place = before[before[place]]
        return place

    holders: dict[Hashable, int] = {}
    for place, own in enumerate(keys):
        for key in own:
            one, other = sorted((first(holders.setdefault(key, place)), first(place)))
            before[other] = one
    groups: dict[int, list[int]] = {}
    for place in range(len(keys)):
        groups.setdefault(first(place), []).append(place)
    return list(groups.values())


def _submitted(
    pool: ThreadPoolExecutor, function: Callable[[Item], Result], item: Item
) -> Future[Result]:
    """Have a thread call the function in this one's context."""
    return pool.submit(copy_context().run, function, item)


def _ended(pool: ThreadPoolExecutor, submit: Callable[[], list[Future[Any]]]) -> list[Future[Any]]:
    """Return what was submitted once it has ended; interrupted, wait for nothing."""
    try:
        futures = submit()
        wait(futures)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    return futures
