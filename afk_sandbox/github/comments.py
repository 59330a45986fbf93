"""GitHub's REST endpoints for comments.

Recordings of ``github/``: ``045`` to ``047``, ``049`` to ``053``. ``since`` is about ``updated_at``
and inclusive (``046``); who may write edits and deletes anybody's. Too long: 65,536 characters.
"""

from datetime import datetime

from starlette.responses import Response

from afk_sandbox.forge.records import Access, Account, Comment
from afk_sandbox.github.answers import empty, invalid, locked, not_found, too_long
from afk_sandbox.github.call import Call
from afk_sandbox.github.issues import BODY
from afk_sandbox.github.shapes import REACTIONS, comment, reaction


def list_comments(call: Call) -> Response:
    """GET .../issues/{number}/comments: oldest first."""
    return _listed(call, call.issue(moves=False).comments)


def _listed(call: Call, every: list[Comment]) -> Response:
    since = call.since()
    found = [one for one in every if since is None or _second(one.updated_at) >= since]
    return call.answer([comment(call, one) for one in call.paged(found)], total=len(found))


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def create_comment(call: Call) -> Response:
    """POST .../issues/{number}/comments."""
    one, caller = call.issue(moves=False), call.may_take_part()
    if one.locked and call.rights(call.repo) < Access.WRITE:
        raise locked()
    shown = comment(call, call.model.comment(one, caller, _text(call)))
    return call.answer(shown, 201, headers={"Location": shown["url"]})


def get_comment(call: Call) -> Response:
    """GET /repos/{o}/{r}/issues/comments/{id}."""
    return call.answer(comment(call, _comment(call)))


def edit_comment(call: Call) -> Response:
    """PATCH /repos/{o}/{r}/issues/comments/{id}."""
    one = _comment(call)
    caller = _author_or_writer(call, one)
    call.model.edit_comment(one, caller, _text(call))
    return call.answer(comment(call, one))


def delete_comment(call: Call) -> Response:
    """DELETE /repos/{o}/{r}/issues/comments/{id}."""
    one = _comment(call)
    _author_or_writer(call, one)
    call.model.delete_comment(one)
    return empty()


def react(call: Call) -> Response:
    """POST /repos/{o}/{r}/issues/comments/{id}/reactions: 200 where it is there already."""
    one, caller = _comment(call), call.may_take_part()
    content = call.text("content")
    if content not in REACTIONS:
        raise invalid("Reaction", "content", "invalid")
    fresh = call.model.react(one, caller, content)
    return call.answer(reaction(call, one, caller, content), 201 if fresh else 200)


def _comment(call: Call) -> Comment:
    found = call.model.comment_by_id(call.repo, call.number("id"))
    if found is None:
        raise not_found()
    return found


def _author_or_writer(call: Call, one: Comment) -> Account:
    caller = call.user
    if one.author is not caller and call.rights(call.repo) < Access.WRITE:
        raise call.forbidden()
    call.not_archived()
    return caller


def _text(call: Call) -> str:
    text = call.text("body")
    if not text:
        raise invalid("IssueComment", "body", "missing_field")
    if len(text) > BODY:
        raise too_long("IssueComment")
    return text
