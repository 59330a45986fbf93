"""Asking for many things at once, and for fewer when that was too much; pure but for the asking.

Owns the division of work into requests. Sends nothing itself.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from afk.adapters.github.graphql_reply import Exhausted
from afk.errors import ServerFault, TooLarge

Item = TypeVar("Item")
Result = TypeVar("Result")

_PARTS: Final = 4


def chunks(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    """Cut a sequence into pieces of at most ``size``."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def in_parts(
    ask: Callable[[Sequence[Item], int], list[Result]],
    items: Sequence[Item],
    sizes: Sequence[int],
    *,
    again: bool = True,
) -> list[Result]:
    """Ask for all items with pages of the first size, and for less where that fails.

    Too large (a stranger can fill an issue with comments of 64 KB), or more than GitHub computes
    for one query: halves of the items, then smaller pages for a single one. A fault of the
    server, which is how GitHub says that a query took longer than its 10 s: quarters, once, so
    that an outage costs one more request.
    """
    try:
        return ask(items, sizes[0])
    except (TooLarge, Exhausted):
        if len(items) > 1:
            pieces = chunks(items, (len(items) + 1) // 2)
        elif len(sizes) > 1:
            pieces, sizes = [items], sizes[1:]
        else:
            raise
    except ServerFault:
        if len(items) == 1 or not again:
            raise
        pieces, again = chunks(items, -(-len(items) // _PARTS)), False
    return [one for piece in pieces for one in in_parts(ask, piece, sizes, again=again)]
