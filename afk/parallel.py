"""Many reads at once: afk waits for servers, so threads are enough.

With sixteen at once a tick's reads took as long as with any number; more only cost time to start.
Where nothing is waited for, `ONE_BY_ONE` says so, and the same calls are made without a thread.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import ContextVar
from typing import Final, TypeVar

WORKERS: Final = 16

ONE_BY_ONE: ContextVar[bool] = ContextVar("ONE_BY_ONE", default=False)
"""Set for a whole command by what it is given, `afk.environment.process.Outside`."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def gather(function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Apply the function to all items, up to 16 at once; results in the items' order.

    The first exception, in that order, is raised after all calls have ended. Interrupted, it
    waits for none of them: a server may never answer.
    """
    if len(items) <= 1 or ONE_BY_ONE.get():
        return [function(item) for item in items]
    pool = ThreadPoolExecutor(min(WORKERS, len(items)))
    try:
        futures = [pool.submit(function, item) for item in items]
        wait(futures)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    return [future.result() for future in futures]
