"""Reviews on Forgejo and their comments: who said what, what was changed since, and answering."""

from typing import Any

import pytest
from support.forgejo import API, Reply, Table, question, reply
from support.forgejo_pulls import body, pull_of, pulls, told

from afk.errors import Refused
from afk.model.pull import Pull, ReviewState

REPO = "owner/lp2"
PATH = f"{API}/repos/{REPO}/pulls/6"
REVIEWS = f"GET {PATH}/reviews?limit=50"
BASE: dict[str, Any] = {
    **body("007-get-later"),
    "number": 6,
    "review_comments": 3,
    "base": {
        **body("007-get-later")["base"],
        "repo": {**body("007-get-later")["base"]["repo"], "full_name": REPO},
    },
}
HISTORY = f"/{REPO}/issues/6/content-history/list"


def comments_of(review: int) -> str:
    return f"GET {PATH}/reviews/{review}/comments"


def history_of(comment: int) -> str:
    return question("GET", HISTORY, comment_id=comment)


def read(rows: dict[str, Any], *, max_body: int = 8 * 1024 * 1024) -> tuple[Pull, Table]:
    table = Table({f"GET {PATH}": reply(BASE), **rows})
    found = pulls(table, max_body=max_body).reread(pull_of("007-get-later", **BASE))
    assert found is not None
    return found, table


def rows_of(name: str, **changes: Any) -> list[dict[str, Any]]:
    """Return recorded reviews, the first with changes."""
    first, *rest = body(name)
    return [{**first, **changes}, *rest]


UNTOUCHED = [{**one, "updated_at": one["created_at"]} for one in body("218-review-comments")]


def test_reviews__of_everybody__in_order_with_their_words() -> None:
    """The total counts a pending one of somebody else's, which nobody shows."""
    listed = body("216-reviews-bot")
    talk = {one["id"]: one["comments_count"] for one in listed}
    rows = {comments_of(number): reply(UNTOUCHED) for number, count in talk.items() if count}

    more = question("GET", f"{PATH}/reviews", limit=50, page=2)
    hidden = {more: reply([], x_total_count="4")}

    found, table = read({REVIEWS: told("216-reviews-bot"), **hidden, **rows})

    assert [(one.id, one.author.login, one.state) for one in found.reviews][:3] == [
        ("1", "afkbot", ReviewState.COMMENTED),
        ("2", "stranger", ReviewState.APPROVED),
        ("3", "writer", ReviewState.CHANGES_REQUESTED),
    ]
    assert all(one.edited is False and not one.hidden for one in found.reviews)
    assert len(table.asked) == 3 + len(rows), "only reviews with comments are asked for them"


def test_reviews__requests_pending_ones_and_unknown_words__are_nobodys_word() -> None:
    states = ["REQUEST_REVIEW", "PENDING", "SPLENDID", "APPROVED"]
    listed = [
        {**body("216-reviews-bot")[0], "id": number, "state": state, "comments_count": 1}
        for number, state in enumerate(states, start=1)
    ]
    rows = {comments_of(number): reply([]) for number in (1, 3, 4)}

    found, table = read({REVIEWS: reply(listed, x_total_count="4"), **rows})

    assert [one.state for one in found.reviews] == [ReviewState.APPROVED]
    assert comments_of(2) not in table.asked


def test_reviews__superseded_by_a_later_one__is_shown_as_dismissed() -> None:
    found, _ = read({REVIEWS: told("304-reviews-superseded")})

    assert [(one.body, one.state) for one in found.reviews] == [
        ("w", ReviewState.APPROVED),
        ("o", ReviewState.DISMISSED),
        ("o2", ReviewState.APPROVED),
    ]


def test_reviews__of_a_team_or_a_deleted_account__are_nobodys() -> None:
    listed = rows_of("304-reviews-superseded", user=None)

    found, _ = read({REVIEWS: reply(listed, x_total_count="3")})

    assert found.reviews[0].author.id == -1


def one_review(comments: Any, **more: Any) -> dict[str, Any]:
    """Return rows with one review that has these comments."""
    listed = [{**body("216-reviews-bot")[2], "id": 3, "comments_count": 5}]
    shown = comments if isinstance(comments, Reply) else reply(comments)
    return {REVIEWS: reply(listed, x_total_count="1"), comments_of(3): shown, **more}


def test_comments__on_new_and_old_lines__have_their_place() -> None:
    found, _ = read(one_review(UNTOUCHED))

    places = {(one.path, one.line, one.review) for one in found.comments}
    assert ("a.txt", 6, "3") in places
    assert ("a.txt", 0, "3") in places, "a removed line has no number of its own"
    assert [int(one.id) for one in found.comments] == sorted(int(one.id) for one in found.comments)
    assert all(one.edited is False for one in found.comments)


