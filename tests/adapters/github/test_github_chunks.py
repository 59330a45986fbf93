"""Dividing work: by size when it is too much, once when the server fails."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from afk.adapters.github.batches import chunks, in_parts
from afk.adapters.github.graphql_reply import Exhausted
from afk.errors import AfkError, RateLimited, ServerFault, TooLarge


@dataclass
class Asked:
    """Answers as many items as it can take, and keeps what it was asked."""

    error: type[AfkError]
    most: int
    size: int = 100
    calls: list[tuple[tuple[int, ...], int]] = field(default_factory=list)

    def __call__(self, items: Sequence[int], page: int) -> list[int]:
        self.calls.append((tuple(items), page))
        if len(items) > self.most or page > self.size:
            raise self.error("too much")
        return [item * 10 for item in items]


@pytest.mark.parametrize(
    ("count", "size", "sizes"), [(0, 3, []), (3, 3, [3]), (4, 3, [3, 1]), (7, 3, [3, 3, 1])]
)
def test_chunks__sequence__is_cut_in_order(count: int, size: int, sizes: list[int]) -> None:
    pieces = chunks(range(count), size)
    assert [len(piece) for piece in pieces] == sizes
    assert [item for piece in pieces for item in piece] == list(range(count))


def test_in_parts__enough_at_once__is_one_question() -> None:
    ask = Asked(TooLarge, 5)
    assert in_parts(ask, [1, 2, 3], (100, 10)) == [10, 20, 30]
    assert ask.calls == [((1, 2, 3), 100)]


@pytest.mark.parametrize("error", [TooLarge, Exhausted])
def test_in_parts__too_much_at_once__is_halved_in_order(error: type[AfkError]) -> None:
    ask = Asked(error, 2)
    assert in_parts(ask, [1, 2, 3, 4, 5], (100,)) == [10, 20, 30, 40, 50]
    assert [len(items) for items, _ in ask.calls] == [5, 3, 2, 1, 2]


def test_in_parts__one_item_too_large__is_asked_in_smaller_pages() -> None:
    ask = Asked(TooLarge, 1, size=10)
    assert in_parts(ask, [1], (100, 10, 1)) == [10]
    assert [page for _, page in ask.calls] == [100, 10]


def test_in_parts__too_large_in_the_smallest_page__is_raised() -> None:
    ask = Asked(TooLarge, 1, size=0)
    with pytest.raises(TooLarge):
        in_parts(ask, [1], (100, 1))
    assert [page for _, page in ask.calls] == [100, 1]


def test_in_parts__slow_query__is_quartered() -> None:
    ask = Asked(ServerFault, 2)
    assert in_parts(ask, list(range(8)), (100,)) == [item * 10 for item in range(8)]
    assert [len(items) for items, _ in ask.calls] == [8, 2, 2, 2, 2]


def test_in_parts__outage__costs_one_more_question() -> None:
    ask = Asked(ServerFault, 0)
    with pytest.raises(ServerFault):
        in_parts(ask, list(range(8)), (100,))
    assert [len(items) for items, _ in ask.calls] == [8, 2]


def test_in_parts__fault_over_one_item__is_raised() -> None:
    ask = Asked(ServerFault, 0)
    with pytest.raises(ServerFault):
        in_parts(ask, [1], (100, 10))
    assert len(ask.calls) == 1


def test_in_parts__rate_limit__is_raised_at_once() -> None:
    ask = Asked(RateLimited, 0)
    with pytest.raises(RateLimited):
        in_parts(ask, [1, 2], (100, 10))
    assert len(ask.calls) == 1
