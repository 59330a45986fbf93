"""The few of Forgejo's web routes that matter: the form for a new issue, content history.

They take the session's cookie ``i_like_gitea`` (`ForgeModel.sign_in`), never a token, and answer
a refusal with a page. Recordings ``063`` (a stranger's form sets any label), ``069`` to ``071``,
``074``, ``077``, ``078``, ``102`` (revisions as fragments of HTML, two spellings of a deleted one).
"""

from html import escape
from typing import Final

from starlette.responses import Response

from afk_sandbox.forge.pull_records import ReviewComment
from afk_sandbox.forge.records import Access, Account, Comment, Issue, Revision
from afk_sandbox.forgejo.answers import HTML, PAGE, ApiError
from afk_sandbox.forgejo.call import Call
from afk_sandbox.forgejo.shapes import time

_TEXTS: Final = {
    "textDeleteFromHistory": "Delete from history",
    "textDeleteFromHistoryConfirm": "Delete from history?",
    "textEdited": "edited",
    "textOptions": "Options",
}


def new_issue_page(call: Call) -> Response:
    """GET /{o}/{r}/issues/new."""
    _signed_in(call)
    csrf = "" if call.v14 else '<input type="hidden" name="_csrf" value="sandbox">'
    form = f'<form method="post"><input name="title">{csrf}</form>'
    return Response(PAGE.format("New issue", form), headers={"Content-Type": HTML})


def new_issue(call: Call) -> Response:
    """POST /{o}/{r}/issues/new: any label the form names, whoever sends it; 11 wants a token."""
    author = _signed_in(call)
    if not call.v14 and not call.body.get("_csrf"):
        raise ApiError(400, "Bad Request: no CSRF token present", page=True)
    ids = str(call.body.get("label_ids") or "").split(",")
    one = call.model.web_form_issue(
        call.repo,
        author,
        [label for label in call.model.labels_for(call.repo) if str(label.id) in ids],
        title=str(call.body.get("title") or ""),
        body=str(call.body.get("content") or ""),
    )
    return call.answer({"redirect": f"/{call.repo.full_name}/issues/{one.number}"})


def _signed_in(call: Call) -> Account:
    if call.caller is None:
        raise ApiError(403, "Sign in first", page=True)
    return call.caller


def history_overview(call: Call) -> Response:
    """GET .../content-history/overview: how many revisions each text has; 0 is the body."""
    one = _issue(call)
    texts: list[tuple[str, Issue | Comment]] = [("0", one)]
    texts += [(str(comment.id), comment) for comment in one.comments]
    counts = {name: len(text.history) for name, text in texts if text.history}
    return call.answer({"editedHistoryCountMap": counts, "i18n": _TEXTS})


def history_list(call: Call) -> Response:
    """GET .../content-history/list?comment_id=0: newest first, by the second."""
    text = _text(call)
    rows = sorted(text.history, key=lambda row: (-int(row.at.timestamp()), row.id))
    shown = [{"name": _row(call, row), "value": row.id} for row in rows]
    return call.answer({"results": shown or None})


def history_delete(call: Call) -> Response:
    """POST .../content-history/soft-delete: by the text's author or a repository admin."""
    text, caller = _text(call), _signed_in(call)
    if text.author is not caller and call.rights() < Access.ADMIN:
        raise ApiError(403, "Forbidden", page=True)
    for row in text.history:
        if str(row.id) == call.query("history_id"):
            row.hidden = True
    return call.answer({"ok": True})


def _issue(call: Call) -> Issue:
    found = call.repo.issues.get(call.request.path_params["index"])
    if found is None:
        raise ApiError(404, "Page Not Found", page=True)
    return found


def _text(call: Call) -> Issue | Comment | ReviewComment:
    """Return the body, or a comment: one of a review has revisions, too (contract suite)."""
    one, wanted = _issue(call), call.query("comment_id", "0")
    if wanted == "0":
        return one
    every: list[Comment | ReviewComment] = [*one.comments]
    if one.pull is not None:
        every += [comment for thread in one.pull.threads for comment in thread.comments]
    found = next((comment for comment in every if str(comment.id) == wanted), None)
    if found is None:
        raise ApiError(404, "Page Not Found", page=True)
    return found


def _row(call: Call, row: Revision) -> str:
    name, at = escape(row.editor.login), time(row.at)
    shown = row.at.strftime("%Y-%m-%d %H:%M:%S +00:00")
    act = "created" if row.first else "edited"
    if row.hidden:
        act = (
            f"<span data-history-is-deleted='1'>{act}</span>"
            if call.v14
            else "<i data-history-is-deleted='1'>deleted</i>"
        )
    text = (
        '<img loading="lazy" alt="" class="ui avatar tw-align-middle tw-mr-2" '
        f'src="/user/avatar/{name}/0" title="{name}" width="28" height="28"/>'
        f"<strong>{name}</strong> {act} "
        f'<relative-time prefix="" tense="past" datetime="{at}" data-tooltip-content '
        f'data-tooltip-interactive="true">{shown}</relative-time>'
    )
    return f"<s>{text}</s>" if row.hidden and call.v14 else text