def test_comments__a_reply__is_in_the_thread_of_its_line() -> None:
    """11 gives them in no order; the first of a thread alone says that it is resolved."""
    shown = [
        {**one, "updated_at": one["created_at"]} for one in body("225-review-comments-resolved")
    ]

    found, _ = read(one_review(list(reversed(shown))))

    first = next(one for one in found.comments if one.id == "859")
    answer = next(one for one in found.comments if one.id == "866")
    assert answer.thread == first.thread
    assert (first.resolved, answer.resolved) == (True, True)
    other = next(one for one in found.comments if one.id == "860")
    assert (other.thread == first.thread, other.resolved) == (False, False)


def test_comments__touched_and_edited__is_known_by_the_revisions() -> None:
    """A writer may change anybody's; the author stays, and the review shows nothing."""
    name = "225-review-comments-resolved"
    touched = [one["id"] for one in body(name) if one["updated_at"] != one["created_at"]]
    stamp = '<relative-time datetime="2026-11-28T15:44:15Z">'
    edited = reply({"results": [{"name": stamp}, {"name": stamp}]})

    never = reply({"results": None})

    found, table = read(one_review(body(name), **{history_of(859): edited, history_of(860): never}))

    assert touched == [859, 860]
    by_id = {one.id: one.edited for one in found.comments}
    assert (by_id["859"], by_id["860"], by_id["866"]) == (True, False, False)
    asked = table.headers[table.asked.index(history_of(859))]
    assert "authorization" not in asked, "that page takes no token"


def test_comments__touched_by_a_push_only__are_not_edited() -> None:
    """A push that changes the line moves ``updated_at``, too."""
    name = "239-review-comments-after-push"
    never = reply({"results": None})
    rows = {history_of(one["id"]): never for one in body(name)}

    found, _ = read(one_review(body(name), **rows))

    assert found.comments
    assert all(one.edited is False for one in found.comments)


@pytest.mark.parametrize(
    "history",
    [
        Reply(404, b"<html>", {"content-type": "text/html"}),
        Reply(200, b"<html>", {"content-type": "text/html"}),
        reply({"results": [{"name": "no time"}]}),
    ],
    ids=["private", "a gateway", "another page"],
)
def test_comments__revisions_that_cannot_be_read__leave_it_untold(history: Reply) -> None:
    name = "239-review-comments-after-push"
    rows = {history_of(one["id"]): history for one in body(name)}

    found, _ = read(one_review(body(name), **rows))

    assert all(one.edited is not True for one in found.comments)
    assert any(one.edited is None for one in found.comments)


def test_comments__of_a_review_that_is_gone__are_none() -> None:
    found, _ = read(one_review(told("219-review-comments-pending")))

    assert (found.comments, found.truncated) == ((), False)


def test_reviews__refused__is_an_error() -> None:
    with pytest.raises(Refused):
        read({REVIEWS: reply({"message": "no"}, 422)})


@pytest.mark.parametrize("where", ["reviews", "comments"])
def test_reviews__more_than_is_read__decides_nothing(where: str) -> None:
    big = Reply(200, b"[" + b" " * 40_000 + b"]", {"content-type": "application/json"})
    rows = one_review(big) if where == "comments" else {REVIEWS: big}

    found, _ = read(rows, max_body=30_000)

    assert (found.truncated, found.comments) == (True, ())


def test_reviews__a_text_without_end__is_not_kept_and_said() -> None:
    long = "x" * 300_000
    listed = rows_of("304-reviews-superseded", body=long)

    of_review, _ = read({REVIEWS: reply(listed, x_total_count="3")})
    of_comment, _ = read(one_review([{**UNTOUCHED[0], "body": long}]))

    assert (of_review.truncated, of_review.reviews[0].body) == (True, "")
    assert (of_comment.truncated, of_comment.comments[0].body) == (True, "")


def test_reviews__more_with_comments_than_are_read__are_the_newest() -> None:
    listed = [
        {**body("216-reviews-bot")[2], "id": number, "comments_count": 1} for number in range(1, 63)
    ]
    rows = {comments_of(number): reply([]) for number in range(3, 63)}
    pages = {
        REVIEWS: reply(listed[:50], x_total_count="62"),
        question("GET", f"{PATH}/reviews", limit=50, page=2): reply(
            listed[50:], x_total_count="62"
        ),
    }

    found, table = read({**pages, **rows})

    assert found.truncated
    assert comments_of(2) not in table.asked
    assert len(found.reviews) == 62
