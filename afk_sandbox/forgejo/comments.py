"""Forgejo's endpoints for comments and dependencies of an issue.

Comments (recordings ``036``, ``090`` to ``095``, ``097``, ``100`` to ``104``, ``120``, ``129``): an
issue's are never paged; ``since`` is about ``updated_at``; writers edit and delete anybody's.
Dependencies (``107`` to ``117``, ``126``): a blocker the caller may not read shows as a shell.
"""

from typing import Final

from starlette.responses import Response

from afk_sandbox.forge.issues import BadDependency
from afk_sandbox.forge.records import Comment, Issue, Unit
from afk_sandbox.forgejo.answers import ApiError, empty, not_found
from afk_sandbox.forgejo.call import Call
from afk_sandbox.forgejo.shapes import comment, hidden_issue, issue, time, user

_REACTIONS: Final = frozenset(
    {"+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"}
)


def list_comments(call: Call) -> Response:
    """GET .../issues/{index}/comments: all of them, oldest first."""
    found = [one for one in call.issue().comments if call.between(one.updated_at)]
    return call.answer([comment(call, one) for one in found], total=len(found))


def list_all_comments(call: Call) -> Response:
    """GET /repos/{o}/{r}/issues/comments: of all issues and pull requests, oldest first, paged."""
    every = (said for one in call.repo.issues.values() for said in one.comments)
    found = [one for one in every if call.between(one.updated_at)]
    found.sort(key=lambda one: (time(one.created_at), one.id))
    shown = [comment(call, one) for one in call.paged(found)]
    return call.answer(shown, total=len(found))


def create_comment(call: Call) -> Response:
    """POST .../issues/{index}/comments."""
    call.not_archived()
    one = call.issue()
    text = _text(call)
    if one.locked and not call.writes():
        raise ApiError(403, "You cannot comment on a locked issue.")
    return call.answer(comment(call, call.model.comment(one, call.user, text)), 201)


def get_comment(call: Call) -> Response:
    """GET /repos/{o}/{r}/issues/comments/{id}."""
    return call.answer(comment(call, _comment(call)))


def edit_comment(call: Call) -> Response:
    """PATCH /repos/{o}/{r}/issues/comments/{id}: by its author or any writer."""
    call.not_archived()
    one = _comment(call)
    text = _text(call)
    _own_or_write(call, one)
    call.model.edit_comment(one, call.user, text)
    return call.answer(comment(call, one))


def delete_comment(call: Call) -> Response:
    """DELETE /repos/{o}/{r}/issues/comments/{id}."""
    one = _comment(call)
    _own_or_write(call, one)
    call.model.delete_comment(one)
    return empty()


def react(call: Call) -> Response:
    """POST /repos/{o}/{r}/issues/comments/{id}/reactions: 200 where it is there already.

    By the source (routers/api/v1/repo/issue_reaction.go, changeIssueCommentReaction, alike in
    11.0.15, 14.0.0 and 16) and Forgejo's own description; the words are ``[ui] REACTIONS``'s.
    """
    one, content = _comment(call), str(call.body.get("content") or "")
    if one.issue.locked and not call.writes():
        raise ApiError(403, "no permission to change reaction")
    if content not in _REACTIONS:
        raise ApiError(403, f"'{content}' is not an allowed reaction")
    fresh = call.model.react(one, call.user, content)
    at = one.reactions[content, call.user.id]
    shown = {
        "user": user(call, call.user, viewer=call.user),
        "content": content,
        "created_at": time(at),
    }
    return call.answer(shown, 201 if fresh else 200)


def _comment(call: Call) -> Comment:
    number = call.request.path_params["id"]
    found = call.model.comment_by_id(call.repo, number)
    if found is None:
        raise not_found(f"comment does not exist [id: {number}, issue_id: 0]")
    return found


def _own_or_write(call: Call, one: Comment) -> None:
    if one.author is not call.user and not call.writes():
        raise ApiError(403)


def _text(call: Call) -> str:
    if not call.body.get("body"):
        raise ApiError(422, "[Body]: Required")
    return str(call.body["body"])


def list_dependencies(call: Call) -> Response:
    """GET .../issues/{index}/dependencies: what the issue waits for; no totals."""
    one = _with_dependencies(call)

    def order(blocker: Issue) -> tuple[int, float, int]:
        near = 0 if blocker.repo is one.repo else blocker.repo.id
        return near, -blocker.created_at.replace(microsecond=0).timestamp(), blocker.id

    return call.answer(
        [
            issue(call, blocker) if _readable(call, blocker) else hidden_issue(call)
            for blocker in call.paged(sorted(one.blockers, key=order))
        ]
    )


def add_dependency(call: Call) -> Response:
    """POST .../issues/{index}/dependencies: answers with the blocked issue."""
    call.not_archived()
    one, blocker = _with_dependencies(call), _blocker(call)
    try:
        call.model.add_dependency(one, blocker, call.user)
    except BadDependency:
        raise ApiError(500, "") from None
    return call.answer(issue(call, one), 201)


def remove_dependency(call: Call) -> Response:
    """DELETE .../issues/{index}/dependencies: answers with the issue that waited."""
    call.not_archived()
    one, blocker = _with_dependencies(call), _blocker(call)
    try:
        call.model.remove_dependency(one, blocker, call.user)
    except BadDependency:
        raise ApiError(500, "") from None
    return call.answer(issue(call, one), 201)


def _with_dependencies(call: Call) -> Issue:
    one = call.issue()
    if not call.repo.has_dependencies:
        raise not_found()
    return one


def _blocker(call: Call) -> Issue:
    """Return the issue that the body names, if the caller may write here and read there."""
    name = f"{call.body.get('owner')}/{call.body.get('repo')}"
    repo = call.model.repository(name)
    blocker = repo.issues.get(call.body.get("index")) if repo else None
    if blocker is None or not call.writes() or not _readable(call, blocker):
        raise not_found()
    return blocker


def _readable(call: Call, one: Issue) -> bool:
    return call.can_see(one.repo) and bool(call.model.rights(one.repo, call.caller, Unit.ISSUES))
