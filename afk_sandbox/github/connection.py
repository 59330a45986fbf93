"""Connections: how GraphQL pages through lists, with GitHub's bounds and its words for them.

A cursor is opaque and holds an item's key, so that what comes and goes between two pages neither
hides nor repeats anything else. Bounds:
https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

MOST: Final = 100
_PREFIX: Final = "cursor:v2:"

Key = Callable[[Any], int]


class Refusal(Exception):
    """A problem with one field of a query, as ``errors`` tells it."""

    def __init__(self, kind: str, message: str) -> None:
        """``kind`` is the entry's type."""
        super().__init__(kind, message)
        self.kind = kind
        self.message = message


def connection(
    name: str, items: Sequence[Any], args: Mapping[str, Any], key: Key | None = None
) -> dict[str, Any]:
    """Return a page of items; ``key`` gives rising numbers, else their places do.

    Raises `Refusal` for a page of no or too large a size, or for a cursor that is none.
    """

    def at(place: int) -> int:
        return key(items[place]) if key else place + 1

    first, last = args.get("first"), args.get("last")
    _check(name, first, last)
    after, before = _position(args, "after"), _position(args, "before")
    inside: Sequence[int] = range(len(items))
    if after is not None or before is not None:
        inside = [
            place
            for place in inside
            if (after is None or at(place) > after) and (before is None or at(place) < before)
        ]
    shown = inside if first is None else inside[:first]
    shown = shown if last is None else shown[max(len(shown) - last, 0) :]
    return {
        "totalCount": len(items),
        "nodes": [items[place] for place in shown],
        "pageInfo": {
            "hasNextPage": bool(shown and shown[-1] < len(items) - 1),
            "hasPreviousPage": bool(shown and shown[0] > 0),
            "startCursor": _cursor(at(shown[0])) if shown else None,
            "endCursor": _cursor(at(shown[-1])) if shown else None,
        },
    }


def _check(name: str, first: int | None, last: int | None) -> None:
    if first is None and last is None:
        raise Refusal(
            "MISSING_PAGINATION_BOUNDARIES",
            "You must provide a `first` or `last` value to properly paginate "
            f"the `{name}` connection.",
        )
    for word, size in (("first", first), ("last", last)):
        if size is not None and size > MOST:
            raise Refusal(
                "EXCESSIVE_PAGINATION",
                f"Requesting {size} records on the `{name}` connection exceeds "
                f"the `{word}` limit of {MOST} records.",
            )
        if size is not None and size < 0:
            raise Refusal(
                "INVALID_PAGINATION", f"`{word}` on the `{name}` connection cannot be negative."
            )


def _cursor(key: int) -> str:
    return base64.b64encode(f"{_PREFIX}{key}".encode()).decode()


def _position(args: Mapping[str, Any], name: str) -> int | None:
    """Return the key that a cursor holds."""
    cursor = args.get(name)
    if cursor is None:
        return None
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix(_PREFIX))
    except (binascii.Error, ValueError):
        raise Refusal(
            "INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor."
        ) from None
