"""Which of several pull requests of one branch counts."""

import pytest
from support.pull_factories import pull

from afk.model.pull import Pull, PullState, newest

OPEN = pull(number=12)
CLOSED = pull(number=14, state=PullState.CLOSED)
MERGED = pull(number=13, state=PullState.MERGED)


@pytest.mark.parametrize(
    ("pulls", "found"),
    [
        ([], None),
        ([MERGED, CLOSED], CLOSED),
        ([CLOSED, MERGED], CLOSED),
        ([MERGED, OPEN, CLOSED], OPEN),
        ([pull(number=11), OPEN], OPEN),
    ],
)
def test_newest__an_open_one_first(pulls: list[Pull], found: Pull | None) -> None:
    assert newest(pulls) == found
