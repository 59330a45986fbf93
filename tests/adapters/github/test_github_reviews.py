"""Reviews and their comments: who said what, on which head, and what became of it."""

from typing import Any

import pytest
from support.github import (
    Data,
    Hub,
    data,
    page,
    who,
)
from support.github_pulls import (
    BY_NUMBER,
    HEAD,
    numbered,
    pulls,
    remark,
    review,
    shown,
    thread,
)

from afk.model.pull import Pull, ReviewState
from afk.types import GHOST, Account

NOW_TEXT = "2026-05-01T10:00:00Z"


def read(one: Data, *further: Any) -> Pull:
    hub = Hub([data(**numbered(one)), *further])
    (found,) = pulls(hub).read([BY_NUMBER])[BY_NUMBER]
    assert hub.graphql == [], "everything prepared was asked for"
    return found


def test_reviews__pending_and_unknown__are_nobodys_approval() -> None:
    """In the order of submission, whatever the order of the answer."""
    early = "2026-05-01T09:00:00Z"
    found = read(
        shown(
            reviews=page(
                review(1, state="PENDING", submittedAt=None),
                review(2, state="CHANGES_REQUESTED"),
                review(3, state="DISMISSED", submittedAt=early, commit=None),
                review(4, state="SOMETHING_NEW"),
                review(5, author=None, state="COMMENTED"),
            )
        )
    )
    assert [(one.id, one.state) for one in found.reviews] == [
        ("PRR_3", ReviewState.DISMISSED),
        ("PRR_2", ReviewState.CHANGES_REQUESTED),
        ("PRR_4", ReviewState.COMMENTED),
        ("PRR_5", ReviewState.COMMENTED),
    ]
    assert [one.commit for one in found.reviews] == ["", HEAD, HEAD, HEAD]
    assert found.reviews[3].author == GHOST


def test_reviews__edited_or_hidden__say_so_and_by_whom() -> None:
    edited = {"lastEditedAt": NOW_TEXT, "editor": who("eve", 66)}
    found = read(
        shown(
            reviews=page(review(1, **edited), review(2, isMinimized=True)),
            reviewThreads=page(thread(remark(500, **edited), remark(501, isMinimized=True))),
        )
    )
    for first, second in (found.reviews, found.comments):
        assert (first.edited, first.edited_by, first.hidden) == (True, Account(66, "eve"), False)
        assert (second.edited, second.edited_by, second.hidden) == (False, None, True)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, 3),
        ({"line": None, "isOutdated": True}, 2),
        ({"diffSide": "LEFT"}, 0),
        ({"subjectType": "FILE", "line": None, "originalLine": None}, 0),
    ],
)
def test_comments__line__is_one_of_the_new_file_or_none(changes: Data, line: int) -> None:
    found = read(shown(reviewThreads=page(thread(remark(), **changes))))
    assert found.comments[0].line == line
    assert found.comments[0].outdated is changes.get("isOutdated", False)


def test_comments__of_one_thread__share_its_name_and_what_became_of_it() -> None:
    """Those that are pending are nobody's word yet, were they the first."""
    said = (remark(500, state="PENDING"), remark(501), remark(502))
    found = read(shown(reviewThreads=page(thread(*said, isResolved=True), thread())))
    assert [(one.id, one.thread, one.resolved) for one in found.comments] == [
        ("501", "501", True),
        ("502", "501", True),
    ]
