"""Many things at once: afk waits for servers, so threads are enough.

With sixteen at once a tick's reads took as long as with any number; more only cost time to start.
Where nothing is waited for, `ONE_BY_ONE` says so, and the same calls are made without a thread.
"""

import math
import threading
from collections import deque
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from contextvars import ContextVar, copy_context
from typing import Any, Final, TypeVar

WORKERS: Final = 16
_STEP: Final = 0.25
"""Seconds for which nobody who is interrupted need wait to hear of it."""

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
    results: dict[int, Result] = {}
    failures: dict[int, BaseException] = {}

    def call(place: int) -> None:
        try:
            results[place] = function(items[place])
        except BaseException as error:  # noqa: BLE001  raised below
            failures[place] = error

    _share_out(call, len(items), threading.Event())
    _raise_first(failures)
    return [results[place] for place in range(len(items))]


def at_once(one: Callable[[], Result], another: Callable[[], Other]) -> tuple[Result, Other]:
    """Return what both return, neither of which needs the other; the first one's failure first."""
    calls: list[Callable[[], Any]] = [one, another]
    first, second = gather(lambda call: call(), calls)
    return first, second


def begin(call: Callable[[], object]) -> None:
    """Have it called while the caller goes on; what it returns or raises is told to nobody.

    Whoever needs what it does waits for it by his own means, or does it himself; the process does
    not.
    """
    if ONE_BY_ONE.get():
        with suppress(Exception):
            call()
        return
    here = copy_context()

    def alone() -> None:
        with suppress(BaseException):  # nobody is behind this thread who could be told
            here.run(call)

    threading.Thread(target=alone, daemon=True).start()


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
    failures: dict[int, BaseException] = {}

    def in_turn(number: int) -> None:
        for place in groups[number]:
            if over.is_set():
                return
            try:
                act(place)
            except BaseException as error:  # noqa: BLE001  raised below
                failures[number] = error
                over.set()

    _share_out(in_turn, len(groups), over)
    _raise_first(failures)


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


def all_over(calls: Collection[Future[Any]], seconds: float = math.inf) -> bool:
    """Wait until all of them are over, but no longer than that; says whether they are.

    In steps: who is interrupted right before a wait begins hears of it only at its end.
    https://docs.python.org/3/library/signal.html#execution-of-python-signal-handlers
    """
    while calls := wait(calls, timeout=min(_STEP, seconds)).not_done:
        seconds -= _STEP
        if seconds <= 0:
            return False
    return True


def _share_out(call: Callable[[int], None], count: int, over: threading.Event) -> None:
    """Have up to 16 threads call it with every number below ``count``, each in this one's context.

    ``call`` raises nothing. Each thread takes the next number until none is left or it is over: a
    call that waits for nothing is not worth handing over by itself. Interrupted, it is over.
    """
    left, here = deque(range(count)), copy_context()

    def take() -> None:
        while not over.is_set():
            try:
                number = left.popleft()
            except IndexError:
                return
            here.copy().run(call, number)

    pool = ThreadPoolExecutor(min(WORKERS, count))
    try:
        all_over([pool.submit(take) for _ in range(min(WORKERS, count))])
    except BaseException:
        over.set()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def _raise_first(failures: Mapping[int, BaseException]) -> None:
    """Raise the failure of the lowest number, if there is any."""
    if failures:
        raise failures[min(failures)]
