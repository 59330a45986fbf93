"""Forgejo's endpoints for reviews: lists, comments of one, giving one, answering in a thread.

Recordings of 16 (``pulls-16/``): 209 to 225, 273, 304, 305. What only administrators or pages can
do (dismissing, resolving) is done by a scenario on the model.
"""

from starlette.responses import Response

from afk_sandbox.forge.pull_records import Review, Thread, Verdict
from afk_sandbox.forge.reviews import Note, OwnPull
from afk_sandbox.forgejo.answers import ApiError, not_found
from afk_sandbox.forgejo.call import Call
from afk_sandbox.forgejo.pull_shapes import in_review, review, review_comment
from afk_sandbox.forgejo.pulls import the_pull

_EVENTS = {
    "APPROVED": Verdict.APPROVED,
    "REQUEST_CHANGES": Verdict.CHANGES_REQUESTED,
    "COMMENT": Verdict.COMMENTED,
}
_OWN = {
    Verdict.APPROVED: "approve your own pull is not allowed",
    Verdict.CHANGES_REQUESTED: "reject your own pull is not allowed",
}


def list_reviews(call: Call) -> Response:
    """GET .../pulls/{index}/reviews: the total counts pending ones of others, too (216, 217)."""
    one = the_pull(call)
    page = call.paged(sorted(one.reviews, key=lambda row: row.id))
    seen = call.model.reviews_for(one, call.caller)
    shown = [review(call, row) for row in page if row in seen]
    return call.answer(shown, total=len(one.reviews))


def list_review_comments(call: Call) -> Response:
    """GET .../pulls/{index}/reviews/{id}/comments: all at once."""
    return call.answer([review_comment(call, one) for one in in_review(_review(call))])


def create_review(call: Call) -> Response:
    """POST .../pulls/{index}/reviews: an unknown word makes it pending (305)."""
    call.not_archived()
    one, body = the_pull(call), call.body
    verdict = _EVENTS.get(str(body.get("event") or ""), Verdict.PENDING)
    notes = [
        Note(
            path=str(note.get("path") or ""),
            line=note.get("new_position") or note.get("old_position") or 0,
            body=str(note.get("body") or ""),
            old_side=not note.get("new_position"),
        )
        for note in body.get("comments") or []
    ]
    try:
        made = call.model.review(
            one,
            call.user,
            verdict,
            str(body.get("body") or ""),
            notes=notes,
            commit=str(body.get("commit_id") or ""),
        )
    except OwnPull:
        raise ApiError(422, _OWN[verdict]) from None
    return call.answer(review(call, made))


def create_review_comment(call: Call) -> Response:
    """POST .../pulls/{index}/reviews/{id}/comments: an answer in the line's thread (222)."""
    call.not_archived()
    one, body = _review(call), call.body
    new, old = body.get("new_position") or 0, body.get("old_position") or 0
    place = str(body.get("path") or ""), new or old, not new
    thread = next((found for found in _threads(one) if _place(found) == place), None)
    if thread is None:
        raise ApiError(422, "only answers are modelled")
    made = call.model.reply(thread, call.user, str(body.get("body") or ""))
    return call.answer(review_comment(call, made))


def _threads(one: Review) -> list[Thread]:
    return list({comment.thread.id: comment.thread for comment in one.comments}.values())


def _place(thread: Thread) -> tuple[str, int, bool]:
    return thread.path, thread.line, thread.old_side


def _review(call: Call) -> Review:
    """Return the review in the path; a pending one of somebody else's is not there (219)."""
    wanted = call.request.path_params["id"]
    for one in call.model.reviews_for(the_pull(call), call.caller):
        if one.id == wanted:
            return one
    raise ApiError(404, "GetReviewByID" if call.v14 else not_found().message, errors=[])
